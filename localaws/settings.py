"""What a stack is started with, and the environment that points AWS clients at it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOREIGN: Final = ("AWS_", "TF_VAR_", "TF_CLI_ARGS")
ENGINES: Final = ("embedded", "jvm")


@dataclass(frozen=True, slots=True)
class Settings:
    """How one stack is to be started.

    Attributes:
        home: the only folder that is written to.
        port: of the gateway, 0 for a free one.
        stream_shards: how many shards a new table's stream opens with.
        time_scale: how much faster than real time mappings, streams and alarms have it; what a function does takes its
            own time.
        aws_endpoint_override: where functions, and mappings with what they give up, reach AWS; empty: the stack itself.
    """

    home: Path
    engines: str = "embedded"
    port: int = 0
    region: str = "eu-west-1"
    stream_shards: int = 1
    aws_endpoint_override: str = ""
    time_scale: float = 1


def fake_aws_environment(endpoint_url: str, region: str, access_key: str) -> dict[str, str]:
    """Return the variables that point boto3, the AWS CLI and Terraform at `endpoint_url` with its run's access key."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
    }


def clear_aws_environment() -> None:
    """Take out of this process's environment what would lead AWS clients or Terraform to a real account.

    Profiles, endpoints of single services, variables and arguments for Terraform: the process that starts a local AWS
    has its environment in `fake_aws_environment` and needs nothing else.
    """
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        del os.environ[name]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
