"""Lambda handler of the indexer. `admin/security_role.py` has the other handler.

Three events: a batch of stream records, `{"action": "setup_index"}`, which Terraform sends at apply, and
`{"action": "redrive", "Records": [...]}`, which hands over kept records by hand.
"""

import gc
import logging
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Final

from stream_indexer.admin.index_mappings import index_mappings
from stream_indexer.admin.index_setup import IndexSetup
from stream_indexer.aws.bucket import Bucket
from stream_indexer.aws.quarantine import S3Quarantine
from stream_indexer.aws.sigv4 import Signer
from stream_indexer.aws.table import DynamoDbTable
from stream_indexer.batch_processor import Report, Route, Sync, sequence_number
from stream_indexer.config import Config, credentials
from stream_indexer.deadline import Context, LambdaDeadline
from stream_indexer.documents.field_names import Names
from stream_indexer.documents.records import read
from stream_indexer.errors import IndexerError, MalformedRecordError
from stream_indexer.metrics import embedded_metrics
from stream_indexer.opensearch.bulk_writer import Sender
from stream_indexer.opensearch.client import BULK_QUERIES, BulkIndex, OpenSearch
from stream_indexer.rejection import Reason

LOG: Final = logging.getLogger("stream_indexer")
# The collector looks for cycles, and an event has none: at Python's own threshold of some hundred objects it walks the
# event again and again while the runtime parses it, a tenth to a fifth of an invocation's CPU time.
COLLECT_AFTER_OBJECTS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Application:
    """The parts, built once for all invocations of an execution environment."""

    config: Config
    sync: Sync
    setups: tuple[IndexSetup, ...]


def handle(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """Answer one invocation.

    Returns:
        For a batch what `ReportBatchItemFailures` asks for: the sequence number to go on from, or none. For `redrive`
        also which records were `rejected`: they are in quarantine, again.
        For `setup_index` what is set up.

    Raises:
        ConfigError: a setting is missing or wrong.
        SetupError: an index cannot be set up.
        IndexerError: the event is none of them.
    """
    match event:
        case {"action": "redrive", "Records": [*records]}:
            report, answer = _index(records, LambdaDeadline(context))
            return {**answer, "rejected": [_rejected(*one) for one in report.rejected]}
        case {"Records": [*records]}:
            return _index(records, LambdaDeadline(context))[1]
        case {"action": "setup_index"}:
            return _set_up(event, LambdaDeadline(context))
    raise IndexerError('The event is neither a batch of stream records nor {"action": "setup_index"}.')


@cache
def application() -> Application:
    """Build the parts from the environment."""
    gc.set_threshold(COLLECT_AFTER_OBJECTS)
    config = Config.from_environment()
    now = partial(datetime.now, UTC)
    opensearch = OpenSearch(config.endpoint, Signer(config.service, config.region, credentials, now))
    dynamodb, s3 = (Signer(service, config.region, credentials, now) for service in ("dynamodb", "s3"))
    is_serverless = config.service == "aoss"
    query = BULK_QUERIES[config.service]
    sync = Sync(
        [
            Route(
                alias,
                Sender(
                    BulkIndex(opensearch, f"/{alias}/_bulk", query), config.max_body_bytes, guarded=not is_serverless
                ),
                conditions,
            )
            for alias, conditions in config.routes.items()
        ],
        DynamoDbTable(config.dynamodb_endpoint, dynamodb, config.table_name, config.key_names),
        S3Quarantine(
            Bucket(config.quarantine_bucket, s3, config.s3_endpoint), config.function_name, config.function_version, now
        ),
        config.key_names,
        config.documents,
        Names(config.name_policy),
        config.versions,
        config.id_prefix,
    )
    setups = tuple(IndexSetup(opensearch, alias, is_serverless) for alias in config.routes)
    return Application(config, sync, setups)


def _set_up(event: dict[str, Any], deadline: LambdaDeadline) -> dict[str, Any]:
    parts = application()
    number_fields, own = event.get("number_fields") or {}, event.get("mappings") or {}
    mappings = index_mappings(number_fields, own, parts.config.name_policy)
    settings, fixed = event.get("settings") or {}, event.get("fixed_settings") or {}
    answer = {"indexes": [setup.run(settings, mappings, deadline, fixed) for setup in parts.setups]}
    LOG.info("indexes are set up", extra={"setup": answer})
    return answer


def _index(records: list[Any], deadline: LambdaDeadline) -> tuple[Report, dict[str, Any]]:
    parts = application()
    report = parts.sync.run(records, deadline)
    restart_at = report.restart_at()
    now = deadline.now()
    _tell(report, records, restart_at, now)
    sys.stdout.write(embedded_metrics(report.tally, parts.config.function_name, now).decode() + "\n")
    sys.stdout.flush()
    return report, {"batchItemFailures": [] if restart_at is None else [{"itemIdentifier": restart_at}]}


def _rejected(record: Any, reason: Reason) -> dict[str, str]:
    """Return what names a rejected record, without its contents."""
    return {
        "sequenceNumber": sequence_number(record),
        "index": reason.index,
        "kind": reason.kind,
        "fault": reason.fault,
    }


def _tell(report: Report, records: list[Any], restart_at: str | None, now: float) -> None:
    """Log the batch in one line, and each rejected record in one of its own; never a record's contents."""
    for record, reason in report.rejected:
        LOG.warning(
            "record can never be indexed",
            extra=_rejected(record, reason),
        )
    if restart_at is None:
        level, message = logging.INFO, "batch is done"
    else:
        level, message = logging.WARNING, "batch is given back"
    counts = {name: value for name, value in report.tally.metrics().items() if isinstance(value, int)}
    extra = {
        "records": len(records),
        "oldestAgeMs": _oldest_age_ms(records, now),
        "restartAt": restart_at,
        "counts": counts,
        "troubles": dict(report.troubles),
    }
    LOG.log(level, message, extra=extra)


def _oldest_age_ms(records: list[Any], now: float) -> int | None:
    """Return how old the batch's first record is, for a shard is read in order; None where it says no time."""
    try:
        return int((now - read(records[0]).created) * 1000)
    except (IndexError, MalformedRecordError):
        return None
