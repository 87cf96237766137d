"""Environment variables: read, and for the app checked before anything reads them that fails with a traceback."""

import os
from pathlib import Path

from .errors import ConfigError

_ON, _OFF = ("on", "yes", "true", "1"), ("off", "no", "false", "0")
_SWITCHES = ("ODE_APPEARANCE_TRAINING", "ODE_APPEARANCE_HUB", "ODE_APPEARANCE_MCP")
_WHOLE_NUMBERS = ("ODE_APPEARANCE_MOST_PIXELS", "ODE_APPEARANCE_MOST_SECONDS", "ODE_APPEARANCE_CACHE_BYTES", "GRADIO_NUM_PORTS")
_FOLDERS = ("ODE_APPEARANCE_CHECKPOINTS", "ODE_APPEARANCE_EXEMPLARS")
_PORT = "GRADIO_SERVER_PORT"


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


def check_app_settings() -> None:
    """Raise ConfigError, with a sentence, for a setting of the app that cannot be used.

    To be called before Gradio is imported, which reads its port then.
    """
    for name in _SWITCHES:
        switched_on(name, True)
    for name in _WHOLE_NUMBERS:
        whole_number(name, None)
    _check_port()
    for name in _FOLDERS:
        check_folder(name)
    runs = os.environ.get("ODE_APPEARANCE_RUNS")
    if runs:
        try:
            Path(runs).expanduser().mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ConfigError(f"ODE_APPEARANCE_RUNS has to be a folder: {reason}.") from error


def check_folder(name: str) -> None:
    """Raise ConfigError where a variable is given and is not the path of a folder."""
    given = os.environ.get(name)
    if given and not os.path.isdir(os.path.expanduser(given)):
        raise ConfigError(f"{name} has to be a folder that is there, not {given[:200]!r}.")


def _check_port():
    given = os.environ.get(_PORT)
    if given is None:
        return
    if not given.strip():  # as an empty variable is for the other settings; Gradio would fail
        del os.environ[_PORT]
    elif not (given.isascii() and given.strip().isdecimal() and 0 < int(given[:9]) < 1 << 16):
        raise ConfigError(f"{_PORT} has to be a port from 1 to 65535, not {given[:30]!r}.")
