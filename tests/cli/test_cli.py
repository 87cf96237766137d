"""The command line: what it writes is what the library renders, and what is not possible gives a sentence."""

import io
import os
import subprocess
import sys
import zipfile

import imageio.v3 as iio
import jax.numpy as jnp
import numpy as np
import OpenEXR
import pytest
from figures import REFERENCE, formula_field
from materials import PLAIN, RGB, SVBRDF, little_material
from PIL import Image, ImageSequence

import ode_appearance as oa
from ode_appearance.cli import sample
from ode_appearance.cli.main import main
from ode_appearance.media.encoders import to_bytes

TIMES = [-0.25, 0.0, 1.3, 2.0, 3.5]
"""One in the warm-up, and one beyond the end of the span."""


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    for config in (PLAIN, RGB, SVBRDF):
        oa.save(little_material(config), folder / config.name, preview=b"")
    (folder / "broken").mkdir()
    (folder / "broken" / "config.json").write_text("{")
    return folder


@pytest.fixture(autouse=True)
def shipped(collection, monkeypatch):
    monkeypatch.setenv("ODE_APPEARANCE_CHECKPOINTS", str(collection))


def sampled(tmp_path, *options, name="little_svbrdf", times=TIMES):
    """Run `sample`; returns the files that it names."""
    written = tmp_path / "out"
    listed = "--times=" + ",".join(str(time) for time in times)
    assert main(["sample", name, "--seed", "5", "--size", "96x64", listed, "--out", str(written), *options]) == 0
    return written


def expected_frames(name="little_svbrdf", times=TIMES, **shown):
    """The same request made of the library."""
    material = oa.load(name)
    trajectory = oa.solve(material, seed=5, size=(96, 64), times=times)
    return trajectory, [to_bytes(oa.render(material, trajectory, time=time, **shown)) for time in times]


