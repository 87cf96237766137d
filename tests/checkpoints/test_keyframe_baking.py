"""Keyframes stored with checkpoints, and pages made of them."""

import dataclasses
import re
import shutil
import zlib

import numpy as np
import pytest
from made_up import psnr
from materials import SVBRDF, little_material

import ode_appearance as oa
from ode_appearance.checkpoints.checkpoint import KEYFRAMES, load_config
from ode_appearance.checkpoints.keyframe_baking import bake, baked
from ode_appearance.cli.main import main
from ode_appearance.config.schema import Exemplar
from ode_appearance.keyframes.bundle import read_bundle, write_bundle
from ode_appearance.keyframes.codec import decode_keyframe, encode_keyframe
from ode_appearance.runtime.folders import checkpoints_folder
from ode_appearance.web.page import page

MAX_BYTES = 2_000_000
MIN_PSNR = 30.0
NAMES = oa.list_materials()
SAMPLE = ("clay_solidifying", "rusting_steel")


@pytest.fixture
def folder(tmp_path):
    return oa.save(little_material(), tmp_path / "little", preview=b"")


def test_baked_keyframes_are_valid_for_their_weights_only(folder):
    assert baked(folder) is None
    assert bake(folder) == baked(folder) == folder / KEYFRAMES
    oa.save(little_material(seed=1), folder, preview=b"")
    assert baked(folder) is None
    bake(folder)
    (folder / KEYFRAMES).write_bytes((folder / KEYFRAMES).read_bytes()[:-1])
    assert baked(folder) is None


def test_invalid_keyframes_are_ignored(folder):
    """Those of another size than their bundle's, and those that would fill a browser's memory."""
    bundle = read_bundle(bake(folder).read_bytes())
    for keyframes in (
        tuple(zlib.compress(bytes(10_000_000)) for _ in bundle.keyframes),
        tuple(b"none" for _ in bundle.keyframes),
        (*bundle.keyframes[:-1], encode_keyframe({"image": np.zeros((3, 64, 64), np.float32)})[0]),
    ):
        (folder / KEYFRAMES).write_bytes(write_bundle(dataclasses.replace(bundle, keyframes=keyframes)))
        assert baked(folder) is None
    (folder / KEYFRAMES).write_bytes(write_bundle(bundle))
    assert baked(folder) is not None


@pytest.mark.parametrize("name", NAMES)
def test_shipped_keyframes_are_small_and_of_the_whole_span(name):
    path = baked(checkpoints_folder() / name)
    assert path is not None, "run `python -m ode_appearance bake`"
    assert path.stat().st_size <= MAX_BYTES
    config, bundle = load_config(checkpoints_folder() / name), read_bundle(path.read_bytes())
    assert (bundle.times[0], bundle.times[-1]) == (config.first_time, config.times.duration) and len(bundle.times) == 32


@pytest.mark.parametrize("name", [name if name in SAMPLE else pytest.param(name, marks=pytest.mark.nightly) for name in NAMES])
def test_shipped_keyframes_are_accurate(name):
    material, bundle = oa.load(name), read_bundle(baked(checkpoints_folder() / name).read_bytes())
    texels, shown = None, {}
    for time, file in zip(bundle.times, bundle.keyframes, strict=True):
        shown[time], texels = decode_keyframe(file, texels)
    # Far from the noise, and early enough that rounding on other machines has no effect yet.
    time = min(shown, key=abs)
    state = oa.solve(material, seed=bundle.seed, size=bundle.size, times=[time]).states[0]
    own = oa.decode(material, state)
    for wanted, found in (("image", "image"), ("diffuse", "base"), ("normal", "normal")):
        if wanted in own:
            scale = 2 if wanted == "normal" else 1
            assert psnr(np.asarray(own[wanted]) / scale, shown[time][found] / scale) > MIN_PSNR


def test_cli_bakes_stale_keyframes_and_writes_a_page(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ODE_APPEARANCE_CHECKPOINTS", str(tmp_path))
    assert main(["bake"]) == 0 and str(folder / KEYFRAMES) in capsys.readouterr().out
    assert main(["bake"]) == 0 and capsys.readouterr().out == ""
    assert main(["bake", "little", "--page", str(tmp_path / "little.html")]) == 0
    text = (tmp_path / "little.html").read_text()
    assert text.count("data:application/octet-stream;base64,") == 32
    assert main(["bake", "--page", str(tmp_path / "other.html")]) == 1 and "name it" in capsys.readouterr().err
    shutil.rmtree(folder)
    assert main(["bake", "little"]) == 1


def test_page_loads_nothing_and_escapes_texts():
    hostile = "</script><!--<script><img src=x onerror=alert(1)>"
    config = dataclasses.replace(SVBRDF, name=hostile, exemplar=Exemplar(hostile, hostile, hostile))
    text = page(config, [b"1", b"2"], seed=0, size=(8, 8), times=(0.0, 1.0))
    # A string in the script, escaped elsewhere.
    assert text.count("</script>") == 1
    outside = re.sub("<script>.*</script>", "", text, flags=re.DOTALL)
    assert "<img" not in outside and "&lt;img" in outside
    assert not re.search(r"""(src|href)=["']?https?:|@import|fetch\("http""", text)
