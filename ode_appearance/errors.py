"""Exceptions that the library raises on purpose: one sentence that says what is wrong and what would be right."""


class AppearanceError(Exception):
    """Base class of the library's exceptions.

    Attributes:
        code: A short name of the case, such as "out-of-range", for programs and tests; "" where the class says enough.

    Example:
        >>> import ode_appearance as oa
        >>> try:
        ...     oa.load("no_such_material")
        ... except oa.AppearanceError as error:
        ...     print(error.code)
        unknown-material
    """

    def __init__(self, message: str = "", *, code: str = ""):
        super().__init__(message)
        self.code = code


class ConfigError(AppearanceError):
    """A configuration value is missing, of the wrong type or out of its range."""


class DeviceError(AppearanceError):
    """JAX has no device to compute on."""


class CheckpointError(AppearanceError):
    """A checkpoint folder cannot be read, trusted or written."""


class HubError(CheckpointError):
    """The Hugging Face Hub cannot be reached, does not have the requested item, or refuses the request."""


class RequestError(AppearanceError):
    """A material cannot provide the requested size, time, map or solver."""


class ExemplarError(AppearanceError):
    """A time-lapse cannot be read or cannot be trained on."""


class FeatureError(AppearanceError):
    """Feature weights are missing or damaged, or features cannot be computed for a picture."""


class TrainingError(AppearanceError):
    """A training cannot be started, resumed or saved."""
