"""Reads an IAM policy document so that it can be compared: what it says, whatever the order."""

import json
from collections.abc import Mapping
from typing import Any


def statements(policy: str | Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the statements by Sid, their actions and resources sorted; an Effect is there where it denies."""
    found = {}
    for statement in (json.loads(policy) if isinstance(policy, str) else policy)["Statement"]:
        if statement["Effect"] == "Allow":
            del statement["Effect"]
        for name in ("Action", "Resource"):
            value = statement[name]
            statement[name] = [value] if isinstance(value, str) else sorted(value)
        found[statement.pop("Sid")] = statement
    return found