def blocks(frame):
    """Means of 8x8 pixels: what is left of noise in a lossy format."""
    frame = np.asarray(frame, float)
    return frame.reshape(frame.shape[0] // 8, 8, frame.shape[1] // 8, 8, 3).mean((1, 3))


def assert_alike(frames, expected):
    """As alike as lossy formats leave noise."""
    assert len(frames) == len(expected)
    for frame, other in zip(frames, expected, strict=True):
        assert np.shape(frame) == np.shape(other)
        assert np.corrcoef(blocks(frame).ravel(), blocks(other).ravel())[0, 1] > 0.9
        assert np.abs(blocks(frame) - blocks(other)).mean() < 6


# sample


@pytest.mark.parametrize("name", ["plain_texture", "little_svbrdf"])
def test_stills(tmp_path, name, capsys):
    folder = sampled(tmp_path, name=name)
    files = sorted(folder.iterdir())
    assert capsys.readouterr().out.split() == [str(path) for path in files]
    assert [path.name for path in files] == [f"frame_{index:04d}.png" for index in range(5)]
    for path, frame in zip(files, expected_frames(name)[1], strict=True):
        np.testing.assert_array_equal(np.asarray(Image.open(path)), frame)


@pytest.mark.parametrize("format", ["gif", "webp"])
def test_animations(tmp_path, format):
    folder = sampled(tmp_path, "--format", format, "--fps", "12.5")
    with Image.open(folder / f"little_svbrdf.{format}") as picture:
        assert picture.size == (96, 64) and picture.n_frames == 5 and picture.info["loop"] == 0
        frames = [(np.asarray(frame.convert("RGB")), frame.info["duration"]) for frame in ImageSequence.Iterator(picture)]
    assert [duration for _, duration in frames] == [80] * 5
    assert_alike([frame for frame, _ in frames], expected_frames()[1])


def test_video(tmp_path):
    path = sampled(tmp_path, "--format", "mp4", "--fps", "10") / "little_svbrdf.mp4"
    assert iio.immeta(path, plugin="FFMPEG")["fps"] == pytest.approx(10)
    assert_alike(iio.imread(path, plugin="FFMPEG"), expected_frames()[1])


def test_states(tmp_path):
    with np.load(sampled(tmp_path, "--format", "npz") / "little_svbrdf.npz") as file:
        trajectory, _ = expected_frames()
        np.testing.assert_array_equal(file["times"], trajectory.times)
        np.testing.assert_array_equal(file["states"], trajectory.states)


@pytest.mark.parametrize("size", ["256x256", "512x128"])
def test_other_sizes(tmp_path, size):
    assert main(["sample", "plain_texture", "--size", size, "--frames", "2", "--out", str(tmp_path)]) == 0
    width, height = map(int, size.split("x"))
    assert [Image.open(path).size for path in sorted(tmp_path.iterdir())] == [(width, height)] * 2


def test_evenly_spaced_frames(tmp_path):
    options = ["--format", "npz", "--size", "96x64", "--out", str(tmp_path)]
    assert main(["sample", "plain_texture", "--frames", "3", "--t0", "0.5", "--t1", "1.5", *options]) == 0
    with np.load(tmp_path / "plain_texture.npz") as file:
        np.testing.assert_allclose(file["times"], [0.5, 1.0, 1.5])
    assert main(["sample", "plain_texture", *options]) == 0
    with np.load(tmp_path / "plain_texture.npz") as file:
        np.testing.assert_allclose(file["times"], np.linspace(0, 2, 4))


def test_the_light(tmp_path):
    folder = sampled(tmp_path, "--light", "0.5,-0.3,1.0", times=[1.0])
    _, (frame,) = expected_frames(times=[1.0], light=oa.Light(0.5, -0.3, 1.0))
    np.testing.assert_array_equal(np.asarray(Image.open(folder / "frame_0000.png")), frame)


def test_a_light_that_orbits(tmp_path):
    """A quarter of a turn a frame."""
    folder = sampled(tmp_path, "--light", "0.5,-0.3,1.0", "--orbit", "5", "--fps", "20", times=[0.5, 1.0])
    _, (frame,) = expected_frames(times=[1.0], light=oa.Light(-0.3, -0.5, 1.0))
    assert np.abs(np.asarray(Image.open(folder / "frame_0001.png"), int) - frame).max() <= 1


SEVERAL = ["--light", "0.5,-0.3,1.0", "--light", "directional,0.2,0.1,0.5,0.6,ff8040", "--exposure", "0.5"]
LIGHTS = [oa.Light(0.5, -0.3, 1.0), oa.Light(0.2, 0.1, 0.5, "directional", 0.6, (1.0, (128 / 255) ** 2.2, (64 / 255) ** 2.2))]


@pytest.fixture
def mask(tmp_path):
    """From one span younger, at the left, to one older."""
    path = tmp_path / "mask.png"
    Image.fromarray(np.uint8(np.linspace(1, 255, 96) * np.ones((64, 1)))).save(path)
    return path


def test_several_lights_and_exposure(tmp_path):
    folder = sampled(tmp_path, *SEVERAL, "--tiles", "2x1", times=[1.0])
    _, (frame,) = expected_frames(times=[1.0], light=LIGHTS, exposure=0.5, tiles=(2, 1))
    np.testing.assert_array_equal(np.asarray(Image.open(folder / "frame_0000.png")), frame)


def test_a_solid(tmp_path):
    folder = sampled(tmp_path, "--surface", "sphere", "--turn", "-90,-10", times=[1.0])
    surface = oa.Surface("sphere", (-np.pi / 2, np.radians(-10)))
    _, (frame,) = expected_frames(times=[1.0], surface=surface)
    assert np.abs(np.asarray(Image.open(folder / "frame_0000.png"), int) - frame).max() <= 1


def test_painted_ages(tmp_path, mask):
    """Black is the start of what can be solved, white the range's upper end."""
    folder = sampled(tmp_path, "--age", str(mask), "--age-range", "-9", "1.0", times=[1.0])
    (picture,) = [np.asarray(Image.open(path), int) for path in folder.iterdir()]
    _, (first, last) = expected_frames(times=[-0.5, 2.0])
    assert np.abs(picture[:, 2:20] - first[:, 2:20]).max() <= 1 and np.abs(picture[:, -1] - last[:, -1]).max() <= 1


def test_the_solver(tmp_path):
    """Tolerances that are given replace the fixed step that the material was trained for."""
    folder = sampled(tmp_path, "--format", "npz", "--method", "tsit5", "--rtol", "1e-4", "--atol", "1e-4")
    solver = oa.SolverConfig("tsit5", rtol=1e-4, atol=1e-4)
    with np.load(folder / "little_svbrdf.npz") as file:
        states = oa.solve(oa.load("little_svbrdf"), seed=5, size=(96, 64), times=TIMES, solver=solver).states
        np.testing.assert_array_equal(file["states"], states)


def test_a_solve_that_ends_early_writes_what_there_is(tmp_path, capsys):
    folder = sampled(tmp_path, "--max-steps", "3")
    assert len(list(folder.iterdir())) == 2
    assert "step limit" in capsys.readouterr().err


def test_a_path_is_a_name_too(tmp_path, collection):
    assert len(list(sampled(tmp_path, name=str(collection / "plain_texture"), times=[0.0]).iterdir())) == 1


def test_published_samples(tmp_path, capsys):
    assert main(["sample", "plain_texture", "--published", "--size", "96x64", "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "out" / name) for name in ("synthesis", "transition")]
    state = oa.solve(oa.load("plain_texture"), seed=42, size=(96, 64), times=[2.0]).states[0]
    shown = np.asarray(Image.open(tmp_path / "out" / "transition" / "frame_0003.png"))
    np.testing.assert_array_equal(shown, to_bytes(oa.render(oa.load("plain_texture"), state)))


# export


EXPORT = ["export", "little_svbrdf", "--seed", "5", "--size", "96x64"]


def test_an_exported_picture(tmp_path, capsys):
    out = tmp_path / "a.png"
    assert main([*EXPORT, "--times", "1.3", "--light", "0.5,-0.3,1.0", "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert told.out == f"{out}\n" and told.err.startswith("About 0.015 MB.")
    _, (frame,) = expected_frames(times=[1.3], light=oa.Light(0.5, -0.3, 1.0))
    np.testing.assert_array_equal(np.asarray(Image.open(out)), frame)


def test_an_exported_picture_is_the_sampled_one(tmp_path, mask):
    shown = [*SEVERAL, "--age", str(mask)]
    out = tmp_path / "a.png"
    assert main([*EXPORT, "--times", "1.3", *shown, "--out", str(out)]) == 0
    (sample,) = sampled(tmp_path, *shown, times=[1.3]).iterdir()
    difference = np.asarray(Image.open(out), int) - np.asarray(Image.open(sample), int)
    assert np.abs(difference).max() <= 1


def test_an_exported_animation(tmp_path):
    out = tmp_path / "a.gif"
    assert main([*EXPORT, "--format", "gif", "--fps", "12.5", f"--times={','.join(map(str, TIMES))}", "--out", str(out)]) == 0
    with Image.open(out) as picture:
        frames = [(np.asarray(frame.convert("RGB")), frame.info["duration"]) for frame in ImageSequence.Iterator(picture)]
    assert [duration for _, duration in frames] == [80] * 5
    assert_alike([frame for frame, _ in frames], expected_frames()[1])


def test_exported_maps(tmp_path):
    out = tmp_path / "a.zip"
    options = ["--format", "maps", "--map-format", "exr", "--map-values", "raw", "--times", "1.3", "--out", str(out)]
    assert main([*EXPORT, *options]) == 0
    maps = oa.decode(oa.load("little_svbrdf"), expected_frames(times=[1.3])[0].states[0])
    with zipfile.ZipFile(out) as archive, OpenEXR.File(io.BytesIO(archive.read("little_svbrdf_specular.exr"))) as picture:
        np.testing.assert_array_equal(picture.channels()["RGB"].pixels.transpose(2, 0, 1), maps["specular"])


# list, info


def test_list(capsys):
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["broken", "little_svbrdf", "little_texture", "plain_texture"]
    assert "JSON" in lines[0] and "diffuse_cook_torrance" in lines[1] and "-0.5 to 2" in lines[2]


def test_info(capsys):
    assert main(["info", "little_texture"]) == 0
    told = capsys.readouterr().out
    for fact in ("little_texture", "rgb", "heun, step 0.25", "multiples of 2", "two weeks", "A test.", "iterations", "12"):
        assert fact in told
    assert main(["info", "little_svbrdf"]) == 0
    assert "roughness_u 1" in capsys.readouterr().out


# import-official


def test_import_official(tmp_path, capsys):
    arguments = ["import-official", str(REFERENCE / "svbrdf_tiny"), "--name", "imported"]
    numbers = ["--warmup", "0.5", "--duration", "1", "--step", "0.25", "--frames", "7", "--credit", "Somebody"]
    assert main([*arguments, *numbers, "--training", '{"iterations": 3}', "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "imported")
    material = oa.load(tmp_path / "imported")
    config = material.config
    assert (config.times.warmup, config.times.duration, config.times.frames) == (0.5, 1.0, 7)
    assert config.solver.step == 0.25 and config.training == {"iterations": 3} and config.exemplar.credit == "Somebody"
    assert config.light.log_intensity == pytest.approx(np.log(0.7))
    expected = formula_field(config.architecture)
    np.testing.assert_allclose(material.vector_field.mid[0].proj.weight, expected.mid[0].proj.weight, rtol=1e-6)
    assert Image.open(tmp_path / "imported" / "preview.webp").n_frames > 1


# What is not possible


SAMPLE = ["sample", "little_svbrdf", "--out", "OUT"]
PICTURE = REFERENCE.parent.parent / "checkpoints" / "rusting_steel" / "preview.webp"
EXPORT_TO = ["export", "little_svbrdf", "--out", "OUT"]
IMPORT = ["import-official", str(REFERENCE / "rgb_tiny"), "--kind", "rgb", "--out", "OUT"]
IMPOSSIBLE = {
    "an unknown name": (["sample", "nothing", "--out", "OUT"], "broken, little_svbrdf, little_texture"),
    "info of an unknown name": (["info", "nothing"], "broken, little_svbrdf, little_texture"),
    "a broken checkpoint": (["info", "broken"], "JSON"),
    "an odd size": ([*SAMPLE, "--size", "97x64"], "98x64 is"),
    "no size": ([*SAMPLE, "--size", "large"], "WIDTHxHEIGHT"),
    "three lengths": ([*SAMPLE, "--size", "8x8x8"], "WIDTHxHEIGHT"),
    "a size too large": ([*SAMPLE, "--size", "100000x100000"], "pixels"),
    "a time before the noise": ([*SAMPLE, "--times=-3"], "the nearest time is -0.5"),
    "a time too far": ([*SAMPLE, "--times", "1e6"], "200"),
    "no number": ([*SAMPLE, "--times", "now"], "form"),
    "NaN": ([*SAMPLE, "--times", "nan"], "finite"),
    "no times": ([*SAMPLE, "--times", ""], "form"),
    "times and frames": ([*SAMPLE, "--times", "1", "--frames", "2"], "either"),
    "no frames": ([*SAMPLE, "--frames", "0"], "--frames"),
    "times in reverse": ([*SAMPLE, "--t0", "2", "--t1", "1"], "before"),
    "an endless end": ([*SAMPLE, "--t1", "inf"], "--t1"),
    "a light of one number": ([*SAMPLE, "--light", "1"], "X,Y"),
    "a light too far": ([*SAMPLE, "--light", "1e9,0"], "-100 to 100"),
    "a light that is no number": ([*SAMPLE, "--light", "nan,0"], "--light"),
    "a light of no colour": ([*SAMPLE, "--light", "0,0,0,1,red"], "#ff8040"),
    "a light that orbits backwards": ([*SAMPLE, "--orbit", "-1"], "--orbit"),
    "too much light": ([*SAMPLE, "--exposure", "99"], "stops"),
    "too large a size": ([*SAMPLE, "--size", "8192x8192", "--times", "1"], "largest"),
    "tiles of nothing": ([*SAMPLE, "--tiles", "0x2"], "0x2"),
    "tiles of text": ([*SAMPLE, "--tiles", "many"], "ACROSSxDOWN"),
    "a turned plane": ([*SAMPLE, "--turn", "30,10"], "--surface"),
    "a solid turned by a text": ([*SAMPLE, "--surface", "sphere", "--turn", "round"], "30,10"),
    "a solid turned by nothing": ([*SAMPLE, "--surface", "sphere", "--turn", "nan,0"], "turn"),
    "a range of no ages": ([*SAMPLE, "--age-range", "0", "1"], "--age"),
    "ages that are not there": ([*SAMPLE, "--age", "/nowhere.png"], "/nowhere.png"),
    "ages without an end": ([*SAMPLE, "--age", str(REFERENCE), "--age-range", "0", "inf"], "finite"),
    "states of ages": ([*SAMPLE, "--format", "npz", "--age", str(PICTURE)], "one time"),
    "published samples of ages": ([*SAMPLE, "--published", "--age-range", "0", "1"], "--age-range"),
    "a negative seed": ([*SAMPLE, "--seed", "-1"], "seed"),
    "no speed": ([*SAMPLE, "--fps", "0"], "--fps"),
    "a tolerance of nothing": ([*SAMPLE, "--rtol", "0"], "rtol"),
    "too few steps": ([*SAMPLE, "--max-steps", "0"], "--max-steps"),
    "nothing to write": ([*SAMPLE, "--size", "96x64", "--times", "2", "--max-steps", "3"], "nothing to write"),
    "an exported film of one picture": ([*EXPORT_TO, "--frames", "2"], "one image"),
    "another ending": ([*EXPORT_TO, "--format", "mp4", "--times", "1"], "ends in .mp4"),
    "an endless speed": ([*EXPORT_TO, "--fps", "inf"], "fps"),
    "published samples of chosen times": ([*SAMPLE, "--published", "--times", "1", "--fps", "3"], "leave out --times, --fps"),
    "an exemplar for nothing": ([*SAMPLE, "--exemplar", "a.gif"], "--published"),
    "no exemplar there": ([*SAMPLE, "--published", "--size", "32x32", "--exemplar", "/nowhere.gif"], "/nowhere.gif"),
    "measures of no sample": (["evaluate", "little_texture", "a.gif", "--seeds", "0"], "--seeds has to be at least 1"),
    "measures of all of no sample": (["evaluate", "--all", "--seeds", "0"], "--seeds has to be at least 1"),
    "exemplars of one": (["evaluate", "little_texture", "a.gif", "--exemplars", "."], "--exemplars is for --all"),
    "measures kept on the Hub": (["evaluate", "user/repo", "a.gif", "--record"], "--record"),
    "training on a number out of bounds": (
        ["train", str(PICTURE), "--kind", "rgb", "--out", "OUT", "--learning-rate", "-1"],
        "--learning-rate has to be",
    ),
    "a bad name": ([*IMPORT, "--name", "../up"], "letters"),
    "a bad prefix": ([*IMPORT, "--prefix", "a/b"], "letters"),
    "another kind than its channels tell": ([*IMPORT[:2], "--kind", "svbrdf", "--out", "OUT"], "--brdf"),
    "a BRDF model of no SVBRDF": ([*IMPORT, "--brdf", "cook_torrance"], "for SVBRDFs"),
    "too many hidden channels": ([*IMPORT, "--hidden-channels", "999"], "--hidden-channels has to be from 0 to 256"),
    "no heads": ([*IMPORT, "--heads", "0"], "--heads has to be from 1 to 64"),
    "a record that is no JSON": ([*IMPORT, "--name", "m", "--training", "{"], "JSON"),
    "a record that is a list": ([*IMPORT, "--name", "m", "--training", "[]"], "object"),
    "no folder": (["import-official", "/nowhere", "--kind", "rgb", "--name", "m", "--out", "OUT"], "/nowhere"),
}


@pytest.mark.parametrize(("arguments", "hint"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_impossible_options_are_refused(tmp_path, capsys, arguments, hint):
    out = tmp_path / ("out.png" if arguments[0] == "export" else "out")
    assert main([str(out) if argument == "OUT" else argument for argument in arguments]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert hint in told.err.splitlines()[-1] and told.err.rstrip().endswith(".")
    assert not out.exists()


def test_a_folder_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    out = str(tmp_path / "file" / "deeper")
    assert main(["sample", "plain_texture", "--size", "96x64", "--times", "-0.5", "--out", out]) == 1
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["sample"],
        ["sample", "m"],
        ["sample", "m", "--out", "o", "--format", "tiff"],
        # What is cut short is not taken for the option that it may have been: here --seeds.
        ["evaluate", "m", "e", "--seed", "3"],
        ["train", "e", "--kind", "svbrdf", "--out", "o", "--brdf", "phong"],
    ],
)
def test_usage_is_shown(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_an_interruption(tmp_path, monkeypatch, capsys):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(sample, "solve_with_progress", interrupted)
    assert main(["sample", "little_texture", "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "Interrupted.\n"


def test_help_comes_from_the_configuration(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["sample", "--help"])
    assert ended.value.code == 0
    assert "maximum of attempted steps of a solve" in " ".join(capsys.readouterr().out.split())


def test_as_a_program(tmp_path, collection):
    """In a process of its own, from another folder."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def run(*arguments):
        command = [sys.executable, "-m", "ode_appearance", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)

    listed = run("list")
    assert listed.returncode == 0 and "little_texture" in listed.stdout and "Traceback" not in listed.stderr
    written = run("sample", "plain_texture", "--size", "96x64", "--times", "0,1", "--out", "out")
    assert written.returncode == 0 and written.stdout.split() == ["out/frame_0000.png", "out/frame_0001.png"]
    picture = np.asarray(Image.open(tmp_path / "out" / "frame_0001.png"))
    material = oa.load("plain_texture")
    state = oa.solve(material, size=(96, 64), times=[0.0, 1.0]).states[1]
    np.testing.assert_allclose(picture, to_bytes(oa.render(material, jnp.asarray(state))), atol=1)
    refused = run("info", "nothing")
    assert refused.returncode == 1 and "Traceback" not in refused.stderr and len(refused.stderr.splitlines()) == 1
