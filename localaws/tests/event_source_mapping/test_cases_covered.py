"""Has every case its test? By its id in the test's name, or with the reason why not, here."""

import re
from collections.abc import Iterator
from pathlib import Path

from localaws.tests.event_source_mapping.cases import CASES

WITHOUT_TEST = {
    "RESP-U1": "AWS is silent; test_decided_an_answer_that_makes_no_sense_fails_the_whole_batch holds our choice",
    "RESP-U2": "AWS is silent; test_decided_one_unknown_identifier_beside_a_valid_one_fails_the_whole_batch holds ours",
    "BAT-06": "AWS is silent; test_decided_the_record_that_would_pass_six_megabytes_opens_the_next_batch holds ours",
    "BIS-U": "AWS is silent; test_decided_an_odd_batch_leaves_the_odd_record_in_the_first_half holds ours",
}
AREAS = {case_id.partition("-")[0].lower() for case_id in CASES}
FILES = list(Path(__file__).parents[1].rglob("test_*.py"))
NAMES = [name for path in FILES for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)]


def ids_in(name: str) -> Iterator[str]:
    """Yield the ids that begin a test's name: test_resp_f1_f2_x gives RESP-F1 and RESP-F2."""
    area = ""
    for word in name.removeprefix("test_").split("_"):
        if word in AREAS:
            area = word
        elif (case_id := f"{area}-{word}".upper()) in CASES:
            yield case_id
        else:
            return


def test_every_case_has_a_test_by_its_id_or_a_reason() -> None:
    """No case has both."""
    tested = {case_id for name in NAMES for case_id in ids_in(name)}
    assert set(CASES) - tested == set(WITHOUT_TEST)


def test_only_what_aws_leaves_open_is_without_a_test() -> None:
    """A case with evidence is a test; a reason names one of ours."""
    assert {CASES[case_id]["strength"] for case_id in WITHOUT_TEST} == {"undetermined"}
    assert {name for reason in WITHOUT_TEST.values() for name in re.findall(r"test_\w+", reason)} <= set(NAMES)
