"""Lambda handler of the indexer. `admin/security_role.py` has the other handler.

It accepts three events: a batch of stream records; `{"action": "setup_index", "definition": "..."}`, which Terraform
sends at apply; and `{"action": "redrive", "Records": [...]}`, with which you send quarantined records again.
"""

import gc
import logging
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from hashlib import sha256
from typing import Any, Final

from stream_indexer.admin.index_mappings import index_mappings
from stream_indexer.admin.index_setup import IndexSetup
from stream_indexer.aws.bucket import Bucket
from stream_indexer.aws.quarantine import S3Quarantine
from stream_indexer.aws.sigv4 import Signer
from stream_indexer.aws.table import DynamoDbTable
from stream_indexer.batch_processor import BatchProcessor, BatchResult, IndexTarget, sequence_number
from stream_indexer.config import Config, credentials
from stream_indexer.deadline import Context, LambdaDeadline
from stream_indexer.documents.field_names import FieldNames
from stream_indexer.documents.records import parse_record
from stream_indexer.errors import IndexerError, MalformedRecordError
from stream_indexer.jsontext import loads
from stream_indexer.metrics import emf_line
from stream_indexer.opensearch.bulk_writer import BulkWriter
from stream_indexer.opensearch.client import BULK_QUERIES, BulkIndex, OpenSearchClient
from stream_indexer.rejection import Rejection

LOG: Final = logging.getLogger("stream_indexer")
# The garbage collector looks for cycles, and an event has no cycles. At Python's default threshold of some hundred
# objects it traverses the event many times while the runtime parses it: a tenth to a fifth of the CPU time.
GC_THRESHOLD: Final = 100_000


@dataclass(frozen=True, slots=True)
class Services:
    """Clients and processors, built once for each execution environment."""

    config: Config
    processor: BatchProcessor
    setups: tuple[IndexSetup, ...]


def handle(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """Handle one invocation.

    Returns:
        For a batch, the response that `ReportBatchItemFailures` requires: the checkpoint, or an empty list. For
        `redrive` also the `rejected` records, which are in quarantine again. For `setup_index` the indexes.

    Raises:
        ConfigError: A setting is missing or invalid.
        SetupError: The setup of an index failed.
        IndexerError: The event is unknown, or its definition is not the one that Terraform set.
    """
    match event:
        case {"action": "redrive", "Records": [*records]}:
            batch, answer = _process_batch(records, LambdaDeadline(context))
            return {**answer, "rejected": [_rejected(*one) for one in batch.rejected]}
        case {"Records": [*records]}:
            return _process_batch(records, LambdaDeadline(context))[1]
        case {"action": "setup_index", "definition": str(definition), **others} if not others:
            return _set_up_indices(definition, LambdaDeadline(context))
    raise IndexerError(
        'The event is neither a batch of stream records nor {"action": "setup_index", "definition": "..."}.'
    )


@cache
def services() -> Services:
    """Build the clients and processors from the environment."""
    gc.set_threshold(GC_THRESHOLD)
    config = Config.from_environment()
    now = partial(datetime.now, UTC)
    opensearch = OpenSearchClient(config.endpoint, Signer(config.service, config.region, credentials, now))
    dynamodb, s3 = (Signer(service, config.region, credentials, now) for service in ("dynamodb", "s3"))
    is_serverless = config.service == "aoss"
    query = BULK_QUERIES[config.service]
    processor = BatchProcessor(
        [
            IndexTarget(
                alias,
                BulkWriter(
                    BulkIndex(opensearch, f"/{alias}/_bulk", query), config.max_bulk_bytes, guarded=not is_serverless
                ),
                conditions,
            )
            for alias, conditions in config.indices.items()
        ],
        DynamoDbTable(config.dynamodb_endpoint, dynamodb, config.table_name, config.key_names),
        S3Quarantine(
            Bucket(config.quarantine_bucket, s3, config.s3_endpoint), config.function_name, config.function_version, now
        ),
        config.key_names,
        config.rules,
        FieldNames(config.field_name_policy),
        config.versions,
        config.id_prefix,
    )
    setups = tuple(IndexSetup(opensearch, alias, is_serverless) for alias in config.indices)
    return Services(config, processor, setups)


def _set_up_indices(definition: str, deadline: LambdaDeadline) -> dict[str, Any]:
    built = services()
    if sha256(definition.encode(errors="surrogatepass")).hexdigest() != built.config.definition_sha256:
        raise IndexerError(
            "definition must have the SHA-256 that SETUP_SHA256 of the function's environment says, got another one:"
            " only the definition that Terraform set is accepted. Run terraform apply."
        )
    asked = loads(definition.encode())
    numeric_fields, overrides = asked.get("numeric_fields") or {}, asked.get("mappings") or {}
    mappings = index_mappings(numeric_fields, overrides, built.config.field_name_policy)
    settings, fixed = asked.get("settings") or {}, asked.get("fixed_settings") or {}
    answer = {"indexes": [setup.apply(settings, mappings, deadline, fixed) for setup in built.setups]}
    LOG.info("index setup complete", extra={"setup": answer})
    return answer


def _process_batch(records: list[Any], deadline: LambdaDeadline) -> tuple[BatchResult, dict[str, Any]]:
    built = services()
    batch = built.processor.process(records, deadline)
    checkpoint = batch.checkpoint()
    now = deadline.now()
    _log_batch(batch, records, checkpoint, now)
    sys.stdout.write(emf_line(batch.metrics, built.config.function_name, now).decode() + "\n")
    sys.stdout.flush()
    return batch, {"batchItemFailures": [] if checkpoint is None else [{"itemIdentifier": checkpoint}]}


def _rejected(record: Any, rejection: Rejection) -> dict[str, Any]:
    """Return what identifies a rejected record, without its contents. Lambda's log formatter owns `errorType`."""
    return {
        "sequenceNumber": sequence_number(record),
        "alias": rejection.alias,
        "reason": rejection.reason,
        "error": {"type": rejection.error_type, "status": rejection.status},
    }


def _log_batch(batch: BatchResult, records: list[Any], checkpoint: str | None, now: float) -> None:
    """Log one line for the batch and one line for each rejected record, without the contents of records."""
    for rejected in batch.rejected:
        LOG.warning("record rejected", extra=_rejected(*rejected))
    extra = {
        "records": len(records),
        "oldestRecordAgeMs": _oldest_record_age_ms(records, now),
        "checkpoint": checkpoint,
        "counts": {name: value for name, value in batch.metrics.values().items() if isinstance(value, int)},
        "retryReasons": dict(batch.retry_reasons),
    }
    if checkpoint is None:
        LOG.info("batch processed", extra=extra)
    else:
        LOG.warning("partial batch failure", extra=extra)


def _oldest_record_age_ms(records: list[Any], now: float) -> int | None:
    """Return the age of the batch's first record: a shard is read in order. None if the record has no time."""
    try:
        return int((now - parse_record(records[0]).created_at) * 1000)
    except (IndexError, MalformedRecordError):
        return None
