"""CloudWatch's metric math over series, worked out as it is read. No I/O, no clock.

A series has a value or None for each period, the latest first. To add a function, write a row of `FUNCTIONS`.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

Series = list[float | None]
Value = Series | float | str  # a str is a word such as REPEAT
TOKEN: Final = re.compile(r"\s*((?:\d+\.?\d*|\.\d+)|\w+|&&|\|\||[<>=!]=|[-+*/^()\[\],<>!])")
CONCURRENT_EXECUTIONS: Final = 1000.0  # Lambda quota of an account, the one that SERVICE_QUOTA is asked for here


class MathError(ValueError):
    """An expression is not valid, or not supported here."""


def evaluate(expression: str, series: Mapping[str, Series], periods: int) -> Series:
    """Return the series that `expression` makes of the named ones.

    Raises:
        MathError: it is no expression, or one of a function or a metric that there is not.
    """
    return _spread(_Expression(_tokens(expression), series).whole(), periods)


def _tokens(expression: str) -> list[str]:
    tokens, end, text = [], 0, expression.rstrip()
    while end < len(text):
        match = TOKEN.match(text, end)
        if match is None:
            raise MathError(f"{text[end:]!r} is no metric math")
        tokens.append(match[1])
        end = match.end()
    return tokens[::-1]


@dataclass(slots=True)
class _Expression:
    """An expression's tokens, the next one last."""

    tokens: list[str]
    series: Mapping[str, Series]

    def whole(self) -> Value:
        """Work it out."""
        value = self._level(0)
        if self.tokens:
            raise MathError(f"Unexpected {self.tokens[-1]!r}")
        return value

    def _level(self, level: int) -> Value:
        """Work out operands joined by the operators of `level`, from the left."""
        if level == len(LEVELS):
            return self._operand()
        value = self._level(level + 1)
        while (operate := LEVELS[level].get(self._next())) is not None:
            self.tokens.pop()
            value = _each(operate, value, self._level(level + 1))
        return value

    def _operand(self) -> Value:
        word = self._next()
        if not word:
            raise MathError("The expression ends too early")
        self.tokens.pop()
        if word == "-":
            return _each(operator.neg, self._operand())
        if word in {"!", "NOT"}:
            return _each(lambda value: float(not value), self._operand())
        if word == "(":
            return self._bracketed(")")[0]
        if word[0] in ".0123456789":
            return float(word)
        if self._next() == "(":
            return self._call(word)
        if word not in self.series and word not in {"REPEAT", "LINEAR"}:
            raise MathError(f"There is no metric {word!r}")
        return self.series.get(word, word)

    def _call(self, name: str) -> Value:
        self.tokens.pop()
        function = FUNCTIONS.get(name)
        if function is None:
            raise MathError(f"{name} is not supported")
        try:
            return function(*self._bracketed(")"))
        except TypeError as error:
            raise MathError(f"{name} takes other arguments") from error

    def _bracketed(self, end: str) -> list[Value]:
        """Work out operands up to the closing bracket; an array among them adds its own, METRICS() every metric."""
        found: list[Value] = []
        while self._next() != end:
            if self._next() == "[":
                self.tokens.pop()
                found += self._bracketed("]")
            elif self.tokens[-3:] == [")", "(", "METRICS"]:
                del self.tokens[-3:]
                found += self.series.values()
            else:
                found.append(self._level(0))
            if self._next() not in {",", end}:
                raise MathError(f"{end!r} is missing")
            if self._next() == ",":
                self.tokens.pop()
        self.tokens.pop()
        if not found:
            raise MathError("Nothing is in the brackets")
        return found

    def _next(self) -> str:
        return self.tokens[-1] if self.tokens else ""


def _spread(value: Value, periods: int) -> Series:
    if isinstance(value, str):
        raise MathError(f"{value} is no number")
    return value if isinstance(value, list) else [value] * periods


def _each(operate: Callable[..., float | None], *values: Value) -> Value:
    """Apply an operator period by period; a period that lacks an operand has no result."""
    periods = max((len(value) for value in values if isinstance(value, list)), default=0)
    rows = zip(*[_spread(value, periods or 1) for value in values], strict=True)
    found = [None if None in row else operate(*row) for row in rows]
    if periods or found[0] is None:
        return found
    return found[0]


def _divided(value: float, by: float) -> float | None:
    return value / by if by else None  # AWS: a division by zero has no data point


def _if(condition: Value, then: Value, otherwise: Value | None = None) -> Value:
    """Choose period by period; without a third operand, a period that does not hold has no data."""
    periods = max((len(value) for value in (condition, then, otherwise) if isinstance(value, list)), default=1)
    second: Series = [None] * periods if otherwise is None else _spread(otherwise, periods)
    rows = zip(_spread(condition, periods), _spread(then, periods), second, strict=True)
    return [None if test is None else yes if test else no for test, yes, no in rows]


def _fill(value: Value, filler: Value) -> Value:
    """Put a value where there are no data: a number, a metric's own, or REPEAT for the last one before."""
    if not isinstance(value, list) or filler == "LINEAR":
        raise MathError("FILL takes a metric, and a number, a metric or REPEAT")
    if filler != "REPEAT":
        return [
            one if one is not None else other for one, other in zip(value, _spread(filler, len(value)), strict=True)
        ]
    found: Series = []
    last = None
    for one in reversed(value):
        last = last if one is None else one
        found.append(last)
    return found[::-1]


def _joined(statistic: Callable[[list[float]], float]) -> Callable[..., Value]:
    """Return the function that takes several series period by period, and one series as a whole."""

    def function(*values: Value) -> Value:
        if len(values) == 1 and isinstance(values[0], list):
            whole = [one for one in values[0] if one is not None]
            return statistic(whole) if whole else [None] * len(values[0])
        periods = max((len(value) for value in values if isinstance(value, list)), default=1)
        rows = zip(*[_spread(value, periods) for value in values], strict=True)
        present = [[one for one in row if one is not None] for row in rows]
        return [statistic(row) if row else None for row in present]

    return function


LEVELS: Final[tuple[Mapping[str, Callable[[float, float], float | None]], ...]] = (  # the loosest first
    dict.fromkeys(("OR", "||"), lambda one, other: float(bool(one or other))),
    dict.fromkeys(("AND", "&&"), lambda one, other: float(bool(one and other))),
    {
        sign: lambda one, other, compare=compare: float(compare(one, other))  # type: ignore[misc]
        for sign, compare in [
            ("<", operator.lt), ("<=", operator.le), (">", operator.gt), (">=", operator.ge),
            ("==", operator.eq), ("!=", operator.ne),
        ]
    },
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": _divided},
    {"^": operator.pow},
)  # fmt: skip
FUNCTIONS: Final[Mapping[str, Callable[..., Value]]] = {
    "IF": _if,
    "FILL": _fill,
    "SERVICE_QUOTA": lambda _: CONCURRENT_EXECUTIONS,
    "ABS": lambda value: _each(abs, value),
    "CEIL": lambda value: _each(lambda one: float(math.ceil(one)), value),
    "FLOOR": lambda value: _each(lambda one: float(math.floor(one)), value),
    "SUM": _joined(math.fsum),
    "MAX": _joined(max),
    "MIN": _joined(min),
    "AVG": _joined(lambda row: math.fsum(row) / len(row)),
}
