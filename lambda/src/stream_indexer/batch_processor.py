"""Joins the steps over one batch: stream records in; out, what was done, what is kept, what Lambda must bring again.

Every record is done, retried, or in quarantine: nothing else can become of it. Knows neither Lambda nor AWS's APIs.
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
from stream_indexer.documents.versions import Versions, are_close, is_floor, may_be_out_of_order, shared_ordinals
from stream_indexer.errors import MalformedRecordError, TransientError
from stream_indexer.metrics import BatchMetrics
from stream_indexer.opensearch.bulk_writer import NOT_SENT, BulkWriter, WriteResult
from stream_indexer.opensearch.outcomes import ItemResult, Outcome, current_version
from stream_indexer.rejection import HELD, MALFORMED, REJECTED, Rejection

HELD_SECONDS: Final = 600  # age from which a record that must come again is kept as evidence
# By document id, the changes of an item that a later change in the batch makes unnecessary.
EarlierChanges = dict[str, list[Change]]
MAX_MESSAGE_LENGTH: Final = 2_000  # characters kept of OpenSearch's reason, which may quote a value of 400 KB


class Quarantine(Protocol):
    """Where records are kept that can never be indexed."""

    def keep(self, rejected: Sequence[tuple[StreamRecord, Rejection]], deadline: Deadline) -> Sequence[str]:
        """Keep each record for its reason's index; again is the same as once.

        Returns:
            For each record why it is not kept; empty where it is.
        """


class Table(Protocol):
    """The table, read consistently."""

    def read(self, keys: Mapping[str, Image], deadline: Deadline) -> Iterator[Mapping[str, Image | None]]:
        """Yield the items as they are now in slices, None for one that is not there, by the names given to their keys.

        Raises:
            TransientError: those that are not yielded yet could not be read.
        """


@dataclass(slots=True)
class BatchResult:
    """What became of a batch.

    Attributes:
        to_retry: records that are not dealt with; one stands here for each index that it failed at.
        retry_reasons: why they are not, with the number of documents; without anything of their contents.
        rejected: records that can never be indexed, with the reason; one stands here for each index likewise.
    """

    metrics: BatchMetrics = field(default_factory=BatchMetrics)
    to_retry: list[StreamRecord] = field(default_factory=list)
    retry_reasons: Counter[str] = field(default_factory=Counter)
    rejected: list[tuple[StreamRecord, Rejection]] = field(default_factory=list)
    _held: list[tuple[str, ItemResult | None, str]] = field(default_factory=list)  # of each failed record

    def retry(self, record: StreamRecord, reason: str, item: ItemResult | None = None, alias: str = "") -> None:
        """Note that a record must come again, and what OpenSearch answered to it."""
        self.to_retry.append(record)
        self.retry_reasons[reason] += 1
        self._held.append((reason, item, alias))

    def held(self) -> tuple[StreamRecord, Rejection] | None:
        """Return the record that Lambda must go on from, with the reason; None where there is none by its number."""
        checkpoint = self.checkpoint()
        for record, (reason, item, alias) in zip(self.to_retry, self._held, strict=True):
            if checkpoint and sequence_number(record) == checkpoint:
                if item is None:
                    return record, Rejection(HELD, reason, alias=alias)
                return record, Rejection(HELD, item.reason, item.error_type, item.status, alias)
        return None

    def checkpoint(self) -> str | None:
        """Return the sequence number that Lambda must go on from, None when all is dealt with.

        Empty (the whole batch) when a record failed that has none: it stands somewhere in the batch.
        """
        if not self.to_retry:
            return None
        numbers = [sequence_number(record) for record in self.to_retry]
        return min(numbers, key=int) if all(numbers) else ""


@dataclass(frozen=True, slots=True)
class IndexTarget:
    """One index: which of the chosen items have a document in it.

    Attributes:
        alias: of the index.
        writer: the way to it.
        conditions: all of them must hold, by attribute.
    """

    alias: str
    writer: BulkWriter
    conditions: Mapping[str, Condition] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BatchProcessor:
    """Keeps the indexes of `routes` equal to `table`.

    Attributes:
        key_names: the table's key attributes, hash key first.
        rules: which items have a document at all, and what is in it.
        field_names: what becomes of names that OpenSearch would not take.
        versions: where a document's version comes from.
        id_prefix: of every document's id, see `document_id`.
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
        """Deal with one batch, in the order it was delivered in."""
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
        """Return the last change of each item by document id, and of each item that has more its earlier changes."""
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
        """Yield the changes in slices that fit into memory, those without an image with the item as it is now.

        First those that the event holds: they wait for no read. Each slice of the others is read, written and let go.
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
        """Return the changes with the items as they are now."""
        completed = {}
        for name, change in unread.items():
            if images[name] is None and self.versions.attribute is not None:
                batch.metrics.records_coalesced += 1  # the deletion is still to come, and it alone has the version
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
        """Bring changes into the target's index."""
        documents = self._documents(target, changes, batch)
        results = list(target.writer.write(documents, deadline, batch.metrics))
        for result in self._resolve_conflicts(target, results, deadline, batch):
            _record_result(target, result, batch)

    def _documents(self, target: IndexTarget, changes: Mapping[str, Change], batch: BatchResult) -> list[Document]:
        """Return what becomes of each item in the target's index.

        An item that it does not take is deleted from it, also where it was never in it: so nobody needs to know what
        the item was before, and changes may be left out, come again, or come late.
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
        """Yield the results; of the stale ones that may be the newer change after all, those of what settles them."""
        if self.versions.attribute is not None:  # which says what is newer, and does not wrap
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
                    # Time to live took the item, which leaves its document, or a user did. The refused image is the
                    # later one where the ordinals say so; otherwise it could bring back what a user deleted.
                    if not is_ordered or is_floor(current):
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
        """Yield the items in slices; the records of those that cannot be read come again."""
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
                if all(target.writer.circuit_open for target in self.targets):  # so a read would be for nothing
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
        """Keep the record that holds up its shard for long, as evidence: nothing depends on it."""
        held = batch.held()
        with suppress(MalformedRecordError):  # of which S3 did not take the record itself
            if held and deadline.now() - parse_record(held[0]).created_at > HELD_SECONDS:
                self.quarantine.keep([held], deadline)


def _changes_before_rejected(
    changes: Mapping[str, Change], rejected: Sequence[tuple[StreamRecord, Rejection]], earlier: EarlierChanges
) -> dict[str, Change]:
    """Return the change before each rejected one of the same batch: a record that goes to quarantine hides none."""
    if not (rejected and earlier):
        return {}
    records = {id(record) for record, _ in rejected}
    names = [name for name, change in changes.items() if id(change.record) in records]
    return {name: before for name in names if (before := _pop_earlier(name, earlier))}


def _pop_earlier(name: str, earlier: EarlierChanges) -> Change | None:
    """Take the newest change with an image, or a deletion, from the item's earlier ones; None where there is none."""
    changes = earlier.get(name, [])
    while changes:
        newest = max(changes, key=lambda change: int(change.sequence_number))
        changes.remove(newest)
        if newest.operation is not Operation.FETCH:
            return newest
    return None


def _records_before(checkpoint: str | None, records: Sequence[StreamRecord]) -> int:
    """Return how many records stand before the one that Lambda must go on from: all, where it is None."""
    if checkpoint is None:
        return len(records)
    return [sequence_number(record) for record in records].index(checkpoint) if checkpoint else 0


def sequence_number(record: object) -> str:
    """Return the record's sequence number, empty where it has none; any object will do."""
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
    """Say what an answer was without its reason, which may quote the document; without a status the reason is ours."""
    return f"OpenSearch answered {answer.status} {answer.error_type}".rstrip() if answer.status else answer.reason


def _reject_malformed(record: StreamRecord, error: MalformedRecordError, batch: BatchResult, alias: str = "") -> None:
    batch.metrics.malformed_records += 1
    batch.rejected.append((record, Rejection(MALFORMED, str(error), alias=alias)))
