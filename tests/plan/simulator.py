"""Judges a request by policy documents as IAM does: a Deny that matches wins, then an Allow, else it is refused.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html, for policies of one account.
What it does not know (a condition's operator, NotAction, a policy variable) it raises on: it never guesses.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

# By the condition's operator: whether a value that the request has meets one that the policy names.
OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": lambda value, wanted: matches(wanted, value),
    "ArnEquals": lambda value, wanted: matches(wanted, value),
    "ArnLike": lambda value, wanted: matches(wanted, value),
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}
KNOWN: Final = {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}


@dataclass(frozen=True, slots=True)
class Request:
    """What a role asks for; `context` has the condition keys that AWS would fill in."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def allowed(request: Request, documents: Iterable[str | Mapping[str, Any]]) -> bool:
    """Return whether the documents together, identity's and resource's, allow the request."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _listed((json.loads(document) if isinstance(document, str) else document)["Statement"])
        if _concerns(statement, request)
    }
    return effects == {"Allow"}


def matches(pattern: str, value: str) -> bool:
    """Return whether `value` matches a policy's pattern: `*` is any text, `?` any one character."""
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _concerns(statement: Mapping[str, Any], request: Request) -> bool:
    unknown = statement.keys() - KNOWN
    if unknown or "${" in json.dumps(statement):
        raise ValueError(f"The simulator does not know {sorted(unknown) or 'policy variables'}.")
    return (
        any(matches(pattern.lower(), request.action.lower()) for pattern in _listed(statement["Action"]))
        and any(matches(pattern, request.resource) for pattern in _listed(statement["Resource"]))
        and all(
            _holds(operator, key, wanted, request.context)
            for operator, conditions in statement.get("Condition", {}).items()
            for key, wanted in conditions.items()
        )
    )


def _holds(operator: str, key: str, wanted: Any, context: Mapping[str, str]) -> bool:
    given = {name.lower(): value for name, value in context.items()}.get(key.lower())
    if operator == "Null":  # whether the request lacks the key
        return (given is None) == (_listed(wanted) == ["true"])
    if operator not in OPERATORS:
        raise ValueError(f"The simulator does not know the condition operator {operator}.")
    return given is not None and any(OPERATORS[operator](given, each) for each in _listed(wanted))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
