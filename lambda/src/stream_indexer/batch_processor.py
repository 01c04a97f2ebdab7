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
    settle_document,
)
from stream_indexer.documents.field_names import Names
from stream_indexer.documents.projection import Choice, Condition, meets
from stream_indexer.documents.records import Change, Image, Kind, StreamRecord, is_sequence_number, read
from stream_indexer.documents.versions import Versions, are_close, is_floor, looks_reversed, shared_ordinals
from stream_indexer.errors import MalformedRecordError, TransientError
from stream_indexer.metrics import Tally
from stream_indexer.opensearch.bulk_writer import NOT_SENT, Result, Sender
from stream_indexer.opensearch.outcomes import Answer, Verdict, current_version
from stream_indexer.rejection import HELD, Reason

HELD_SECONDS: Final = 600  # age from which a record that must come again is kept as evidence
Earlier = dict[str, list[Change]]  # changes of an item that a later one of the batch made needless, by document id
DETAIL_LENGTH: Final = 2_000  # characters kept of OpenSearch's reason, which may quote a value of 400 KB


class Quarantine(Protocol):
    """Where records are kept that can never be indexed."""

    def keep(self, rejected: Sequence[tuple[StreamRecord, Reason]], deadline: Deadline) -> Sequence[str]:
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
class Report:
    """What became of a batch.

    Attributes:
        failed: records that are not dealt with; one stands here for each index that it failed at.
        troubles: why they are not, with the number of documents; without anything of their contents.
        rejected: records that can never be indexed, with the reason; one stands here for each index likewise.
    """

    tally: Tally = field(default_factory=Tally)
    failed: list[StreamRecord] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)
    rejected: list[tuple[StreamRecord, Reason]] = field(default_factory=list)
    _held: list[tuple[str, Answer | None, str]] = field(default_factory=list)  # of each failed record

    def fail(self, record: StreamRecord, trouble: str, answer: Answer | None = None, index: str = "") -> None:
        """Note that a record must come again, and what OpenSearch answered to it."""
        self.failed.append(record)
        self.troubles[trouble] += 1
        self._held.append((trouble, answer, index))

    def held(self) -> tuple[StreamRecord, Reason] | None:
        """Return the record that Lambda must go on from, with the reason; None where there is none by its number."""
        restart_at = self.restart_at()
        for record, (trouble, answer, index) in zip(self.failed, self._held, strict=True):
            if restart_at and sequence_number(record) == restart_at:
                if answer is None:
                    return record, Reason(HELD, trouble, index=index)
                return record, Reason(HELD, answer.reason, answer.fault, answer.status, index)
        return None

    def restart_at(self) -> str | None:
        """Return the sequence number that Lambda must go on from, None when all is dealt with.

        Empty (the whole batch) when a record failed that has none: it stands somewhere in the batch.
        """
        if not self.failed:
            return None
        numbers = [sequence_number(record) for record in self.failed]
        return min(numbers, key=int) if all(numbers) else ""


