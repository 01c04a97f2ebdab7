"""What the runtime must know of a function version to run it. A change of any field is another deployment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Deployment:
    """One published state of a function: code, settings and where its output goes.

    Attributes:
        generation: distinguishes two states of "$LATEST".
        arn: of the version, as the function sees it in its context.
        folder: of the unpacked code.
        variables: the function's own environment.
        json_logs: whether log lines are JSON (logging_config).
        log_level: of the lines of the function when they are JSON, e.g. "INFO".
    """

    generation: str
    name: str
    version: str
    arn: str
    region: str
    handler: str
    folder: Path
    variables: Mapping[str, str] = field(hash=False)
    timeout_seconds: float
    memory_mb: int
    log_group: str
    json_logs: bool
    log_level: str
    system_log_level: str
    runtime: str
