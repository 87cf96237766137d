"""The keyframe codec: error bounds, image quality, and file sizes."""

import zlib

import numpy as np
import pytest
from made_up import lit, made_up_maps, named_as_decoded, psnr

from ode_appearance import Light
from ode_appearance.keyframes.codec import QUANTIZATION_STEPS, decode_keyframe, encode_keyframe
from ode_appearance.shading.brdf import BRDF_MODELS

LIGHTS = [Light(), Light(0.0, 0.6, 0.5), Light(-0.5, 0.0, 1.0), Light(0.5, -0.5, 0.0)]


def test_rgb_round_trip_is_exact_to_8_bits():
    image = np.random.default_rng(0).random((3, 6, 10)).astype(np.float32)
    file, _ = encode_keyframe({"image": image})
    unpacked, _ = decode_keyframe(file)
    assert np.abs(unpacked["image"] - image).max() <= 0.5 / 255 + 1e-6


@pytest.mark.parametrize("quality", QUANTIZATION_STEPS)
@pytest.mark.parametrize("brdf", BRDF_MODELS)
def test_svbrdf_round_trip_is_within_its_error_bounds(brdf, quality):
    maps = made_up_maps(brdf)
    # Half a step, half an integer, and the clamping of 65536 to 65535.
    half = {
        kind: (step + 1.01) / 510 if kind == "colour" else (step + 3.1) / 131070
        for kind, step in QUANTIZATION_STEPS[quality].items()
    }
    unpacked = named_as_decoded(brdf, decode_keyframe(encode_keyframe(maps, quality=quality)[0])[0])
    for name, _ in BRDF_MODELS[brdf].maps:
        if name == "metallic":
            assert np.abs(unpacked[name] - maps[name]).max() <= half["metallic"]
        else:
            bound = half["roughness" if name.startswith("roughness") else "colour"]
            assert np.abs(np.sqrt(unpacked[name]) - np.sqrt(maps[name])).max() <= bound
    assert np.abs(unpacked["normal"][:2] - maps["normal"][:2]).max() <= 2 * half["normal"]
    assert np.allclose(np.linalg.norm(unpacked["normal"], axis=0), 1, atol=1e-6)
    assert np.abs(unpacked["height"] - maps["height"]).max() <= 4 * np.abs(maps["height"]).max() * half["height"]


@pytest.mark.parametrize(("quality", "min_psnr"), [("full", 48), ("light", 30)])
@pytest.mark.parametrize("brdf", BRDF_MODELS)
@pytest.mark.parametrize("bumps", [0.0, 0.3, 1.0])
def test_the_shaded_image_is_preserved(brdf, bumps, quality, min_psnr):
    maps = made_up_maps(brdf, size=(96, 64), bumps=bumps)
    unpacked = named_as_decoded(brdf, decode_keyframe(encode_keyframe(maps, quality=quality)[0])[0])
    found = min(psnr(lit(brdf, maps, light), lit(brdf, unpacked, light)) for light in LIGHTS)
    assert found > min_psnr


@pytest.mark.parametrize("brdf", [None, "diffuse_cook_torrance"])
def test_errors_do_not_accumulate_over_keyframes(brdf):
    """Every keyframe is as accurate as the first."""
    random = np.random.default_rng(0)
    picture, before, worst = random.random((3, 16, 16)).astype(np.float32), None, []
    for _ in range(40):
        picture = np.clip(picture + random.normal(scale=0.01, size=picture.shape), 0, 1).astype(np.float32)
        maps = {"image": picture} if brdf is None else {**made_up_maps(brdf, size=(16, 16)), "diffuse": picture**2}
        _, before = encode_keyframe(maps, before, "light")
        worst.append(np.abs(before[0, ..., :3].transpose(2, 0, 1) / 255 - picture).max())
    assert max(worst) <= (QUANTIZATION_STEPS["light"]["image" if brdf is None else "colour"] / 2 + 0.51) / 255


def test_small_changes_cost_few_bytes_in_light_quality():
    random = np.random.default_rng(0)
    picture = random.random((3, 64, 64)).astype(np.float32)
    near = np.clip(picture + random.normal(scale=0.01, size=picture.shape), 0, 1).astype(np.float32)
    sizes = {
        quality: len(encode_keyframe({"image": near}, encode_keyframe({"image": picture}, None, quality)[1], quality)[0])
        for quality in QUANTIZATION_STEPS
    }
    assert sizes["light"] < sizes["full"] / 3


def test_files_are_differences_from_the_previous_keyframe():
    first, second = (made_up_maps("cook_torrance", seed=seed) for seed in (0, 1))
    _, texels = encode_keyframe(first)
    file, wanted = encode_keyframe(second, texels)
    _, got = decode_keyframe(file, texels)
    assert np.array_equal(got, wanted)
    again, _ = encode_keyframe(second, wanted)
    assert len(again) < len(file) / 20, "unchanged values cost few bytes"


def test_sizes_need_not_be_square_and_a_foreign_file_is_refused():
    _, texels = encode_keyframe(made_up_maps("iso_cook_torrance", size=(20, 8)))
    assert texels.shape == (4, 8, 20, 4)
    with pytest.raises(ValueError):
        decode_keyframe(zlib.compress(b"something else" * 10))
