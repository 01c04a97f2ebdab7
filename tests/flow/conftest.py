"""One local AWS on the JVM engines, and one apply of all pipelines on it, for all flow tests."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from localaws.faults.proxy import Proxy
from localaws.stack import LocalAws
from testkit.pipeline import Pipeline
from testkit.shared_provider import attached
from testkit.terraform import Terraform

ROOT = Path(__file__).resolve().parents[2]
SHARDS = 3
VIEW_TYPES = ("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES")


@pytest.fixture(scope="session")
def aws_proxy() -> Iterator[Proxy]:
    """The proxy between AWS and the functions, and between AWS and discarded batches."""
    with Proxy() as started:
        yield started


@pytest.fixture(scope="session")
def aws(aws_proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS on DynamoDB Local and OpenSearch, where every stream has several shards."""
    home = tmp_path_factory.mktemp("jvm")
    with LocalAws.start("jvm", home, stream_shards=SHARDS, aws_endpoint_override=aws_proxy.url) as started:
        aws_proxy.target = started.endpoint_url
        yield started


@pytest.fixture(scope="session")
def proxy(aws: LocalAws) -> Iterator[Proxy]:
    """The proxy between the functions and OpenSearch."""
    with Proxy(aws.opensearch_url) as started:
        yield started


@pytest.fixture(scope="session")
def pipelines(
    aws: LocalAws, proxy: Proxy, package_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Pipeline]:
    """The pipelines, by stream view type or what else they are for, applied by Terraform.

    They go with the local AWS; that a destroy leaves nothing is tested in tests/apply.
    """
    variables = {
        "TF_VAR_opensearch_endpoint": proxy.url,
        "TF_VAR_opensearch_arn": f"arn:aws:es:{aws.region}:123456789012:domain/flow",
    }
    work = tmp_path_factory.mktemp("terraform")
    terraform = Terraform(
        ROOT,
        ROOT / "tests" / "flow" / "pipelines",
        work,
        {**aws.environment, **variables},
        symlinks={"build": package_folder},
    )
    terraform.init()
    with attached(terraform) as ready:
        ready.apply(refresh=False)
    made: Mapping[str, Mapping[str, Any]] = terraform.outputs()["pipelines"]
    return {view_type: Pipeline(aws, outputs) for view_type, outputs in made.items()}


@pytest.fixture(params=VIEW_TYPES)
def each_pipeline(request: pytest.FixtureRequest, pipelines: Mapping[str, Pipeline]) -> Pipeline:
    """The pipeline of each stream view type in turn."""
    return pipelines[request.param]


@pytest.fixture
def pipeline(pipelines: Mapping[str, Pipeline]) -> Pipeline:
    """The pipeline with the module's default view type."""
    return pipelines["NEW_IMAGE"]
