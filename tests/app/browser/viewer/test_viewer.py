"""The app in a real browser: what a person sees and does, and that the canvas shows what the library computes."""

import base64
import json

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from made_up import lit, made_up_maps, psnr
from PIL import Image
from running_app import BROKEN, Screen

import ode_appearance as oa
from ode_appearance.keyframes.codec import encode_keyframe
from ode_appearance.shading.brdf import BRDF_MODELS

LIGHTS = [oa.Light(0.0, 0.0, -0.2), oa.Light(0.0, 0.6, 0.5), oa.Light(-0.5, 0.0, 1.0), oa.Light(0.5, -0.5, 0.0)]


def set_light(screen, light):
    screen.call("setLight", light.x, light.y, light.log_intensity)


def test_both_materials_are_shown_and_a_broken_one_says_why(screen):
    page = screen.page
    for name in ("clay_solidifying", "rusting_steel"):
        card = page.locator(f".ode-card[data-name={name}]")
        assert card.is_visible() and card.locator("img").evaluate("image => image.naturalWidth") >= 128
    broken = page.locator(f".ode-card[data-name={BROKEN}]")
    assert "model.eqx" in broken.inner_text() and broken.evaluate("card => card.tagName") == "DIV"
    assert "CPU" in page.locator("#device").inner_text() or "NVIDIA" in page.locator("#device").inner_text()
    assert "cc-by-4.0" in page.locator("#facts").inner_text()


def test_the_canvas_shows_what_the_library_renders(screen):
    screen.pick("clay_solidifying")
    material = oa.load("clay_solidifying")
    times = screen.page.evaluate("document.querySelector('.ode-viewer').odeViewer.times")
    keys = [int(np.argmin(np.abs(np.array(times) - time))) for time in (-0.5, 1.0, 4.0)]
    moments = [(times[key], 45) for key in keys] + [((times[key] + times[key + 1]) / 2, 38) for key in keys]
    trajectory = oa.solve(material, seed=0, size=(128, 128), times=[time for time, _ in moments])
    for time, decibels in moments:
        state = trajectory.states[int(np.argmin(np.abs(trajectory.times - time)))]
        screen.call("setTime", time)
        for light in LIGHTS:
            set_light(screen, light)
            reached = psnr(screen.pixels(), oa.render(material, state, light=light))
            print(f"t = {time:.3f}, light ({light.x:g}, {light.y:g}): {reached:.1f} dB")
            assert reached >= decibels


def test_an_rgb_texture_shows_what_the_library_renders(screen):
    screen.pick("rusting_steel")
    material = oa.load("rusting_steel")
    times = screen.page.evaluate("document.querySelector('.ode-viewer').odeViewer.times")
    wanted = [times[10], times[40], (times[10] + times[11]) / 2, (times[40] + times[41]) / 2]
    trajectory = oa.solve(material, seed=0, size=(128, 128), times=wanted)
    for time, decibels in zip(wanted, (45, 45, 38, 38), strict=True):
        screen.call("setTime", time)
        state = trajectory.states[int(np.argmin(np.abs(trajectory.times - time)))]
        reached = psnr(screen.pixels(), oa.render(material, state))
        print(f"t = {time:.3f}: {reached:.1f} dB")
        assert reached >= decibels


