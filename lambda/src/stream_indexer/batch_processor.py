"""Processes one batch of stream records.

Every record is processed, retried or quarantined. There is no other outcome. Does not depend on Lambda or AWS's APIs.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

from stream_indexer.deadline import Deadline
from stream_indexer.documents.actions import (
    Document,
    delete_document,
    document_id,
    index_document,
    resolve_document,
)
from stream_indexer.documents.field_names import FieldNames
from stream_indexer.documents.projection import Condition, DocumentRules, matches
from stream_indexer.documents.records import Change, Image, Operation, StreamRecord, is_sequence_number, parse_record
from stream_indexer.documents.versions import Versions, are_close, may_be_out_of_order, shared_ordinals
from stream_indexer.errors import MalformedRecordError, TransientError
from stream_indexer.metrics import BatchMetrics
from stream_indexer.opensearch.bulk_writer import NOT_SENT, BulkWriter, WriteResult
from stream_indexer.opensearch.outcomes import ItemResult, Outcome, current_version
from stream_indexer.rejection import HELD, MALFORMED, REJECTED, Rejection

HELD_SECONDS: Final = 600  # age from which a copy of a retried record is written to the quarantine bucket
# By document id, the changes of an item that a later change in the batch makes unnecessary.
EarlierChanges = dict[str, list[Change]]
MAX_MESSAGE_LENGTH: Final = 2_000  # characters of OpenSearch's message, which can quote a value of 400 KB


class Quarantine(Protocol):
    """Store for rejected records."""

    def keep(self, rejected: Sequence[tuple[StreamRecord, Rejection]], deadline: Deadline) -> Sequence[str]:
        """Write each record with its rejection. The operation is idempotent.

        Returns:
            For each record the error, empty on success.
        """


class Table(Protocol):
    """Consistent reads of the table."""

    def read(self, keys: Mapping[str, Image], deadline: Deadline) -> Iterator[Mapping[str, Image | None]]:
        """Yield the current items in slices, by the names of their keys. None for a missing item.

        Raises:
            TransientError: The items that were not yielded yet could not be read.
        """


@dataclass(slots=True)
class BatchResult:
    """Result of a batch.

    Attributes:
        metrics: Counts of the batch.
        to_retry: Records to retry. A record is listed once for each index that failed.
        retry_reasons: Reasons of the retries with the number of documents, without contents of records.
        rejected: Rejected records with the rejection. A record is listed once for each index that rejected it.
    """

    metrics: BatchMetrics = field(default_factory=BatchMetrics)
    to_retry: list[StreamRecord] = field(default_factory=list)
    retry_reasons: Counter[str] = field(default_factory=Counter)
    rejected: list[tuple[StreamRecord, Rejection]] = field(default_factory=list)
    _held: list[tuple[str, ItemResult | None, str]] = field(default_factory=list)  # for each record of `to_retry`

    def retry(self, record: StreamRecord, reason: str, item: ItemResult | None = None, alias: str = "") -> None:
        """Add a record to retry, with OpenSearch's result if there is one."""
        self.to_retry.append(record)
        self.retry_reasons[reason] += 1
        self._held.append((reason, item, alias))

    def held(self) -> tuple[StreamRecord, Rejection] | None:
        """Return the record at the checkpoint with its rejection. None if no record has the checkpoint's number."""
        checkpoint = self.checkpoint()
        for record, (reason, item, alias) in zip(self.to_retry, self._held, strict=True):
            if checkpoint and sequence_number(record) == checkpoint:
                if item is None:
                    return record, Rejection(HELD, reason, alias=alias)
                return record, Rejection(HELD, item.reason, item.error_type, item.status, alias)
        return None

    def checkpoint(self) -> str | None:
        """Return the sequence number that Lambda must retry from. None if the whole batch is processed.

        Empty if a record without a sequence number failed: then Lambda retries the whole batch.
        """
        if not self.to_retry:
            return None
        numbers = [sequence_number(record) for record in self.to_retry]
        return min(numbers, key=int) if all(numbers) else ""


