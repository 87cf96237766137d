"""How long a training will take, for anybody who asks: measured in seconds, whatever it is that is asked about."""

from ...perceptual.features import FeatureExtractor, load_features
from ...runtime.memory_budget import enough_memory
from ...training.checks import check_training
from ...training.time_estimate import COMPILING, estimate_seconds
from ...training.train_config import TrainConfig
from ...training.training_memory import check_training_memory

MOST_SIDE = 256
"""States that are larger are not tried: what they take grows with their pixels."""


def training_seconds(config: TrainConfig) -> tuple[float, FeatureExtractor | None]:
    """About how many seconds a whole training takes on this machine, and the features that it compares by, if any.

    Raises AppearanceError where its network is too large for this machine, or its features are not to be had.
    """
    check_training_memory(config)
    side = min(config.data.state_size, MOST_SIDE)
    features = load_features(config.data.features) if config.method == "texture" else None
    check_training(config, features)
    with enough_memory((side, side)):
        seconds = estimate_seconds(config.replace(state_size=side), features)
    return COMPILING + (seconds - COMPILING) * (config.data.state_size / side) ** 2, features
