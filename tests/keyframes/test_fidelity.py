"""Decoded and shaded keyframes match the library's images, for every shipped SVBRDF."""

import functools

import numpy as np
import pytest
from made_up import named_as_decoded, psnr

import ode_appearance as oa
from ode_appearance.checkpoints.checkpoint import load_config
from ode_appearance.checkpoints.keyframe_baking import baked
from ode_appearance.keyframes.bundle import read_bundle
from ode_appearance.keyframes.codec import decode_keyframe
from ode_appearance.keyframes.encoder import Encoder
from ode_appearance.keyframes.keyframe_times import DEFAULT_COUNT, keyframe_times
from ode_appearance.rendering.age_map import blend_keyframes
from ode_appearance.rendering.render import resolve_lights, shade_maps
from ode_appearance.runtime.folders import checkpoints_folder

NAMES = [name for name in oa.list_materials() if load_config(checkpoints_folder() / name).kind == "svbrdf"]
ALWAYS = ("clay_solidifying", "iron_rusting")
WHOLE = [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.nightly) for name in NAMES]
"""Materials whose whole trajectory is solved; slow for each."""
LIGHTS = [None, oa.Light(0.3, -0.2, 0.3), oa.Light(-0.5, 0.0, 1.0)]
MIN_PSNR = {"full": 45.0, "light": 32.0, "baked": 30.0}
MAX_BYTES = {"full": 24_000_000, "light": 10_000_000}
"""Of a whole trajectory of 256x256."""
SIZE = (128, 128)


@functools.cache
def solved(name):
    """A material, and its trajectory at the viewer's keyframe times."""
    material = oa.load(name)
    times = material.config.times
    return material, oa.solve(
        material, seed=0, size=SIZE, times=keyframe_times(times, -times.warmup, times.duration, DEFAULT_COUNT)
    )


@functools.cache
def sent(name, quality):
    """The decoded maps of each keyframe, and the bytes of all files."""
    material, trajectory = solved(name)
    encoder = Encoder(material.config, quality)
    files = [encoder.encode(state) for state in trajectory.states]
    return decoded(material.config, files), sum(map(len, files))


def decoded(config, files):
    texels, keyframes = None, []
    for file in files:
        maps, texels = decode_keyframe(file, texels)
        keyframes.append(named_as_decoded(config.brdf, maps))
    return keyframes


def shaded_psnr(config, maps, light, wanted):
    """Peak signal-to-noise ratio (dB) of shaded maps against an image of the library."""
    return psnr(shade_maps(config, maps, resolve_lights(config, light)), wanted)


def test_the_required_materials_are_shipped():
    assert set(ALWAYS) <= set(NAMES)


@pytest.mark.parametrize("quality", ["full", "light"])
@pytest.mark.parametrize("name", WHOLE)
def test_every_keyframe_matches_the_rendered_image(name, quality):
    """Including the noise, where highlights are the narrowest."""
    material, trajectory = solved(name)
    for light in LIGHTS:
        pairs = zip(sent(name, quality)[0], trajectory.states, strict=True)
        found = [shaded_psnr(material.config, maps, light, oa.render(material, state, light=light)) for maps, state in pairs]
        print(f"{name}, {quality}, {light}: {min(found):.1f} dB or more, {np.mean(found):.1f} dB on average")
        assert min(found) >= MIN_PSNR[quality]


@pytest.mark.parametrize("quality", ["full", "light"])
@pytest.mark.parametrize("name", WHOLE)
def test_age_maps_match_the_rendered_image(name, quality):
    material, trajectory = solved(name)
    keyframes, times = sent(name, quality)[0], trajectory.times
    pixel_times = times[np.random.default_rng(0).integers(len(times), size=SIZE)]
    aged = blend_keyframes(times, keyframes.__getitem__, pixel_times)
    for light in LIGHTS:
        wanted = oa.render(material, trajectory, time=0.0, light=light, age=pixel_times)
        found = shaded_psnr(material.config, aged, light, wanted)
        print(f"{name}, {quality}, painted, {light}: {found:.1f} dB")
        assert found >= MIN_PSNR[quality]


@pytest.mark.parametrize("quality", ["full", "light"])
@pytest.mark.parametrize("name", WHOLE)
def test_the_files_are_small_enough(name, quality):
    bytes_at_256 = 4 * sent(name, quality)[1]
    print(f"{name}, {quality}: about {bytes_at_256 / 1e6:.1f} MB at 256x256")
    assert bytes_at_256 <= MAX_BYTES[quality]


@pytest.mark.parametrize("name", NAMES)
def test_every_baked_keyframe_matches_the_rendered_image(name):
    material, bundle = oa.load(name), read_bundle(baked(checkpoints_folder() / name).read_bytes())
    trajectory = oa.solve(material, seed=bundle.seed, size=bundle.size, times=bundle.times)
    for light in LIGHTS:
        pairs = zip(decoded(material.config, bundle.keyframes), trajectory.states, strict=True)
        found = [shaded_psnr(material.config, maps, light, oa.render(material, state, light=light)) for maps, state in pairs]
        print(f"{name}, baked, {light}: {min(found):.1f} dB or more")
        assert len(found) == 32 and min(found) >= MIN_PSNR["baked"]
