"""The stand-alone page, double-clicked on a machine without a network."""

import numpy as np
from conftest import ROOT
from made_up import psnr

import ode_appearance as oa
from ode_appearance.viewer.bundle import read_bundle
from ode_appearance.viewer.page import bundle_page

MOST_BYTES = 3_000_000
STATE = "document.querySelector('.ode-viewer').odeViewer.state"


def test_the_page_of_what_is_baked_scrubs_and_relights_without_a_network(browser, tmp_path):
    folder, file = ROOT / "checkpoints" / "clay_solidifying", tmp_path / "clay.html"
    material, bundle = oa.load(folder), read_bundle((folder / "keyframes.bin").read_bytes())
    file.write_text(bundle_page(material.config, bundle))
    assert file.stat().st_size <= MOST_BYTES
    context = browser.new_context(viewport={"width": 1000, "height": 900}, offline=True)
    page, errors, requests = context.new_page(), [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_function(f"{STATE}.keyframes === 32")
    assert page.evaluate(f"{STATE}.time") == 3.75
    time = float(np.float32(bundle.times[20]))
    # By hand: the slider, then the light.
    page.get_by_label("Time", exact=True).fill(str(time))
    box = page.locator(".ode-picture").bounding_box()
    page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.4 * box["height"])
    light = page.evaluate(f"{STATE}.light")
    assert light["x"] > 0.1 and light["y"] > 0.05
    width, height, data = page.evaluate(
        "() => { const { width, height, data } = document.querySelector('.ode-viewer').odeViewer.readPixels();"
        " return [width, height, Array.from(data)]; }"
    )
    shown = np.array(data, np.float32).reshape(height, width, 4)[..., :3].transpose(2, 0, 1) / 255
    state = oa.solve(material, seed=0, size=(128, 128), times=[time]).states[0]
    own = oa.Light(light["x"], light["y"], light["logIntensity"])
    assert psnr(shown, oa.render(material, state, light=own)) > 32
    assert "Chen Liu" in page.locator("footer").inner_text()
    assert errors == [] and not [address for address in requests if not address.startswith(("file:", "data:"))]
    context.close()
