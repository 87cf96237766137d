"""What a keyframe file keeps of a state's maps."""

import zlib

import numpy as np
import pytest
from made_up import lit, made_up_maps, named_as_decoded, psnr

from ode_appearance import Light
from ode_appearance.keyframes.codec import STEPS, pack, unpack
from ode_appearance.shading.brdf import BRDF_MODELS

LIGHTS = [Light(), Light(0.0, 0.6, 0.5), Light(-0.5, 0.0, 1.0), Light(0.5, -0.5, 0.0)]


def test_rgb_round_trip_is_exact_to_8_bits():
    image = np.random.default_rng(0).random((3, 6, 10)).astype(np.float32)
    file, _ = pack({"image": image})
    unpacked, _ = unpack(file)
    assert np.abs(unpacked["image"] - image).max() <= 0.5 / 255 + 1e-6


@pytest.mark.parametrize("quality", STEPS)
@pytest.mark.parametrize("brdf", BRDF_MODELS)
def test_svbrdf_round_trip_keeps_to_its_error_bounds(brdf, quality):
    maps = made_up_maps(brdf)
    # Half a step, half a whole number, and what lies between 65535 and 65536.
    half = {kind: (step + 1.01) / 510 if kind == "colour" else (step + 3.1) / 131070 for kind, step in STEPS[quality].items()}
    unpacked = named_as_decoded(brdf, unpack(pack(maps, quality=quality)[0])[0])
    for name, _ in BRDF_MODELS[brdf].maps:
        if name == "metallic":
            assert np.abs(unpacked[name] - maps[name]).max() <= half["metallic"]
        else:
            bound = half["roughness" if name.startswith("roughness") else "colour"]
            assert np.abs(np.sqrt(unpacked[name]) - np.sqrt(maps[name])).max() <= bound
    assert np.abs(unpacked["normal"][:2] - maps["normal"][:2]).max() <= 2 * half["normal"]
    assert np.allclose(np.linalg.norm(unpacked["normal"], axis=0), 1, atol=1e-6)
    assert np.abs(unpacked["height"] - maps["height"]).max() <= 4 * np.abs(maps["height"]).max() * half["height"]


@pytest.mark.parametrize(("quality", "least"), [("full", 48), ("light", 30)])
@pytest.mark.parametrize("brdf", BRDF_MODELS)
@pytest.mark.parametrize("bumps", [0.0, 0.3, 1.0])
def test_the_lit_picture_survives(brdf, bumps, quality, least):
    maps = made_up_maps(brdf, size=(96, 64), bumps=bumps)
    unpacked = named_as_decoded(brdf, unpack(pack(maps, quality=quality)[0])[0])
    found = min(psnr(lit(brdf, maps, light), lit(brdf, unpacked, light)) for light in LIGHTS)
    assert found > least


@pytest.mark.parametrize("brdf", [None, "diffuse_cook_torrance"])
def test_errors_do_not_add_up_over_keyframes(brdf):
    """However many follow each other, each is as near to what it shows as the first."""
    random = np.random.default_rng(0)
    picture, before, worst = random.random((3, 16, 16)).astype(np.float32), None, []
    for _ in range(40):
        picture = np.clip(picture + random.normal(scale=0.01, size=picture.shape), 0, 1).astype(np.float32)
        maps = {"image": picture} if brdf is None else {**made_up_maps(brdf, size=(16, 16)), "diffuse": picture**2}
        _, before = pack(maps, before, "light")
        worst.append(np.abs(before[0, ..., :3].transpose(2, 0, 1) / 255 - picture).max())
    assert max(worst) <= (STEPS["light"]["image" if brdf is None else "colour"] / 2 + 0.51) / 255


def test_what_hardly_changes_costs_next_to_nothing_in_light_quality():
    random = np.random.default_rng(0)
    picture = random.random((3, 64, 64)).astype(np.float32)
    near = np.clip(picture + random.normal(scale=0.01, size=picture.shape), 0, 1).astype(np.float32)
    sizes = {quality: len(pack({"image": near}, pack({"image": picture}, None, quality)[1], quality)[0]) for quality in STEPS}
    assert sizes["light"] < sizes["full"] / 3


def test_files_are_differences_from_the_one_before():
    first, second = (made_up_maps("cook_torrance", seed=seed) for seed in (0, 1))
    _, texels = pack(first)
    file, wanted = pack(second, texels)
    _, got = unpack(file, texels)
    assert np.array_equal(got, wanted)
    again, _ = pack(second, wanted)
    assert len(again) < len(file) / 20, "what stays the same costs next to nothing"


def test_sizes_need_not_be_square_and_a_foreign_file_is_refused():
    _, texels = pack(made_up_maps("iso_cook_torrance", size=(20, 8)))
    assert texels.shape == (4, 8, 20, 4)
    with pytest.raises(ValueError, match="not a keyframe"):
        unpack(zlib.compress(b"something else" * 10))
