"""The recorded and documented cases, by id, and what several tests need of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localaws.tests.event_source_mapping.fakes import BUCKET, QUEUE, TOPIC

DATA = Path(__file__).parent / "data"
CASES: Mapping[str, Any] = {case["id"]: case for case in json.loads((DATA / "esm-cases.json").read_text())["cases"]}
PATTERNS: list[Any] = json.loads((DATA / "event-patterns.json").read_text())["cases"]
DESTINATIONS = {"SQS": QUEUE, "SNS": TOPIC, "S3": BUCKET}
NOT_THE_MAPPINGS = {"view", "source", "pattern"}


def expected(case_id: str) -> Any:
    """Return what a case expects."""
    return CASES[case_id]["expected"]


def settings(case_id: str) -> dict[str, Any]:
    """Return a case's settings in the form of a request."""
    config = {name: value for name, value in CASES[case_id]["config"].items() if name not in NOT_THE_MAPPINGS}
    if "pattern" in CASES[case_id]["config"]:
        pattern = json.dumps(CASES[case_id]["config"]["pattern"])
        config["FilterCriteria"] = {"Filters": [{"Pattern": pattern}]}
    if config.get("DestinationConfig") in DESTINATIONS:
        config["DestinationConfig"] = {"OnFailure": {"Destination": DESTINATIONS[config["DestinationConfig"]]}}
    return config
