"""Reads a request as an AWS service model describes it: which operation, which parameters, are they within bounds.

The models are botocore's own, so that names, ranges and patterns are AWS's. For the `rest-json` protocol.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, Shape, StructureShape

from localaws.errors import AwsError, constraint_message
from localaws.http_messages import Json, Request

PLACEHOLDER: Final = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One request as its operation's input shape describes it."""

    operation: str
    status: int
    parameters: dict[str, Json]
    region: str


@dataclass(frozen=True, slots=True)
class _Route:
    """Where the requests of one operation go."""

    operation: str
    method: str
    path: re.Pattern[str]
    query: dict[str, str]

    def labels(self, request: Request) -> dict[str, str] | None:
        """Return what the path's placeholders stand for; None when the request is of another operation."""
        if request.method != self.method:
            return None
        if any(request.query.get(name, [""])[0] != value for name, value in self.query.items()):
            return None
        match = self.path.fullmatch(request.raw_path.rstrip("/"))
        return match and {name: unquote(value) for name, value in match.groupdict().items()}


class RestJsonModel:
    """The operations of one service that speaks rest-json."""

    def __init__(self, service: str) -> None:
        """Load the service's model."""
        self._model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
        operations = [self._model.operation_model(name) for name in self._model.operation_names]
        routes = [_route(operation.name, **operation.http) for operation in operations]
        self._routes = sorted(routes, key=lambda route: -len(route.query))  # those that ask for more come first

    def call(self, request: Request) -> ApiCall:
        """Read a request.

        Raises:
            AwsError: no such operation, or a parameter is not what the model allows.
        """
        for route in self._routes:
            labels = route.labels(request)
            if labels is not None:
                operation = self._model.operation_model(route.operation)
                parameters = _parameters(operation.input_shape, request, labels)
                problems = list(_validate(operation.input_shape, parameters, ""))
                if problems:
                    raise AwsError("ValidationException", f"{_count(problems)} detected: {'; '.join(problems)}")
                status = int(operation.http.get("responseCode", 200))
                return ApiCall(route.operation, status, parameters, request.region)
        raise AwsError("UnknownOperationException", f"{request.method} {request.path} is no operation.", 404)


def _route(operation: str, *, method: str, requestUri: str, **_more: object) -> _Route:  # noqa: N803 - the model's name
    path, _, query = requestUri.partition("?")
    pattern = "".join(
        f"(?P<{name}>{'.+' if plus else '[^/]+'})" if name else re.escape(text)
        for text, name, plus in _pieces(path.rstrip("/"))
    )
    return _Route(operation, method, re.compile(pattern), dict(pair.split("=") for pair in query.split("&") if pair))


def _pieces(path: str) -> Iterator[tuple[str, str, str]]:
    """Yield (text, "", "") and ("", placeholder, "+" if it may hold slashes) in turn."""
    end = 0
    for match in PLACEHOLDER.finditer(path):
        yield path[end : match.start()], "", ""
        yield "", match[1], match[2]
        end = match.end()
    yield path[end:], "", ""


def _parameters(shape: StructureShape | None, request: Request, labels: dict[str, str]) -> dict[str, Json]:
    parameters: dict[str, Json] = {}
    if shape is None:
        return parameters
    payload = shape.serialization.get("payload")
    body = {} if payload else _body(request)
    for name, member in shape.members.items():
        place = member.serialization.get("location", "")
        wire = member.serialization.get("name", name)
        value: Json = None
        if name == payload:
            value = request.body
        elif place == "uri":
            value = labels.get(wire)
        elif place == "querystring":
            found = request.query.get(wire)
            value = None if found is None else found if isinstance(member, ListShape) else _scalar(member, found[0])
        elif place == "header":
            value = request.headers.get(wire.lower())
        elif not place:
            value = _decoded(member, body.get(wire))
        if value is not None:
            parameters[name] = value
    return parameters


