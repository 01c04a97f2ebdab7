"""Distinguishes requests of local programs from requests of web pages, which servers on loopback must refuse."""

from collections.abc import Mapping
from typing import Final

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
OWN_SITE: Final = frozenset({"", "none", "same-origin"})  # of Sec-Fetch-Site; programs send no such header


def foreign(headers: Mapping[str, str], port: int) -> str | None:
    """Return why a request with these headers (names in lower case) is no local program's; None where it is one's."""
    own = {f"{name}:{port}" for name in LOOPBACK}
    host = headers.get("host", "")
    if host.lower() not in own:
        return f"Host must be 127.0.0.1:{port} or localhost:{port} (got {host!r}). Call the printed endpoint."
    origin = headers.get("origin")
    if origin is not None and origin.lower() not in {f"http://{place}" for place in own}:
        return f"Requests of web pages are refused (Origin is {origin!r}). Call the endpoint from a program."
    site = headers.get("sec-fetch-site", "")
    if site not in OWN_SITE:
        return f"Requests of web pages are refused (Sec-Fetch-Site is {site!r}). Call the endpoint from a program."
    return None
