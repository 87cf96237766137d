"""In the browser: what is there before it is solved, and what stands beside it."""

import re

import numpy as np
import pytest
from made_up import psnr
from running_app import Screen

import ode_appearance as oa
from ode_appearance.data import load_exemplar
from ode_appearance.data.dataset import find_exemplar

LIVE = re.compile(r"/\d+\.bin$")
"""Keyframes that are solved while one looks."""


@pytest.fixture(scope="module")
def lichen(app, browser):
    """A tab with a texture whose exemplar comes with the project."""
    screen = Screen(browser, app, link="#material=lichen_spreading", viewport={"width": 1280, "height": 1000})
    yield screen
    screen.page.close()
    assert screen.errors == []


def halves(picture):
    """What is on the canvas, left and right of its middle."""
    width = picture.shape[2]
    return picture[..., : width // 2 - 4], picture[..., width // 2 + 4 :]


def test_a_material_is_there_before_it_is_solved(open_screen):
    """The solver is kept from answering: what is baked scrubs and is lit all the same, and says what it is."""
    screen = open_screen(link="#material=clay_solidifying", held=LIVE, viewport={"width": 1280, "height": 1000})
    screen.until("state.draft", seconds=30)
    assert screen.state["keyframes"] == 0 and screen.state["time"] == pytest.approx(0.75 * 10)
    assert screen.page.locator(".ode-mark").inner_text() == "Preview, 128×128, seed 0"
    before = screen.pixels()
    asked = len(screen.requests)
    screen.call("setTime", 1.0)
    aged = screen.pixels()
    screen.call("setLight", 0.4, 0.3, 0.0)
    assert psnr(before, aged) < 40 and psnr(aged, screen.pixels()) < 40
    clay = oa.load("clay_solidifying")
    trajectory = oa.solve(clay, times=[1.0], size=(128, 128))
    lit = oa.render(clay, trajectory, light=oa.Light(0.4, 0.3, 0.0))
    assert psnr(screen.pixels(), lit) > 25, "a blend of two baked keyframes"
    assert not [address for address in screen.requests[asked:] if not LIVE.search(address)]


def test_live_keyframes_take_its_place(lichen):
    lichen.solved()
    assert not lichen.state["draft"] and lichen.page.locator(".ode-mark").is_hidden()
    material = oa.load("lichen_spreading")
    state = oa.solve(material, times=[3.75], size=(128, 128)).states[0]
    lichen.call("setTime", 3.75)
    assert psnr(lichen.pixels(), oa.render(material, state)) > 35


def test_the_exemplar_stands_beside_the_result(lichen):
    lichen.page.get_by_label("Compare").select_option(label="Exemplar")
    lichen.page.get_by_role("button", name="Side by side").click()
    lichen.call("setTime", 2.5)
    lichen.page.wait_for_timeout(1500)
    frame = load_exemplar(find_exemplar("lichen_spreading"), "rgb", size=128, duration=5.0, frames=48).frame_at(2.5)
    _, right = halves(lichen.canvas())
    # The canvas magnifies it: colours are compared, not texels.
    assert np.allclose(right.mean(axis=(1, 2)), frame.mean(axis=(1, 2)), atol=0.02)
    assert np.allclose(right.std(axis=(1, 2)), frame.std(axis=(1, 2)), atol=0.03)


def test_a_seed_is_kept_and_compared_with_another(lichen):
    lichen.call("set", {"second": None, "beside": False})
    lichen.call("setTime", 4.0)
    lichen.page.wait_for_timeout(500)
    alone = lichen.canvas()
    run = lichen.state["run"]
    lichen.page.get_by_role("button", name="Keep to compare").click()
    lichen.enter("Seed", 7)
    lichen.solved(f"state.run > {run}")
    lichen.call("setTime", 4.0)
    lichen.page.wait_for_timeout(500)
    assert (
        lichen.page.get_by_label("Compare").locator("option:checked").inner_text() == "Kept: Lichen spreading, seed 0, 128×128"
    )
    left, right = halves(lichen.canvas())
    assert np.allclose(right.mean(axis=(1, 2)), alone.mean(axis=(1, 2)), atol=0.01)
    assert np.abs(left - right).mean() > 0.02, "they are two"
    # Time is shared.
    lichen.call("setTime", 0.5)
    lichen.page.wait_for_timeout(500)
    earlier, earlier_right = halves(lichen.canvas())
    assert np.abs(earlier - left).mean() > 0.02 and np.abs(earlier_right - right).mean() > 0.02
    lichen.call("set", {"second": None, "beside": False})


def test_light_keyframes_are_smaller_and_still_good(lichen):
    lichen.page.get_by_role("button", name="Solver").first.click()
    run = lichen.state["run"]
    lichen.page.get_by_label("light, for slow networks").click()
    lichen.solved(f"state.run > {run}")
    lichen.call("setTime", 4.0)
    material = oa.load("lichen_spreading")
    state = oa.solve(material, seed=7, times=[4.0], size=(128, 128)).states[0]
    assert 30 < psnr(lichen.pixels(), oa.render(material, state)) < 50


def test_a_handle_dragged_outward_solves_more(lichen):
    run, track = lichen.state["run"], lichen.page.locator(".ode-track").bounding_box()
    box = lichen.page.locator(".ode-range-end").bounding_box()
    at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lichen.page.mouse.move(*at)
    lichen.page.mouse.down()
    lichen.page.mouse.move(at[0] + 0.1 * track["width"], at[1], steps=4)
    assert lichen.page.locator(".ode-range-label").inner_text().startswith("to t = 6.")
    lichen.page.mouse.up()
    lichen.solved(f"state.run > {run}")
    assert lichen.state["solved"][1] == pytest.approx(5 + 2 * 0.1 * 6, abs=0.1)
    assert float(lichen.page.get_by_label("End time").input_value()) == pytest.approx(lichen.state["solved"][1], abs=0.01)
    # By the keyboard, back.
    run = lichen.state["run"]
    lichen.page.get_by_label("End of the solved range").focus()
    for _ in range(4):
        lichen.page.keyboard.press("ArrowLeft")
    lichen.solved(f"state.run > {run}")
    assert lichen.state["solved"][1] == pytest.approx(6.2 - 4 * 0.25, abs=0.1)
