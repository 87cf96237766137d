"""Materials with a stitched start: copies, archives, the Hub, exports, and commands that print or choose the start."""

import dataclasses
import zipfile

import numpy as np
import pytest
from growing_spots import growing_spots, write_animation
from hub_stand_in import TOKEN, HubStandIn, only_this
from little_trainings import CONFIG
from materials import PLAIN, little_material, stitched_material
from PIL import Image

import ode_appearance as oa
from benchmarks import app_latency as bench_app
from benchmarks import trajectories
from ode_appearance.app.trainings.run_records import Order, Run, new_run
from ode_appearance.checkpoints import hub
from ode_appearance.checkpoints.model_card import model_card
from ode_appearance.cli.main import main
from ode_appearance.config.schema import Exemplar
from ode_appearance.executors.run_archive import pack, unpack
from ode_appearance.executors.task_file import read_task, write_task
from ode_appearance.export.published.samplers import sampling_times
from ode_appearance.media.encoders import to_bytes
from ode_appearance.models.material import describe_starts, fingerprint, with_start_kind
from ode_appearance.training.job import Task


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The folder of a material with a stitched start."""
    return oa.save(stitched_material(), tmp_path_factory.mktemp("saved") / "stitched", preview=b"RIFF")


def is_stitched_material(folder):
    return fingerprint(oa.load(folder)) == fingerprint(stitched_material())


def test_copying_a_trained_material_copies_its_state(saved, tmp_path):
    for name, source in (("stitched", saved), ("plain", oa.save(little_material(PLAIN), tmp_path / "a", preview=b""))):
        run = Run(tmp_path / name)
        run.folder.mkdir()
        source.rename(run.folder / "material") if name == "plain" else (run.folder / "material").symlink_to(saved)
        copy = tmp_path / f"copy of {name}"
        copy.mkdir()
        run.copy_material(copy)
        assert (copy / "start.npy").exists() == (name == "stitched")
        assert oa.load(copy).config.start == ("stitched" if name == "stitched" else "noise")
    assert is_stitched_material(tmp_path / "copy of stitched")


def test_renaming_a_run_keeps_its_state(saved, tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "exemplar.gif")
    run = new_run(tmp_path / "runs", tmp_path / "exemplar.gif", CONFIG, Order("me", "before"))
    oa.save(oa.load(saved), run.folder / "material", preview=b"")
    run.rename("after")
    again = oa.load(run.folder / "material")
    assert again.name == "after" and again.config.start == "stitched"
    np.testing.assert_array_equal(again.start, stitched_material().start)


def test_a_run_archive_has_the_state(saved, tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "material").symlink_to(saved)
    unpack(pack(tmp_path / "here"), tmp_path / "there")
    assert is_stitched_material(tmp_path / "there" / "material")


def test_a_task_file_has_the_state_of_its_initial_material():
    exemplar = growing_spots(size=32)
    task = Task(exemplar, CONFIG, Exemplar("spots"), init_from=stitched_material())
    assert fingerprint(read_task(write_task(task)).init_from) == fingerprint(stitched_material())


def test_publishing_and_fetching_keeps_the_state(saved, tmp_path, monkeypatch):
    there = HubStandIn()
    only_this(monkeypatch, tmp_path / "cache", there.endpoint)
    try:
        hub.publish(saved, "someone/stitched", token=TOKEN)
        assert is_stitched_material(hub.fetch("someone/stitched"))
    finally:
        there.close()


def test_recording_measures_keeps_the_state(tmp_path):
    frames = growing_spots(size=32).frames.astype(np.float32) / 255
    write_animation(tmp_path / "spots.webp", frames)
    material = stitched_material(config=dataclasses.replace(PLAIN, training={"exemplar_size": 32}))
    folder = oa.save(material, tmp_path / "material", preview=b"")
    assert main(["evaluate", str(folder), str(tmp_path / "spots.webp"), "--record", "--seeds", "1"]) == 0
    again = oa.load(folder)
    assert again.config.measures["score"] > 0 and fingerprint(again) == fingerprint(material)


def test_published_samples_start_from_noise(saved, tmp_path):
    folders = oa.write_published(stitched_material(), tmp_path / "out", size=(32, 32))
    with Image.open(folders[0] / "frame_0000.png") as first:
        times = sampling_times(PLAIN.times, warmup=True)
        state = oa.solve(little_material(PLAIN), seed=42, size=(32, 32), times=times).states[0]
        np.testing.assert_array_equal(np.asarray(first), to_bytes(oa.render(little_material(PLAIN), state)))


def test_published_samples_refuse_the_option_start(saved, tmp_path, capsys):
    assert main(["sample", str(saved), "--published", "--start", "stitched", "--out", str(tmp_path / "out")]) == 1
    assert "leave out --start" in capsys.readouterr().err


def test_info_and_the_model_card_describe_the_start(saved, capsys):
    assert main(["info", str(saved)]) == 0
    description = describe_starts(stitched_material().config)
    assert "48x40" in description and "-0.5" in description
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("start:"))
    assert line.endswith(description)
    assert f"\n- Start: {description}\n" in (saved / "README.md").read_text()
    noise = with_start_kind(stitched_material(), "noise").config
    assert f"- Start: {describe_starts(noise)}" in model_card(noise) and describe_starts(noise) != description
    assert "Start" not in model_card(PLAIN)


def test_the_metadata_of_a_map_set_has_the_start(saved, tmp_path):
    for start in ("stitched", "noise"):
        material = with_start_kind(stitched_material(), start)
        path = oa.export(material, tmp_path / f"{start}.zip", oa.ExportConfig(format="maps"), times=[1.0], size=(32, 32))
        with zipfile.ZipFile(path) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith(".json"))
            assert f'"start": "{start}"' in archive.read(name).decode()


@pytest.mark.parametrize("figures", [lambda: bench_app._first_keyframes(1), lambda: trajectories.figures(True)])
def test_the_benchmarks_start_from_noise(monkeypatch, figures):
    begun = []

    class BegunError(Exception):
        pass

    def solve(material, **request):
        begun.append(material.config.start)
        raise BegunError

    for module in (bench_app, trajectories):
        monkeypatch.setattr(module, "load", lambda name: stitched_material())
        monkeypatch.setattr(module, "solve", solve)
    with pytest.raises(BegunError):
        next(figures())
    assert begun == ["noise"]
