"""Checks of a training before it starts, for the form, the estimate and the run."""

from ..checkpoints.checkpoint import check_config, validated_config
from ..config.schema import Exemplar, MaterialConfig
from ..config.serialization import from_json, to_json
from ..data import ExemplarFrames
from ..errors import TrainingError
from ..models.material import Material
from ..perceptual.features import FeatureExtractor, count_maps
from .train_config import TrainConfig

MIN_FLOW_SIZE = 24
"""Minimum side of the crops that flow matching learns from, in pixels."""


def check_training(config: TrainConfig, features: FeatureExtractor | None = None) -> None:
    """Check a config by itself, without an exemplar.

    Args:
        features: the feature extractor of the training, where it is known; the option "auto" does not name one.

    Raises:
        TrainingError: options contradict each other.
        ConfigError: an option is out of bounds.
        FeatureError: the features cannot be computed at the state size.
    """
    if (config.kind == "svbrdf") != (config.brdf is not None):
        raise TrainingError("An SVBRDF needs a BRDF model, and an RGB texture has none.", code="brdf")
    if config.data.state_size % config.architecture.downsampling:
        raise TrainingError(f"The state size has to be a multiple of {config.architecture.downsampling}.", code="state-size")
    if config.data.state_size > config.data.exemplar_size:
        raise TrainingError(
            f"States of {config.data.state_size} pixels are larger than the exemplar's {config.data.exemplar_size}; "
            "choose a smaller state size.",
            code="state-size",
        )
    if not any(config.loss.map_weights):
        raise TrainingError("All map weights are 0; set at least one above 0.", code="map-weights")
    if config.loss.crops > 1 and config.kind == "rgb":
        raise TrainingError("Crops are for SVBRDFs only; leave out the crops of an RGB texture.", code="crops")
    check_config(MaterialConfig("trained", config.kind, config.brdf, config.architecture))
    if config.method == "flow":
        _check_flow(config)
    else:
        _check_maps(config, features)


def _check_flow(config):
    """Flow matching needs an RGB texture, and samples of the span in each batch."""
    if config.kind != "rgb":
        raise TrainingError("Flow matching is for RGB textures: train an SVBRDF by --method texture.", code="flow-kind")
    if config.data.batch <= config.flow.flow_warmups:
        raise TrainingError(
            f"All {config.data.batch} samples of a batch are of the warm-up ({config.flow.flow_warmups}); take a larger batch.",
            code="flow-batch",
        )
    walking = config.data.batch - config.flow.flow_warmups
    if config.flow.flow_pool < walking:
        raise TrainingError(
            f"A batch needs {walking} states of the pool, which has {config.flow.flow_pool}; take a larger pool.",
            code="flow-pool",
        )
    if config.data.state_size < MIN_FLOW_SIZE:
        raise TrainingError(
            f"Flow matching needs states of at least {MIN_FLOW_SIZE} pixels, since their border is left out.", code="state-size"
        )


def _check_maps(config, features):
    """At least one feature map of the states needs a weight; a larger exemplar's coarser maps do not count."""
    if features is not None:
        name, count = features.name, len(features.shapes(config.data.state_size, config.data.state_size))
    elif config.data.features != "auto":
        name, count = config.data.features, count_maps(config.data.features, config.data.state_size)
    else:
        return
    if not any(config.loss.map_weights[:count]):
        raise TrainingError(
            f"States of {config.data.state_size} pixels have the picture and {count - 1} maps of {name} features, all with "
            "weight 0; set at least one weight above 0.",
            code="map-weights",
        )


def check_fit(exemplar: ExemplarFrames, config: TrainConfig, init_from: Material | None) -> None:
    """Check a config with its exemplar and the material to start from.

    Raises:
        TrainingError: they do not fit, or `check_training` fails.
    """
    if exemplar.kind != config.kind:
        raise TrainingError(
            f"{exemplar.name} was read as {exemplar.kind}, but the config is for {config.kind}; load it as {config.kind}.",
            code="kind",
        )
    if config.data.state_size > exemplar.size:
        raise TrainingError(
            f"States of {config.data.state_size} pixels are larger than the exemplar's {exemplar.size}; "
            "choose a smaller state size.",
            code="state-size",
        )
    check_training(config)
    if config.method == "flow":
        _check_frames(exemplar, config.model.hidden_channels)
    if init_from is not None and init_from.config.architecture != config.architecture:
        raise TrainingError(
            f"{init_from.name} has another architecture ({init_from.config.architecture}) than this training "
            f"({config.architecture}); give the same dim, dim_mults, attention and BRDF model.",
            code="architecture",
        )


def _check_frames(exemplar, hidden):
    """Flow matching needs two frames for a velocity, and at least as many values per pixel as its code has channels."""
    minimum = max(2, -(-hidden // 3))
    if len(exemplar) < minimum:
        raise TrainingError(
            f"{exemplar.name} has {len(exemplar)} frames; flow matching with {hidden} hidden channels needs {minimum}.",
            code="too-few-frames",
        )


def check_credit(credit: Exemplar) -> None:
    """Raise ConfigError if a material cannot have this name, credit, licence or real duration."""
    from_json(Exemplar, to_json(credit), "exemplar")
    validated_config(MaterialConfig(credit.name, exemplar=credit))
