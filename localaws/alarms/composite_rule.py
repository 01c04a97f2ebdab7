"""The rules of composite alarms: which states of other alarms make one go off. No I/O."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

STATE: Final = r"(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(\"[^\"]*\"|[^\s()\"]+)\s*\)"
TOKEN: Final = re.compile(rf"\s*(?:((?:AND|OR|NOT|TRUE|FALSE)\b|[()])|{STATE})")


class RuleError(ValueError):
    """A rule is not valid."""


def holds(rule: str, states: Mapping[str, str]) -> bool:
    """Say whether `rule` holds, given the states of alarms by name and by ARN; an alarm that is not there is in none.

    Raises:
        RuleError: it is no rule.
    """
    reading = _Rule(_tokens(rule, states)[::-1])
    value = reading.either()
    if reading.tokens:
        raise RuleError(f"{rule!r} continues after the end of a rule")
    return value


def named(rule: str) -> set[str]:
    """Return the names and ARNs of the alarms that `rule` asks for."""
    return {name.strip('"') for _, name in re.findall(STATE, rule)}


def _tokens(rule: str, states: Mapping[str, str]) -> list[str | bool]:
    """Cut a rule into words; what it says of one alarm is true or false."""
    tokens: list[str | bool] = []
    end, text = 0, rule.rstrip()
    while end < len(text):
        match = TOKEN.match(text, end)
        if match is None:
            raise RuleError(f"{text[end:]!r} is no rule")
        word, state, name = match.groups()
        tokens.append(word or states.get(name.strip('"')) == state)
        end = match.end()
    return tokens


@dataclass(slots=True)
class _Rule:
    """A rule's words, the next one last. AND binds closer than OR."""

    tokens: list[str | bool]

    def either(self) -> bool:
        value = self._both()
        while self._took("OR"):
            value = self._both() or value
        return value

    def _both(self) -> bool:
        value = self._one()
        while self._took("AND"):
            value = self._one() and value
        return value

    def _one(self) -> bool:
        if self._took("NOT"):
            return not self._one()
        if self._took("("):
            value = self.either()
            if not self._took(")"):
                raise RuleError("A bracket is not closed")
            return value
        word = self.tokens.pop() if self.tokens else ""
        if word not in {True, False, "TRUE", "FALSE"}:
            raise RuleError(f"{word or 'The end'} is in the position of an alarm")
        return word in {True, "TRUE"}

    def _took(self, word: str) -> bool:
        if self.tokens and self.tokens[-1] == word:
            self.tokens.pop()
            return True
        return False
