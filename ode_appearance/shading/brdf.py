"""The six microfacet BRDF models: pure functions of directions in the local frame and of per-pixel parameters.

GGX (Trowbridge-Reitz) distribution, separable Smith shadowing, Schlick's Fresnel: Walter et al., "Microfacet models for
refraction", EGSR 2007; Burley, "Physically-based shading at Disney", 2012. The small constants (1e-6) and the use of the
roughness maps as alpha are those of the published renderer; trained weights depend on them.

Directions are unit vectors (3, ...) in the frame (tangent, bitangent, normal); all arrays broadcast against each other.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from ..config.schema import BrdfName

Directions = Float[Array, "3 *pixels"]


class BrdfModel(NamedTuple):
    """The maps of a BRDF model: (name, channel count) in the order of the state's channels."""

    maps: tuple[tuple[str, int], ...]

    @property
    def channels(self) -> int:
        """The number of state channels of the model's maps."""
        return sum(channels for _, channels in self.maps)


_ISOTROPIC = (("roughness", 1),)
_ANISOTROPIC = (("roughness_u", 1), ("roughness_v", 1))

BRDF_MODELS: dict[BrdfName, BrdfModel] = {
    "diffuse_cook_torrance": BrdfModel((("diffuse", 3), ("specular", 3), *_ANISOTROPIC)),
    "diffuse_iso_cook_torrance": BrdfModel((("diffuse", 3), ("specular", 3), *_ISOTROPIC)),
    "compl_cook_torrance": BrdfModel((("albedo", 3), ("metallic", 1), *_ANISOTROPIC)),
    "compl_iso_cook_torrance": BrdfModel((("albedo", 3), ("metallic", 1), *_ISOTROPIC)),
    "cook_torrance": BrdfModel((("specular", 3), *_ANISOTROPIC)),
    "iso_cook_torrance": BrdfModel((("specular", 3), *_ISOTROPIC)),
}


def ggx_anisotropic(h: Directions, alpha_u: Array, alpha_v: Array) -> Array:
    """D(h) = 1 / (pi au av ((hx/au)^2 + (hy/av)^2 + hz^2)^2)."""
    stretched = (h[0] / alpha_u) ** 2 + (h[1] / alpha_v) ** 2 + jnp.maximum(h[2], 0) ** 2
    return 1 / (jnp.pi * alpha_u * alpha_v * stretched**2)


def ggx_isotropic(h: Directions, alpha: Array) -> Array:
    """D(h) = a^2 / (pi (hz^2 (a^2 - 1) + 1)^2 + 1e-6).

    With 1 = hx^2 + hy^2 + hz^2 the bracket becomes a sum of squares, which avoids cancellation for small alpha.
    """
    return alpha**2 / (jnp.pi * ((alpha * h[2]) ** 2 + h[0] ** 2 + h[1] ** 2) ** 2 + 1e-6)


def smith_anisotropic(v: Directions, alpha_u: Array, alpha_v: Array) -> Array:
    """G1(v) = 2 / (1 + sqrt(1 + ((au vx)^2 + (av vy)^2) / (vz^2 + 1e-6)))."""
    tangent_squared = ((alpha_u * v[0]) ** 2 + (alpha_v * v[1]) ** 2) / (jnp.maximum(v[2], 0) ** 2 + 1e-6)
    return 2 / (1 + jnp.sqrt(1 + tangent_squared))


def smith_isotropic(v: Directions, alpha: Array) -> Array:
    """G1(v) = 2 / (1 + sqrt(1 + a^2 (1 - vz^2) / (vz^2 + 1e-6)))."""
    return 2 / (1 + jnp.sqrt(1 + alpha**2 * (1 - v[2] ** 2) / (v[2] ** 2 + 1e-6)))


def schlick(f0: Array, h_dot_l: Array) -> Array:
    """F = F0 + (1 - F0) (1 - h.l)^5 (Schlick 1994)."""
    return f0 + (1 - f0) * (1 - jnp.clip(h_dot_l, 0, 1)) ** 5


def evaluate_brdf(brdf: BrdfName, maps: dict[str, Array], wi: Directions, wo: Directions) -> Float[Array, "3 *pixels"]:
    """BRDF(wi, wo) times cos(theta_i). Directions below the surface are not masked.

    Args:
        brdf: The model.
        maps: The model's maps by name, each (channels, ...).
        wi: Unit vectors toward the light.
        wo: Unit vectors toward the camera.
    """
    h = wi + wo
    h = h / jnp.linalg.norm(h, axis=0)
    h_dot_l = jnp.sum(h * wi, axis=0)
    if "roughness" in maps:
        alpha = maps["roughness"][0]
        distribution = ggx_isotropic(h, alpha)
        shadowing = smith_isotropic(wi, alpha) * smith_isotropic(wo, alpha)
    else:
        alphas = maps["roughness_u"][0], maps["roughness_v"][0]
        distribution = ggx_anisotropic(h, *alphas)
        shadowing = smith_anisotropic(wi, *alphas) * smith_anisotropic(wo, *alphas)
    # D G F / (4 (n.l) (n.v)) times n.l
    lobe = distribution * shadowing / (4 * wo[2] + 1e-6)
    if "metallic" in maps:
        metallic, albedo = maps["metallic"], maps["albedo"]
        fresnel = schlick(0.04 * (1 - metallic) + albedo * metallic, h_dot_l)
        return fresnel * lobe + (1 - fresnel) * (1 - metallic) * albedo / jnp.pi * wi[2]
    specular = schlick(maps["specular"], h_dot_l) * lobe
    return specular + maps["diffuse"] / jnp.pi * wi[2] if "diffuse" in maps else specular
