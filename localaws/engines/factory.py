"""Which set of engines a name stands for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from localaws.engines.embedded.engine import EmbeddedEngine
from localaws.engines.engine import Engine
from localaws.engines.jvm.engine import JvmEngine
from localaws.errors import LocalAwsError
from localaws.settings import ENGINES, Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def start_engine(settings: Settings, moto: "WSGIApplication", clock: Callable[[], float]) -> Engine:
    """Start the set of engines that `settings` names; `clock` dates the records of streams.

    Raises:
        LocalAwsError: no such set, or it cannot start here; the message says what to install.
    """
    match settings.engines:
        case "embedded":
            return EmbeddedEngine(settings.home, moto, clock, settings.stream_shards)
        case "jvm":
            return JvmEngine(settings.home, clock, settings.stream_shards)
    raise LocalAwsError(f"There are no engines {settings.engines!r}: choose one of {', '.join(ENGINES)}.")
