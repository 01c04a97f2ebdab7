"""The operations of the Lambda API on functions, each by its name: (api, call) -> the document answered, None for 204.

A file for each kind of thing that hangs on a function. To add an operation, write a function and a row of `OPERATIONS`.
"""

from collections.abc import Mapping
from typing import Final

from localaws.gateway.operations import aliases, concurrency, functions, permissions, settings, tags
from localaws.gateway.operations.types import Operation

OPERATIONS: Final[Mapping[str, Operation]] = {
    **functions.OPERATIONS,
    **aliases.OPERATIONS,
    **permissions.OPERATIONS,
    **concurrency.OPERATIONS,
    **settings.OPERATIONS,
    **tags.OPERATIONS,
}
