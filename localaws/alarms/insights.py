"""Queries of CloudWatch Metrics Insights, as far as an alarm can have one: one number for each period.

Read: SELECT with one function, FROM a namespace or a SCHEMA of it, WHERE with = and != joined by AND. Left out: OR, and
GROUP BY, ORDER BY, LIMIT, for an alarm watches one series.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from localaws.alarms.metric_math import MathError, Series
from localaws.alarms.metric_window import STATISTICS, MetricWindow, dimensions

FUNCTIONS: Final = {"SUM": "Sum", "MAX": "Maximum", "MIN": "Minimum", "AVG": "Average", "COUNT": "SampleCount"}
NAME: Final = r'"[^"]+"|\w+'
QUERY: Final = re.compile(
    rf"""\s*SELECT\s+(?P<function>\w+)\s*\(\s*(?P<metric>{NAME})\s*\)
    \s+FROM\s+(?:SCHEMA\s*\(\s*(?P<schema>{NAME})(?P<names>(?:\s*,\s*(?:{NAME}))*)\s*\)|(?P<namespace>{NAME}))
    (?:\s+WHERE\s+(?P<conditions>.+?))?\s*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
CONDITION: Final = re.compile(rf"\s*(?P<name>{NAME})\s*(?P<sign>!?=)\s*'(?P<value>[^']*)'\s*")


@dataclass(frozen=True, slots=True)
class Query:
    """One query.

    Attributes:
        names: of the dimensions that a metric must have, and no others; None where any will do.
        equal: dimensions that must have a value; `unequal`: dimensions that must not have a value.
    """

    statistic: str
    namespace: str
    metric: str
    names: frozenset[str] | None
    equal: frozenset[tuple[str, str]]
    unequal: frozenset[tuple[str, str]]

    def takes(self, datum: Any) -> bool:
        """Say whether a datum of moto's is of one of the metrics that are asked for."""
        found = dimensions(datum)
        return (
            (datum.namespace, datum.name) == (self.namespace, self.metric)
            and self.names in {None, frozenset(name for name, _ in found)}
            and self.equal <= found
            and not self.unequal & found
        )


def is_query(expression: str) -> bool:
    """Say whether an alarm's expression is a query rather than metric math."""
    return expression.lstrip()[:6].upper() == "SELECT"


def read(expression: str) -> Query:
    """Read a query.

    Raises:
        MathError: The text is not a query, or not a query for alarms.
    """
    match = QUERY.fullmatch(expression)
    statistic = FUNCTIONS.get(match["function"].upper()) if match else None
    if match is None or statistic is None:
        raise MathError(f"{expression!r} is no query of Metrics Insights that an alarm can have here")
    signs: dict[str, set[tuple[str, str]]] = {"=": set(), "!=": set()}
    for text in re.split(r"\s+AND\s+", match["conditions"] or "", flags=re.IGNORECASE) if match["conditions"] else []:
        condition = CONDITION.fullmatch(text)
        if condition is None:
            raise MathError(f"{text!r} is no condition of Metrics Insights that is read here")
        signs[condition["sign"]].add((_bare(condition["name"]), condition["value"]))
    names = None if match["schema"] is None else frozenset(map(_bare, re.findall(NAME, match["names"])))
    return Query(
        statistic,
        _bare(match["schema"] or match["namespace"]),
        _bare(match["metric"]),
        names,
        frozenset(signs["="]),
        frozenset(signs["!="]),
    )


def answer(expression: str, recent: MetricWindow, period: int, periods: int) -> Series:
    """Return what a query comes to in each period, over all metrics that it takes, the latest first.

    Raises:
        MathError: The text is not a condition.
    """
    query = read(expression)
    statistic = STATISTICS[query.statistic]
    return [statistic(row) if row else None for row in recent.values(query.takes, period, periods)]


def _bare(name: str) -> str:
    return name.strip('"')
