"""Optional dependencies: which extra of the package installs a module that is missing."""

import importlib
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


def require(module: str) -> ModuleType:
    """Import a module of an optional dependency.

    Raises:
        ConfigError: It is not installed; the message names the extra to install.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise explained(error) from error


def explained(error: ModuleNotFoundError) -> Exception:
    """A ConfigError that names the extra with the missing module, or the error itself if no extra has it."""
    extra = _EXTRAS.get((error.name or "").partition(".")[0])
    if extra is None:
        return error
    message = f'{error.name} is not installed; it comes with: pip install "ode-appearance[{extra}]".'
    return ConfigError(message, code="missing-extra")
