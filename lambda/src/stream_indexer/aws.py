"""boto3 clients for the paths that need one: a batch without a fault needs none, so a cold start does not load boto3.

The managed runtime brings boto3 along; it is not in the zip.
"""

import logging
from functools import cache
from typing import Any, Final

# Each call within an invocation's time: boto3's own defaults are 60 s twice and up to five tries.
CONNECT_SECONDS: Final = 2
READ_SECONDS: Final = 5
ATTEMPTS: Final = 3


@cache
def client(service: str) -> Any:
    """Return the client of an AWS service, made at first use."""
    import boto3  # noqa: PLC0415 - about 110 ms of a cold start
    from botocore.config import Config  # noqa: PLC0415

    logging.getLogger("botocore").setLevel(logging.INFO)  # below it writes the bodies of requests to the log
    retries = {"mode": "standard", "total_max_attempts": ATTEMPTS}
    return boto3.client(
        service, config=Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=retries)
    )


def service_errors() -> tuple[type[Exception], ...]:
    """Return what a client raises: for an `except` clause, which asks only when something was raised."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

    return BotoCoreError, ClientError


def told(error: Exception) -> str:
    """Return AWS's error code, or the error's class: its message may quote what was sent."""
    response = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code") or type(error).__name__)