@pytest.mark.parametrize("brdf", BRDF_MODELS)
def test_the_shader_agrees_with_the_library(screen, brdf):
    """All six BRDF models on made-up maps, not square, roughness down to 0.02; blends too."""
    first, second = (made_up_maps(brdf, seed=seed) for seed in (1, 2))
    file, texels = encode_keyframe(first)
    files = [file, encode_keyframe(second, texels)[0]]
    run = screen.state["run"] + 0.001  # the next solve of the app is newer than this
    value = {
        "run": run,
        "material": {
            "name": brdf, "title": brdf, "label": "made up", "brdf": brdf, "half_width": float(np.tan(np.radians(25))),
            "distance": 1.0, "light": [0, 0, 0], "warmup": 1.0, "duration": 1.0,
            "views": [["lit", "Lit"], ["height", "Height"]],
        },
        "preview": None, "seed": 0, "size": [48, 32], "times": [0.0, 1.0], "status": "complete", "text": "", "message": None,
        "keyframes": [
            {"time": float(time), "file": {"url": "data:;base64," + base64.b64encode(file).decode()}}
            for time, file in enumerate(files)
        ],
    }  # fmt: skip
    screen.call("update", value)
    screen.until(f"state.run === {run} && state.keyframes === 2")
    screen.call("setTime", 0)
    for light in LIGHTS:
        set_light(screen, light)
        reached = psnr(screen.pixels(), lit(brdf, first, light))
        print(f"{brdf}, light ({light.x:g}, {light.y:g}): {reached:.1f} dB")
        assert reached >= 45
    screen.call("setView", "height")
    height = first["height"]
    assert psnr(screen.pixels(), (height - height.min()) / np.ptp(height) * np.ones((3, 1, 1))) >= 45
    screen.call("setView", "lit")
    screen.call("setTime", 0.25)
    blend = {name: 0.75 * first[name] + 0.25 * second[name] for name in first}
    blend["normal"] /= np.linalg.norm(blend["normal"], axis=0)
    assert psnr(screen.pixels(), lit(brdf, blend, LIGHTS[-1])) >= 45


def test_time_and_light_change_the_picture_without_a_request(screen):
    screen.pick("clay_solidifying")
    page = screen.page
    before, asked = screen.pixels(), len(screen.requests)
    slider = page.get_by_label("Time", exact=True)
    box = slider.bounding_box()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2)
    page.wait_for_timeout(200)
    aged = screen.pixels()
    assert 0 < screen.state["time"] < 3 and psnr(before, aged) < 35
    slider.press("ArrowRight")
    picture = page.locator(".ode-picture").bounding_box()
    page.mouse.move(picture["x"] + picture["width"] / 2, picture["y"] + picture["height"] / 2)
    page.mouse.down()
    page.mouse.move(picture["x"] + 0.8 * picture["width"], picture["y"] + 0.2 * picture["height"], steps=5)
    page.mouse.up()
    light, there = screen.state["light"], pytest.approx(0.6 * np.tan(np.radians(25)), abs=0.02)
    assert light["x"] == there and light["y"] == there
    assert float(page.get_by_label("Light x").input_value()) == pytest.approx(light["x"], abs=0.006)
    assert psnr(aged, screen.pixels()) < 35
    page.locator(".ode-handle").press("ArrowLeft")
    assert screen.state["light"]["x"] == pytest.approx(light["x"] - 0.02, abs=1e-6)
    page.get_by_label("Light y").fill("-0.5")
    assert screen.state["light"]["y"] == -0.5
    page.get_by_label("Show").select_option("normal")
    assert screen.pixels()[2].mean() > 0.6
    page.get_by_role("button", name="Reset light").click()
    assert screen.state["light"]["x"] == 0
    page.get_by_label("Show").select_option("lit")
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Pause").click()
    assert screen.requests[asked:] == []


def test_another_seed_is_another_piece_and_an_impossible_size_is_explained(screen):
    screen.pick("rusting_steel")
    screen.call("setTime", 4.0)
    before, run = screen.pixels(), screen.state["run"]
    screen.enter("Seed", 7)
    screen.solved(f"state.run > {run}")
    assert screen.state["time"] == 4.0, "the moment stays"
    assert psnr(before, screen.pixels()) < 20
    run = screen.state["run"]
    screen.enter("Width", 130)
    message = screen.page.locator(".ode-message")
    message.wait_for(state="visible")
    assert "132x128 is" in message.inner_text() or "128x128 is" in message.inner_text()
    assert screen.state["run"] == run, "what was there stays"
    screen.enter("Width", 96)
    screen.solved(f"state.run > {run}")
    assert screen.state["size"] == [96, 128] and not message.is_visible()
    screen.enter("Width", 128)
    screen.enter("Seed", 0)
    screen.solved("state.size[0] === 128")


