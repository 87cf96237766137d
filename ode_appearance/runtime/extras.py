"""Optional dependencies: which extra of the package installs a module that is missing."""

import contextlib
import importlib
from collections.abc import Iterator
from types import ModuleType

from ..errors import ConfigError

_EXTRAS = {
    "gradio": "app",
    "optax": "train",
    "tensorboardX": "train",
    "av": "train",
    "OpenEXR": "export",
    "numpngw": "export",
    "imageio_ffmpeg": "export",
    "ray": "ray",
}


@contextlib.contextmanager
def naming_extras() -> Iterator[None]:
    """Context manager: turns a missing optional module into a ConfigError that names the extra to install.

    Raises:
        ConfigError: A module of an extra is not installed. Code "missing-extra".
    """
    try:
        yield
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        message = f'{error.name} is not installed; it comes with: pip install "ode-appearance[{extra}]".'
        raise ConfigError(message, code="missing-extra") from error


def require(module: str) -> ModuleType:
    """Import a module of an optional dependency; raises what `naming_extras` raises."""
    with naming_extras():
        return importlib.import_module(module)
