"""Flow matching in the app: what the form makes of it, and a training from its start to the Hub."""

import dataclasses
import json

import pytest
from hub_stand_in import TOKEN, HubStandIn, only_this
from running_app import ROOT
from test_handlers import FIELD_VALUES, gather
from test_training_form import LICHEN, NAMES
from test_trainings import iteration, wait_for

import ode_appearance as oa
from ode_appearance.app.actions.handlers import Studio
from ode_appearance.app.actions.training_view import curve, summary
from ode_appearance.app.api.training_api import TrainingProgram
from ode_appearance.app.materials.library import Library
from ode_appearance.app.materials.shipped_materials import Collection
from ode_appearance.app.storage.keyframe_store import KeyframeFiles
from ode_appearance.app.train_form.form_choices import Choice, settle
from ode_appearance.app.train_form.form_fields import read_config, shown_values
from ode_appearance.app.trainings.run_records import Order, new_run
from ode_appearance.app.trainings.supervisor import Trainings
from ode_appearance.checkpoints import hub
from ode_appearance.errors import AppearanceError, ConfigError, TrainingError
from ode_appearance.training.train_config import preset

TINY = preset("flow").replace(dim=8, dim_mults=(1,), iterations=100_000, state_size=32, exemplar_size=32, batch=2, flow_pool=2,
    preview_every=50, save_every=0.5,
)  # fmt: skip


@pytest.fixture
def library(tmp_path):
    """With the shipped materials, and trainings of which none is started."""
    trainings = Trainings(tmp_path / "runs", busy=lambda: True)
    yield Library(Collection(ROOT / "checkpoints"), KeyframeFiles(), trainings, hub=False)
    trainings.close()


# The form


def test_the_preset_fills_its_numbers(library):
    before = Choice()
    now, _, values = settle(library, "me", before, dataclasses.replace(before, preset="flow"), shown_values(preset("quick")))
    assert now.preset == "flow" and values[NAMES.index("method")] == "flow"
    assert read_config("rgb", "flow", values) == preset("flow")
    back, _, values = settle(library, "me", now, dataclasses.replace(now, preset="quick"), values)
    assert read_config(back.kind, back.preset, values) == preset("quick")


def test_flow_matching_of_an_svbrdf_is_taken_back_and_loses_nothing(library):
    values = shown_values(preset("paper", "svbrdf"))
    values[NAMES.index("iterations")] = 12
    before = Choice(("/a.gif",), "", "svbrdf", "paper")
    now, name, kept = settle(library, "me", before, dataclasses.replace(before, preset="flow"), values)
    assert (now, name, kept) == (before, None, values)


@pytest.mark.parametrize("change", [{"kind": "svbrdf"}, {"example": "iron_rusting"}, {"start": "clay_solidifying"}])
def test_an_svbrdf_after_flow_matching_has_a_preset_of_its_own(library, change):
    before = Choice(preset="flow")
    now, _, values = settle(library, "me", before, dataclasses.replace(before, **change), shown_values(preset("flow")))
    assert (now.kind, now.preset) == ("svbrdf", "quick")
    assert read_config(now.kind, now.preset, values).method == "texture"


def test_flow_matching_of_an_svbrdf_is_refused_with_a_sentence(library):
    with pytest.raises(ConfigError, match="Flow matching is for RGB textures"):
        read_config("svbrdf", "flow", shown_values(preset("flow")))
    values = shown_values(preset("quick", "svbrdf"))
    values[NAMES.index("method")] = "flow"
    with pytest.raises(TrainingError, match="Flow matching is for RGB textures"):
        read_config("svbrdf", "quick", values)
    with pytest.raises(AppearanceError, match="Flow matching is for RGB textures"):
        TrainingProgram(library).estimate("svbrdf", "flow", 0, {})


# The loss


@pytest.mark.parametrize(("name", "left_out"), [("flow", []), ("quick", [1, 7])])
def test_no_iteration_of_flow_matching_is_left_out_of_the_curve(library, name, left_out):
    run = new_run(library.trainings.root, LICHEN, preset(name), Order("me", "spots", wanted="pause"))
    lines = [{"iteration": number, "loss": 1 / number, "initialising": False} for number in range(1, 9)]
    (run.folder / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert curve(run)["iteration"] == [number for number in range(1, 9) if number not in left_out]


# A training


def test_a_training_by_flow_matching_is_started_paused_resumed_opened_renamed_and_published(tmp_path, monkeypatch):
    trainings = Trainings(tmp_path / "runs", busy=lambda: False)
    studio = Studio(Collection(tmp_path / "none"))
    own = Library(studio.collection, KeyframeFiles(), trainings, hub=True)
    there = HubStandIn()
    only_this(monkeypatch, tmp_path / "cache", there.endpoint)
    try:
        run = trainings.start(LICHEN, TINY, Order("me", "spots", license="mit"))
        wait_for(lambda: len(curve(run)["loss"]) > 2 and run.result is not None and run.has_material)
        assert "iterations a second" in summary(run, "running")
        trainings.pause(run)
        wait_for(lambda: trainings.status(run) == "paused")
        reached = iteration(run)
        trainings.resume(run)
        wait_for(lambda: iteration(run) > reached)
        trainings.pause(run, keep=True)
        wait_for(lambda: trainings.status(run) == "kept")

        entry = own.open_own("me", run.key)
        assert entry.config.start == "stitched" and entry.config.start_size == (32, 32) and entry.baked is None
        fields = {**FIELD_VALUES, "width": 32, "height": 32, "quality": "full"}
        first, *_, last = gather(studio.pick("tab", run.key, fields))
        assert first["start_kind"] == "stitched" and last["viewer"]["status"] == "complete"
        assert last["viewer"]["times"][0] == 0

        own.rename_own("me", run.key, "dots")
        own.publish_own("me", run.key, "someone/dots", TOKEN, False)
        published = oa.load(hub.fetch("someone/dots"))
        assert published.name == "dots" and (published.start == entry.material.start).all()
        assert own.pack_own("me", run.key).stat().st_size > entry.material.start.size * 2
    finally:
        there.close()
        studio.worker.close()
        trainings.close()