@dataclass(frozen=True, slots=True)
class IndexTarget:
    """An index and its filter.

    Attributes:
        alias: Alias of the index.
        writer: Writer for the index.
        conditions: Conditions by attribute. An item must match all of them to have a document in this index.
    """

    alias: str
    writer: BulkWriter
    conditions: Mapping[str, Condition] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BatchProcessor:
    """Keeps the indexes of `targets` equal to `table`.

    Attributes:
        targets: Indexes to write.
        table: Table to read items from.
        quarantine: Store for rejected records.
        key_names: The table's key attributes, hash key first.
        rules: Rules for which items have a document, and which attributes it has.
        field_names: Rules for names that OpenSearch rejects.
        versions: Source of document versions.
        id_prefix: Prefix of every document's id, see `document_id`.
    """

    targets: Sequence[IndexTarget]
    table: Table
    quarantine: Quarantine
    key_names: Sequence[str]
    rules: DocumentRules
    field_names: FieldNames
    versions: Versions
    id_prefix: str = ""

    def process(self, records: Sequence[StreamRecord], deadline: Deadline) -> BatchResult:
        """Process one batch in the order of delivery."""
        batch = BatchResult()
        latest, earlier = self._coalesce(records, batch)
        for changes in self._slices(latest, earlier, deadline, batch):
            for target in self.targets:
                pending, left = changes, {name: [*earlier[name]] for name in changes.keys() & earlier.keys()}
                while pending:
                    rejected = len(batch.rejected)
                    self._write(target, pending, deadline, batch)
                    pending = _changes_before_rejected(pending, batch.rejected[rejected:], left)
            del changes  # before the next slice is read
        self._quarantine_rejected(deadline, batch)
        self._quarantine_held(deadline, batch)
        batch.metrics.records_retried = len({id(record) for record in batch.to_retry})
        batch.metrics.records_processed = _records_before(batch.checkpoint(), records)
        return batch

    def _coalesce(
        self, records: Sequence[StreamRecord], batch: BatchResult
    ) -> tuple[dict[str, Change], EarlierChanges]:
        """Return by document id the last change of each item, and the earlier changes of items with several."""
        latest: dict[str, Change] = {}
        earlier: EarlierChanges = {}
        numbers: list[str] = []
        for record in records:
            try:
                change = parse_record(record)
                numbers.append(change.sequence_number)
                if self.rules.skips(record):
                    batch.metrics.ttl_deletes_ignored += 1
                    continue
                name = document_id(change.keys, self.key_names, self.id_prefix)
                known = latest.get(name)
                if self.versions.supersedes(change, known):
                    latest[name] = change
                    if known is not None:
                        earlier.setdefault(name, []).append(known)
                else:
                    earlier.setdefault(name, []).append(change)
            except MalformedRecordError as error:
                _reject_malformed(record, error, batch)
        if self.versions.attribute is None:
            batch.metrics.shared_ordinals = shared_ordinals(numbers)
        batch.metrics.records_coalesced = (
            len(records) - len(batch.rejected) - len(latest) - batch.metrics.ttl_deletes_ignored
        )
        return latest, earlier

    def _slices(
        self, latest: Mapping[str, Change], earlier: EarlierChanges, deadline: Deadline, batch: BatchResult
    ) -> Iterator[Mapping[str, Change]]:
        """Yield the changes in slices that fit into memory. Changes without an image get the current item.

        The changes with an image come first, because they need no read. Each further slice is read, written and
        released before the next one.
        """
        unread = {name: change for name, change in latest.items() if change.operation is Operation.FETCH}
        if len(unread) < len(latest):
            yield {name: change for name, change in latest.items() if change.operation is not Operation.FETCH}
        for images in self._read(unread, deadline, batch):
            changes = self._with_images({name: unread[name] for name in images}, images, earlier, batch)
            del images
            yield changes
            del changes

    def _with_images(
        self,
        unread: Mapping[str, Change],
        images: Mapping[str, Image | None],
        earlier: EarlierChanges,
        batch: BatchResult,
    ) -> Mapping[str, Change]:
        """Return the changes with the current items."""
        completed = {}
        for name, change in unread.items():
            if images[name] is None and self.versions.attribute is not None:
                batch.metrics.records_coalesced += 1  # a later record has the deletion and its version
                continue
            changed = change._replace(image=images[name])
            try:
                self.versions.version_of(changed)
            except MalformedRecordError as error:
                if before := _pop_earlier(name, earlier):
                    completed[name] = before
                _reject_malformed(change.record, error, batch)
            else:
                completed[name] = changed
        return completed

    def _write(
        self, target: IndexTarget, changes: Mapping[str, Change], deadline: Deadline, batch: BatchResult
    ) -> None:
        """Write changes to the target's index."""
        documents = self._documents(target, changes, batch)
        results = list(target.writer.write(documents, deadline, batch.metrics))
        for result in self._resolve_conflicts(target, results, deadline, batch):
            _record_result(target, result, batch)

    def _documents(self, target: IndexTarget, changes: Mapping[str, Change], batch: BatchResult) -> list[Document]:
        """Return the action for each item in the target's index.

        An item that does not match the target's filter is deleted from the index, even if it never had a document
        there. So the result does not depend on earlier states, and changes can be skipped, repeated or late.
        """
        documents = []
        for name, change in changes.items():
            chosen, version = self._project(target, change.image), self.versions.version_of(change)
            try:
                documents.append(
                    delete_document(name, change, version, allow_equal_version=self.versions.allows_equal(change))
                    if chosen is None
                    else index_document(name, change, version, chosen, self.field_names)
                )
            except MalformedRecordError as error:
                _reject_malformed(change.record, error, batch, target.alias)
        return documents

    def _project(self, target: IndexTarget, image: Image | None) -> Image | None:
        return self.rules.project(image) if image is not None and matches(image, target.conditions) else None

    def _resolve_conflicts(
        self, target: IndexTarget, results: Sequence[WriteResult], deadline: Deadline, batch: BatchResult
    ) -> Iterator[WriteResult]:
        """Yield the results. If a version conflict can hide a newer change, write the current item instead."""
        if self.versions.attribute is not None:  # a version attribute shows the order and does not wrap
            yield from results
            return
        is_ordered = not batch.metrics.shared_ordinals
        is_doubtful = may_be_out_of_order if is_ordered else are_close
        doubtful = {}
        for result in results:
            current = current_version(result.item) if result.outcome is Outcome.STALE else None
            if current is not None and is_doubtful(current, result.document.version):
                doubtful[result.document.document_id] = result, current
            else:
                yield result
        changes = {name: result.document.change for name, (result, _) in doubtful.items()}
        for images in self._read(changes, deadline, batch):
            documents = []
            for name, image in images.items():
                result, current = doubtful[name]
                change, latest = result.document.change, image
                if image is None and self.rules.ignores_ttl_deletes:
                    # TTL deleted the item, and the document stays, or a user deleted it. The rejected image is later
                    # if the ordinals show that. Otherwise the image could restore a document that a user deleted.
                    if not is_ordered:
                        yield result
                        continue
                    latest = change.image
                try:
                    documents.append(
                        resolve_document(name, change, current, self._project(target, latest), self.field_names)
                    )
                except MalformedRecordError as error:
                    _reject_malformed(change.record, error, batch, target.alias)
            yield from target.writer.write(documents, deadline, batch.metrics)

    def _read(
        self, changes: Mapping[str, Change], deadline: Deadline, batch: BatchResult
    ) -> Iterator[Mapping[str, Image | None]]:
        """Yield the items in slices. Records whose items cannot be read are retried."""
        if not changes:
            return
        unread = dict(changes)
        reason = NOT_SENT.reason
        try:
            for images in self.table.read({name: change.keys for name, change in changes.items()}, deadline):
                for name in images:
                    del unread[name]
                yield images
                del images
                if all(target.writer.circuit_open for target in self.targets):  # nothing could be written
                    break
        except TransientError as error:
            reason = str(error)
        for change in unread.values():
            batch.retry(change.record, reason)

    def _quarantine_rejected(self, deadline: Deadline, batch: BatchResult) -> None:
        failures = self.quarantine.keep(batch.rejected, deadline) if batch.rejected else []
        for (record, _), failure in zip(batch.rejected, failures, strict=True):
            if failure:
                batch.metrics.quarantine_failures += 1
                batch.retry(record, failure)
            else:
                batch.metrics.records_quarantined += 1

    def _quarantine_held(self, deadline: Deadline, batch: BatchResult) -> None:
        """Write a copy of a record that blocks its shard for long. Nothing else depends on the copy."""
        held = batch.held()
        with suppress(MalformedRecordError):  # the record at the checkpoint can be malformed
            if held and deadline.now() - parse_record(held[0]).created_at > HELD_SECONDS:
                self.quarantine.keep([held], deadline)


