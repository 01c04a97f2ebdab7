"""A function for tests: it writes down every batch it gets, and fails as the items in it say.

An item's attribute `raises` or `reports` holds how often the function raises because of it, or reports it as failed,
before it takes it; with `waits` the function does not come back the first time. Zipped by `pipelines.py`; it runs in
its own process and imports nothing of the tests.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

BATCHES = Path(os.environ["BATCHES"])


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write the batch down, then do what its items ask for."""
    earlier = [sequence for path in BATCHES.glob("*.json") for sequence in sequences(json.loads(path.read_text()))]
    part = BATCHES / f"{time.time_ns()}.part"
    part.write_text(json.dumps({**event, "runtime_api": os.environ["AWS_LAMBDA_RUNTIME_API"]}))
    part.rename(part.with_suffix(".json"))  # a reader sees the whole file or no file
    print(f"took {len(event['Records'])} records")  # noqa: T201 - how a function logs
    print(json.dumps(metric("Records", len(event["Records"]), context.function_name)))  # noqa: T201 - how it counts
    if any("waits" in image(record) for record in event["Records"]) and not earlier:
        time.sleep(60)  # until it is killed
    failing = []
    for record in event["Records"]:
        item, sequence = image(record), record["dynamodb"]["SequenceNumber"]
        tries = earlier.count(sequence)
        if tries < int(item.get("raises", {"N": "0"})["N"]):
            raise ValueError(item["id"]["S"])
        if tries < int(item.get("reports", {"N": "0"})["N"]):
            failing.append({"itemIdentifier": sequence})
    return {"batchItemFailures": failing}


def image(record: dict[str, Any]) -> dict[str, Any]:
    """Return the item of the record, empty for a delete."""
    return dict(record["dynamodb"].get("NewImage", {}))


def sequences(event: dict[str, Any]) -> list[str]:
    """Return the sequence numbers of a batch."""
    return [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]


def metric(name: str, value: float, function_name: str) -> dict[str, Any]:
    """Return a line in CloudWatch's embedded metric format."""
    directive = {"Namespace": "Tests", "Dimensions": [["FunctionName"]], "Metrics": [{"Name": name, "Unit": "Count"}]}
    head = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return {"_aws": head, "FunctionName": function_name, name: value}
