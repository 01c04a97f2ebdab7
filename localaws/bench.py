"""How many records a second go from a stream through poller and function, when the function has nothing to wait for.

Nothing but the local AWS itself is measured: the function answers at once, as one would whose index is instant.
"""

import io
import os
import time
import zipfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from localaws.errors import LocalAwsError
from localaws.stack import LocalAws

NAME: Final = "bench"
HANDLER: Final = 'def handle(event, context):\n    return {"batchItemFailures": []}\n'
ITEM_TEXT: Final = "x" * 300  # an item of some 350 bytes
WRITE_ITEMS: Final = 25  # API reference of BatchWriteItem
WRITERS: Final = 4
DRAIN_SECONDS: Final = 900.0
TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one round came to.

    Attributes:
        seconds: from the mapping's creation until it had delivered everything.
        cpu_seconds: of the local AWS and of the function's processes meanwhile; None where /proc is missing.
    """

    records: int
    seconds: float
    cpu_seconds: float | None

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds

    def __str__(self) -> str:
        """Say it in a line."""
        rate = f"{self.rate:,.0f} records/s ({self.records:,} in {self.seconds:.1f} s)"
        if self.cpu_seconds is None:
            return rate
        return f"{rate}, {self.records / self.cpu_seconds:,.0f} a second of CPU ({self.cpu_seconds:.1f} s)"


def rounds(engines: str, home: Path, records: int, count: int, settings: dict[str, int]) -> Iterator[Figures]:
    """Start a local AWS for each round: write the records, then make the mapping and wait until it has delivered them.

    Raises:
        LocalAwsError: it cannot start, or not every record was delivered.
    """
    for _ in range(count):
        with LocalAws.start(engines, home) as aws:
            yield _round(aws, records, settings)


def _round(aws: LocalAws, records: int, settings: dict[str, int]) -> Figures:
    dynamodb, functions = aws.client("dynamodb"), aws.client("lambda")
    table = dynamodb.create_table(
        TableName=NAME,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    functions.create_function(
        FunctionName=NAME,
        Runtime="python3.13",
        Handler="bench.handle",
        Role="arn:aws:iam::123456789012:role/bench",
        Timeout=60,
        Code={"ZipFile": _package()},
    )
    functions.invoke(FunctionName=NAME, Payload=b"{}")  # the start of a process is not what is measured
    with ThreadPoolExecutor(WRITERS) as writers:
        list(
            writers.map(
                lambda start: _write(aws, range(start, min(start + WRITE_ITEMS, records))),
                range(0, records, WRITE_ITEMS),
            )
        )
    cpu, begun = _cpu_seconds(aws), time.monotonic()
    mapping = functions.create_event_source_mapping(
        FunctionName=NAME,
        EventSourceArn=table["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MetricsConfig={"Metrics": ["EventCount"]},
        **settings,
    )
    aws.wait_until_drained(DRAIN_SECONDS)
    seconds, cpu_after = time.monotonic() - begun, _cpu_seconds(aws)
    delivered = _invoked(aws, mapping["UUID"])
    if delivered != records:
        raise LocalAwsError(f"{records} records were written and {delivered:g} delivered.")
    return Figures(records, seconds, None if cpu is None or cpu_after is None else cpu_after - cpu)


def _write(aws: LocalAws, keys: Iterable[int]) -> None:
    items = [{"id": {"S": f"item-{key}"}, "text": {"S": ITEM_TEXT}, "n": {"N": str(key)}} for key in keys]
    wanted = {NAME: [{"PutRequest": {"Item": item}} for item in items]}
    while wanted:
        wanted = aws.client("dynamodb").batch_write_item(RequestItems=wanted)["UnprocessedItems"]


def _package() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("bench.py", HANDLER)
    return buffer.getvalue()


def _invoked(aws: LocalAws, mapping_id: str) -> float:
    now = datetime.now(UTC)
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="InvokedEventCount",
        Dimensions=[{"Name": "EventSourceMappingUUID", "Value": mapping_id}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=7200,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in found))


def _cpu_seconds(aws: LocalAws) -> float | None:
    """Return the CPU seconds so far of the local AWS and the function's processes, not of engines outside Python."""
    pids = [aws.admin("GET", "state")[1]["pid"], *(process["pid"] for process in aws.status()["processes"])]
    try:
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    except OSError:
        return None
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / TICKS_A_SECOND  # proc(5): utime and stime