@dataclass(frozen=True, slots=True)
class Route:
    """One index: which of the chosen items have a document in it.

    Attributes:
        alias: of the index.
        sender: the way to it.
        conditions: all of them must hold, by attribute.
    """

    alias: str
    sender: Sender
    conditions: Mapping[str, Condition] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sync:
    """Keeps the indexes of `routes` equal to `table`.

    Attributes:
        key_names: the table's key attributes, hash key first.
        choice: which items have a document at all, and what is in it.
        names: what becomes of names that OpenSearch would not take.
        versions: where a document's version comes from.
        id_prefix: of every document's id, see `document_id`.
    """

    routes: Sequence[Route]
    table: Table
    quarantine: Quarantine
    key_names: Sequence[str]
    choice: Choice
    names: Names
    versions: Versions
    id_prefix: str = ""

    def run(self, records: Sequence[StreamRecord], deadline: Deadline) -> Report:
        """Deal with one batch, in the order it was delivered in."""
        report = Report()
        latest, earlier = self._latest(records, report)
        for changes in self._slices(latest, earlier, deadline, report):
            for route in self.routes:
                pending, left = changes, {name: [*earlier[name]] for name in changes.keys() & earlier.keys()}
                while pending:
                    rejected = len(report.rejected)
                    self._apply(route, pending, deadline, report)
                    pending = _before_rejected(pending, report.rejected[rejected:], left)
            del changes  # before the next slice is read
        self._keep_rejected(deadline, report)
        self._keep_held(deadline, report)
        report.tally.retried = len({id(record) for record in report.failed})
        report.tally.dealt_with = _before(report.restart_at(), records)
        return report

    def _latest(self, records: Sequence[StreamRecord], report: Report) -> tuple[dict[str, Change], Earlier]:
        """Return the last change of each item by document id, and of each item that has more its earlier changes."""
        latest: dict[str, Change] = {}
        earlier: Earlier = {}
        numbers: list[str] = []
        for record in records:
            try:
                change = read(record)
                numbers.append(change.sequence_number)
                if self.choice.ignores(record):
                    report.tally.kept_expired += 1
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
                _reject_malformed(record, error, report)
        if self.versions.attribute is None:
            report.tally.shared_ordinals = shared_ordinals(numbers)
        report.tally.coalesced = len(records) - len(report.rejected) - len(latest) - report.tally.kept_expired
        return latest, earlier

    def _slices(
        self, latest: Mapping[str, Change], earlier: Earlier, deadline: Deadline, report: Report
    ) -> Iterator[Mapping[str, Change]]:
        """Yield the changes in slices that fit into memory, those without an image with the item as it is now.

        First those that the event holds: they wait for no read. Each slice of the others is read, written and let go.
        """
        unread = {name: change for name, change in latest.items() if change.kind is Kind.READ}
        if len(unread) < len(latest):
            yield {name: change for name, change in latest.items() if change.kind is not Kind.READ}
        for images in self._read(unread, deadline, report):
            changes = self._completed({name: unread[name] for name in images}, images, earlier, report)
            del images
            yield changes
            del changes

    def _completed(
        self, unread: Mapping[str, Change], images: Mapping[str, Image | None], earlier: Earlier, report: Report
    ) -> Mapping[str, Change]:
        """Return the changes with the items as they are now."""
        completed = {}
        for name, change in unread.items():
            if images[name] is None and self.versions.attribute is not None:
                report.tally.coalesced += 1  # the deletion is still to come, and it alone has the version
                continue
            changed = change._replace(image=images[name])
            try:
                self.versions.of(changed)
            except MalformedRecordError as error:
                if before := _pop_earlier(name, earlier):
                    completed[name] = before
                _reject_malformed(change.record, error, report)
            else:
                completed[name] = changed
        return completed

    def _apply(self, route: Route, changes: Mapping[str, Change], deadline: Deadline, report: Report) -> None:
        """Bring changes into the route's index."""
        documents = self._documents(route, changes, report)
        results = list(route.sender.send(documents, deadline, report.tally))
        for result in self._settle(route, results, deadline, report):
            _count(route, result, report)

    def _documents(self, route: Route, changes: Mapping[str, Change], report: Report) -> list[Document]:
        """Return what becomes of each item in the route's index.

        An item that it does not take is deleted from it, also where it was never in it: so nobody needs to know what
        the item was before, and changes may be left out, come again, or come late.
        """
        documents = []
        for name, change in changes.items():
            chosen, version = self._chosen(route, change.image), self.versions.of(change)
            try:
                documents.append(
                    delete_document(name, change, version, or_same=self.versions.allows_same(change))
                    if chosen is None
                    else index_document(name, change, version, chosen, self.names)
                )
            except MalformedRecordError as error:
                _reject_malformed(change.record, error, report, route.alias)
        return documents

    def _chosen(self, route: Route, image: Image | None) -> Image | None:
        return self.choice.of(image) if image is not None and meets(image, route.conditions) else None

    def _settle(self, route: Route, results: Sequence[Result], deadline: Deadline, report: Report) -> Iterator[Result]:
        """Yield the results; of the stale ones that may be the newer change after all, those of what settles them."""
        if self.versions.attribute is not None:  # which says what is newer, and does not wrap
            yield from results
            return
        is_ordered = not report.tally.shared_ordinals
        is_doubtful = looks_reversed if is_ordered else are_close
        doubtful = {}
        for result in results:
            current = current_version(result.answer) if result.verdict is Verdict.STALE else None
            if current is not None and is_doubtful(current, result.document.version):
                doubtful[result.document.document_id] = result, current
            else:
                yield result
        changes = {name: result.document.change for name, (result, _) in doubtful.items()}
        for images in self._read(changes, deadline, report):
            documents = []
            for name, image in images.items():
                result, current = doubtful[name]
                change, latest = result.document.change, image
                if image is None and self.choice.keeps_expired:
                    # Time to live took the item, which leaves its document, or a user did. The refused image is the
                    # later one where the ordinals say so; otherwise it could bring back what a user deleted.
                    if not is_ordered or is_floor(current):
                        yield result
                        continue
                    latest = change.image
                try:
                    documents.append(settle_document(name, change, current, self._chosen(route, latest), self.names))
                except MalformedRecordError as error:
                    _reject_malformed(change.record, error, report, route.alias)
            yield from route.sender.send(documents, deadline, report.tally)

    def _read(
        self, changes: Mapping[str, Change], deadline: Deadline, report: Report
    ) -> Iterator[Mapping[str, Image | None]]:
        """Yield the items in slices; the records of those that cannot be read come again."""
        if not changes:
            return
        unread = dict(changes)
        trouble = NOT_SENT.reason
        try:
            for images in self.table.read({name: change.keys for name, change in changes.items()}, deadline):
                for name in images:
                    del unread[name]
                yield images
                del images
                if all(route.sender.is_down for route in self.routes):  # so a read would be for nothing
                    break
        except TransientError as error:
            trouble = str(error)
        for change in unread.values():
            report.fail(change.record, trouble)

    def _keep_rejected(self, deadline: Deadline, report: Report) -> None:
        failures = self.quarantine.keep(report.rejected, deadline) if report.rejected else []
        for (record, _), failure in zip(report.rejected, failures, strict=True):
            if failure:
                report.tally.quarantine_failures += 1
                report.fail(record, failure)
            else:
                report.tally.quarantined += 1

    def _keep_held(self, deadline: Deadline, report: Report) -> None:
        """Keep the record that holds up its shard for long, as evidence: nothing depends on it."""
        held = report.held()
        with suppress(MalformedRecordError):  # of which S3 did not take the record itself
            if held and deadline.now() - read(held[0]).created > HELD_SECONDS:
                self.quarantine.keep([held], deadline)


