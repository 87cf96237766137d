"""Exploring a material in a real browser: time, lights, surfaces, channels, painted ages and links, as a person uses them."""

import jax.numpy as jnp
import numpy as np
import pytest
from exploring import LIGHT, USUAL, at, canvas, drag, lit_by, nearest, open_panel
from made_up import psnr
from PIL import Image

import ode_appearance as oa


@pytest.fixture(autouse=True)
def nothing_is_asked_of_the_server(screen):
    """Every test begins with the same view; and what it does in the page is done without a request."""
    screen.call("setAges", None)
    screen.call("set", USUAL)
    asked = len(screen.requests)
    yield
    assert [address for address in screen.requests[asked:] if not address.startswith(("blob:", "data:"))] == []


@pytest.fixture(scope="module")
def trajectory(screen):
    """What is on the screen, at the times of all its keyframes."""
    times = screen.page.evaluate("document.querySelector('.ode-viewer').odeViewer.times")
    return oa.solve(oa.load("clay_solidifying"), seed=0, size=(128, 128), times=times)


# Time


def test_time_is_moved_by_keys_and_plays_back_and_forth(screen, trajectory):
    page, times = screen.page, trajectory.times
    page.get_by_label("Time", exact=True).focus()
    page.keyboard.press("Home")
    screen.until(f"Math.abs(state.time - {times[0]}) < 1e-6")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    screen.until(f"Math.abs(state.time - {times[11]}) < 1e-6")
    page.keyboard.press(",")
    screen.until(f"Math.abs(state.time - {times[10]}) < 1e-6")
    page.keyboard.press("End")
    screen.until(f"Math.abs(state.time - {times[-1]}) < 1e-6")
    page.get_by_role("button", name="Back and forth").click()
    page.get_by_label("Speed", exact=True).select_option("4")
    page.get_by_label("Time", exact=True).focus()
    page.keyboard.press("Space")
    screen.until(f"state.playing && state.time < {times[-1] - 0.2}")
    page.keyboard.press("Space")
    assert not screen.state["playing"]
    page.get_by_role("button", name="Next keyframe").click()
    known = "document.querySelector('.ode-viewer').odeViewer.times"
    screen.until(f"{known}.some((time) => Math.abs(time - state.time) < 1e-6)")


# Lights


def test_lights_are_added_coloured_and_removed(screen, trajectory):
    page = screen.page
    time, maps = nearest(trajectory, 2)
    screen.call("setTime", time)
    open_panel(screen, "Light")
    alone = screen.pixels()
    assert psnr(alone, lit_by(maps, screen.state["lights"])) >= 45
    page.get_by_role("button", name="Left", exact=True).click()
    page.get_by_role("button", name="Add", exact=True).click()
    assert page.locator(".ode-handle").count() == 2 and screen.state["light"]["x"] == 0.5
    page.get_by_label("Kind").select_option("directional")
    page.get_by_label("Colour").fill("#ff8040")
    page.get_by_label("Light z").fill("0.6")
    page.get_by_label("Intensity").fill("0.5")
    page.get_by_label("Exposure").fill("0.5")
    lights = screen.state["lights"]
    assert [light["kind"] for light in lights] == ["point", "directional"]
    assert psnr(screen.pixels(), lit_by(maps, lights, 0.5)) >= 45
    drag(screen, (0.5, 0.5), (0.3, 0.6))
    assert screen.state["lights"][0] == lights[0] and screen.state["light"]["x"] < -0.1
    page.get_by_role("button", name="Orbit", exact=True).click()
    screen.until(f"Math.hypot(state.light.x - {screen.state['light']['x']}, state.light.y) > 0.05")
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Centre").click()
    page.get_by_label("Exposure").fill("0")
    page.get_by_label("Intensity").fill("0")
    assert np.array_equal(screen.pixels(), alone)


# Surfaces


