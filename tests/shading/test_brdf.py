"""Physics of the BRDF models: normalised distributions, energy conservation, reciprocity."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ode_appearance.shading.brdf import (
    BRDF_MODELS,
    evaluate_brdf,
    ggx_anisotropic,
    ggx_isotropic,
    schlick,
    smith_anisotropic,
    smith_isotropic,
)


@pytest.fixture(autouse=True)
def double_precision():
    with jax.enable_x64(True):
        yield


def hemisphere(rows=1500, columns=720):
    """Directions at the centres of a grid in polar angles over the hemisphere, and the cells' solid angles."""
    theta = (np.arange(rows) + 0.5) / rows * np.pi / 2
    phi = (np.arange(columns) + 0.5) / columns * 2 * np.pi
    directions = np.stack(
        [np.outer(np.sin(theta), np.cos(phi)), np.outer(np.sin(theta), np.sin(phi)), np.outer(np.cos(theta), np.ones(columns))]
    )
    return jnp.asarray(directions), np.outer(np.sin(theta), np.ones(columns)) * (np.pi / 2 / rows) * (2 * np.pi / columns)


def random_directions(count, seed=0):
    v = np.random.default_rng(seed).standard_normal((3, count))
    v[2] = np.abs(v[2]) + 0.3
    return jnp.asarray(v / np.linalg.norm(v, axis=0))


def some_maps(brdf, count, seed=0):
    random = np.random.default_rng(seed)
    return {name: jnp.asarray(random.uniform(0.2, 0.9, (channels, count))) for name, channels in BRDF_MODELS[brdf].maps}


# Normal distribution: the projected area of all microfacets equals that of the surface


@pytest.mark.parametrize("alpha", [(0.05, 0.05), (0.1, 0.5), (0.8, 0.15), (1.0, 1.0)])
def test_the_anisotropic_distribution_is_normalised(alpha):
    h, solid_angle = hemisphere()
    total = np.sum(ggx_anisotropic(h, *(jnp.asarray(a) for a in alpha)) * h[2] * solid_angle)
    assert total == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("alpha", [0.2, 0.5, 1.0])
def test_the_isotropic_distribution_is_normalised(alpha):
    # The published 1e-6 in the denominator matters only for much smaller alphas.
    h, solid_angle = hemisphere()
    assert np.sum(ggx_isotropic(h, jnp.asarray(alpha)) * h[2] * solid_angle) == pytest.approx(1, abs=2e-3)


def test_isotropic_is_anisotropic_with_equal_alphas():
    h, alpha = random_directions(1000), jnp.linspace(0.2, 1, 1000)
    np.testing.assert_allclose(ggx_isotropic(h, alpha), ggx_anisotropic(h, alpha, alpha), rtol=1e-3)
    np.testing.assert_allclose(smith_isotropic(h, alpha), smith_anisotropic(h, alpha, alpha), rtol=1e-5)


def test_swapping_the_axes_swaps_the_alphas():
    h, u, v = random_directions(1000), jnp.linspace(0.1, 1, 1000), jnp.linspace(0.9, 0.2, 1000)
    turned = h[jnp.array([1, 0, 2])]
    np.testing.assert_allclose(ggx_anisotropic(turned, v, u), ggx_anisotropic(h, u, v), rtol=1e-9)
    np.testing.assert_allclose(smith_anisotropic(turned, v, u), smith_anisotropic(h, u, v), rtol=1e-9)


def test_a_smooth_surface_still_has_a_highlight():
    """The isotropic lobe at an alpha where the published form of the formula loses all single-precision digits."""
    tilt, alpha = np.linspace(0, 0.01, 50), 1e-3
    h = np.stack([np.sin(tilt), 0 * tilt, np.cos(tilt)])
    exact = alpha**2 / (np.pi * (h[2] ** 2 * (alpha**2 - 1) + 1) ** 2 + 1e-6)
    ours = ggx_isotropic(jnp.asarray(h, jnp.float32), jnp.float32(alpha))
    assert ours.dtype == jnp.float32
    np.testing.assert_allclose(ours, exact, rtol=1e-4)


# Shadowing and Fresnel lie in [0, 1]


def test_shadowing_decreases_towards_grazing_angles():
    theta = np.linspace(0, np.pi / 2, 200)
    v = jnp.asarray(np.stack([np.sin(theta), 0 * theta, np.cos(theta)]))
    for shadowing in (smith_isotropic(v, jnp.asarray(0.4)), smith_anisotropic(v, jnp.asarray(0.4), jnp.asarray(0.7))):
        shadowing = np.asarray(shadowing)
        assert shadowing[0] == pytest.approx(1) and shadowing[-1] < 0.01
        assert (np.diff(shadowing) < 0).all() and (shadowing >= 0).all()