def _before_rejected(
    changes: Mapping[str, Change], rejected: Sequence[tuple[StreamRecord, Reason]], earlier: Earlier
) -> dict[str, Change]:
    """Return the change before each rejected one of the same batch: a record that goes to quarantine hides none."""
    if not (rejected and earlier):
        return {}
    records = {id(record) for record, _ in rejected}
    names = [name for name, change in changes.items() if id(change.record) in records]
    return {name: before for name in names if (before := _pop_earlier(name, earlier))}


def _pop_earlier(name: str, earlier: Earlier) -> Change | None:
    """Take the newest change with an image, or a deletion, from the item's earlier ones; None where there is none."""
    changes = earlier.get(name, [])
    while changes:
        newest = max(changes, key=lambda change: int(change.sequence_number))
        changes.remove(newest)
        if newest.kind is not Kind.READ:
            return newest
    return None


def _before(restart_at: str | None, records: Sequence[StreamRecord]) -> int:
    """Return how many records stand before the one that Lambda must go on from: all, where it is None."""
    if restart_at is None:
        return len(records)
    return [sequence_number(record) for record in records].index(restart_at) if restart_at else 0


def sequence_number(record: object) -> str:
    """Return the record's sequence number, empty where it has none; any object will do."""
    change = record.get("dynamodb") if isinstance(record, Mapping) else None
    number = change.get("SequenceNumber") if isinstance(change, Mapping) else None
    return str(number) if is_sequence_number(number) else ""


def _count(route: Route, result: Result, report: Report) -> None:
    document, tally = result.document, report.tally
    match result.verdict:
        case Verdict.DONE:
            if document.action == "delete":
                tally.deleted += 1
            else:
                tally.written += 1
            tally.lags_ms.append(max(0.0, (result.moment - document.change.created) * 1000))
        case Verdict.STALE:
            tally.stale += 1
        case Verdict.RETRY:
            report.fail(document.change.record, _trouble(result.answer), result.answer, route.alias)
        case Verdict.QUARANTINE:
            tally.refused += 1
            answer = result.answer
            reason = Reason("refused", answer.reason[:DETAIL_LENGTH], answer.fault, answer.status, route.alias)
            report.rejected.append((document.change.record, reason))


def _trouble(answer: Answer) -> str:
    """Say what an answer was without its reason, which may quote the document; without a status the reason is ours."""
    return f"OpenSearch answered {answer.status} {answer.fault}".rstrip() if answer.status else answer.reason


def _reject_malformed(record: StreamRecord, error: MalformedRecordError, report: Report, index: str = "") -> None:
    report.tally.malformed += 1
    report.rejected.append((record, Reason("malformed", str(error), index=index)))
