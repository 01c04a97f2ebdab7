"""What Lambda gives a function: its environment, and the context of an invocation."""

from json import dumps
from types import MappingProxyType
from typing import Final

from benchmarks.events import KEY_NAMES

ENVIRONMENT: Final = MappingProxyType(
    {
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_SESSION_TOKEN": "made-up" * 60,  # as long as Lambda's
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "OPENSEARCH_ENDPOINT": "https://search-bench.eu-central-1.es.amazonaws.com",  # nothing is sent there
        "OPENSEARCH_SERVICE": "es",
        "INDICES": '{"bench":{}}',
        "TABLE_KEY_NAMES": str(list(KEY_NAMES)).replace("'", '"'),
        "TABLE_NAME": "bench",
        "QUARANTINE_BUCKET": "bench",
        "DOCUMENT_RULES": dumps(
            {
                "filter": {},
                "include_attributes": None,
                "exclude_attributes": [],
                "ttl_deletes": "apply",
                "version_attribute": None,
                "id_prefix": None,
            }
        ),
        "FIELD_NAME_POLICY": "escape",
        "SETUP_SHA256": "0" * 64,
        "MAX_BULK_BYTES": "10485760",
    }
)


class Context:
    """Lambda's context object: the time is never short."""

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the timeout."""
        return 300_000