def _changes_before_rejected(
    changes: Mapping[str, Change], rejected: Sequence[tuple[StreamRecord, Rejection]], earlier: EarlierChanges
) -> dict[str, Change]:
    """Return the change before each rejected change: a quarantined record must not hide an earlier change."""
    if not (rejected and earlier):
        return {}
    records = {id(record) for record, _ in rejected}
    names = [name for name, change in changes.items() if id(change.record) in records]
    return {name: before for name in names if (before := _pop_earlier(name, earlier))}


def _pop_earlier(name: str, earlier: EarlierChanges) -> Change | None:
    """Remove and return the newest earlier change of an item that is a deletion or has an image, or None."""
    changes = earlier.get(name, [])
    while changes:
        newest = max(changes, key=lambda change: int(change.sequence_number))
        changes.remove(newest)
        if newest.operation is not Operation.FETCH:
            return newest
    return None


def _records_before(checkpoint: str | None, records: Sequence[StreamRecord]) -> int:
    """Return the number of records before the checkpoint, or all records if the checkpoint is None."""
    if checkpoint is None:
        return len(records)
    return [sequence_number(record) for record in records].index(checkpoint) if checkpoint else 0


def sequence_number(record: object) -> str:
    """Return the record's sequence number. Empty if the object is not a record or has no number."""
    change = record.get("dynamodb") if isinstance(record, Mapping) else None
    number = change.get("SequenceNumber") if isinstance(change, Mapping) else None
    return str(number) if is_sequence_number(number) else ""