def test_a_solve_can_be_stopped(screen):
    screen.pick("clay_solidifying")
    # Large, so that the solve of the small network is not over before the click.
    screen.enter("Width", 512)
    screen.enter("Height", 512)
    screen.until("state.size[0] === 512 && state.size[1] === 512")
    run = screen.state["run"]
    screen.enter("End time", 200)
    screen.until(f"state.run > {run} && state.keyframes > 1")
    screen.page.get_by_role("button", name="Stop").click()
    screen.until("state.status === 'stopped'")
    state = screen.state
    assert 1 < state["keyframes"] < state["planned"] and not screen.page.get_by_role("button", name="Stop").is_visible()
    screen.enter("Width", 128)
    screen.enter("Height", 128)
    screen.page.get_by_role("button", name="With warm-up").click()
    screen.solved("state.solved[1] === 10 && state.size[0] === 128 && state.size[1] === 128")


@pytest.mark.quiet
def test_a_preview_is_there_within_a_blink(screen):
    screen.pick("clay_solidifying")
    milliseconds = screen.page.evaluate(
        """() => new Promise((done) => {
          const began = performance.now(), preview = document.querySelector(".ode-preview");
          document.querySelector(".ode-card[data-name=rusting_steel]").click();
          const there = () => !preview.hidden && preview.complete && preview.naturalWidth > 0;
          const look = () => (there() ? done(performance.now() - began) : requestAnimationFrame(look));
          look();
        })"""
    )
    assert milliseconds < 200
    screen.solved("state.material === 'rusting_steel'")
    assert screen.page.locator(".ode-preview").is_hidden()


def test_a_lost_graphics_context_comes_back(screen):
    screen.pick("clay_solidifying")
    screen.call("setTime", 2.0)
    before = screen.pixels()
    lose = "(name) => { const viewer = document.querySelector('.ode-viewer').odeViewer;" \
        " window.loser ??= viewer.renderer.gl.getExtension('WEBGL_lose_context'); window.loser[name](); }"  # fmt: skip
    screen.page.evaluate(lose, "loseContext")
    screen.page.locator(".ode-message").wait_for(state="visible")
    screen.page.evaluate(lose, "restoreContext")
    screen.until("state.keyframes === state.planned")
    assert np.array_equal(screen.pixels(), before)


def test_without_webgl_the_server_draws(open_screen):
    no_webgl = "HTMLCanvasElement.prototype.getContext = () => null;"
    screen = open_screen(script=no_webgl)
    assert screen.state["webgl"] is False
    picture, message = screen.page.locator(".ode-preview"), screen.page.locator(".ode-message")
    screen.page.wait_for_function("document.querySelector('.ode-preview').src.startsWith('data:')", timeout=90_000)
    assert "WebGL2" in message.inner_text()
    before = picture.get_attribute("src")
    screen.call("setTime", 1.0)
    screen.page.wait_for_function("old => document.querySelector('.ode-preview').src !== old", arg=before, timeout=60_000)


def test_the_endpoint_renders(app, screen):
    client = Client(app, verbose=False)
    light = oa.Light(0.3, -0.2, 0.5)
    path = client.predict(
        material="clay_solidifying", seed=3, width=64, height=48, time=2.5, x=light.x, y=light.y,
        log_intensity=light.log_intensity, api_name="/render",
    )  # fmt: skip
    picture = np.asarray(Image.open(path).convert("RGB"), np.float32).transpose(2, 0, 1) / 255
    material = oa.load("clay_solidifying")
    trajectory = oa.solve(material, seed=3, size=(64, 48), times=[2.5])
    assert psnr(picture, oa.render(material, trajectory, light=light)) > 55
    for wrong, sentence in (({"material": "../x"}, "no material"), ({"width": 63}, "not possible"), ({"time": -9}, "nearest")):
        request = {"material": "rusting_steel", "width": 64, "height": 64}
        with pytest.raises(AppError, match=sentence):
            client.predict(**{**request, **wrong}, api_name="/render")
    described = json.dumps(client.view_api(return_format="dict"))
    assert "/render" in described and "/solve" not in described
    assert isinstance(screen, Screen)
