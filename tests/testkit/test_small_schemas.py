"""Does Terraform see the provider unchanged, except for the schemas of types that the tree does not name?"""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

from testkit.small_schemas import names_in, small_schemas, without_other_types

SCHEMA = b"\x08\x01\x12\x02ok"  # version 1, and what it says


def text(number: int, value: bytes) -> bytes:
    """Return a field of text or of a message."""
    assert len(value) < 128
    return bytes([number << 3 | 2, len(value)]) + value


def entry(field: int, name: bytes) -> bytes:
    """Return an entry of a map of schemas."""
    return text(field, text(1, name) + text(2, SCHEMA))


PROVIDER = text(1, SCHEMA)
ANSWER = PROVIDER + entry(2, b"aws_lambda_function") + entry(2, b"aws_vpc") + entry(7, b"arn_parse") + b"\x30\x01"


class Provider(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Answers as a provider; counts how often its schemas are asked for."""

    asked = 0

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """Return what serves a method."""
        return {
            "/tfplugin5.Provider/GetSchema": grpc.unary_unary_rpc_method_handler(self.schema),
            "/tfplugin5.Provider/Refuse": grpc.unary_unary_rpc_method_handler(self.refuse),
        }[handler_call_details.method]

    def schema(self, *_: object) -> bytes:
        """Return all schemas."""
        self.asked += 1
        return ANSWER

    def refuse(self, request: bytes, context: grpc.ServicerContext) -> None:
        """Refuse with what was sent."""
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, request.decode())


@pytest.fixture
def provider() -> Provider:
    """What a provider is."""
    return Provider()


@pytest.fixture
def address(provider: Provider) -> Iterator[str]:
    """The proxy in front of the provider."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as threads:
        server = grpc.server(threads)
        server.add_generic_rpc_handlers([provider])
        server.add_insecure_port(f"unix:{folder}/socket")
        server.start()
        with small_schemas(f"{folder}/socket", "aws_", {"aws_lambda_function"}) as path:
            yield f"unix:{path}"
        server.stop(grace=None).wait()


@pytest.fixture
def channel(address: str) -> Iterator[grpc.Channel]:
    """A connection to it."""
    with grpc.insecure_channel(address) as connected:
        yield connected


def test_schemas_of_other_types_are_left_out_and_asked_for_once(channel: grpc.Channel, provider: Provider) -> None:
    get = channel.unary_unary("/tfplugin5.Provider/GetSchema")
    answers = {get(b"") for _ in range(3)}
    assert answers == {PROVIDER + entry(2, b"aws_lambda_function") + entry(7, b"arn_parse") + b"\x30\x01"}
    assert provider.asked == 1


def test_an_error_of_the_provider_passes_with_its_code_and_text(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/tfplugin5.Provider/Refuse")(b"why")
    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.INVALID_ARGUMENT, "why")


def test_streams_that_would_each_keep_a_thread_are_not_served(channel: grpc.Channel) -> None:
    for service in ("GRPCBroker/StartStream", "GRPCStdio/StreamStdio"):
        with pytest.raises(grpc.RpcError) as caught:
            next(channel.stream_stream(f"/plugin.{service}")(iter([b""])))
        assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_what_is_no_map_of_types_stays_byte_for_byte() -> None:
    message = PROVIDER + text(4, b"aws_ is not a message") + text(9, b"") + text(3, b"\x08")
    assert without_other_types(message, b"aws_", set()) == message


def test_names_are_found_wherever_the_tree_has_them_but_not_in_what_was_installed(tmp_path: Path) -> None:
    for file, content in {
        "main.tf": 'resource "aws_vpc" "this" {}',
        "tests/test_it.py": "'''data aws_region'''",
        ".venv/lib/x.py": "aws_left_out",
        "names.json": '"aws_left_out"',
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(content)
    assert names_in(tmp_path, "aws_") == {"aws_vpc", "aws_region"}
