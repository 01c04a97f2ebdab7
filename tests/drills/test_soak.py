"""Does half a minute of random faults lose nothing, and does the report show what happened?"""

import random
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from drills.environment import DrillEnvironment
from soak import report
from soak.chaos import FaultWindow
from soak.run import SoakResult, run
from testkit.consistency import Comparison

SECONDS = 30


def test_half_a_minute_of_random_faults_loses_nothing(ready: DrillEnvironment, tmp_path: Path) -> None:
    """No lost and no ghost documents, nothing quarantined, memory bounded; the seed is another one each time."""
    seed = random.SystemRandom().randrange(1 << 30)
    print(f"make soak MINUTES=0.5 SEED={seed}")  # noqa: T201 - shown when it fails
    outcome = run(ready, SECONDS, seed)
    ready.reset()
    page = report.write(outcome, tmp_path).read_text()
    assert outcome.problems() == [], page
    assert f"Seed {seed}" in page
    assert "Everything holds." in page


def outcome(**changes: object) -> SoakResult:
    """Return what came of a soak in which all was well, but for `changes`."""
    well: dict[str, object] = {
        "seed": 7,
        "seconds": 10.0,
        "writes": 300,
        "agreement": Comparison(300, [], [], []),
        "poisoned": 3,
        "quarantined": 2,
        "innocent": 0,
        "discarded_batches": 0,
        "windows": [FaultWindow(2.0, 4.0, "delay, 30% of <requests>")],
        "lags": [(0.5, 1.0), (5.0, 3.0), (9.5, 1.0)],
        "megabytes": {"function": [(0.5, 40.0)], "gateway": [(0.5, 120.0), (9.0, 130.0)]},
        "drain_seconds": 1.0,
    }
    return SoakResult(**{**well, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"agreement": Comparison(1, ["a"], [], ["b"])}, ["index and table differ: 1 equal, 1 missing"]),
        ({"innocent": 2}, ["2 records are in the quarantine that OpenSearch takes"]),
        ({"quarantined": 0}, ["none of 3 rejected records is in the quarantine"]),
        ({"discarded_batches": 1}, ["1 batches were discarded"]),
        ({"megabytes": {"function": [(1.0, 900.0)], "gateway": [(1.0, 1.0)]}}, ["function had 900 MB, more than"]),
        ({"megabytes": {"function": [(1.0, 9.0)], "gateway": [(1.0, 9000.0)]}}, ["gateway had 9000 MB, more than"]),
        (
            {"megabytes": {"function": [(1.0, 9.0)], "gateway": [(1.0, 100.0), (6.0, 130.0), (9.0, 121.0)]}},
            ["the gateway grew by 30 MB in the second half"],
        ),
        ({"windows": []}, ["the soak shows nothing"]),
        ({"lags": []}, ["the soak shows nothing"]),
    ],
)
def test_what_does_not_hold_is_said(changes: dict[str, object], said: list[str]) -> None:
    faults = outcome(**changes).problems()
    assert len(faults) == len(said)
    assert all(wanted in fault for wanted, fault in zip(said, faults, strict=True))


def test_the_picture_has_the_lag_and_every_fault(tmp_path: Path) -> None:
    """It is XML, with a point for each sample and a named rectangle for each fault."""
    report.write(outcome(), tmp_path)
    picture = ET.parse(tmp_path / "lag.svg").getroot()  # noqa: S314 - our own
    space = "{http://www.w3.org/2000/svg}"
    (line,) = picture.findall(f"{space}polyline")
    assert len(line.attrib["points"].split()) == 3
    assert [title.text for title in picture.iter(f"{space}title")] == ["delay, 30% of <requests>"]
