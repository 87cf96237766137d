"""The training form without a page: what a choice entails, several pictures at once, and materials to start from."""

import dataclasses
import shutil

import numpy as np
import pytest
from PIL import Image
from running_app import ROOT

import ode_appearance as oa
from ode_appearance.app.materials.library import Library
from ode_appearance.app.materials.shipped_materials import Collection
from ode_appearance.app.storage.keyframe_store import KeyframeFiles
from ode_appearance.app.train_form.exemplar_upload import given, look_at, name_of, verdict
from ode_appearance.app.train_form.form_choices import Choice, settle
from ode_appearance.app.train_form.form_estimate import MOST_SIDE, training_seconds
from ode_appearance.app.train_form.form_fields import ADVANCED, examples, read_config, shown_values
from ode_appearance.app.train_form.form_start import check_start, find_start, start_choices, start_training
from ode_appearance.app.trainings.run_records import Order
from ode_appearance.app.trainings.supervisor import Trainings
from ode_appearance.app.trainings.training_process import START
from ode_appearance.config.option_groups import options_of
from ode_appearance.data import load_exemplar
from ode_appearance.errors import AppearanceError, ExemplarError, RequestError, TrainingError
from ode_appearance.training.train_config import TrainConfig, preset

STEEL = ROOT / "checkpoints" / "rusting_steel"
LICHEN = examples()["lichen_spreading"][0]
NAMES = [field.name for field in ADVANCED]


@pytest.fixture
def library(tmp_path):
    """With the shipped materials, and trainings of which none is started."""
    trainings = Trainings(tmp_path / "runs", busy=lambda: True)
    yield Library(Collection(ROOT / "checkpoints"), KeyframeFiles(), trainings, hub=False)
    trainings.close()


def own_material(library, owner, name="rusting_steel"):
    """A training of that owner that has come to a shipped material."""
    run = library.trainings.start(LICHEN, preset("quick"), Order(owner, "my rust", wanted="keep"))
    shutil.copytree(ROOT / "checkpoints" / name, run.folder / "material")
    return run


def pictures(folder, count, size=(80, 64), suffix="jpg"):
    folder.mkdir()
    paths = []
    for i in range(count):
        values = np.random.default_rng(i).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
        paths.append(folder / f"leaf_{i}.{suffix}")
        Image.fromarray(values).save(paths[-1])
    return [str(path) for path in paths]


# Numbers


def test_every_number_of_the_training_is_in_the_form():
    shown = set(options_of(TrainConfig)) - set(NAMES)
    assert shown == {"kind", "preview_every", "save_every"}
    for name in ("coarsest_step", "refining"):
        (field,) = (field for field in ADVANCED if field.name == name)
        assert field.metadata["help"]


def test_attention_is_two_numbers_or_nothing():
    values = shown_values(preset("quick"))
    place = NAMES.index("attention")
    assert values[place] == "4, 8" and shown_values(preset("quick", "svbrdf"))[place] is None
    values[place] = " "
    assert read_config("rgb", "quick", values).model.attention is None
    values[place] = "2,16"
    assert dataclasses.astuple(read_config("rgb", "quick", values).model.attention) == (2, 16)
    for wrong in ("2", "2, 3, 4", "two"):
        values[place] = wrong
        with pytest.raises(AppearanceError, match="attention has to be"):
            read_config("rgb", "quick", values)


def test_a_large_state_is_estimated_from_a_small_one(monkeypatch):
    asked = []
    monkeypatch.setattr(
        "ode_appearance.app.train_form.form_estimate.estimate_seconds",
        lambda config, features: asked.append(config.data.state_size) or 100.0,
    )
    monkeypatch.setattr("ode_appearance.runtime.memory_budget.free_device_bytes", lambda: 1 << 40)
    config = preset("quick").replace(features="patch")
    assert training_seconds(config)[0] == 100
    large = config.replace(state_size=4 * MOST_SIDE, exemplar_size=4 * MOST_SIDE)
    assert training_seconds(large)[0] == 60 + 16 * 40
    assert asked == [64, MOST_SIDE]
    monkeypatch.setattr("ode_appearance.runtime.memory_budget.free_device_bytes", lambda: 2 << 30)
    with pytest.raises(AppearanceError, match="Training on states of 1024x1024 takes about"):
        training_seconds(large)


# The time-lapse


def test_several_pictures_are_frames_in_the_order_of_their_names(tmp_path):
    paths = pictures(tmp_path / "given", 12)
    with given([*paths[6:], *paths[:6], paths[0]], "") as folder:
        assert len(list(folder.iterdir())) == 12
        exemplar, row = look_at(folder, preset("quick"), name_of(paths, ""))
        np.testing.assert_array_equal(exemplar.frames, load_exemplar(tmp_path / "given").frames)
    assert not folder.exists() and exemplar.name == "leaf" and row.shape == (128, 6 * 128, 3)
    said = verdict(exemplar)
    assert said.startswith("12 frames of 128x128, model time 0 to 5.")
    assert "Cropped from 80x64" in said.replace("&#32;", " ") and "Enlarged from 64x64" in said


def test_one_file_is_taken_as_it_is_and_what_is_no_picture_is_refused(tmp_path):
    with given([str(LICHEN)], "iron_rusting") as path:
        assert path == LICHEN
    with given(None, "iron_rusting") as path:
        assert path == examples()["iron_rusting"][0]
    with given([], "") as path:
        assert path is None
    paths = pictures(tmp_path / "a", 2)
    (tmp_path / "b.mp4").write_bytes(b"film")
    with pytest.raises(ExemplarError, match=r"b\.mp4 is none"), given([*paths, str(tmp_path / "b.mp4")], ""):
        pass
    twice = pictures(tmp_path / "c", 1)
    with pytest.raises(ExemplarError, match="Two pictures are called leaf_0"), given([*paths, *twice], ""):
        pass


