"""Signs requests to OpenSearch (`es` or `aoss`), DynamoDB and S3 with AWS Signature Version 4.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
The signing key is cached for its day. The caller provides the clock and the credentials.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

ALGORITHM: Final = "AWS4-HMAC-SHA256"
NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Credentials:
    """AWS credentials. `session_token` is empty for long-term credentials."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)


@dataclass(slots=True)
class Signer:
    """Signer for one service in one region."""

    service: str
    region: str
    credentials: Callable[[], Credentials]
    now: Callable[[], datetime]  # UTC
    _day: tuple[str, Credentials] | None = None
    _key: bytes = b""

    def headers(  # noqa: PLR0913, PLR0917 - the parts of a request
        self, method: str, host: str, path: str, query: str, body: bytes, more: Mapping[str, str] = NONE
    ) -> dict[str, str]:
        """Return the headers that sign the request. Send all of them.

        Args:
            method: HTTP method in capitals.
            host: Host header, with the port unless it is the scheme's default port.
            path: Path of the request line, percent-encoded once.
            query: Query of the request line, with parameters in order of their names.
            body: Body of the request. Empty for no body.
            more: Further headers to sign, with names in lower case. AWS requires this for every `x-amz-*` header.
        """
        credentials = self.credentials()
        moment = f"{self.now():%Y%m%dT%H%M%SZ}"
        content_hash = sha256(body).hexdigest()
        headers = {"host": host, "x-amz-content-sha256": content_hash, "x-amz-date": moment}
        if credentials.session_token:
            headers["x-amz-security-token"] = credentials.session_token
        headers = dict(sorted({**headers, **more}.items()))
        names = ";".join(headers)
        canonical = "\n".join(
            [
                method,
                path if self.service == "s3" else quote(path),  # every service but S3 signs the path encoded twice
                query,
                *(f"{name}:{value}" for name, value in headers.items()),
                "",
                names,
                content_hash,
            ]
        )
        scope = f"{moment[:8]}/{self.region}/{self.service}/aws4_request"
        to_sign = "\n".join([ALGORITHM, moment, scope, sha256(canonical.encode()).hexdigest()])
        signature = hmac.digest(self._signing_key(moment[:8], credentials), to_sign.encode(), sha256).hex()
        scoped = f"{credentials.access_key_id}/{scope}"
        headers["authorization"] = f"{ALGORITHM} Credential={scoped}, SignedHeaders={names}, Signature={signature}"
        return headers

    def _signing_key(self, day: str, credentials: Credentials) -> bytes:
        if self._day != (day, credentials):
            key = b"AWS4" + credentials.secret_access_key.encode()
            for part in (day, self.region, self.service, "aws4_request"):
                key = hmac.digest(key, part.encode(), sha256)
            self._key, self._day = key, (day, credentials)
        return self._key
