"""The form of the Train tab in a browser: what is shown of a time-lapse, and what a click brings, without much training."""

import contextlib
import json
import os
import re
import shutil
import signal
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running_app import serving

from ode_appearance.app.train_form.form_fields import examples
from ode_appearance.config.serialization import to_json
from ode_appearance.training.train_config import preset

LIMIT = 120_000
LICHEN = examples()["lichen_spreading"][0]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def address(checkpoints, runs):
    settings = {"ODE_APPEARANCE_CHECKPOINTS": str(checkpoints), "ODE_APPEARANCE_RUNS": str(runs), "ODE_APPEARANCE_HUB": "off"}
    with serving(**settings) as address:
        yield address


@pytest.fixture
def page(browser, address):
    """The tab as a browser that has trained nothing sees it first."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, accept_downloads=True)
    page, errors = context.new_page(), []
    page.set_default_timeout(LIMIT)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.goto(address)
    page.get_by_role("tab", name="Train").click()
    page.get_by_text("No training yet.").wait_for(timeout=LIMIT)
    yield page
    context.close()
    assert errors == []


def choose(page, label, option):
    """Pick one of a dropdown's options."""
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=option).first.click()


def said(page, text):
    """Wait until this is said of the time-lapse."""
    page.locator("#verdict").get_by_text(text).first.wait_for(timeout=LIMIT)


def number(page, label):
    return page.get_by_label(label, exact=True).first


def becomes(field, value, seconds=60):
    end = time.monotonic() + seconds
    while field.input_value() != value:
        assert time.monotonic() < end, f"{field.input_value()!r} is not {value!r}"
        time.sleep(0.1)


def test_an_example_is_shown_with_the_numbers_of_its_kind(page):
    choose(page, "or one that comes with the app", "iron_rusting")
    said(page, "100 frames of 128x128, model time 0 to 10.")
    page.locator("#as-trained img").wait_for(timeout=LIMIT)
    assert page.get_by_label("SVBRDF, lit by a flash").is_checked() and number(page, "Name").input_value() == "iron_rusting"
    for kind, end in (("RGB texture", 5), ("SVBRDF, lit by a flash", 10), ("RGB texture", 5)):
        page.get_by_label(kind).click()
        said(page, f"frames of 128x128, model time 0 to {end}.")
        assert page.get_by_text("Not usable").count() == 0
    page.get_by_label("SVBRDF, lit by a flash").click()
    said(page, "model time 0 to 10.")
    page.get_by_label("standard", exact=True).click()
    said(page, "100 frames of 256x256, model time 0 to 10.")
    for kind in ("RGB texture", "SVBRDF, lit by a flash") * 3:
        page.get_by_label(kind).click()  # faster than it is looked at
    said(page, "100 frames of 256x256, model time 0 to 10.")
    page.wait_for_timeout(2000)
    said(page, "100 frames of 256x256, model time 0 to 10.")
    assert page.get_by_text("Not usable").count() == 0


def test_the_frames_are_those_of_the_size_that_is_filled_in(page):
    choose(page, "or one that comes with the app", "lichen_spreading")
    said(page, "100 frames of 128x128")
    number(page, "Name").fill("moss")
    page.get_by_role("button", name="Advanced").click()
    number(page, "Exemplar size").fill("96")
    number(page, "Exemplar size").press("Tab")
    said(page, "100 frames of 96x96, model time 0 to 5.")
    number(page, "Exemplar size").fill("48")
    number(page, "Exemplar size").press("Enter")
    said(page, "States of 64 pixels are larger than the exemplar's 48")
    number(page, "State size").fill("32")
    number(page, "State size").press("Tab")
    said(page, "100 frames of 48x48")
    assert number(page, "Name").input_value() == "moss"
    for label, value in (
        ("Coarsest step", preset("quick").solver.coarsest_step),
        ("Refining", preset("quick").schedule.refining),
    ):
        assert float(number(page, label).input_value()) == value
    assert page.locator("label", has_text="linear attention").locator("textarea").input_value() == "4, 8"


