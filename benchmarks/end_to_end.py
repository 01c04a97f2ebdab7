"""Whole handlers, signing and sending to a server on loopback that answers at once: CPU time, and records a second."""

import json
from functools import partial
from importlib import import_module
from statistics import median
from types import MappingProxyType
from typing import Final

from benchmarks.events import payload
from benchmarks.gates import Figures
from benchmarks.server import acknowledged, serving
from benchmarks.timing import Task, micros, ratio, times

RECORDS: Final = 1000
# A call for each record does not gain by a longer batch, but takes long.
RECORDS_OF_SINGLE_CALLS: Final = 250
PATHS: Final = MappingProxyType(
    {
        "ours": "benchmarks.ours",
        "helpers.bulk": "benchmarks.peers.helpers_bulk",
        "Amplify": "benchmarks.peers.amplify",
        "Powertools": "benchmarks.peers.powertools",
        "guide": "benchmarks.peers.guide",
    }
)
SINGLE_CALLS: Final = ("Powertools", "guide")
CANNOT: Final = (("Amplify", "fat"),)  # ValueError on the number of 38 digits: the batch would be lost


def measure() -> Figures:
    """Return each peer's CPU time over ours, and our records a second over those of `helpers.bulk`."""
    figures = {}
    with serving() as url:
        for kind in ("plain", "profile", "fat"):
            found = times({name: partial(task, name, kind, url) for name in PATHS if (name, kind) not in CANNOT})
            ours = found.pop("ours")
            for name, peer in found.items():
                remark = f"{micros(peer.cpu)} and {micros(ours.cpu)} a record"
                figures[f"{name} / ours", kind] = ratio(peer.cpu, ours.cpu, remark)
            rate = f"{1 / median(ours.wall):,.0f} records a second"
            figures["records a second", kind] = ratio(found["helpers.bulk"].wall, ours.wall, rate)
    return figures


def task(name: str, kind: str, url: str) -> Task:
    """Return the task of one path, after a first event that shows it does its work."""
    text = payload(kind, RECORDS_OF_SINGLE_CALLS if name in SINGLE_CALLS else RECORDS)
    event = json.loads(text)
    handler = import_module(PATHS[name]).handler(url)
    acknowledged(url)
    handler(event)
    if acknowledged(url) != len(event["Records"]):
        raise RuntimeError(f"{name} did not send every record")
    return Task(partial(json.loads, text), handler, len(event["Records"]))
