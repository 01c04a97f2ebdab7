"""What do applies and a destroy do to the security role of a domain, seen by a stand-in for its security plugin?"""

import json
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from localaws.stack import LocalAws
from testkit.shared_provider import attached
from testkit.terraform import Terraform, TerraformError
from tests.apply.deployment import ROOT
from tests.unit.loopback import Server, Step, answer, serving

ACCOUNT: Final = "123456789012"
DOMAIN: Final = f"arn:aws:es:eu-west-1:{ACCOUNT}:domain/local"
SECURITY: Final = "/_plugins/_security/api/{}/orders-stream-indexer"
FIRST, SECOND = (f"arn:aws:iam::{ACCOUNT}:role/orders-{name}" for name in ("first", "second"))
PROVIDER: Final = 'provider "aws" {}\n'


def is_mapped(role_arn: str) -> Step:
    """Answer that only the role is mapped."""
    return answer(json.dumps({"orders-stream-indexer": {"backend_roles": [role_arn]}}).encode())


def sent(server: Server) -> list[str]:
    """Return the requests since the last call, each by its method and the kind of what it is about."""
    lines = [heard.line.split() for heard in server.heard]
    server.heard.clear()
    assert all(path in {SECURITY.format("roles"), SECURITY.format("rolesmapping")} for _, path, _ in lines)
    return [f"{method} {path.split('/')[-2]}" for method, path, _ in lines]


def test_a_write_that_failed_is_tried_again_and_a_destroy_needs_no_zip(
    aws: LocalAws, package_folder: Path, tmp_path: Path
) -> None:
    """An update that fails must not count as done, and the old role is removed by what knows it."""
    build = tmp_path / "build"
    shutil.copytree(package_folder, build)
    aws.client("iam").create_role(RoleName="security", AssumeRolePolicyDocument="{}")
    module = Terraform(
        ROOT,
        ROOT / "modules/opensearch-access",
        tmp_path / "work",
        aws.environment,
        symlinks={"build": build},
        overrides={"test_provider.tf": PROVIDER},
    )
    module.init()
    with attached(module) as ready:
        write_and_destroy(ready, build)
    aws.client("iam").delete_role(RoleName="security")


def write_and_destroy(module: Terraform, build: Path) -> None:
    """Apply twice for one role and for another, and destroy without the zip."""
    writing = [answer(b"{}", 201), answer(b"{}", 404), answer(b"{}", 201)]
    with serving(*writing) as server:
        given: dict[str, Any] = {
            "name": "orders",
            "region": DOMAIN.split(":")[3],
            "domain": {
                "endpoint": f"http://127.0.0.1:{server.port}",
                "arn": DOMAIN,
                "fine_grained_access": {"master_role_arn": f"arn:aws:iam::{ACCOUNT}:role/security"},
            },
            "aliases": ["orders"],
            "role_name": "orders",
            "role_arn": FIRST,
            "attach_policy": False,
            "access_function": {
                "package": {"path": "../../build/stream-indexer.zip"},
                "runtime": "python3.13",
                "architecture": "arm64",
            },
        }
        module.apply(**given)
        assert sent(server) == ["PUT roles", "GET rolesmapping", "PUT rolesmapping"]
        given["role_arn"] = SECOND
        server.script[:] = [is_mapped(FIRST), answer(), answer(), answer(b"{}", 400)]
        with pytest.raises(TerraformError, match="OpenSearch answered 400"):
            module.apply(**given)
        assert sent(server) == ["GET rolesmapping", "DELETE rolesmapping", "DELETE roles", "PUT roles"]
        server.script[:] = writing
        module.apply(**given)
        assert sent(server) == ["PUT roles", "GET rolesmapping", "PUT rolesmapping"]
        shutil.rmtree(build)
        server.script[:] = [is_mapped(SECOND), answer()]
        module.destroy(**given)
        assert sent(server) == ["GET rolesmapping", "DELETE rolesmapping", "DELETE roles"]
