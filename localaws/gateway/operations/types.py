"""What an operation is, and what of the Lambda API it may use."""

from collections.abc import Callable
from typing import Protocol

from localaws.gateway.code_store import CodeStore
from localaws.gateway.functions import Function, Functions, Version
from localaws.gateway.invocations import Invocations
from localaws.gateway.service_model import ApiCall
from localaws.http_messages import Json


class MappingsApi(Protocol):
    """The event source mappings, as far as the Lambda API passes requests on."""

    def call(self, call: ApiCall) -> tuple[int, Json]:
        """Answer one operation on mappings with status and document."""

    def tags(self, arn: str) -> dict[str, str]:
        """Return (to change in place) the tags of a mapping."""


class LambdaApi(Protocol):
    """The Lambda API that an operation belongs to."""

    @property
    def invocations(self) -> Invocations:
        """What runs functions."""

    @property
    def code_store(self) -> CodeStore:
        """The code of functions."""

    @property
    def endpoint_url(self) -> str:
        """URL of the gateway."""

    @property
    def access_key(self) -> str:
        """ID of the access key of this run."""

    def functions(self, call: ApiCall) -> Functions:
        """Return the functions of the region that a request is for."""

    def function(self, call: ApiCall) -> tuple[Function, str]:
        """Return the function that a request names, and its qualifier."""

    def version(self, call: ApiCall) -> Version:
        """Return the version that a request names."""

    def serving_mappings(self) -> MappingsApi:
        """Return the event source mappings."""


# Called with the API and a request, under the API's lock.
Operation = Callable[[LambdaApi, ApiCall], Json]
