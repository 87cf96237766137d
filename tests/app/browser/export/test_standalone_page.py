"""The stand-alone page, double-clicked on a machine without a network."""

import contextlib

import numpy as np
import pytest
from made_up import psnr
from running_app import ROOT

import ode_appearance as oa
from ode_appearance.cli.main import main
from ode_appearance.keyframes.bundle import read_bundle
from ode_appearance.web.page import bundle_page

MOST_BYTES, MOST_LIVE_BYTES = 3_000_000, 12_000_000
LEAST = 32.0
VIEWER = "document.querySelector('.ode-viewer').odeViewer"


@contextlib.contextmanager
def opened(browser, file, keyframes):
    """The page in a tab without a network, with all its keyframes; it may neither report an error nor ask for anything."""
    context = browser.new_context(viewport={"width": 1000, "height": 900}, offline=True)
    page, errors, requests = context.new_page(), [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_function(f"{VIEWER}.state.keyframes === {keyframes}")
    yield page
    assert errors == [] and not [address for address in requests if not address.startswith(("file:", "data:"))]
    context.close()


def scrub(page, time):
    """By hand: the slider."""
    page.get_by_label("Time", exact=True).fill(str(time))
    page.wait_for_function(f"Math.abs({VIEWER}.state.time - {time}) < 1e-6")


def relight(page, across, down):
    """By hand: a click in the picture. Returns the light, as it is then."""
    box = page.locator(".ode-picture").bounding_box()
    page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
    light = page.evaluate(f"{VIEWER}.state.light")
    return oa.Light(light["x"], light["y"], light["logIntensity"])


def shown(page):
    width, height, data = page.evaluate(
        f"() => {{ const {{ width, height, data }} = {VIEWER}.readPixels(); return [width, height, Array.from(data)]; }}"
    )
    return np.array(data, np.float32).reshape(height, width, 4)[..., :3].transpose(2, 0, 1) / 255


def test_the_page_of_what_is_baked_scrubs_and_relights_without_a_network(browser, tmp_path):
    folder, file = ROOT / "checkpoints" / "clay_solidifying", tmp_path / "clay.html"
    material, bundle = oa.load(folder), read_bundle((folder / "keyframes.bin").read_bytes())
    file.write_text(bundle_page(material.config, bundle))
    assert file.stat().st_size <= MOST_BYTES
    with opened(browser, file, 32) as page:
        page.wait_for_function(f"{VIEWER}.state.time === 7.5")
        time = float(np.float32(bundle.times[20]))
        scrub(page, time)
        light = relight(page, 0.7, 0.4)
        assert light.x > 0.1 and light.y > 0.05
        state = oa.solve(material, seed=0, size=(128, 128), times=[time]).states[0]
        assert psnr(shown(page), oa.render(material, state, light=light)) >= LEAST
        assert "Chen Liu" in page.locator("footer").inner_text()


@pytest.mark.nightly
def test_so_does_a_page_of_32_live_keyframes_of_256x256(browser, tmp_path):
    file = tmp_path / "clay.html"
    options = ["--format", "page", "--size", "256x256", "--frames", "32"]
    assert main(["export", str(ROOT / "checkpoints" / "clay_solidifying"), *options, "--out", str(file)]) == 0
    assert file.stat().st_size <= MOST_LIVE_BYTES
    print(f"a page of {file.stat().st_size / 1e6:.2f} MB")
    with opened(browser, file, 32) as page:
        times = page.evaluate(f"{VIEWER}.times")
        chosen = [times[key] for key in (0, 8, 16)]
        material = oa.load("clay_solidifying")
        trajectory = oa.solve(material, seed=0, size=(256, 256), times=chosen)
        for time, state, place in zip(chosen, trajectory.states, [(0.5, 0.5), (0.7, 0.4), (0.2, 0.75)], strict=True):
            scrub(page, time)
            light = relight(page, *place)
            reached = psnr(shown(page), oa.render(material, state, light=light))
            print(f"t = {time:.3f}, light ({light.x:.2f}, {light.y:.2f}): {reached:.1f} dB")
            assert reached >= LEAST