def test_fresnel():
    f0 = jnp.asarray(0.3)
    assert schlick(f0, jnp.asarray(1.0)) == pytest.approx(0.3)
    assert schlick(f0, jnp.asarray(0.0)) == pytest.approx(1.0)
    reflected = np.asarray(schlick(f0, jnp.linspace(0, 1, 100)))
    assert (np.diff(reflected) < 0).all()
    # Directions below the microfacet count as grazing.
    assert schlick(f0, jnp.asarray(-0.5)) == pytest.approx(1.0)


# Energy: under uniform radiance 1, a surface reflects at most 1 (white furnace)


def furnace(brdf, maps, cosine):
    """The radiance reflected in one direction under uniform incident radiance 1."""
    wi, solid_angle = hemisphere(800, 240)
    wo = jnp.asarray([np.sqrt(1 - cosine**2), 0, cosine])[:, None, None] * jnp.ones_like(wi)
    constant = {name: jnp.full((channels, 1, 1), maps[name]) for name, channels in BRDF_MODELS[brdf].maps}
    return float(np.sum(evaluate_brdf(brdf, constant, wi, wo)[0] * solid_angle))


@pytest.mark.parametrize("brdf", ["cook_torrance", "iso_cook_torrance", "compl_cook_torrance", "compl_iso_cook_torrance"])
@pytest.mark.parametrize("alpha", [0.15, 0.5, 1.0])
def test_a_specular_lobe_gains_no_energy(brdf, alpha):
    """F0 = 1, no diffuse part. With one, neither family conserves energy, here or as published: the `diffuse_` models add an
    independent diffuse part, the `compl_` models one that ignores the other direction's Fresnel at grazing angles."""
    maps = {name: alpha if "roughness" in name else 1.0 for name, _ in BRDF_MODELS[brdf].maps}
    reflected = [furnace(brdf, maps, cosine) for cosine in (1.0, 0.8, 0.5, 0.2, 0.05)]
    assert max(reflected) <= 1.001
    # A lower bound too: at normal incidence and alpha = 1, the integral is that of c/(1+c).
    if alpha == 1.0:
        assert reflected[0] == pytest.approx(1 - np.log(2), abs=1e-4)
    else:
        assert reflected[0] > (0.96 if alpha < 0.2 else 0.6)


def test_a_diffuse_part_reflects_its_albedo():
    maps = {"diffuse": 0.6, "specular": 0.0, "roughness_u": 0.3, "roughness_v": 0.3}
    diffuse = furnace("diffuse_cook_torrance", maps, 0.7)
    # The specular lobe at F0 = 0 adds only Schlick's rise towards grazing angles.
    assert 0.6 <= diffuse < 0.64


def test_a_metal_has_no_diffuse_part_and_a_dielectric_has_f0_of_4_percent():
    wi = wo = jnp.asarray([0.0, 0.0, 1.0])[:, None]
    steep = {"albedo": jnp.full((3, 1), 0.5), "roughness": jnp.full((1, 1), 0.9)}
    lobe = float(ggx_isotropic(wi, jnp.asarray(0.9))[0] / 4)
    metal = evaluate_brdf("compl_iso_cook_torrance", steep | {"metallic": jnp.ones((1, 1))}, wi, wo)
    np.testing.assert_allclose(metal, 0.5 * lobe, rtol=1e-5)
    dielectric = evaluate_brdf("compl_iso_cook_torrance", steep | {"metallic": jnp.zeros((1, 1))}, wi, wo)
    np.testing.assert_allclose(dielectric, 0.04 * lobe + 0.96 * 0.5 / np.pi, rtol=1e-5)


@pytest.mark.parametrize("brdf", BRDF_MODELS)
def test_reciprocity(brdf):
    """BRDF(wi, wo) = BRDF(wo, wi), up to the published 1e-6 beside the cosine."""
    wi, wo, maps = random_directions(2000, 0), random_directions(2000, 1), some_maps(brdf, 2000)
    forward, backward = evaluate_brdf(brdf, maps, wi, wo) / wi[2], evaluate_brdf(brdf, maps, wo, wi) / wo[2]
    np.testing.assert_allclose(forward, backward, rtol=1e-5)
    assert np.all(forward > 0) and np.isfinite(forward).all()


def test_the_channels_of_the_models():
    counts = {name: model.channels for name, model in BRDF_MODELS.items()}
    assert counts == {
        "diffuse_cook_torrance": 8,
        "diffuse_iso_cook_torrance": 7,
        "compl_cook_torrance": 6,
        "compl_iso_cook_torrance": 5,
        "cook_torrance": 5,
        "iso_cook_torrance": 4,
    }