def test_several_pictures_are_uploaded_at_once(page, tmp_path):
    files = []
    for i in range(4):
        files.append(tmp_path / f"leaf_{i}.{'jpg' if i % 2 else 'tif'}")
        Image.fromarray(np.random.default_rng(i).integers(0, 255, (96, 160, 3), dtype=np.uint8)).save(files[-1])
    page.locator("#time-lapse input[type=file]").set_input_files(files)
    said(page, "4 frames of 128x128, model time 0 to 5.")
    said(page, "Cropped from 160x96 to its central square.")
    said(page, "Enlarged from 96x96 to 128x128")
    assert number(page, "Name").input_value() == "leaf"
    page.get_by_label("SVBRDF, lit by a flash").click()
    said(page, "4 frames were repeated to get the 100")
    choose(page, "or one that comes with the app", "lichen_spreading")
    said(page, "100 frames of 128x128, model time 0 to 5.")
    assert page.locator("#time-lapse").get_by_text("leaf_0").count() == 0
    (tmp_path / "note.zip").write_text("nothing")
    page.locator("#time-lapse input[type=file]").set_input_files([*files, tmp_path / "note.zip"])
    said(page, "note.zip is none")


def own_run(runs, owner, name, material):
    """A training of that browser that has come to this material."""
    run = runs / f"{name}-made_up"
    run.mkdir()
    shutil.copytree(material, run / "material")
    shutil.copyfile(LICHEN, run / "exemplar.webp")
    (run / "run.json").write_text(json.dumps({"config": to_json(preset("quick")), "exemplar": {"name": name}}))
    order = {"owner": owner, "name": name, "exemplar": "exemplar.webp", "created": time.time(), "wanted": "keep"}
    (run / "order.json").write_text(json.dumps(order))
    return run


def begun(page, runs, name):
    """The folder of a training that was just started, which is not waited for: its process is ended."""
    status = page.locator("#training-status")
    status.get_by_text(re.compile(f"{name}: (waiting|running)")).wait_for(timeout=LIMIT)
    (run,) = runs.glob(f"{name.replace(' ', '_')}-*")
    end = time.monotonic() + 60
    while not (found := training_of(run)):
        assert time.monotonic() < end
        time.sleep(0.2)
    os.kill(found, signal.SIGKILL)
    status.get_by_text(f"{name}: failed").wait_for(timeout=LIMIT)
    return run


def training_of(run):
    """The process that trains there; 0 where there is none."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(run) in (process / "cmdline").read_text():
                return int(process.name)
    return 0


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks for the process that trains")
def test_a_training_starts_from_what_fits_and_is_downloaded_by_one_click(page, runs, checkpoints, tmp_path):
    choose(page, "or one that comes with the app", "lichen_spreading")
    said(page, "100 frames of 128x128")
    page.get_by_role("button", name="Advanced").click()
    choose(page, "Start from the weights of", "Clay solidifying")
    said(page, "model time 0 to 10.")
    assert page.get_by_label("SVBRDF, lit by a flash").is_checked()
    choose(page, "Start from the weights of", "Rusting steel")
    said(page, "model time 0 to 5.")
    steel = json.loads((checkpoints / "rusting_steel" / "config.json").read_text())["architecture"]
    becomes(number(page, "Dim"), str(steel["dim"]))
    number(page, "Dim").fill("24")
    number(page, "Dim").press("Tab")
    page.get_by_role("button", name="Start training").click()
    page.get_by_text(f"Rusting steel has another network than this training: dim {steel['dim']}, not 24").wait_for(
        timeout=LIMIT
    )
    assert list(runs.glob("[!.]*")) == []
    number(page, "Dim").fill(str(steel["dim"]))
    page.get_by_role("button", name="Start training").click()
    status = page.locator("#training-status")
    first = begun(page, runs, "lichen_spreading")
    order = json.loads((first / "order.json").read_text())
    assert order["init_from"] == "rusting_steel"

    mine = own_run(runs, order["owner"], "my_rust", checkpoints / "rusting_steel")
    page.get_by_role("tab", name="Explore").click()
    page.get_by_role("tab", name="Train").click()
    page.get_by_label("Your trainings").click()
    page.get_by_role("option", name="my_rust").click()
    status.get_by_text("my_rust: kept").wait_for(timeout=LIMIT)
    with page.expect_download(timeout=LIMIT) as downloading:
        page.get_by_role("button", name="Download", exact=True).click()
    downloading.value.save_as(tmp_path / "mine.zip")
    assert downloading.value.suggested_filename == "my_rust-made_up.zip"
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert {"config.json", "model.eqx"} <= set(archive.namelist())

    choose(page, "Start from the weights of", "my_rust (mine, kept)")
    number(page, "Name").fill("more rust")
    page.get_by_role("button", name="Start training").click()
    second = begun(page, runs, "more rust")
    assert (second / "start" / "model.eqx").read_bytes() == (mine / "material" / "model.eqx").read_bytes()
