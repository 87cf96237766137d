"""The errors that a caller is meant to see: each carries one sentence saying what was wrong and what would be right."""


class AppearanceError(Exception):
    """Base of every error that the library raises on purpose."""


class ConfigError(AppearanceError):
    """A configuration value that is missing, of the wrong type or out of its range."""


class DeviceError(AppearanceError):
    """JAX has no device to compute on."""


class CheckpointError(AppearanceError):
    """A checkpoint folder that cannot be read, trusted or written."""


class HubError(CheckpointError):
    """The Hugging Face Hub cannot be reached, has no such thing, or refuses what was asked of it."""


class RequestError(AppearanceError):
    """A size, time, map or solver that a material cannot give."""


class ExemplarError(AppearanceError):
    """A time-lapse that cannot be read, or not be learnt from."""


class FeatureError(AppearanceError):
    """Feature weights that are missing or damaged, or a picture that the features cannot be taken of."""


class TrainingError(AppearanceError):
    """A training that cannot be started, resumed or saved."""
