"""What cannot be trained, told before anything is begun: by the form, the estimate and the run alike."""

from ..checkpoints.checkpoint import check_config, validated_config
from ..config.schema import Exemplar, MaterialConfig
from ..config.serialization import from_json, to_json
from ..data import ExemplarFrames
from ..errors import TrainingError
from ..models.material import Material
from ..perceptual.features import FeatureExtractor, count_maps
from .train_config import TrainConfig

LEAST_FLOW_SIZE = 24
"""Least side of the crops that flow matching learns from."""


def check_training(config: TrainConfig, features: FeatureExtractor | None = None) -> None:
    """Raise TrainingError, ConfigError or FeatureError for a config that no exemplar can be trained with.

    `features` are those that it will be trained with, where they are known: "auto" does not tell.
    """
    if (config.kind == "svbrdf") != (config.brdf is not None):
        raise TrainingError("A BRDF model is needed for an SVBRDF, and for nothing else.")
    if config.data.state_size % config.architecture.downsampling:
        raise TrainingError(f"The state size has to be a multiple of {config.architecture.downsampling}.")
    if config.data.state_size > config.data.exemplar_size:
        raise TrainingError(
            f"States of {config.data.state_size} pixels are larger than the exemplar's {config.data.exemplar_size}."
        )
    if not any(config.loss.map_weights):
        raise TrainingError("All maps have the weight 0: there is nothing to learn from.")
    if config.loss.crops > 1 and config.kind == "rgb":
        raise TrainingError("Crops are for SVBRDFs: an RGB texture looks the same at every place.")
    check_config(MaterialConfig("trained", config.kind, config.brdf, config.architecture))
    if config.method == "flow":
        _check_flow(config)
    else:
        _check_maps(config, features)


def _check_flow(config):
    """Flow matching learns RGB textures, by batches that have samples of the span."""
    if config.kind != "rgb":
        raise TrainingError("Flow matching is for RGB textures: train an SVBRDF by --method texture.")
    if config.data.batch <= config.flow.flow_warmups:
        raise TrainingError(
            f"Of a batch of {config.data.batch}, {config.flow.flow_warmups} are of the warm-up: none is of the span."
        )
    walking = config.data.batch - config.flow.flow_warmups
    if config.flow.flow_pool < walking:
        raise TrainingError(f"A batch takes {walking} states of the pool, which has {config.flow.flow_pool}: make it larger.")
    if config.data.state_size < LEAST_FLOW_SIZE:
        raise TrainingError(f"Flow matching needs states of at least {LEAST_FLOW_SIZE} pixels: their border is left out.")


def _check_maps(config, features):
    """The states need feature maps that have a weight; coarser ones of a larger exemplar are compared with nothing."""
    if features is not None:
        name, count = features.name, len(features.shapes(config.data.state_size, config.data.state_size))
    elif config.data.features != "auto":
        name, count = config.data.features, count_maps(config.data.features, config.data.state_size)
    else:
        return
    if not any(config.loss.map_weights[:count]):
        raise TrainingError(
            f"States of {config.data.state_size} pixels have the picture and {count - 1} maps of {name} features, and all of "
            "these have the weight 0: there is nothing to learn from."
        )


def check_fit(exemplar: ExemplarFrames, config: TrainConfig, init_from: Material | None) -> None:
    """Raise TrainingError where the exemplar, or the material to start from, does not fit the config."""
    if exemplar.kind != config.kind:
        raise TrainingError(f"{exemplar.name} was read as {exemplar.kind}, but is to be trained as {config.kind}.")
    if config.data.state_size > exemplar.size:
        raise TrainingError(f"States of {config.data.state_size} pixels are larger than the exemplar's {exemplar.size}.")
    check_training(config)
    if config.method == "flow":
        _check_frames(exemplar, config.model.hidden_channels)
    if init_from is not None and init_from.config.architecture != config.architecture:
        raise TrainingError(
            f"{init_from.name} has another architecture ({init_from.config.architecture}) than this training "
            f"({config.architecture}); give the same dim, dim_mults, attention and BRDF model."
        )


def _check_frames(exemplar, hidden):
    """Flow matching needs two frames to have a velocity, and as many values of a pixel as the code of its history has."""
    least = max(2, -(-hidden // 3))
    if len(exemplar) < least:
        raise TrainingError(
            f"{exemplar.name} has {len(exemplar)} frames: flow matching with {hidden} hidden channels needs {least} at least."
        )


def check_credit(credit: Exemplar) -> None:
    """Raise ConfigError where a material cannot have this name, credit, licence or real duration."""
    from_json(Exemplar, to_json(credit), "exemplar")
    validated_config(MaterialConfig(credit.name, exemplar=credit))
