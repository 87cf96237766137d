"""Trainings that the app looks after: real processes, on a tiny network."""

import shutil
import time

import pytest

import ode_appearance as oa
from ode_appearance.app.actions.training_view import curve, summary
from ode_appearance.app.text_format import duration
from ode_appearance.app.train_form.exemplar_upload import look_at
from ode_appearance.app.train_form.form_fields import ADVANCED, examples, read_config, shown_values
from ode_appearance.app.trainings.run_records import Order, read_runs
from ode_appearance.app.trainings.supervisor import Trainings
from ode_appearance.errors import TrainingError
from ode_appearance.training.train_config import TrainConfig, preset

LICHEN = examples()["lichen_spreading"][0]
TINY = TrainConfig().replace(
    dim=8,
    dim_mults=(1,),
    attention=None,
    iterations=100_000,
    state_size=32,
    exemplar_size=32,
    features="patch",
    runge_kutta="bosh3",
    first_step=0.5,
    tolerance=0.1,
    evaluate_every=100_000,
    preview_every=50,
    save_every=0.5,
)


def wait_for(condition, seconds=240):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


@pytest.fixture
def trainings(tmp_path):
    made = Trainings(tmp_path / "runs", busy=lambda: False)
    yield made
    made.close()


def iteration(run):
    lines = run.journal
    return lines[-1]["iteration"] if lines else 0


@pytest.mark.nightly
def test_a_training_from_its_start_over_a_restart_to_its_end(trainings, tmp_path):
    first = trainings.start(LICHEN, TINY, Order("me", "spots"))
    second = trainings.start(LICHEN, TINY, Order("you", "others"))
    assert trainings.of("me") == [first] and trainings.of("nobody") == trainings.of("") == []
    with pytest.raises(TrainingError, match="no such training of yours"):
        trainings.find("me", second.key)
    wait_for(lambda: trainings.status(first) == "running")
    assert trainings.status(second) == "waiting, number 1 in line"
    with pytest.raises(TrainingError, match="no material yet"):
        second.copy_material(trainings.root)
    wait_for(lambda: first.result is not None and (first.folder / "material" / "config.json").exists())
    (tmp_path / "copy").mkdir()
    first.copy_material(tmp_path / "copy")
    assert oa.load(tmp_path / "copy").config.name == "spots"
    wait_for(lambda: len(curve(first)["loss"]) > 2)
    assert "iterations a second" in summary(first, trainings.status(first))

    trainings.delete(second)
    assert trainings.of("you") == []
    trainings.close()  # the app ends, and starts again
    reached = iteration(first)
    again = Trainings(trainings.root, busy=lambda: False)
    try:
        assert again.status(first) == "paused"
        assert f"Iteration {reached:,} of" in summary(first, "paused")
        # Shortened, so that it comes to its end here.
        text = (first.folder / "run.json").read_text().replace('"iterations": 100000', f'"iterations": {reached + 30}')
        (first.folder / "run.json").write_text(text)
        again.resume(first)
        wait_for(lambda: again.status(first) == "running")
        again.pause(first)
        again.resume(first)  # thought better of it while it was pausing
        wait_for(lambda: first.ended)
        assert (first.ended, iteration(first)) == ("finished", reached + 30)
        assert first.journal[-1]["seconds"] > 0
    finally:
        again.close()


def test_one_that_is_deleted_ends_at_once_and_the_next_begins(trainings, caplog):
    first, second = (trainings.start(LICHEN, TINY, Order("me", name)) for name in ("spots", "others"))
    wait_for(lambda: trainings.status(first) == "running")
    began = time.monotonic()
    trainings.delete(first)
    assert time.monotonic() - began < 10 and not first.folder.exists()
    wait_for(lambda: trainings.status(second) == "running", 8)
    trainings.delete(second)
    assert trainings.of("me") == [] and caplog.text == ""


def test_it_stands_still_while_somebody_waits_for_a_solve(tmp_path):
    busy = []
    trainings = Trainings(tmp_path / "runs", busy=lambda: bool(busy))
    try:
        run = trainings.start(LICHEN, TINY, Order("me", "spots"))
        wait_for(lambda: iteration(run) > 5)
        busy.append(True)
        time.sleep(1)
        reached = iteration(run)
        time.sleep(3)
        assert iteration(run) == reached
        busy.clear()
        wait_for(lambda: iteration(run) > reached)
    finally:
        trainings.close()
    assert [found for found, _ in read_runs(trainings.root)] == [run]


def test_what_the_trainer_refuses_is_told(trainings, tmp_path):
    folder = tmp_path / "pictures.webp"
    shutil.copy(LICHEN, folder)
    run = trainings.start(folder, TINY, Order("me", "spots", init_from="nowhere"))
    wait_for(lambda: trainings.status(run) == "failed")
    assert "nowhere" in summary(run, "failed")


def test_the_form_gives_the_preset_back():
    for kind in ("rgb", "svbrdf"):
        for name in ("paper", "quick"):
            assert read_config(kind, name, shown_values(preset(name, kind))) == preset(name, kind)
    values = shown_values(preset("quick"))
    values[[field.name for field in ADVANCED].index("iterations")] = 12.0
    assert read_config("rgb", "quick", values).schedule.iterations == 12
    values[[field.name for field in ADVANCED].index("state_size")] = 66
    with pytest.raises(oa.AppearanceError, match="multiple of 4"):
        read_config("rgb", "quick", values)
    values[[field.name for field in ADVANCED].index("dim_mults")] = "1, two"
    with pytest.raises(oa.AppearanceError, match="commas"):
        read_config("rgb", "quick", values)


def test_the_exemplar_is_shown_as_it_is_trained_on(tmp_path):
    exemplar, row = look_at(LICHEN, preset("quick"), "lichen")
    assert row.shape == (exemplar.size, 6 * exemplar.size, 3)
    text = tmp_path / "text.gif"
    text.write_text("no picture")
    with pytest.raises(oa.AppearanceError):
        look_at(text, preset("quick"), "text")


def test_texts_that_cannot_be_kept_are_refused(trainings):
    with pytest.raises(oa.AppearanceError, match="character"):
        trainings.start(LICHEN, TINY, Order("me", "spots\x00"))
    assert trainings.of("me") == []


def test_a_damaged_training_does_not_hide_the_others(trainings):
    run = trainings.start(LICHEN, TINY, Order("me", "spots", wanted="pause"))
    (run.folder / "run.json").write_text("{")
    assert trainings.status(run) == "paused"
    assert curve(run) == {"iteration": [], "loss": []}
    (run.folder / "order.json").write_text("{")
    assert trainings.of("me") == []


def test_durations():
    assert [duration(s) for s in (0.2, 30, 600, 7200)] == ["a second", "30 seconds", "10 minutes", "2.0 hours"]
