"""What happens on the events of the screen, without a browser."""

import asyncio
import functools
import time

import pytest

from ode_appearance.app.actions.handlers import FIELDS, Studio
from ode_appearance.app.materials.shipped_materials import Collection
from ode_appearance.app.solving.material_fields import own_times

FIELD_VALUES = {"seed": 0, "width": 16, "height": 16, "start": 0, "end": 1, "count": 4, "method": "heun"}
FIELD_VALUES |= {"stepping": "fixed", "tolerance": 0.01, "step": 0.2}


@pytest.fixture(scope="module")
def studio(checkpoints):
    studio = Studio(Collection(checkpoints))
    yield studio
    studio.worker.close()


def gather(stream):
    async def all_of():
        return [shown async for shown in stream]

    return asyncio.run(all_of())


def test_the_first_visit_shows_the_gallery_and_the_first_material(studio):
    first, *others = gather(studio.open("tab", FIELD_VALUES))
    assert first["gallery"]["selected"] == first["selected"] == "clay_solidifying"
    assert set(FIELDS) - {"seed", "width", "height", "quality"} <= set(first)
    assert (first["start"], first["end"], first["count"]) == (-2, 10, 64)
    assert (first["stepping"], first["tolerance"]) == ("adaptive", 0.02)
    assert all(set(shown) == {"viewer", "estimate"} for shown in others)
    assert others[-1]["estimate"].startswith("16×16, 64 keyframes: ")
    last = others[-1]["viewer"]
    assert last["status"] == "complete" and len(last["keyframes"]) == len(last["times"]) == 64
    assert last["material"]["views"][0][0] == "lit" and last["preview"] and last["size"] == [16, 16]


def test_a_link_opens_what_it_names(studio):
    solver = {"method": "euler", "stepping": "fixed", "step": 0.5}
    link = {"material": "rusting_steel", "seed": 5, "width": 32, "height": 16, "end": 2, "count": 9, **solver}
    first, *_, last = gather(studio.open("tab", FIELD_VALUES, link))
    assert first["selected"] == first["gallery"]["selected"] == "rusting_steel"
    assert (first["seed"], first["width"], first["height"], first["end"]) == (5, 32, 16, 2) and first["start"] < 0
    assert {name: first[name] for name in solver} == solver == solver | {"step": last["viewer"]["solver"]["step"]}
    assert (first["count"], len(last["viewer"]["times"]), last["viewer"]["solver"]["quality"]) == (9, 9, "full")
    assert last["viewer"]["size"] == [32, 16] and last["viewer"]["times"][-1] == 2 and last["viewer"]["seed"] == 5


def test_of_two_materials_the_later_one_is_shown_whichever_question_comes_first(studio):
    for name, asked, shown in (
        ("rusting_steel", 2000.0, True),
        ("clay_solidifying", 1999.0, False),
        ("rusting_steel", 2001, True),
    ):
        assert bool(gather(studio.pick("quick", name, FIELD_VALUES, asked=asked))) == shown
    assert gather(studio.pick("another", "clay_solidifying", FIELD_VALUES, asked=5.0))
    studio.end("quick")


@pytest.mark.filterwarnings("ignore:")
@pytest.mark.parametrize(
    "link",
    [
        {"material": "no_such"},
        {"material": "rusting_steel", "width": 17},
        {"material": "rusting_steel", "method": "guess"},
        {"material": "rusting_steel", "quality": "best"},
        {"material": "rusting_steel", "count": 1},
        {"material": ["a"]},
        "x",
    ],
)
def test_a_link_to_nothing_opens_the_first_material(studio, link):
    first = gather(studio.open("tab", FIELD_VALUES, link))[0]
    assert first["selected"] == "clay_solidifying" and "width" not in first


