"""What every operation is: called with the API and a request under the API's lock."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from local.gateway.model import Call
from local.wire import Json

if TYPE_CHECKING:
    from local.gateway.lambda_api import LambdaApi

Operation = Callable[["LambdaApi", Call], Json]
