"""IP addresses in patterns: what a text means as one, and the test for a block of them."""

import ipaddress
import re
from typing import Final

from localaws.event_source_mapping.matching import Matcher, PatternError
from localaws.event_source_mapping.protocols import Json

IPV4: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")
IPV6: Final = re.compile(r"[0-9a-fA-F:]*:[0-9a-fA-F:]*")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address(text: str) -> Address | None:
    """Return the address that a text is, None for any other text."""
    if not IPV4.fullmatch(text) and not IPV6.fullmatch(text):
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def cidr(operand: Json) -> Matcher:
    """Build the test for {"cidr": "10.0.0.0/8"}.

    Raises:
        PatternError: it is no block of addresses.
    """
    if not isinstance(operand, str):
        raise PatternError("prefix match pattern must be a string")  # EventBridge's own words for cidr
    start, bits = _halves(operand)
    if not IPV4.fullmatch(start) and not IPV6.fullmatch(start):
        raise PatternError(f"Nonstandard IP address: {start}")
    first = address(start)
    if first is None:
        raise PatternError(f"Invalid IP address: {start}")
    if bits >= first.max_prefixlen:
        raise PatternError(f"IPv{first.version} mask bits must be < {first.max_prefixlen}")
    shift = first.max_prefixlen - bits
    network = int(first) >> shift

    def within(value: Json) -> bool:
        found = address(value) if isinstance(value, str) else None
        return found is not None and found.version == first.version and int(found) >> shift == network

    return within


def _halves(text: str) -> tuple[str, int]:
    """Cut a block into its address and the number of its mask bits."""
    halves = text.split("/")
    while halves and not halves[-1]:  # as Java splits
        halves.pop()
    if len(halves) != 2:
        raise PatternError("Malformed CIDR, one '/' required")
    if not re.fullmatch(r"[+-]?\d+", halves[1], re.ASCII):
        raise PatternError("Malformed CIDR, mask bits must be an integer")
    bits = int(halves[1])
    if bits < 0:
        raise PatternError("Malformed CIDR, mask bits must not be negative")
    return halves[0], bits