@pytest.mark.filterwarnings("ignore:")
def test_an_empty_folder_is_explained(tmp_path):
    empty = Studio(Collection(tmp_path))
    (shown,) = gather(empty.open("tab", FIELD_VALUES))
    assert shown["viewer"]["material"] is None and "no materials" in shown["viewer"]["message"]
    for handler in (empty.change, empty.resize, functools.partial(empty.refill, fill=own_times)):
        (shown,) = gather(handler("tab", None, FIELD_VALUES))
        assert "no material" in shown["viewer"]["message"]
    empty.worker.close()


def test_an_rgb_texture_has_no_maps_to_show(studio):
    shown = gather(studio.pick("tab", "rusting_steel", FIELD_VALUES))[-1]["viewer"]
    assert shown["material"]["brdf"] == "rgb" and [name for name, _ in shown["material"]["views"]] == ["lit"]


@pytest.mark.filterwarnings("ignore:")
def test_a_page_that_was_forgotten_is_to_be_reloaded(studio):
    (shown,) = gather(studio.solve("tab", None, FIELD_VALUES))
    assert "reload this page" in shown["viewer"]["message"]


@pytest.mark.filterwarnings("ignore:")
def test_what_is_impossible_leaves_what_is_there(studio):
    before = gather(studio.solve("tab", "rusting_steel", FIELD_VALUES))[-1]["viewer"]
    (shown,) = gather(studio.solve("tab", "rusting_steel", {**FIELD_VALUES, "width": 17}))
    assert "16x16 is" in shown["viewer"]["message"] and shown["viewer"]["run"] == before["run"]
    assert len(shown["viewer"]["keyframes"]) == 4
    (shown,) = gather(studio.pick("tab", "moss", FIELD_VALUES))
    assert "no material" in shown["viewer"]["message"]
    after = gather(studio.solve("tab", "rusting_steel", FIELD_VALUES))[-1]["viewer"]
    assert after["message"] is None and after["run"] > before["run"]


def test_only_the_last_of_quick_changes_is_solved(studio):
    async def type_quickly():
        async def change(seed):
            return [shown async for shown in studio.change("tab", "rusting_steel", {**FIELD_VALUES, "seed": seed})]

        tasks = []
        for seed in (1, 12, 123):
            tasks.append(asyncio.create_task(change(seed)))
            await asyncio.sleep(0.05)
        return await asyncio.gather(*tasks)

    first, second, third = asyncio.run(type_quickly())
    # All are told what it will take.
    assert [set(shown) for shown in (*first, *second)] == [{"estimate"}] * 2
    assert third[-1]["viewer"]["seed"] == 123


def test_a_solve_that_nobody_watches_ends(studio):
    async def leave():
        stream = studio.solve("tab", "rusting_steel", {**FIELD_VALUES, "end": 400, "count": 200})
        await anext(stream)
        await stream.aclose()

    asyncio.run(leave())
    job = studio.sessions.latest("tab")
    end = time.monotonic() + 30
    while not job.finished:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert job.status == "stopped"


def test_another_size_brings_as_many_keyframes_as_suit_it(studio):
    studio.end("tab")
    large = {**FIELD_VALUES, "width": 1024, "height": 1024}

    async def first_of():
        estimate = None
        async for shown in studio.resize("tab", "clay_solidifying", large):
            if "viewer" in shown:
                studio.sessions.stop("tab")
                return estimate, shown
            estimate = shown

    estimate, shown = asyncio.run(first_of())
    assert estimate["count"] == 8 and estimate["estimate"].startswith("1024×1024, 8 keyframes")
    assert len(shown["viewer"]["times"]) == 8


def test_buttons_fill_fields(studio):
    first, *_ = gather(studio.refill("tab", "rusting_steel", FIELD_VALUES, lambda config: own_times(config, beyond=0.5)))
    assert first["start"] == -1 and first["end"] == 7.5


def test_warming_up_compiles_every_network_once(studio, monkeypatch):
    solved = []
    monkeypatch.setattr("ode_appearance.app.actions.handlers.solve", lambda material, **_: solved.append(material.name))
    studio.warm_up()
    assert solved == ["clay_solidifying", "lichen_spreading"], "steel has the network of lichen"
