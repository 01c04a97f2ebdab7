"""The operations of the Lambda API on functions, each by its name: (api, call) -> the document answered, None for 204.

A file for each resource of a function. To add an operation, write a function and a row of `OPERATIONS`.
"""

from collections.abc import Mapping
from typing import Final

from localaws.gateway.operations import code_signing, concurrency, functions, tags
from localaws.gateway.operations.types import Operation

OPERATIONS: Final[Mapping[str, Operation]] = {
    **functions.OPERATIONS,
    **concurrency.OPERATIONS,
    **code_signing.OPERATIONS,
    **tags.OPERATIONS,
}