@pytest.mark.parametrize(
    ("names", "called"), [(["a b.gif"], "a b"), (["leaf_01.png", "leaf_02.png"], "leaf"), (["1.png", "2.png"], "pictures")]
)
def test_names(names, called):
    assert name_of([f"/somewhere/{name}" for name in names], "iron_rusting") == called
    assert name_of(None, "iron_rusting") == "iron_rusting"


def test_a_state_larger_than_the_exemplar_is_refused_before_it_is_trained():
    config = preset("quick").replace(exemplar_size=32)
    with pytest.raises(TrainingError, match="States of 64 pixels are larger"):
        look_at(LICHEN, config, "lichen")


# Choices


def test_an_example_brings_its_kind_and_the_kind_its_numbers(library):
    quick = shown_values(preset("quick"))
    now, name, values = settle(library, "me", Choice(), Choice(("/a.gif",), "iron_rusting"), quick)
    assert now == Choice((), "iron_rusting", "svbrdf") and name == "iron_rusting"
    assert read_config(now.kind, now.preset, values) == preset("quick", "svbrdf")
    later, name, values = settle(library, "me", now, dataclasses.replace(now, uploads=("/a.gif",), preset="paper"), values)
    assert later.example == "" and name == "a" and read_config("svbrdf", "paper", values) == preset("paper", "svbrdf")


def test_the_page_keeps_what_was_chosen():
    choice = Choice(("/a.gif",), "", "svbrdf", "paper", "rusting_steel")
    assert Choice.read(choice.kept) == choice and Choice.read(None) == Choice.read("x") == Choice()
    assert Choice.read({"uploads": 3, "kind": None}).uploads == ()


def test_what_was_filled_in_is_kept_where_the_choice_says_nothing_of_it(library):
    values = shown_values(preset("quick"))
    values[NAMES.index("iterations")] = 12
    now, name, kept = settle(library, "me", Choice(), Choice(example="lichen_spreading"), values)
    assert kept == values and name == "lichen_spreading"
    _, name, kept = settle(library, "me", now, now, values)
    assert kept == values and name is None


def test_a_start_brings_its_kind_and_its_network(library):
    values = shown_values(preset("quick", "svbrdf"))
    before = Choice(kind="svbrdf")
    now, _, values = settle(library, "me", before, dataclasses.replace(before, start="rusting_steel"), values)
    assert (now.kind, now.start) == ("rgb", "rusting_steel")
    steel = oa.load(STEEL).config
    check_start(steel, read_config(now.kind, now.preset, values))
    other, _, values = settle(library, "me", now, dataclasses.replace(now, preset="paper"), values)
    config = read_config(other.kind, other.preset, values)
    assert config.architecture == steel.architecture and config.schedule.iterations == preset("paper").schedule.iterations
    now, _, values = settle(library, "me", now, dataclasses.replace(now, kind="svbrdf"), values)
    assert now.start == "" and read_config("svbrdf", "quick", values) == preset("quick", "svbrdf")
    gone, _, _ = settle(library, "me", Choice(), Choice(start="deleted-since"), values)
    assert gone.start == ""


# Starts


def test_one_starts_from_what_is_shipped_and_from_ones_own(library):
    mine = own_material(library, "me")
    names = [name for _, name in start_choices(library, "me")]
    assert names[0] == "" and "rusting_steel" in names and mine.key in names
    assert mine.key not in [name for _, name in start_choices(library, "you")]
    assert find_start(library, "me", mine.key).config.architecture == oa.load(STEEL).config.architecture
    for owner, name in (("you", mine.key), ("", mine.key), ("me", "../../etc"), ("me", "half")):
        with pytest.raises(RequestError, match="can start from"):
            find_start(library, owner, name)


def test_what_does_not_fit_is_said_before_there_is_a_run(library):
    before = len(library.trainings.of("me"))
    steel = oa.load(STEEL).config.architecture
    config = preset("quick").replace(
        dim=2 * steel.dim, dim_mults=steel.dim_mults, attention=steel.attention, resampling=steel.resampling
    )
    with pytest.raises(TrainingError, match=f"dim {steel.dim}, not {2 * steel.dim}") as caught:
        start_training(library, LICHEN, config, Order("me", "rust", init_from="rusting_steel"))
    assert "dim_mults" not in str(caught.value)
    with pytest.raises(TrainingError, match="another kind"):
        start_training(library, LICHEN, preset("quick"), Order("me", "rust", init_from="clay_solidifying"))
    assert len(library.trainings.of("me")) == before


def test_ones_own_weights_are_kept_as_they_were(library):
    mine = own_material(library, "me", "lichen_spreading")
    start = find_start(library, "me", mine.key).config
    network = start.architecture
    config = preset("quick").replace(
        dim=network.dim,
        hidden_channels=network.channels - 3,
        dim_mults=network.dim_mults,
        attention=network.attention,
        resampling=network.resampling,
    )
    run = start_training(library, LICHEN, config, Order("me", "more", init_from=mine.key, wanted="pause"))
    library.trainings.delete(mine)
    assert oa.load(run.folder / START).config == start and run.order.wanted == "pause"
    broken = own_material(library, "me")
    (broken.folder / "material" / "model.eqx").unlink()
    with pytest.raises(TrainingError, match="cannot be kept"):
        library.trainings.start(LICHEN, config, Order("me", "none"), broken)
    assert [run.order.name for run in library.trainings.of("me")] == ["my rust", "more"]
