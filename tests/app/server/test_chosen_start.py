"""The start of a solve as the app lets a person or a program choose it."""

import asyncio
import contextlib
import json
import re

import numpy as np
import pytest
from materials import PLAIN, little_material, stitched_material
from PIL import Image
from test_exports import OPTIONS, SEEN
from test_handlers import FIELD_VALUES, gather

import ode_appearance as oa
from ode_appearance.app.actions.handlers import Studio
from ode_appearance.app.actions.presentation import opening_value
from ode_appearance.app.actions.snippet import snippet
from ode_appearance.app.api.materials_api import Program
from ode_appearance.app.materials.library import Library
from ode_appearance.app.materials.shipped_materials import Collection, facts
from ode_appearance.app.solving.material_fields import own_times
from ode_appearance.app.solving.requests import chosen_material, solve_request
from ode_appearance.errors import RequestError
from ode_appearance.keyframes.codec import decode_keyframe
from ode_appearance.media.encoders import to_bytes

STITCHED, NOISE = "stitched_texture", "plain_texture"
FIELDS = {**FIELD_VALUES, "width": 32, "height": 32}
WARMUP = PLAIN.times.warmup


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A material that starts from a stitched state, and one that starts from noise only."""
    folder = tmp_path_factory.mktemp("checkpoints")
    oa.save(stitched_material(), folder / STITCHED, preview=b"")
    oa.save(little_material(PLAIN), folder / NOISE, preview=b"")
    return folder


@pytest.fixture(scope="module")
def studio(folder):
    studio = Studio(Collection(folder))
    yield studio
    studio.worker.close()


@pytest.fixture(scope="module")
def program(studio):
    return Program(studio, Library(studio.collection, studio.files, None, hub=False))


def chosen(kind):
    """The facts of the stitched material with this start."""
    return chosen_material(stitched_material(), {"start_kind": kind}).config


def image(keyframe):
    maps, _ = decode_keyframe(open(keyframe["file"]["path"], "rb").read())
    return maps["image"]


def expected(start, time, seed=0):
    state = oa.solve(stitched_material(), seed=seed, size=(32, 32), times=[time], start=start).states[0]
    return np.asarray(oa.render(stitched_material(), state))


def test_a_material_opens_with_its_own_start(studio):
    first, *_, last = gather(studio.pick("tab", STITCHED, FIELDS))
    assert (first["start_kind"], first["start"], first["end"]) == ("stitched", 0, 2)
    assert first["starts"]["visible"] and not first["with_warmup"]["visible"]
    value = last["viewer"]
    assert value["times"][0] == 0 and value["material"]["warmup"] == 0 and value["start"] is None
    np.testing.assert_allclose(image(value["keyframes"][0]), expected("stitched", 0.0), atol=1e-2)
    first, *_, last = gather(studio.pick("tab", NOISE, FIELDS))
    assert (first["start_kind"], first["start"]) == ("noise", -WARMUP)
    assert not first["starts"]["visible"] and first["with_warmup"]["visible"]
    assert last["viewer"]["material"]["warmup"] == WARMUP and last["viewer"]["start"] is None


def test_what_is_shown_before_a_solve_begins_where_the_material_does(studio):
    times = {name: opening_value(studio.collection.find(name), studio.exemplars)["times"] for name in (STITCHED, NOISE)}
    assert times == {STITCHED: [0, 2], NOISE: [-WARMUP, 2]}


def test_noise_brings_the_warm_up_back_and_a_stitched_start_takes_it_away(studio):
    asked = {**FIELDS, "start_kind": "noise", "start": 0, "end": 2}
    first, *_, last = gather(studio.restart("tab", STITCHED, asked))
    assert (first["start"], first["end"]) == (-WARMUP, 2) and first["with_warmup"]["visible"] and first["starts"]["visible"]
    value = last["viewer"]
    assert value["times"][0] == -WARMUP and value["material"]["warmup"] == WARMUP and value["start"] == "noise"
    np.testing.assert_allclose(image(value["keyframes"][0]), expected("noise", -WARMUP), atol=1e-2)
    first, *_, last = gather(studio.restart("tab", STITCHED, {**asked, **first, "start_kind": "stitched"}))
    assert first["start"] == 0 and not first["with_warmup"]["visible"]
    assert last["viewer"]["times"][0] == 0 and last["viewer"]["start"] is None


@pytest.mark.parametrize(
    ("given", "times"),
    [((1.0, 2.0), (1.0, 2.0)), ((-0.5, -0.25), (0, 2)), ((None, 3.0), (0, 3.0)), ((0.5, None), (0.5, 2))],
)
def test_a_range_of_ones_own_is_kept_where_it_is_possible(studio, given, times):
    asked = {**FIELDS, "start_kind": "stitched", "start": given[0], "end": given[1]}
    first, *_ = gather(studio.restart("tab", STITCHED, asked))
    assert (first["start"], first["end"]) == times


@pytest.mark.filterwarnings("ignore:")
def test_a_start_that_a_material_does_not_have_is_refused(studio):
    gather(studio.solve("tab", NOISE, FIELDS))
    (shown,) = gather(studio.solve("tab", NOISE, {**FIELDS, "start_kind": "stitched"}))
    assert "start from noise" in shown["viewer"]["message"] and shown["viewer"]["keyframes"]
    (shown,) = gather(studio.restart("tab", STITCHED, {**FIELDS, "start_kind": ["x"]}))
    assert "choose noise or stitched" in shown["viewer"]["message"]


def test_buttons_for_a_range_follow_the_chosen_start(studio):
    for kind, begin in (("noise", -WARMUP), ("stitched", 0)):
        first, *_ = gather(studio.refill("tab", STITCHED, {**FIELDS, "start_kind": kind}, own_times))
        assert first["start"] == begin


def test_a_link_keeps_the_start(studio):
    link = {"material": STITCHED, "start_kind": "noise", "width": 32, "height": 32}
    first, *_, last = gather(studio.open("opened", FIELDS, link))
    assert (first["start_kind"], first["start"]) == ("noise", -WARMUP) and first["with_warmup"]["visible"]
    assert last["viewer"]["start"] == "noise" and last["viewer"]["times"][0] == -WARMUP
    studio.end("opened")


@pytest.mark.filterwarnings("ignore:")
def test_a_link_to_a_start_that_is_not_there_opens_the_first_material(studio):
    first = gather(studio.open("opened", FIELDS, {"material": NOISE, "start_kind": "stitched"}))[0]
    assert first["selected"] == NOISE == studio.collection.first().name and first["start_kind"] == "noise"
    studio.end("opened")


def test_steps_of_one_start_say_nothing_of_the_other(studio):
    speed = studio.sessions.speed
    fields = {**FIELDS, "step": 0.1}
    gather(studio.solve("tab", STITCHED, {**fields, "start_kind": "stitched"}))
    requests = {kind: solve_request(STITCHED, chosen(kind), fields) for kind in ("stitched", "noise")}
    assert speed.steps(chosen("noise"), requests["noise"]) is None
    assert speed.steps(chosen("stitched"), requests["stitched"]) == pytest.approx(10, abs=1)


def exported(studio, kind, **options):
    async def all_of():
        fields = {**FIELDS, "start_kind": kind, "start": chosen(kind).first_time, "end": 2}
        return [path async for _, path in studio.exports.export("tab", STITCHED, fields, SEEN, {**OPTIONS, **options})][-1]

    return asyncio.run(all_of())


@pytest.mark.parametrize("kind", ["stitched", "noise"])
def test_every_export_is_of_the_chosen_start(studio, kind):
    begin, solver = chosen(kind).first_time, oa.SolverConfig("heun", step=0.2)
    trajectory = oa.solve(
        stitched_material(), start=kind, size=(32, 32), times=np.linspace(begin, 2, 3, dtype=np.float32), solver=solver
    )
    with np.load(exported(studio, kind, format="states")) as states:
        np.testing.assert_array_equal(states["states"], trajectory.states)
    state = oa.solve(stitched_material(), start=kind, size=(32, 32), times=[0.5], solver=solver).states[0]
    with Image.open(exported(studio, kind, format="png")) as picture:
        assert np.abs(np.asarray(picture, int) - to_bytes(oa.render(stitched_material(), state))).max() <= 1
    page = exported(studio, kind, format="page").read_text()
    value = json.loads(re.search(r"const DATA = (.*);\n", page)[1])["value"]
    assert value["times"][0] == begin and value["material"]["warmup"] == -begin
    with contextlib.closing(Image.open(exported(studio, kind, format="gif"))) as animation:
        assert animation.n_frames == 3


def test_python_names_a_start_only_where_it_is_another(studio, folder, monkeypatch):
    monkeypatch.setenv("ODE_APPEARANCE_CHECKPOINTS", str(folder))
    entry = studio.collection.find(STITCHED)
    for kind in ("stitched", "noise"):
        request = solve_request(STITCHED, chosen(kind), FIELDS)
        code = snippet(entry, request, {"time": 0.5}, shipped=True)
        assert ("start='noise'" in code) == (kind == "noise") and "stitched'" not in code
        made = {}
        exec(code, made)
        trajectory = oa.solve(stitched_material(), start=kind, size=(32, 32), times=[0.5], solver=request.solver)
        np.testing.assert_allclose(made["picture"], oa.render(stitched_material(), trajectory), atol=1e-5)


def last_of(results):
    async def all_of():
        return [result async for result in results][-1]

    return asyncio.run(all_of())


@pytest.mark.parametrize("start", ["", "stitched", "noise"])
def test_programs_choose_the_start(program, start):
    light = (0.0, 0.0, None)
    kind = start or "stitched"
    path = last_of(program.render(STITCHED, 3, 32, 32, 0.0, *light, {}, start=start))
    with Image.open(path) as picture:
        shown = np.asarray(picture, np.float32).transpose(2, 0, 1) / 255
    np.testing.assert_allclose(shown, expected(kind, 0.0, seed=3), atol=2e-3)
    assert ("start=" in program.snippet(STITCHED, 3, 32, 32, 0.0, *light, {}, start=start)) == (kind == "noise")
    begin = chosen(kind).first_time
    assert program.estimate(STITCHED, 32, 32, begin, 2.0, start=start)["keyframes"] == 64
    sizes = ("png8", "engine", {})
    assert program.estimate_export(STITCHED, "states", 32, 32, begin, 2.0, 3, *sizes, start=start)["frames"] == 3
    options = (3, 20.0, "png8", "engine", *light, {})
    path = last_of(program.export(STITCHED, "states", 3, 32, 32, begin, 2.0, *options, start=start))
    with np.load(path) as states:
        expected_states = oa.solve(stitched_material(), start=kind, seed=3, size=(32, 32), times=states["times"]).states
        np.testing.assert_array_equal(states["states"], expected_states)


def test_programs_are_told_what_is_not_possible(program):
    for call in (
        lambda: program.estimate(NOISE, 32, 32, 0.0, 2.0, start="stitched"),
        lambda: program.estimate(STITCHED, 32, 32, -WARMUP, 2.0),
        lambda: program.snippet(STITCHED, 0, 32, 32, 0.0, 0.0, 0.0, None, {}, start="nothing"),
        lambda: last_of(program.render(STITCHED, 0, 32, 32, -WARMUP, 0.0, 0.0, None, {})),
        lambda: last_of(program.render(NOISE, 0, 32, 32, 0.0, 0.0, 0.0, None, {}, start="stitched")),
    ):
        with pytest.raises(RequestError):
            call()


def test_a_browser_that_cannot_draw_asks_for_the_same_start(studio):
    pictures = [
        asyncio.run(studio.pictures.picture([STITCHED, 0, 32, 32, 1.0, 0, 0, 0, *start]))["address"]
        for start in ((), ("",), ("stitched",), ("noise",))
    ]
    assert pictures[0] == pictures[1] == pictures[2] != pictures[3]
    assert "error" in asyncio.run(studio.pictures.picture([STITCHED, 0, 32, 32, 1.0, 0, 0, 0, "noise", 1]))


def test_the_facts_say_the_starts(studio):
    assert "at time 0, or on request noise" in dict(facts(studio.collection.find(STITCHED)))["Starts from"]
    assert "Starts from" not in dict(facts(studio.collection.find(NOISE)))