def _record_result(target: IndexTarget, result: WriteResult, batch: BatchResult) -> None:
    document, metrics = result.document, batch.metrics
    match result.outcome:
        case Outcome.SUCCESS:
            if document.action == "delete":
                metrics.documents_deleted += 1
            else:
                metrics.documents_indexed += 1
            metrics.replication_lags_ms.append(max(0.0, (result.answered_at - document.change.created_at) * 1000))
        case Outcome.STALE:
            metrics.version_conflicts += 1
        case Outcome.RETRY:
            batch.retry(document.change.record, _retry_reason(result.item), result.item, target.alias)
        case Outcome.REJECT:
            metrics.documents_rejected += 1
            answer = result.item
            reason = Rejection(
                REJECTED, answer.reason[:MAX_MESSAGE_LENGTH], answer.error_type, answer.status, target.alias
            )
            batch.rejected.append((document.change.record, reason))


def _retry_reason(answer: ItemResult) -> str:
    """Describe a result without OpenSearch's message, which can quote the document."""
    return f"OpenSearch answered {answer.status} {answer.error_type}".rstrip() if answer.status else answer.reason


def _reject_malformed(record: StreamRecord, error: MalformedRecordError, batch: BatchResult, alias: str = "") -> None:
    batch.metrics.malformed_records += 1
    batch.rejected.append((record, Rejection(MALFORMED, str(error), alias=alias)))
