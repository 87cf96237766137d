"""What a keyframe file keeps of a state's maps."""

import zlib

import numpy as np
import pytest
from made_up import lit, made_up_maps, named_as_decoded, psnr

from ode_appearance import Light
from ode_appearance.microfacet import BRDF_MODELS
from ode_appearance.studio.keyframes import BITS, pack, unpack

LIGHTS = [Light(), Light(0.0, 0.6, 0.5), Light(-0.5, 0.0, 1.0), Light(0.5, -0.5, 0.0)]


def test_rgb_round_trip_is_exact_to_8_bits():
    image = np.random.default_rng(0).random((3, 6, 10)).astype(np.float32)
    file, _ = pack({"image": image})
    unpacked, _ = unpack(file)
    assert np.abs(unpacked["image"] - image).max() <= 0.5 / 255 + 1e-6


@pytest.mark.parametrize("brdf", BRDF_MODELS)
def test_svbrdf_round_trip_keeps_to_its_error_bounds(brdf):
    maps = made_up_maps(brdf)
    unpacked = named_as_decoded(brdf, unpack(pack(maps)[0])[0])
    for name, _ in BRDF_MODELS[brdf].maps:
        if name == "metallic":
            assert np.abs(unpacked[name] - maps[name]).max() <= 1 / 2 ** BITS["metallic"]
        else:
            half_a_step = 0.5 / 2 ** BITS["roughness"] if name.startswith("roughness") else 0.5 / 255
            assert np.abs(np.sqrt(unpacked[name]) - np.sqrt(maps[name])).max() <= half_a_step + 2e-5
    assert np.abs(unpacked["normal"][:2] - maps["normal"][:2]).max() <= 1 / 2 ** BITS["normal"] + 2e-5
    assert np.allclose(np.linalg.norm(unpacked["normal"], axis=0), 1, atol=1e-6)
    assert np.abs(unpacked["height"] - maps["height"]).max() <= 2 * np.abs(maps["height"]).max() / 2 ** BITS["height"]


@pytest.mark.parametrize("brdf", BRDF_MODELS)
@pytest.mark.parametrize("bumps", [0.0, 0.3, 1.0])
def test_the_lit_picture_survives(brdf, bumps):
    maps = made_up_maps(brdf, size=(96, 64), bumps=bumps)
    unpacked = named_as_decoded(brdf, unpack(pack(maps)[0])[0])
    assert min(psnr(lit(brdf, maps, light), lit(brdf, unpacked, light)) for light in LIGHTS) > 58


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
