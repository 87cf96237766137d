"""Environment variables: parsed and checked."""

import errno
import os
from pathlib import Path

from ..errors import ConfigError

_ON, _OFF = ("on", "yes", "true", "1"), ("off", "no", "false", "0")
_PORT, _PORTS = "GRADIO_SERVER_PORT", "GRADIO_NUM_PORTS"


def read_switch(name: str, default: bool) -> bool:
    """Whether a variable is on (on, yes, true, 1) or off (off, no, false, 0).

    Args:
        name: The environment variable.
        default: Result where it is unset or empty.

    Raises:
        ConfigError: For any other value.
    """
    value = os.environ.get(name, "").strip().lower()
    if value and value not in _ON + _OFF:
        raise ConfigError(f"{name} has to be on or off, not {value[:30]!r}.")
    return value in _ON if value else default


def read_positive_int(name: str, default: int | None) -> int | None:
    """A whole number of at least 1.

    Args:
        name: The environment variable.
        default: Result where it is unset or empty.

    Raises:
        ConfigError: For any other value.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdecimal()) or len(value) > 18 or int(value) < 1:
        raise ConfigError(f"{name} has to be a whole number of at least 1, not {value[:30]!r}.")
    return int(value)


def check_ports() -> None:
    """Check Gradio's port and number of ports; call before Gradio is imported, which reads them at import.

    An empty variable counts as unset and is removed, because Gradio would read it.

    Raises:
        ConfigError: Where one of them is invalid.
    """
    for name in (_PORT, _PORTS):
        if not os.environ.get(name, "0").strip():
            del os.environ[name]
    read_positive_int(_PORTS, None)
    if (read_positive_int(_PORT, None) or 0) >= 1 << 16:
        raise ConfigError(f"{_PORT} has to be a port from 1 to 65535, not {os.environ[_PORT][:30]!r}.")


def check_folder(name: str) -> None:
    """Raise ConfigError where a variable is set and is not the path of an existing folder."""
    value = os.environ.get(name)
    if value and not os.path.isdir(os.path.expanduser(value)):
        raise ConfigError(f"{name} has to be an existing folder, not {value[:200]!r}.")


def check_writable_folder(name: str) -> None:
    """Create the folder that a variable names.

    A read-only file system is no error: only the writer fails, and the rest of the app works.

    Raises:
        ConfigError: Where the folder cannot be created.
    """
    if value := os.environ.get(name):
        try:
            Path(value).expanduser().mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError, ValueError) as error:
            if getattr(error, "errno", None) == errno.EROFS:
                return
            raise ConfigError(f"{name} has to be a folder: {getattr(error, 'strerror', None) or error}.") from error