def _body(request: Request) -> dict[str, Json]:
    try:
        parsed = json.loads(request.body) if request.body.strip() else {}
    except ValueError as error:
        raise AwsError("InvalidRequestContentException", f"Could not parse request body into json: {error}") from error
    if not isinstance(parsed, dict):
        raise AwsError("InvalidRequestContentException", "Could not parse request body into json: no object")
    return parsed


def _scalar(shape: Shape, text: str) -> Json:
    if shape.type_name in {"integer", "long"}:
        return int(text) if re.fullmatch(r"-?\d+", text) else text
    return text == "true" if shape.type_name == "boolean" else text


def _decoded(shape: Shape, value: Json) -> Json:
    """Return `value` with blobs as bytes and members that the model does not know left out."""
    if value is None:
        return None
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {k: _decoded(shape.members[k], v) for k, v in value.items() if k in shape.members and v is not None}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_decoded(shape.member, element) for element in value]
    if shape.type_name == "blob" and isinstance(value, str):
        return base64.b64decode(value)
    return value


TYPES: Final[dict[str, tuple[type[Any], ...]]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
}


def _validate(shape: Shape | None, value: Json, path: str) -> Iterator[str]:
    """Yield what the model forbids, in the words of AWS's validation."""
    if shape is None or value is None:
        return
    wanted = TYPES.get(shape.type_name)
    if wanted and (not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted)):
        raise AwsError("SerializationException", f"{type(value).__name__} can not be converted to a {shape.type_name}")
    check = CHECKS.get(shape.type_name)
    if check is not None:
        yield from check(shape, value, path)


def _structure(shape: Any, value: Json, path: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield constraint_message(None, _join(path, name), "Member must not be null")
    for name, member in shape.members.items():
        yield from _validate(member, value.get(name), _join(path, name))


def _list(shape: Any, value: Json, path: str) -> Iterator[str]:
    yield from _length(shape, value, path)
    for number, element in enumerate(value, 1):
        yield from _validate(shape.member, element, f"{path}.{number}.member")


def _map(shape: Any, value: Json, path: str) -> Iterator[str]:
    for key, element in value.items():
        yield from _validate(shape.value, element, f"{path}.{key}")


def _number(shape: Shape, value: int, path: str) -> Iterator[str]:
    if "min" in shape.metadata and value < shape.metadata["min"]:
        yield constraint_message(
            value, path, f"Member must have value greater than or equal to {shape.metadata['min']}"
        )
    if "max" in shape.metadata and value > shape.metadata["max"]:
        yield constraint_message(value, path, f"Member must have value less than or equal to {shape.metadata['max']}")


def _text(shape: Shape, value: str, path: str) -> Iterator[str]:
    if shape.metadata.get("enum") and value not in shape.metadata["enum"]:
        yield constraint_message(
            value, path, f"Member must satisfy enum value set: [{', '.join(shape.metadata['enum'])}]"
        )
    yield from _length(shape, value, path)
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        yield constraint_message(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern.replace(r"\p{L}", r"\w"), value, re.DOTALL) is not None
    except re.error:  # Java's syntax goes further than Python's
        return True


def _length(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if "min" in shape.metadata and len(value) < shape.metadata["min"]:
        yield constraint_message(
            value, path, f"Member must have length greater than or equal to {shape.metadata['min']}"
        )
    if "max" in shape.metadata and len(value) > shape.metadata["max"]:
        yield constraint_message(value, path, f"Member must have length less than or equal to {shape.metadata['max']}")


CHECKS: Final[dict[str, Callable[[Any, Any, str], Iterator[str]]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _text,
    "integer": _number,
    "long": _number,
}


def _join(path: str, name: str) -> str:
    lowered = name[0].lower() + name[1:]
    return f"{path}.{lowered}" if path else lowered


def _count(problems: list[str]) -> str:
    return f"{len(problems)} validation error{'s' if len(problems) > 1 else ''}"
