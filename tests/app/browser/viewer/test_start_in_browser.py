"""In the browser: another start of a solve, chosen as a person chooses it."""

import numpy as np
import pytest
from made_up import psnr
from materials import PLAIN, little_material, stitched_material
from running_app import Screen, serving

import ode_appearance as oa

WARMUP = PLAIN.times.warmup


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """An app with a material that starts from a stitched state, and one that starts from noise only."""
    folder = tmp_path_factory.mktemp("checkpoints")
    oa.save(stitched_material(), folder / "stitched_texture")
    oa.save(little_material(PLAIN), folder / "plain_texture")
    with serving(ODE_APPEARANCE_CHECKPOINTS=str(folder), ODE_APPEARANCE_HUB="off") as address:
        yield address


@pytest.fixture
def opened(browser, address):
    """Opens a tab; nothing in it may have reported an error."""
    screens = []

    def open_one(link, **options):
        screens.append(Screen(browser, address, link=link, viewport={"width": 1400, "height": 900}, **options))
        return screens[-1]

    yield open_one
    for screen in screens:
        screen.page.close()
        assert screen.errors == []


def zones(screen):
    return screen.page.locator(".ode-zone").all_inner_texts()


def choose(screen, label):
    run = screen.state["run"]
    screen.page.get_by_label(label).click()
    screen.solved(f"state.run > {run}")


def expected(start, time):
    state = oa.solve(stitched_material(), start=start, size=(128, 128), times=[time]).states[0]
    return np.asarray(oa.render(stitched_material(), state))


def test_noise_instead_of_the_photograph_is_another_picture_with_a_warm_up(opened):
    screen = opened("#material=stitched_texture")
    screen.solved("state.material === 'stitched_texture'")
    page = screen.page
    assert page.get_by_label("Cut from the photograph").is_checked()
    assert screen.call("times.at", 0) == 0 and zones(screen) == ["exemplar"]
    assert page.get_by_label("Start time").input_value() == "0" and not page.get_by_text("With warm-up").is_visible()
    screen.call("setTime", 0)
    cut = screen.pixels()
    assert psnr(cut, expected("stitched", 0.0)) > 40
    page.get_by_role("button", name="Keep to compare").click()

    choose(screen, "Grown from noise")
    assert screen.call("times.at", 0) == -WARMUP and zones(screen) == ["warm-up", "exemplar"]
    assert page.get_by_label("Start time").input_value() == str(-WARMUP) and page.get_by_text("With warm-up").is_visible()
    screen.call("setTime", 0)
    grown = screen.pixels()
    assert psnr(grown, expected("noise", 0.0)) > 40 and psnr(grown, cut) < 30
    assert page.get_by_label("Compare").input_value() == "kept"
    page.wait_for_function("location.hash.includes('start=noise')")
    link = page.url.partition("#")[2]

    page.get_by_role("button", name="Python").click()
    page.locator("#python").get_by_text("start='noise'").first.wait_for()
    page.get_by_role("button", name="Keep to compare").click()
    choose(screen, "Cut from the photograph")
    assert screen.call("times.at", 0) == 0 and zones(screen) == ["exemplar"]
    assert "from noise" in page.get_by_label("Compare").locator("option[value=kept]").inner_text()
    page.wait_for_function("!location.hash.includes('start=')")

    again = opened("#" + link)
    again.solved("state.material === 'stitched_texture'")
    assert again.page.get_by_label("Grown from noise").is_checked() and again.call("times.at", 0) == -WARMUP
    again.call("setTime", 0)
    np.testing.assert_allclose(again.pixels(), grown, atol=1 / 255)


def test_the_range_of_a_stitched_start_is_not_dragged_before_it(opened):
    screen = opened("#material=stitched_texture")
    screen.solved("state.material === 'stitched_texture'")
    handle = screen.page.get_by_label("Start of the solved range")
    run = screen.state["run"]
    handle.press("ArrowRight")
    screen.solved(f"state.run > {run}")
    assert screen.call("times.at", 0) > 0
    run = screen.state["run"]
    for _ in range(5):
        handle.press("ArrowLeft")
    screen.solved(f"state.run > {run}")
    assert screen.call("times.at", 0) == 0


def test_there_is_no_choice_where_a_material_has_one_start(opened):
    screen = opened("#material=plain_texture")
    screen.solved("state.material === 'plain_texture'")
    assert not screen.page.get_by_label("Grown from noise").is_visible()
    screen.pick("stitched_texture")
    assert screen.page.get_by_label("Cut from the photograph").is_checked()
    screen.pick("plain_texture")
    assert not screen.page.get_by_label("Grown from noise").is_visible()
    assert screen.page.get_by_text("With warm-up").is_visible() and zones(screen) == ["warm-up", "exemplar"]
