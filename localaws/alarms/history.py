"""The history of alarms as DescribeAlarmHistory shows it: their changes of state, as moto keeps them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final, NamedTuple

MAX_RECORDS: Final = 100  # API reference of DescribeAlarmHistory
KEPT_CHANGES: Final = 1000  # of one alarm


class State(NamedTuple):
    """A state that an alarm had, and since when."""

    value: str
    reason: str
    since: datetime


def page(alarms: Iterable[Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page of history that a request asks for; `alarms` are moto's, deleted alarms have no history."""
    kinds = wanted.get("AlarmTypes") or ["MetricAlarm"]
    found = [item for alarm in alarms for item in _changes(alarm) if _takes(item, wanted, kinds)]
    found.sort(key=lambda item: item["Timestamp"], reverse=wanted.get("ScanBy") != "TimestampAscending")
    start = int(wanted.get("NextToken") or 0)
    end = start + int(wanted.get("MaxRecords") or MAX_RECORDS)
    more = {"NextToken": str(end)} if end < len(found) else {}
    return {"AlarmHistoryItems": found[start:end], **more}


def _takes(item: Mapping[str, Any], wanted: Mapping[str, Any], kinds: list[str]) -> bool:
    return (
        wanted.get("AlarmName") in {None, item["AlarmName"]}
        and wanted.get("HistoryItemType") in {None, item["HistoryItemType"]}
        and item["AlarmType"] in kinds
        and _utc(wanted.get("StartDate") or item["Timestamp"]) <= item["Timestamp"]
        and _utc(wanted.get("EndDate") or item["Timestamp"]) >= item["Timestamp"]
    )


def _changes(alarm: Any) -> Iterator[dict[str, Any]]:
    """Yield an item for each change of an alarm's state."""
    past = [State(value, reason, _utc(since)) for _, reason, _, value, since in alarm.history]
    now = State(alarm.state_value, alarm.state_reason, _utc(alarm.state_updated_timestamp))
    for old, new in pairwise([*past, now]):
        shown = {
            name: {"stateValue": state.value, "stateReason": state.reason}
            for name, state in (("oldState", old), ("newState", new))
        }
        yield {
            "AlarmName": alarm.name,
            "AlarmType": "CompositeAlarm" if alarm.rule else "MetricAlarm",
            "Timestamp": new.since,
            "HistoryItemType": "StateUpdate",
            "HistorySummary": f"Alarm updated from {old.value} to {new.value}",
            "HistoryData": json.dumps({"version": "1.0", **shown}),
        }


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
