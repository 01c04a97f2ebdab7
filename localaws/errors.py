"""The two kinds of errors: responses to a client of an AWS API, and messages at the terminal."""

import sys
from typing import Final

CLIENT_ERROR: Final = 400


class AwsError(Exception):
    """An AWS API refuses a request.

    Attributes:
        code: the error's type as the API's model names it, e.g. "ResourceNotFoundException".
        message: what the API says in words.
        status: the HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = CLIENT_ERROR) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class LocalAwsError(RuntimeError):
    """The local AWS cannot do what it was asked; the message says in one sentence why and what to do."""


def missing_module(error: ModuleNotFoundError) -> str:
    """Return what a command says when the Python that runs it lacks a package."""
    return (
        f"{sys.executable} has no module {error.name}: use make or .venv/bin/python, "
        "or install requirements/demo.txt into this Python."
    )


def constraint_message(value: object, path: str, constraint: str) -> str:
    """Return what AWS says of a value that its service model refuses; lists as Java writes them."""
    text = f"[{', '.join(map(str, value))}]" if isinstance(value, list) else value
    shown = "null" if value is None else f"'{text}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"
