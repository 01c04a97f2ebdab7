"""The code of functions: taken from a request or from S3, unpacked for the runtime, its zip kept for GetFunction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from localaws.gateway.lambda_errors import invalid
from localaws.http_messages import Json
from localaws.runtime.code_package import CodePackage, unpack


@dataclass(frozen=True, slots=True)
class CodeStore:
    """Every zip that was uploaded, by its content.

    Attributes:
        home: where they are kept, packed and unpacked.
        fetch_object: returns an object of S3 by bucket, key and version.
    """

    home: Path
    fetch_object: Callable[[str, str, str | None], bytes]

    def load(self, source: Mapping[str, Json]) -> CodePackage:
        """Unpack the zip that a request brings or names.

        Raises:
            AwsError: it brings none, or it cannot run here.
        """
        if "ImageUri" in source:
            raise invalid("This local AWS runs functions from a zip: ImageUri is not supported.")
        if "S3Bucket" in source:
            archive = self.fetch_object(source["S3Bucket"], source.get("S3Key", ""), source.get("S3ObjectVersion"))
        else:
            archive = source.get("ZipFile", b"")
        self.home.mkdir(parents=True, exist_ok=True)
        code = unpack(archive, self.home)
        kept = self.home / self.archive_name(code)
        if not kept.exists():
            kept.write_bytes(archive)
        return code

    @staticmethod
    def archive_name(code: CodePackage) -> str:
        """Return the name of a code's zip below `home`."""
        return f"{code.folder.name}.zip"
