"""Values of environment variables, each checked, with a sentence for what cannot be used."""

import errno
import os
from pathlib import Path

from ..errors import ConfigError

_ON, _OFF = ("on", "yes", "true", "1"), ("off", "no", "false", "0")
_PORT, _PORTS = "GRADIO_SERVER_PORT", "GRADIO_NUM_PORTS"


def switched_on(name: str, usual: bool) -> bool:
    """Whether a variable is on, yes, true or 1 rather than off, no, false or 0; `usual` where it is not given.

    Raises ConfigError for anything else.
    """
    given = os.environ.get(name, "").strip().lower()
    if given and given not in _ON + _OFF:
        raise ConfigError(f"{name} has to be on or off, not {given[:30]!r}.")
    return given in _ON if given else usual


def whole_number(name: str, usual: int | None) -> int | None:
    """A whole number from 1, or `usual` where the variable is not given; raises ConfigError for anything else."""
    given = os.environ.get(name, "").strip()
    if not given:
        return usual
    if not (given.isascii() and given.isdecimal()) or len(given) > 18 or int(given) < 1:
        raise ConfigError(f"{name} has to be a whole number from 1, not {given[:30]!r}.")
    return int(given)


def check_ports() -> None:
    """Raise ConfigError where Gradio's port or number of ports cannot be used. To be called before Gradio is imported, which
    reads them then. An empty variable counts as not given."""
    for name in (_PORT, _PORTS):
        if not os.environ.get(name, "0").strip():
            del os.environ[name]
    whole_number(_PORTS, None)
    if (whole_number(_PORT, None) or 0) >= 1 << 16:
        raise ConfigError(f"{_PORT} has to be a port from 1 to 65535, not {os.environ[_PORT][:30]!r}.")


def check_folder(name: str) -> None:
    """Raise ConfigError where a variable is given and is not the path of a folder."""
    given = os.environ.get(name)
    if given and not os.path.isdir(os.path.expanduser(given)):
        raise ConfigError(f"{name} has to be a folder that is there, not {given[:200]!r}.")


def check_writable_folder(name: str) -> None:
    """Make the folder that a variable names; raises ConfigError where that cannot be.

    A file system that cannot be written is left to whoever writes there: the rest of the app works without.
    """
    if given := os.environ.get(name):
        try:
            Path(given).expanduser().mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError, ValueError) as error:
            if getattr(error, "errno", None) == errno.EROFS:
                return
            raise ConfigError(f"{name} has to be a folder: {getattr(error, 'strerror', None) or error}.") from error
