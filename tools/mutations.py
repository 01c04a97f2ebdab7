"""Breaks chosen lines of the function one at a time, and says which test notices: `make mutations`.

A line that can be broken unnoticed is one that no test holds. A rule worth holding is a row in `MUTATIONS`.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = "lambda/src/stream_indexer"
NEEDED: Final = (SOURCE, "testkit", "tests/unit", "tests/property")  # by those tests, of the tree
SECONDS: Final = 600  # timeout of one test, which detects an endless loop; far above what a busy machine needs
FAILED: Final = re.compile(r"^FAILED tests/([^\s\[]+)", re.MULTILINE)
TESTS_FAILED: Final = 1  # exit status of pytest; anything above is no answer


class Mutation(NamedTuple):
    """One way to break the function.

    Attributes:
        file: below `SOURCE`.
        text: text that the file contains exactly once.
        replacement: text that replaces it.
        why: the rule that is broken.
        tests: files below `tests`, in the order of what they cost.
    """

    file: str
    text: str
    replacement: str
    why: str
    tests: Sequence[str]


RECORDS: Final = ("unit/documents/test_records.py", "property/test_batches.py")
DOCUMENTS: Final = ("unit/documents/test_actions.py", "property/test_documents.py")
VERSIONS: Final = ("unit/documents/test_versions.py", "property/test_documents.py")
JSON: Final = ("unit/documents/test_json_encoder.py", "property/test_documents.py")
NAMES: Final = ("unit/documents/test_field_names.py", "property/test_names.py")
CHOOSING: Final = (
    "unit/documents/test_projection.py",
    "unit/batch_processor/test_choice.py",
    "property/test_convergence.py",
)
ROUTES: Final = ("unit/batch_processor/test_routes.py", "property/test_convergence.py")
BATCH: Final = (
    "unit/batch_processor/test_batch.py",
    "unit/batch_processor/test_reversed.py",
    "property/test_convergence.py",
)
OUTCOMES: Final = (
    "unit/opensearch/test_outcomes.py",
    "unit/opensearch/test_bulk_writer.py",
    "property/test_convergence.py",
)
SOCKETS: Final = ("unit/opensearch/test_client.py",)
SETUP: Final = ("unit/admin/test_requests.py",)
AWS: Final = ("unit/aws/test_api.py",)
QUARANTINE: Final = ("unit/aws/test_quarantine.py", "unit/aws/test_bucket.py")
SENDING: Final = ("unit/opensearch/test_bulk_writer.py",)
HELD: Final = ("unit/batch_processor/test_held.py",)
ORDER: Final = ("unit/batch_processor/test_order.py",)
TABLE: Final = ("unit/aws/test_table.py",)
VIEWS: Final = ("unit/batch_processor/test_views.py",)
FAULTY: Final = ("unit/test_faulty_services.py",)
PIPELINE: Final = ("property/test_pipeline.py",)
BULK: Final = ("unit/opensearch/test_bulk.py", "property/test_batches.py")

MUTATIONS: Final = (
    Mutation(
        "batch_processor.py",
        ".index(checkpoint) if checkpoint else 0",
        ".index(checkpoint)",
        "no record of a batch that is retried as a whole is counted as processed",
        BATCH,
    ),
    Mutation(
        "metrics.py",
        '{"RecordsProcessed": self.records_processed, **',
        "{**",
        "zero processed records are reported",
        ("unit/test_metrics.py",),
    ),
    Mutation("documents/records.py", "9_223_372_035", "9_223_372_036", "a version fits a signed 64-bit long", RECORDS),
    Mutation(
        "documents/actions.py",
        'ID_MARKERS: Final = ("#", "~")',
        'ID_MARKERS: Final = ("#",)',
        "binary is marked",
        DOCUMENTS,
    ),
    Mutation(
        "documents/actions.py",
        '[f"#{prefix}", *parts]',
        "[prefix, *parts]",
        "a table's prefix is no part of a key",
        DOCUMENTS,
    ),
    Mutation("documents/actions.py", "^[#~]|[%|", "^[#~]|[|", "what escapes is itself escaped", DOCUMENTS),
    Mutation(
        "documents/versions.py",
        "int(number[:-COUNTER_DIGITS] or 0) or int(number)",
        "int(number)",
        "the ordinal orders the changes of a second, not the counter",
        VERSIONS,
    ),
    Mutation(
        "documents/versions.py",
        "int(number[:-COUNTER_DIGITS] or 0) or int(number)",
        "int(number)",
        "the model of the whole function needs the ordinal",
        PIPELINE,
    ),
    Mutation(
        "documents/versions.py",
        "or 0) or int(number)",
        "or 0)",
        "a number without an ordinal orders by itself",
        VERSIONS,
    ),
    Mutation("documents/versions.py", "if ordinal and count > 1", "if count > 1", "zero is no ordinal", VERSIONS),
    Mutation(
        "documents/versions.py",
        "different = set(sequence_numbers)",
        "different = list(sequence_numbers)",
        "a record twice is one",
        VERSIONS,
    ),
    Mutation(
        "batch_processor.py",
        "may_be_out_of_order if is_ordered else are_close",
        "may_be_out_of_order",
        "shared ordinals are read",
        BATCH,
    ),
    Mutation(
        "batch_processor.py",
        "if not is_ordered:",
        "if is_ordered:",
        "an image in doubt brings nothing back",
        BATCH,
    ),
    Mutation(
        "documents/versions.py",
        " and not is_floor(current)",
        "",
        "a floor is newer than what it rejects",
        BATCH,
    ),
    Mutation(
        "documents/versions.py",
        "digits % ORDINAL_RANGE",
        "digits % SEQUENCE_RANGE",
        "no change has a floor's number",
        VERSIONS,
    ),
    Mutation(
        "documents/versions.py",
        "SEQUENCE_RANGE == ORDINAL_RANGE",
        "SEQUENCE_RANGE == 0",
        "a floor is recognised",
        BATCH,
    ),
    Mutation(
        "documents/versions.py",
        "< ORDINAL_RANGE // 2",
        "< ORDINAL_RANGE // 4",
        "half the range is an advance",
        VERSIONS,
    ),
    Mutation(
        "documents/versions.py",
        "if may_be_out_of_order(current, version):",
        "if False:",
        "within a batch a clock's step back is no order",
        VERSIONS,
    ),
    Mutation(
        "documents/versions.py",
        "int(change.sequence_number) >= int(known.sequence_number)",
        "True",
        "the last delivered is not always the newest",
        VERSIONS,
    ),
    Mutation(
        "batch_processor.py",
        "newest.operation is not Operation.FETCH",
        "True",
        "an earlier change without an image is no other",
        ORDER,
    ),
    Mutation(
        "opensearch/bulk_writer.py",
        "not _is_same_error(result, suspect)",
        "False",
        "only the same refusal is a proof",
        SENDING,
    ),
    Mutation(
        "opensearch/bulk_writer.py",
        "elif not (is_taking or suspect.has_witness):\n                        yield suspect",
        "elif False:\n                        yield suspect",
        "a state is no document's fault",
        SENDING,
    ),
    Mutation(
        "opensearch/bulk_writer.py",
        "invalid == MAX_INVALID_RESPONSES",
        "False",
        "a proxy's page is no document's fault",
        SENDING,
    ),
    Mutation(
        "opensearch/outcomes.py",
        "and not SHARED_ERRORS.search(answer.error_type)",
        "",
        "a shard's fault is no document's",
        SENDING,
    ),
    Mutation(
        "opensearch/outcomes.py",
        "and answer.status not in SHARED_STATUSES",
        "",
        "a load is no document's fault",
        SENDING,
    ),
    Mutation(
        "batch_processor.py", "> HELD_SECONDS", "> 2 * HELD_SECONDS", "what holds up its shard is named in time", HELD
    ),
    Mutation(
        "batch_processor.py", "batch.rejected[rejected:], left)", "[], left)", "a refused change hides none", ORDER
    ),
    Mutation(
        "opensearch/bulk.py", "guard.error_type == ALIAS_EXISTS or", "True or", "a delete elsewhere is not done", BULK
    ),
    Mutation(
        "opensearch/bulk.py", "answer.error_type == ALIAS_MISSING)", "False)", "nor in a body of other actions", BULK
    ),
    Mutation("jsontext.py", 'content.decode(errors="replace")', "content", "text that is not Unicode is read", BULK),
    Mutation(
        "aws/table.py",
        "if name not in {table,",
        "if False and name not in {table,",
        "another table is no answer",
        TABLE,
    ),
    Mutation("documents/versions.py", "version > current or", "version >= current or", "what ties is stale", VERSIONS),
    Mutation("documents/versions.py", "<= MAX_VERSION", "< MAX_VERSION", "the largest version is one", VERSIONS),
    Mutation(
        "documents/actions.py", "source, EXTERNAL_GTE)", "source, EXTERNAL)", "what settles is written over", BATCH
    ),
    Mutation(
        "documents/json_encoder.py",
        "found[name] = Fragment(",
        "found[name] = float(",
        "no number passes through a float",
        JSON,
    ),
    Mutation(
        "documents/json_encoder.py",
        'if b"\\n" in text',
        'if b"\\r" in text',
        "a source is one line of the request",
        JSON,
    ),
    Mutation(
        "documents/field_names.py",
        '.replace("%", "%25").replace(".", "%2E")',
        '.replace(".", "%2E").replace("%", "%25")',
        "escapes are escaped before dots are",
        NAMES,
    ),
    Mutation(
        "documents/field_names.py",
        "not in METADATA_FIELDS and not taken",
        "not in METADATA_FIELDS",
        "a flattened name is one place",
        NAMES,
    ),
    Mutation(
        "documents/field_names.py",
        "self._is_supported, self.nested)",
        "self._is_supported, self.top_level)",
        "top and inner names are two",
        NAMES,
    ),
    Mutation(
        "documents/projection.py",
        "not conditions or all(",
        "not conditions or any(",
        "all conditions must hold",
        CHOOSING,
    ),
    Mutation(
        "documents/projection.py",
        '"REMOVE" and is_ttl_delete',
        '"REMOVE" or is_ttl_delete',
        "only expiries are outlived",
        CHOOSING,
    ),
    Mutation(
        "batch_processor.py",
        "batch.metrics.ttl_deletes_ignored += 1\n                    continue",
        "batch.metrics.ttl_deletes_ignored += 1",
        "a kept expiry hides no change",
        CHOOSING,
    ),
    Mutation(
        "batch_processor.py", "self._project(target, latest)", "latest", "what settles meets the filter", CHOOSING
    ),
    Mutation(
        "batch_processor.py",
        "image is not None and matches(image, target.conditions)",
        "image is not None",
        "an item leaves the indexes of other routes",
        ROUTES,
    ),
    Mutation("batch_processor.py", "answer.status, target.alias\n", "answer.status\n", "who refused is said", ROUTES),
    Mutation(
        "batch_processor.py",
        "latest = change.image",
        "latest = image",
        "a document outlives its item also when settled",
        CHOOSING,
    ),
    Mutation("batch_processor.py", "min(numbers, key=int)", "min(numbers)", "numbers are compared as numbers", BATCH),
    Mutation(
        "batch_processor.py",
        "if all(numbers)",
        "if any(numbers)",
        "a record without a number may be in any position",
        BATCH,
    ),
    Mutation("opensearch/bulk.py", "size > room and", "size >= room and", "a body is as large as may be", BULK),
    Mutation(
        "opensearch/bulk.py",
        "zip(items, documents, strict=True)",
        "zip(items, documents)",
        "every document is answered",
        BULK,
    ),
    Mutation(
        "opensearch/outcomes.py",
        "OUTCOMES.get((action, answer.status), Outcome.RETRY)",
        "OUTCOMES.get((action, answer.status), Outcome.SUCCESS)",
        "the unknown is retried",
        OUTCOMES,
    ),
    Mutation(
        "opensearch/outcomes.py",
        "== NOT_FOUND and answer.error_type",
        "== NOT_FOUND and not answer.error_type",
        "a missing index is no delete",
        OUTCOMES,
    ),
    Mutation(
        "opensearch/bulk_writer.py",
        "Outcome.REJECT and len(documents) > 1",
        "Outcome.REJECT and len(documents) > 2",
        "one of two is at fault, not both",
        OUTCOMES,
    ),
    Mutation(
        "opensearch/bulk_writer.py",
        "opened_circuit = self.circuit_open",
        "opened_circuit = False",
        "no more requests go to an index that is down",
        OUTCOMES,
    ),
    Mutation(
        "opensearch/bulk_writer.py",
        "or isinstance(error, ResponseTooLargeError)",
        "",
        "an answer too large is asked for in halves",
        ("unit/opensearch/test_bulk_writer.py",),
    ),
    Mutation(
        "deadline.py",
        "/ 1000 - RESPONSE_RESERVE_SECONDS",
        "/ 1000",
        "Lambda gets its answer",
        ("unit/test_deadline.py",),
    ),
    Mutation(
        "connection.py", "settimeout(_seconds(self._deadline))", "settimeout(0.1)", "a drip has one deadline", SOCKETS
    ),
    Mutation("connection.py", "self.status < 200", "self.status < 100", "no early answer is the answer", SOCKETS),
    Mutation("connection.py", "idle <= MAX_IDLE_SECONDS and", "", "an idle connection is not used again", SOCKETS),
    Mutation(
        "connection.py", " and not _is_readable(self._socket)", "", "what was not asked for is no answer", SOCKETS
    ),
    Mutation(
        "connection.py", "deadline.remaining() / 2", "deadline.remaining()", "a new connection has its time", SOCKETS
    ),
    Mutation("connection.py", "answer.status in WITHOUT_CONTENT", "False", "what follows a 204 is no answer", SOCKETS),
    Mutation(
        "aws/api.py",
        "if is_last or not sleep_before_retry",
        "if is_last and not sleep_before_retry",
        "a call ends",
        AWS,
    ),
    Mutation("aws/bucket.py", '"if-none-match": "*"', '"if-match": "*"', "no object is written over", QUARANTINE),
    Mutation("aws/bucket.py", "status == MOVED and", "status == OK and", "a bucket may be elsewhere", QUARANTINE),
    Mutation(
        "aws/quarantine.py",
        "                has_failed.set()\n",
        "",
        "nothing is sent after S3's first failure",
        QUARANTINE,
    ),
    Mutation(
        "aws/quarantine.py", "ThreadPoolExecutor(CONNECTIONS)", "ThreadPoolExecutor(1)", "many at once", QUARANTINE
    ),
    Mutation("aws/quarantine.py", " or expired(deadline)", "", "nothing is sent without time", QUARANTINE),
    Mutation(
        "batch_processor.py",
        "            del changes  # before",
        "            # before",
        "one slice is held at a time",
        VIEWS,
    ),
    Mutation("batch_processor.py", "answer.reason[:MAX_MESSAGE_LENGTH]", "answer.reason", "reasons are bounded", VIEWS),
    Mutation(
        "batch_processor.py",
        "if all(target.writer.circuit_open for",
        "if not all(target for",
        "no read is for nothing",
        VIEWS,
    ),
    Mutation(
        "aws/table.py", "deadline.remaining() / 2", "deadline.remaining()", "a table that hangs leaves time", FAULTY
    ),
    Mutation(
        "aws/table.py", "from stream_indexer.jsontext", "from orjson", "text of an item need not be Unicode", TABLE
    ),
    Mutation("aws/table.py", "if size >= SLICE_BYTES", "if size < 0", "what is read is held in slices", TABLE),
    Mutation("aws/table.py", "read.keys() >= found.keys()", "read", "only what was asked for is read", TABLE),
    Mutation("aws/table.py", "del read[id_of(key)]", "id_of(key)", "what was not processed is not gone", TABLE),
    Mutation(
        "admin/requests.py",
        "MAX_RETRY_SECONDS: Final = 120.0",
        "MAX_RETRY_SECONDS: Final = 30.0",
        "new rights take time",
        SETUP,
    ),
    Mutation(
        "aws/table.py",
        '"ConsistentRead": True',
        '"ConsistentRead": False',
        "a read sees the change it is for",
        TABLE,
    ),
)


def main() -> int:
    """Try all mutations; return 1 where one escaped."""
    everything = sorted({name for mutation in MUTATIONS for name in mutation.tests})
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        untouched = pool.submit(notices, None, everything)
        noticing = [pool.submit(notices, mutation, mutation.tests) for mutation in MUTATIONS]
        if test := untouched.result():
            pool.shutdown(wait=False, cancel_futures=True)
            raise SystemExit(f"{test} fails without any mutation: it can notice none.")
        for mutation, future in zip(MUTATIONS, noticing, strict=True):
            _say(f"{mutation.file:27} {mutation.why:48} {future.result() or 'ESCAPED'}")
    escaped = sum(future.result() is None for future in noticing)
    _say(f"{len(MUTATIONS) - escaped} of {len(MUTATIONS)} mutations were noticed.")
    return 1 if escaped else 0


def notices(mutation: Mutation | None, tests: Sequence[str]) -> str | None:
    """Return the first test that fails in a copy of the tree that has `mutation`, None where none does."""
    with TemporaryDirectory(prefix="mutation-") as folder:
        for name in NEEDED:
            shutil.copytree(ROOT / name, Path(folder) / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        if mutation:
            file = Path(folder) / SOURCE / mutation.file
            file.write_text(mutated(mutation, file.read_text()))
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-rf", f"--timeout={SECONDS}", "-p", "no:cacheprovider"]
        run = subprocess.run(
            [*command, *(f"tests/{name}" for name in tests)], cwd=folder, capture_output=True, text=True, check=False
        )
    if run.returncode == 0:
        return None
    failed = FAILED.search(run.stdout)
    if run.returncode != TESTS_FAILED or not failed:
        raise SystemExit(f"The tests cannot run with {mutation}:\n{run.stdout}{run.stderr}")
    return failed[1]


def mutated(mutation: Mutation, source: str) -> str:
    """Return the source with the mutation in it.

    Raises:
        SystemExit: its text is not there, or more than once.
    """
    found = source.count(mutation.text)
    if found != 1:
        raise SystemExit(f"{mutation.file} has {found} times what a row of MUTATIONS breaks: {mutation.text}")
    return source.replace(mutation.text, mutation.replacement)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command talks to its terminal


if __name__ == "__main__":
    sys.exit(main())
