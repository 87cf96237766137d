"""What cannot be trained, told before anything is begun."""

from ..checkpoint import check_config
from ..config import MaterialConfig
from ..errors import TrainingError
from ..exemplar import ExemplarFrames
from ..material import Material
from .config import TrainConfig


def check_training(config: TrainConfig) -> None:
    """Raise TrainingError or ConfigError for a config that no exemplar can be trained with."""
    if (config.kind == "svbrdf") != (config.brdf is not None):
        raise TrainingError("A BRDF model is needed for an SVBRDF, and for nothing else.")
    if config.state_size % config.architecture.downsampling:
        raise TrainingError(f"The state size has to be a multiple of {config.architecture.downsampling}.")
    if not any(config.map_weights):
        raise TrainingError("All maps have the weight 0: there is nothing to learn from.")
    if config.crops > 1 and config.kind == "rgb":
        raise TrainingError("Crops are for SVBRDFs: an RGB texture looks the same at every place.")
    check_config(MaterialConfig("trained", config.kind, config.brdf, config.architecture))


def check_fit(exemplar: ExemplarFrames, config: TrainConfig, init_from: Material | None) -> None:
    """Raise TrainingError where the exemplar, or the material to start from, does not fit the config."""
    if exemplar.kind != config.kind:
        raise TrainingError(f"{exemplar.name} was read as {exemplar.kind}, but is to be trained as {config.kind}.")
    if config.state_size > exemplar.size:
        raise TrainingError(f"States of {config.state_size} pixels are larger than the exemplar's {exemplar.size}.")
    check_training(config)
    if init_from is not None and init_from.config.architecture != config.architecture:
        raise TrainingError(
            f"{init_from.name} has another architecture ({init_from.config.architecture}) than this training "
            f"({config.architecture}); give the same dim, dim_mults, attention and BRDF model."
        )
