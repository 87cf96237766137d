"""What the form, the estimate and the run check: the same, and before anything is begun."""

import dataclasses
import os
import sys

import numpy as np
import pytest
from formula_vgg import formula_vgg19
from little_trainings import LITTLE, make_dataset
from raising import raises

from ode_appearance.app.materials.library import Library
from ode_appearance.app.materials.shipped_materials import Collection
from ode_appearance.app.storage.keyframe_store import KeyframeFiles
from ode_appearance.app.train_form import form_estimate, form_start
from ode_appearance.app.train_form.form_fields import read_config, shown_values
from ode_appearance.app.trainings.run_records import Order, read_runs
from ode_appearance.app.trainings.supervisor import Trainings
from ode_appearance.cli.main import main
from ode_appearance.config.schema import Exemplar
from ode_appearance.data import ExemplarFrames
from ode_appearance.errors import AppearanceError, ConfigError, FeatureError, TrainingError
from ode_appearance.perceptual.features import FeatureExtractor, count_maps, load_features
from ode_appearance.training.checks import check_credit, check_training
from ode_appearance.training.texture.texture_run import begin_texture_run
from ode_appearance.training.train_config import PRESETS, RGB_ONLY, preset
from ode_appearance.training.trainer import begin, train

SOLVING = "--runge-kutta bosh3 --tolerance 0.1 --first-step 0.5 --iterations 1 --evaluate-every 0".split()


def extractor(name):
    """Features of that name; a VGG has the weights of a formula."""
    if name == "patch":
        return load_features("patch")
    return FeatureExtractor(formula_vgg19().network, name, "weights by formula")


def exemplar_of(config, frames=4):
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (frames, 3, config.data.exemplar_size, config.data.exemplar_size), np.uint8)
    return ExemplarFrames("noise", config.kind, pictures, np.arange(frames) / frames, 1.0, 1 / frames)


KINDS_OF_PRESETS = [(name, kind) for name in PRESETS for kind in ("rgb", "svbrdf") if kind == "rgb" or name not in RGB_ONLY]


@pytest.mark.parametrize("features", ["vgg19", "vgg16", "patch"])
@pytest.mark.parametrize(("name", "kind"), KINDS_OF_PRESETS)
def test_every_preset_has_every_feature_set(name, kind, features, monkeypatch):
    """In the form, the estimate and at the beginning of the run."""
    config = preset(name, kind).replace(features=features)
    assert read_config(kind, name, shown_values(config)) == config
    monkeypatch.setattr(form_estimate, "load_features", extractor)
    monkeypatch.setattr(form_estimate, "estimate_seconds", lambda config, features: 100.0)
    compared = form_estimate.training_seconds(config)[1]
    assert compared is None if config.method == "flow" else compared.name == features
    (run,) = begin(exemplar_of(config, frames=8), config, None, False, None, extractor(features), None).runs
    assert run.config == config


@pytest.mark.parametrize(
    "changes",
    [
        {},
        pytest.param({"normalise_over": "exemplar"}, marks=pytest.mark.nightly),
        pytest.param({"map_weights": (1.0,) * 6}, marks=pytest.mark.nightly),
    ],
)
def test_the_quick_preset_trains_with_patches(changes):
    """Its states of 64x64 have fewer maps than an exemplar of 128x128: the coarsest is compared with nothing."""
    config = preset("quick").replace(features="patch", iterations=2, preview_every=0, evaluation_frames=1, **changes)
    assert count_maps("patch", config.data.state_size) < count_maps("patch", config.data.exemplar_size)
    *_, last = train(exemplar_of(config), config)
    assert (last.status, last.iteration, last.skipped) == ("finished", 2, 0) and np.isfinite(last.loss)


@pytest.mark.parametrize("name", ["vgg19", "vgg16", "patch"])
@pytest.mark.parametrize("side", [8, 16, 32, 64, 65, 128])
def test_the_maps_are_counted_as_they_are_made(name, side):
    try:
        counted = count_maps(name, side)
    except FeatureError:
        with pytest.raises(FeatureError):
            extractor(name).shapes(side, side)
    else:
        assert counted == len(extractor(name).shapes(side, side))


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"state_size": 256}, TrainingError, "state-size"),
        ({"features": "vgg16", "state_size": 16}, FeatureError, None),
        ({"features": "patch", "map_weights": (0.0, 0, 0, 0, 0, 1)}, TrainingError, "map-weights"),
        ({"map_weights": (0.0, 0.0)}, TrainingError, "map-weights"),
    ],
)
def test_impossible_trainings_are_refused_everywhere(changes, error, code, monkeypatch):
    config = preset("quick").replace(**changes)
    monkeypatch.setattr(form_estimate, "load_features", extractor)
    features = None if config.data.features == "auto" else extractor(config.data.features)
    exemplar = exemplar_of(config.replace(exemplar_size=256))
    for check in (
        lambda: read_config("rgb", "quick", shown_values(config)),
        lambda: form_estimate.training_seconds(config),
        lambda: begin_texture_run(exemplar, config, None, False, None, features, None),
        lambda: check_training(config, features),
    ):
        with raises(error, code):
            check()


