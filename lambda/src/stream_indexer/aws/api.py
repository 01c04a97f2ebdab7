"""Endpoints, retries and error codes of DynamoDB and S3.

boto3 has no deadline for a slow response or for its retries, and loading it takes 110 ms of a cold start.
"""

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from stream_indexer.connection import Response
from stream_indexer.deadline import Deadline, sleep_before_retry
from stream_indexer.errors import ConnectionFailedError

# https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
DOMAIN: Final = "amazonaws.com"
DOMAINS: Final = MappingProxyType(  # of other partitions, by the prefix of their regions' names
    {
        "cn-": "amazonaws.com.cn",
        "eusc-": "amazonaws.eu",
        "us-iso-": "c2s.ic.gov",
        "us-isob-": "sc2s.sgov.gov",
        "us-isof-": "csp.hci.ic.gov",
        "eu-isoe-": "cloud.adc-e.uk",
    }
)
MAX_ATTEMPTS: Final = 4  # for one call in one invocation
ATTEMPT_SECONDS: Final = 10.0  # DynamoDB's responses have up to 16 MB, S3 objects about 1 MB
RETRYABLE: Final = frozenset(  # in addition to every 5xx
    {
        "ConditionalRequestConflict",  # S3: two writers of one key at the same time
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "SlowDown",
        "ThrottlingException",
    }
)
CODE: Final = re.compile(rb'<Code>(\w{1,99})</Code>|"__type"\s*:\s*"(?:[^"#]{0,99}#)?(\w{1,99})"')


def endpoint(service: str, region: str) -> str:
    """Return the URL of a service in a region."""
    domain = next((domain for prefix, domain in DOMAINS.items() if region.startswith(prefix)), DOMAIN)
    return f"https://{service}.{region}.{domain}"


def error_code(response: Response) -> str:
    """Return the service's error code. The message is not used, because it can quote the request."""
    found = CODE.search(response.content)
    return (found[1] or found[2]).decode("ascii") if found else f"status {response.status}"


def send_with_retry(send: Callable[[], Response], deadline: Deadline) -> Response:
    """Send until the response is final, and return it, or the last response when the attempts or the time end.

    Raises:
        ConnectionFailedError: The last attempt had no response.
        ResponseTooLargeError: The response is larger than the request allows.
    """
    for attempts in range(1, MAX_ATTEMPTS + 1):
        is_last = attempts == MAX_ATTEMPTS
        try:
            response = send()
        except ConnectionFailedError:
            if is_last or not sleep_before_retry(deadline, attempts):
                raise
        else:
            is_passing = response.status >= 500 or (response.status >= 300 and error_code(response) in RETRYABLE)
            if not is_passing or is_last or not sleep_before_retry(deadline, attempts):
                return response
    raise AssertionError("the last attempt returns or raises")