def test_tiles_continue_the_plane_and_exact_pixels_are_exact(screen, trajectory):
    time, maps = nearest(trajectory, 2)
    screen.call("set", {"time": time, "lights": [{**LIGHT, "x": 0.2, "y": 0.1}]})
    open_panel(screen, "Surface")
    for label in ("Tiles across", "Tiles down"):
        screen.page.get_by_label(label).fill("2")
    screen.page.get_by_role("button", name="Exact pixels").click()
    shown = canvas(screen)
    scale = shown.shape[1] // 256
    corner = [(length - 256 * scale) // 2 for length in shown.shape[1:]]
    texels = shown[:, corner[0] :, corner[1] :][:, : 256 * scale : scale, : 256 * scale : scale]
    tiled = {name: jnp.tile(values, (1, 2, 2)) for name, values in maps.items()}
    assert psnr(texels, lit_by(tiled, screen.state["lights"])) >= 45
    screen.page.get_by_role("button", name="Reset view").click()
    assert screen.state["tiles"] == [1, 1] and not screen.state["exact"]


def test_zoom_and_pan_keep_what_is_under_the_pointer(screen):
    open_panel(screen, "Surface")
    whole = canvas(screen)
    drag(screen, (0.5, 0.5), (0.6, 0.5))
    assert np.array_equal(canvas(screen), whole), "all of it is seen: there is nowhere to go"
    screen.page.mouse.move(*at(screen, 0.25, 0.25))
    screen.page.mouse.wheel(0, -400)
    screen.until("state.zoom > 1.5")
    zoom, centre = screen.state["zoom"], screen.state["centre"]
    assert [0.25 + (0.5 - 0.25) / zoom] * 2 == pytest.approx(centre, abs=0.01)
    drag(screen, (0.5, 0.5), (0.4, 0.5))
    assert screen.state["centre"] == pytest.approx([centre[0] + 0.1 / zoom, centre[1]], abs=0.01)
    screen.page.keyboard.press("0")
    screen.page.mouse.move(0, 0)
    assert np.array_equal(canvas(screen), whole)


# Channels


def test_two_channels_side_by_side_and_the_value_under_the_pointer(screen, trajectory):
    page = screen.page
    time, maps = nearest(trajectory, 2)
    screen.call("setTime", time)
    lit = canvas(screen)
    page.get_by_label("Show").select_option("roughness_u")
    rough = canvas(screen)
    page.get_by_label("Show").select_option("lit")
    page.get_by_label("Compare").select_option("roughness_u")
    divider = page.locator(".ode-divider").bounding_box()
    page.mouse.move(divider["x"] + 1, divider["y"] + 40)
    page.mouse.down()
    page.mouse.move(at(screen, 0.3, 0)[0], divider["y"] + 60, steps=3)
    page.mouse.up()
    assert screen.state["divider"] == pytest.approx(0.3, abs=0.01) and screen.state["light"]["x"] == 0
    both, edge = canvas(screen), round(screen.state["divider"] * lit.shape[2])
    assert np.array_equal(both[..., :edge], lit[..., :edge]) and np.array_equal(both[..., edge:], rough[..., edge:])
    page.mouse.move(*at(screen, 90.5 / 128, 40.5 / 128))
    probe = page.locator(".ode-probe")
    probe.filter(has_text="90, 40").wait_for()
    told = float(probe.inner_text().partition("across: ")[2])  # in two places, of what was sent in steps of 1/256
    assert told == pytest.approx(float(maps["roughness_u"][0, 40, 90]), abs=0.005 + 1 / 512)


# Painted ages


def test_an_age_map_shows_what_the_library_renders(screen, trajectory):
    material, key = oa.load("clay_solidifying"), int(np.argmin(np.abs(trajectory.times - 2)))
    chosen = np.random.default_rng(0).integers(len(trajectory.times), size=(128, 128))
    light = oa.Light(0.3, -0.2, 0.3)
    screen.call("set", {"lights": [{**LIGHT, "x": light.x, "y": light.y, "logIntensity": light.log_intensity}]})
    time = float(trajectory.times[key])
    screen.call("setTime", time)
    across = np.broadcast_to(np.linspace(-4, 4, 128, dtype=np.float32), (128, 128))
    for age, decibels in ((trajectory.times[chosen] - trajectory.times[key], 45), (across, 38)):
        screen.call("setAges", age.ravel().tolist())
        reached = psnr(screen.pixels(), oa.render(material, trajectory, time=time, light=light, age=age))
        print(f"painted: {reached:.1f} dB")
        assert reached >= decibels


def test_ages_are_painted_erased_undone_and_carried_by_a_file(screen, tmp_path):
    page = screen.page
    open_panel(screen, "Paint age")
    before = screen.pixels()
    page.get_by_label("Older by").fill("2.5")
    page.get_by_label("Radius").fill("0.1")
    drag(screen, (0.3, 0.3), (0.7, 0.3))
    painted = screen.pixels()
    different = np.abs(painted - before).max(axis=0) > 0.01
    assert different[30:46, 40:88].mean() > 0.8 and not different[60:].any()
    page.get_by_role("button", name="Erase").click()
    drag(screen, (0.5, 0.3), (0.5, 0.3))
    erased = screen.pixels()
    assert np.array_equal(erased[:, 38, 64], before[:, 38, 64]) and not np.array_equal(erased[:, 38, 40], before[:, 38, 40])
    page.get_by_role("button", name="Undo").click()
    assert np.array_equal(screen.pixels(), painted)
    page.keyboard.press("Shift+Tab")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export", exact=True).click()
    file = tmp_path / "age.png"
    download.value.save_as(file)
    grey = np.asarray(Image.open(file).convert("L"), np.float32)
    assert grey.shape == (128, 128) and grey[38, 64] == round(128 + 127 / 4 + 0.01) and grey[100, 64] == 128
    page.get_by_role("button", name="Clear").click()
    assert np.array_equal(screen.pixels(), before) and screen.state["painted"] == 0
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import").click()
    chooser.value.set_files(file)
    screen.until("state.painted > 0")
    assert psnr(screen.pixels(), painted) > 45
    for fill in ("Gradient", "Noise"):
        page.get_by_role("button", name=fill).click()
        assert psnr(screen.pixels(), before) < 40
    page.get_by_label("Time", exact=True).focus()
    page.keyboard.press("Home")
    assert psnr(screen.pixels(), painted) < 30, "what is painted ages with all else"


# Links


def test_a_link_reopens_what_was_seen(screen, open_screen):
    lights = [{**LIGHT, "x": 0.3, "y": -0.25}, {**LIGHT, "kind": "directional", "x": -0.5, "height": 0.5, "colour": "#80c0ff"}]
    seen = {"time": 1.5, "lights": lights, "surface": "cylinder", "tiles": [2, 1], "turn": [0.5, 0], "second": "normal",
            "divider": 0.4, "exposure": 0.5}  # fmt: skip
    screen.call("set", seen)
    screen.page.wait_for_function("location.hash.includes('exposure=0.5') && location.hash.includes('cylinder')")
    link = screen.page.evaluate("location.hash")
    assert "material=clay_solidifying&seed=0&size=128x128&range=-2,10" in link
    other = open_screen(viewport={"width": 1280, "height": 1000}, link=link)
    other.solved("state.material === 'clay_solidifying'")
    assert {name: other.state[name] for name in seen} == seen
    assert np.array_equal(canvas(other), canvas(screen))


def test_a_link_gives_the_solver_where_it_is_not_the_materials_own(open_screen):
    screen = open_screen(link="#material=clay_solidifying&size=32x32&range=0,1&solver=tsit5&tolerance=0.0001")
    screen.page.get_by_role("button", name="Solver").click()
    assert screen.page.get_by_label("Tolerance", exact=True).input_value() == "0.0001"
    screen.page.wait_for_function("location.hash.includes('&solver=tsit5&tolerance=0.0001')")
    screen.page.get_by_label("fixed", exact=True).check()
    screen.page.wait_for_function("location.hash.includes('&solver=tsit5&step=0.1')")
    screen.page.get_by_role("button", name="The one it comes with").click()
    screen.page.wait_for_function("!location.hash.includes('solver')")


def test_a_link_gives_the_keyframes_and_their_quality_where_they_are_not_as_usual(open_screen):
    screen = open_screen(link="#material=clay_solidifying&size=32x32&range=0,1&keyframes=9&quality=light")
    screen.solved("state.planned === 9")
    assert screen.page.get_by_label("Keyframes", exact=True).input_value() == "9"
    screen.page.wait_for_function("location.hash.includes('&keyframes=9&quality=light')")
    screen.page.get_by_role("button", name="Solver").click()
    assert screen.page.get_by_label("light, for slow networks").is_checked()
    screen.page.get_by_label("in full").check()
    screen.page.wait_for_function("location.hash.includes('&keyframes=9&quality=full')")
    screen.enter("Keyframes", 64)
    screen.page.wait_for_function("!location.hash.includes('keyframes')")


def test_a_link_that_cannot_be_followed_is_explained(open_screen):
    screen = open_screen(link="#material=rusting_steel&seed=5&size=97x64&zoom=x&light=a,b&surface=none&tiles=-3x1e9")
    assert screen.state["material"] == "clay_solidifying" and screen.state["zoom"] == 1
    assert "link" in screen.page.get_by_text("What the link asks for").first.inner_text()
