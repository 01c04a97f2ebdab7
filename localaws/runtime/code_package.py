"""A function's zip, unpacked: what Lambda mounts as /var/task.

Packages with compiled parts that are built for another platform are left out when this interpreter has the
same version installed, so that a zip built for arm64 and Python 3.13 runs here.
"""

import base64
import hashlib
import importlib.machinery
import importlib.metadata
import io
import platform
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from localaws.errors import AwsError

COMPILED_SUFFIXES: Final = {".so", ".pyd", ".dylib"}
ELF_MACHINES: Final = {"x86_64": 62, "amd64": 62, "aarch64": 183, "arm64": 183}  # e_machine of the ELF header
MAX_UNPACKED_BYTES: Final = 250 * 1024 * 1024  # Lambda quota: deployment package, unzipped


@dataclass(frozen=True, slots=True)
class CodePackage:
    """One unpacked zip.

    Attributes:
        sha256: of the zip, in base64, like CodeSha256.
        size_bytes: of the zip.
        folder: the unpacked files.
    """

    sha256: str
    size_bytes: int
    folder: Path


def unpack(archive: bytes, home: Path) -> CodePackage:
    """Unpack a function's zip below `home`, once for each content.

    Raises:
        AwsError: it is no zip, too large, or needs a package that is not installed here.
    """
    digest = hashlib.sha256(archive)
    folder = home / digest.hexdigest()[:16]
    code = CodePackage(base64.b64encode(digest.digest()).decode("ascii"), len(archive), folder)
    if folder.exists():
        return code
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            if sum(info.file_size for info in opened.infolist()) > MAX_UNPACKED_BYTES:
                raise _refused(f"Unzipped size must be smaller than {MAX_UNPACKED_BYTES} bytes")
            _extract(opened, folder)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _refused("Could not unzip uploaded file. Please check your file, then try to upload again.") from error
    except AwsError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return code


def _extract(archive: zipfile.ZipFile, folder: Path) -> None:
    left_out = {
        package: version for package, version in _foreign_packages(archive).items() if _installed(package, version)
    }
    unpacking = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(unpacking, ignore_errors=True)
    unpacking.mkdir(parents=True)
    for info in archive.infolist():
        if _top(info.filename) not in left_out:
            archive.extract(info, unpacking)
    unpacking.rename(folder)


def _foreign_packages(archive: zipfile.ZipFile) -> dict[str, str | None]:
    """Return the top-level names with compiled parts for another platform, and the version where the zip says it."""
    versions = dict(_distributions(archive))
    return {
        _top(info.filename): versions.get(_top(info.filename))
        for info in archive.infolist()
        if PurePosixPath(info.filename).suffix in COMPILED_SUFFIXES and _is_foreign(archive, info)
    }


def _distributions(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield (top-level name, version) of every distribution whose metadata is in the zip."""
    for name in archive.namelist():
        folder = PurePosixPath(name).parent.name
        if folder.endswith(".dist-info") and name.endswith("/RECORD"):
            version = folder.removesuffix(".dist-info").rpartition("-")[2]
            for line in archive.read(name).decode().splitlines():
                top = _top(line.partition(",")[0])
                if top != folder:
                    yield top, version


def _is_foreign(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(info.filename).name
    suffix = name[name.index(".") :]
    if suffix not in importlib.machinery.EXTENSION_SUFFIXES and suffix != ".so":
        return True
    with archive.open(info) as file:
        header = file.read(20)
    if header[:4] != b"\x7fELF":
        return suffix == ".so"
    return int.from_bytes(header[18:20], "little") != ELF_MACHINES.get(platform.machine().lower())


def _installed(package: str, version: str | None) -> bool:
    """Return True when this interpreter can import the same package instead.

    Raises:
        AwsError: it cannot; the message says what to install.
    """
    wanted = f"{package}=={version}" if version else package
    names = importlib.metadata.packages_distributions().get(package, [])
    found = importlib.metadata.version(names[0]) if names else None
    if found is None or (version is not None and found != version):
        raise _refused(
            f"The zip's {wanted} is compiled for another platform, and this interpreter has "
            f"{f'version {found}' if found else 'none'}. Run `pip install {wanted}` in this environment."
        )
    return True


def _top(filename: str) -> str:
    return filename.split("/", 1)[0].partition(".")[0] if "/" not in filename else filename.split("/", 1)[0]


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message)
