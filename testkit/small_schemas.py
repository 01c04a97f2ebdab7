"""Runs in front of a running provider and hands Terraform the schemas of only those types that a tree names.

The provider aws describes some 1,500 types in 5 MB, and each Terraform command reads all of them, which is two
thirds of the CPU time of a plan. All other calls pass as they are, byte for byte.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import grpc

from testkit.terraform import NOT_COPIED

SUFFIXES: Final = {".tf", ".hcl", ".py"}
CALLS_AT_ONCE: Final = 64  # above Terraform's own parallelism: an apply waits for minutes in a call
UNLIMITED: Final = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
SCHEMAS: Final = re.compile(r"/(GetSchema|GetProviderSchema|GetResourceIdentitySchemas)$")
# Of the plugin library: open for as long as a command runs, each in a thread, and of no use to Terraform.
STREAMS: Final = re.compile(r"/plugin\.GRPC(Broker|Stdio)/")


@contextmanager
def small_schemas(address: str, prefix: str, names: set[str]) -> Iterator[str]:
    """Serve what the provider at `address` serves, without the types of `prefix` that are not among `names`.

    Args:
        address: the path of the provider's Unix socket.
        prefix: what the provider's type names begin with, such as `aws_`.
        names: the types to keep.

    Yields:
        The path of the Unix socket to attach to.
    """
    with (
        tempfile.TemporaryDirectory(prefix="provider-") as folder,
        grpc.insecure_channel(
            f"unix:{address}", options=[*UNLIMITED, ("grpc.default_authority", "localhost")]
        ) as channel,
        ThreadPoolExecutor(CALLS_AT_ONCE) as threads,
    ):
        path = Path(folder) / "socket"
        server = grpc.server(threads, options=UNLIMITED)
        server.add_generic_rpc_handlers([_Forwarder(channel, prefix.encode(), {name.encode() for name in names})])
        server.add_insecure_port(f"unix:{path}")
        server.start()
        try:
            yield str(path)
        finally:
            server.stop(grace=None).wait()


def names_in(tree: Path, prefix: str) -> set[str]:
    """Return every type name of `prefix` that occurs in the Terraform and Python files of a tree."""
    pattern = re.compile(rf"\b{prefix}\w+")
    found: set[str] = set()
    for folder, folders, files in os.walk(tree):
        folders[:] = [name for name in folders if name not in NOT_COPIED]
        for file in files:
            if Path(file).suffix in SUFFIXES:
                found.update(pattern.findall(Path(folder, file).read_text()))
    return found


def without_other_types(message: bytes, prefix: bytes, names: set[bytes]) -> bytes:
    """Return a protobuf message without those entries of its maps whose key is a type that is not among `names`."""
    kept = []
    for raw, value in _fields(message):
        name = _key(value)
        if not name.startswith(prefix) or name in names:
            kept.append(raw)
    return b"".join(kept)


class _Forwarder(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Passes each call on, and keeps the schemas once they are there."""

    def __init__(self, channel: grpc.Channel, prefix: bytes, names: set[bytes]) -> None:
        self._channel, self._prefix, self._names = channel, prefix, names
        self._schemas: dict[str, bytes] = {}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """Return what serves a method; None says that there is no such method."""
        method: str = handler_call_details.method
        if STREAMS.match(method):
            return None
        call = _forwarded(self._channel.unary_unary(method))
        if not SCHEMAS.search(method):
            return grpc.unary_unary_rpc_method_handler(call)

        def schemas(request: bytes, context: grpc.ServicerContext) -> bytes:
            if method not in self._schemas:
                self._schemas[method] = without_other_types(call(request, context), self._prefix, self._names)
            return self._schemas[method]

        return grpc.unary_unary_rpc_method_handler(schemas)


def _forwarded(call: Callable[[bytes], bytes]) -> Callable[[bytes, grpc.ServicerContext], bytes]:
    def forward(request: bytes, context: grpc.ServicerContext) -> bytes:
        try:
            return call(request)
        except grpc.RpcError as error:
            context.abort(error.code(), error.details())
            raise

    return forward


def _key(field: bytes) -> bytes:
    """Return the key if the field is an entry of a map of strings, and nothing otherwise."""
    try:
        _, value = next(_fields(field), (b"", b""))
    except (IndexError, ValueError):  # text, or a message with fields that no entry has
        return b""
    return value


def _fields(message: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Return each field as it is in the message, and its value if it has a length; see protobuf's wire format."""
    position = 0
    while position < len(message):
        start = position
        tag, position = _varint(message, position)
        value = b""
        if tag & 7 == 2:
            length, position = _varint(message, position)
            value = message[position : position + length]
            position += length
        elif tag & 7 == 0:
            _, position = _varint(message, position)
        else:
            raise ValueError(tag)
        yield message[start:position], value


def _varint(message: bytes, position: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = message[position]
        number |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return number, position