NAMES = {
    "Latin-1 bytes": ("caf\udce9", "'\\\\udce9', which is not allowed in texts"),
    "an escape": ("moss\x1b[2J", "'\\\\x1b', which is not allowed in texts"),
    "two lines": ("moss\nrust", "one line of up to 200"),
    "a long one": ("m" * 201, "one line of up to 200"),
}


@pytest.mark.parametrize(("name", "sentence"), NAMES.values(), ids=NAMES)
def test_names_are_refused_before_anything_is_trained(name, sentence, tmp_path):
    with pytest.raises(ConfigError, match=sentence):
        check_credit(Exemplar(name))
    config = preset("quick").replace(features="patch")
    with pytest.raises(ConfigError, match=sentence):
        train(dataclasses.replace(exemplar_of(config), name=name), config, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("field", ["credit", "license", "real_duration"])
def test_credits_and_licences_are_texts(field):
    with pytest.raises(ConfigError, match=f"exemplar.{field} holds the character"):
        check_credit(Exemplar("moss", **{field: "caf\udce9"}))
    check_credit(Exemplar("mousse d'été", **{field: "Zoë, 苔"}))


def test_the_command_line_refuses_them_at_once(tmp_path, capsys):
    dataset = make_dataset(tmp_path / "dataset")
    moss = dataset / "RGB_dynamic_textures" / "moss.gif"
    command = ["train", str(moss), "--kind", "rgb", "--out", str(tmp_path / "run"), *LITTLE, "--iterations", "1"]
    for options, sentence in ((["--name", "caf\udce9"], "exemplar.name"), (["--license", "\udce9"], "exemplar.license")):
        assert main([*command, *options]) == 1
        assert f"{sentence} holds the character '\\udce9'" in capsys.readouterr().err
    command = ["train-all", str(dataset), "--out", str(tmp_path / "runs"), *LITTLE, "--iterations", "1"]
    assert main([*command, "--credit", "\udce9"]) == 1
    assert "exemplar.credit holds the character" in capsys.readouterr().err
    assert not (tmp_path / "run").exists() and not (tmp_path / "runs").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="file names are texts there")
def test_a_file_name_that_is_no_text_needs_a_name(tmp_path, capsys):
    dataset = make_dataset(tmp_path / "dataset")
    folder = dataset / "RGB_dynamic_textures"
    latin = os.fsencode(folder) + b"/caf\xe9.gif"
    os.rename(folder / "moss.gif", latin)
    train_it = ["train", os.fsdecode(latin), "--kind", "rgb", "--out", str(tmp_path / "run"), *LITTLE, *SOLVING]
    assert main(train_it) == 1
    assert "Give a name with --name." in capsys.readouterr().err and not (tmp_path / "run").exists()
    assert main([*train_it, "--name", "café"]) == 0
    assert main(["train-all", str(dataset), "--out", str(tmp_path / "runs"), *LITTLE, "--iterations", "1"]) == 1
    assert "'\\udce9'" in capsys.readouterr().err and not (tmp_path / "runs").exists()


def test_the_app_refuses_before_it_queues(tmp_path, monkeypatch):
    dataset = make_dataset(tmp_path / "dataset")
    moss = dataset / "RGB_dynamic_textures" / "moss.gif"
    trainings = Trainings(tmp_path / "runs", busy=lambda: True)
    config = preset("quick").replace(features="patch", state_size=32, exemplar_size=32)
    try:
        library = Library(Collection(tmp_path / "none"), KeyframeFiles(), trainings, hub=False)
        for order, numbers in (
            (Order("me", "caf\udce9"), {}),
            (Order("me", "m" * 201), {}),
            (Order("me", "moss", credit="\x1b"), {}),
            (Order("me", "moss", license="\udce9"), {}),
            (Order("me", "moss"), {"map_weights": (0.0, 0, 0, 0, 0, 1)}),
            (Order("me", "moss"), {"features": "vgg19", "state_size": 16}),
        ):
            monkeypatch.setattr(form_start, "load_features", extractor)
            with pytest.raises(AppearanceError):
                form_start.start_training(library, moss, config.replace(**numbers), order)
        monkeypatch.setattr(form_start, "check_training_memory", _no_memory)
        with pytest.raises(TrainingError, match="no memory"):
            form_start.start_training(library, moss, config, Order("me", "moss"))
        assert read_runs(trainings.root) == []
    finally:
        trainings.close()


def _no_memory(config):
    raise TrainingError("no memory")
