"""What keyframe files carry, decoded as the viewer decodes it and lit, is what the library renders: of every shipped SVBRDF."""

import functools

import numpy as np
import pytest
from made_up import named_as_decoded, psnr

import ode_appearance as oa
from ode_appearance.checkpoints.checkpoint import load_config
from ode_appearance.checkpoints.keyframe_baking import baked
from ode_appearance.keyframes.bundle import read_bundle
from ode_appearance.keyframes.codec import unpack
from ode_appearance.keyframes.encoder import Encoder
from ode_appearance.keyframes.keyframe_times import USUAL, keyframe_times
from ode_appearance.rendering.age_map import blend
from ode_appearance.rendering.render import light_maps, lights_of
from ode_appearance.runtime.folders import checkpoints_folder

NAMES = [name for name in oa.list_materials() if load_config(checkpoints_folder() / name).kind == "svbrdf"]
SAMPLE, EVERY = "clay_solidifying", 8
CASES = [(SAMPLE, EVERY), *(pytest.param(name, 1, marks=pytest.mark.nightly) for name in NAMES)]
"""A material, and which of its keyframes are compared: every n-th. Each keyframe of each material takes minutes."""
LIGHTS = [None, oa.Light(0.3, -0.2, 0.3), oa.Light(-0.5, 0.0, 1.0)]
LEAST = {"full": 45.0, "light": 32.0, "baked": 30.0}
MOST_BYTES = {"full": 24_000_000, "light": 10_000_000}
"""Of a whole trajectory of 256x256."""
SIZE = (128, 128)


@functools.cache
def solved(name, every):
    """A material, and its trajectory as the viewer is sent it."""
    material = oa.load(name)
    times = material.config.times
    wanted = keyframe_times(times, -times.warmup, times.duration, USUAL)[::every]
    return material, oa.solve(material, seed=0, size=SIZE, times=wanted)


@functools.cache
def sent(name, every, quality):
    """The maps that the viewer has of each keyframe, and the mean number of bytes of their files."""
    material, trajectory = solved(name, every)
    encoder = Encoder(material.config, quality)
    files = [encoder.encode(state) for state in trajectory.states]
    return decoded(material.config, files), np.mean([len(file) for file in files])


def decoded(config, files):
    texels, keyframes = None, []
    for file in files:
        maps, texels = unpack(file, texels)
        keyframes.append(named_as_decoded(config.brdf, maps))
    return keyframes


def agreement(config, maps, light, wanted):
    """Peak signal to noise ratio of maps that are lit, against a picture of the library's."""
    return psnr(light_maps(config, maps, lights_of(config, light)), wanted)


def test_there_are_some():
    assert SAMPLE in NAMES


@pytest.mark.parametrize("quality", ["full", "light"])
@pytest.mark.parametrize(("name", "every"), CASES)
def test_every_keyframe_is_as_the_library_renders_it(name, every, quality):
    """From the noise on, where highlights are as narrow as they can be."""
    material, trajectory = solved(name, every)
    for light in LIGHTS:
        pairs = zip(sent(name, every, quality)[0], trajectory.states, strict=True)
        found = [agreement(material.config, maps, light, oa.render(material, state, light=light)) for maps, state in pairs]
        print(f"{name}, {quality}, {light}: {min(found):.1f} dB or more, {np.mean(found):.1f} dB on average")
        assert min(found) >= LEAST[quality]


@pytest.mark.parametrize("quality", ["full", "light"])
@pytest.mark.parametrize(("name", "every"), CASES)
def test_so_is_a_surface_whose_places_differ_in_age(name, every, quality):
    material, trajectory = solved(name, every)
    keyframes, times = sent(name, every, quality)[0], trajectory.times
    moments = times[np.random.default_rng(0).integers(len(times), size=SIZE)]
    aged = blend(times, keyframes.__getitem__, moments)
    for light in LIGHTS:
        wanted = oa.render(material, trajectory, time=0.0, light=light, age=moments)
        found = agreement(material.config, aged, light, wanted)
        print(f"{name}, {quality}, painted, {light}: {found:.1f} dB")
        assert found >= LEAST[quality]


@pytest.mark.parametrize("quality", ["full", "light"])
@pytest.mark.parametrize(("name", "every"), CASES)
def test_and_all_that_is_small_enough(name, every, quality):
    bytes_at_256 = 4 * USUAL * sent(name, every, quality)[1]
    print(f"{name}, {quality}: about {bytes_at_256 / 1e6:.1f} MB at 256x256")
    assert bytes_at_256 <= MOST_BYTES[quality]


@pytest.mark.parametrize(("name", "every"), CASES)
def test_so_is_every_baked_keyframe(name, every):
    material, bundle = oa.load(name), read_bundle(baked(checkpoints_folder() / name).read_bytes())
    assert len(bundle.keyframes) == 32
    trajectory = oa.solve(material, seed=bundle.seed, size=bundle.size, times=bundle.times[::every])
    keyframes = decoded(material.config, bundle.keyframes)[::every]
    for light in LIGHTS:
        pairs = zip(keyframes, trajectory.states, strict=True)
        found = [agreement(material.config, maps, light, oa.render(material, state, light=light)) for maps, state in pairs]
        print(f"{name}, baked, {light}: {min(found):.1f} dB or more")
        assert min(found) >= LEAST["baked"]
