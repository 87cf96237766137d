"""What is exported from the app, and saved from the viewer, is what is seen in a browser."""

import base64
import io

import numpy as np
from made_up import psnr
from PIL import Image

LIGHTS = [
    {"kind": "point", "x": 0.3, "y": -0.2, "height": 0.8, "logIntensity": 0.2, "colour": "#ffe0c0", "orbit": 0},
    {"kind": "directional", "x": -0.5, "y": 0.4, "height": 0.6, "logIntensity": -0.3, "colour": "#4080ff", "orbit": 0},
]
AGES = np.float32(np.linspace(-1, 2.5, 128) * np.ones((128, 1)) + np.sin(np.arange(128) / 9)[:, None])


def downloaded(page, press, tmp_path):
    """The picture that is downloaded when `press` is done, in [0, 1], and its file's name."""
    with page.expect_download() as download:
        press()
    path = tmp_path / "seen.png"
    download.value.save_as(path)
    picture = np.asarray(Image.open(io.BytesIO(path.read_bytes())).convert("RGB"), np.float32)
    return picture.transpose(2, 0, 1) / 255, download.value.suggested_filename


def exported(screen, tmp_path):
    """What the export panel writes as a PNG."""
    page, link = screen.page, "document.querySelector('#export a[download]')?.href"
    start = page.get_by_role("button", name="Export what is seen")
    if not start.is_visible():
        page.locator("#export button").first.click()
    earlier = page.evaluate(link)
    start.click()
    page.wait_for_function(f"earlier => {link} !== earlier", arg=earlier, timeout=60_000)
    return downloaded(page, page.locator("#export a[download]").first.click, tmp_path)[0]


def test_the_canvas_and_the_exported_picture_agree(screen, tmp_path):
    time = screen.page.evaluate("document.querySelector('.ode-viewer').odeViewer.times")[40]
    screen.call("set", {"time": time, "lights": LIGHTS, "selected": 0, "exposure": 0.4})
    screen.call("setAges", AGES.ravel().tolist())
    seen, picture = screen.pixels(), exported(screen, tmp_path)
    reached = psnr(seen, picture)
    print(f"lights, exposure and painted ages: {reached:.1f} dB")
    assert reached >= 45
    screen.call("setAges", None)
    assert psnr(screen.pixels(), picture) < 30
    assert psnr(screen.pixels(), exported(screen, tmp_path)) >= 45


def test_tiles_are_exported_as_one_plane(screen, tmp_path):
    screen.call("set", {"lights": LIGHTS, "tiles": [2, 1], "exposure": 0})
    picture = exported(screen, tmp_path)
    assert picture.shape == (3, 128, 256)
    saved, _ = downloaded(screen.page, screen.page.get_by_role("button", name="Save this picture").click, tmp_path)
    # The canvas has as many pixels as the screen; both are brought to one size.
    small = [
        np.asarray(Image.fromarray(np.uint8(255 * shown.transpose(1, 2, 0))).resize((64, 32), Image.Resampling.BOX)) / 255
        for shown in (saved, picture)
    ]
    assert psnr(*small) > 35


def test_a_texture_is_exported_as_exposed(screen, tmp_path):
    screen.pick("rusting_steel")
    time = screen.page.evaluate("document.querySelector('.ode-viewer').odeViewer.times")[40]
    screen.call("set", {"time": time, "exposure": 1.0, "tiles": [1, 1]})
    screen.call("setAges", AGES.ravel().tolist())
    assert psnr(screen.pixels(), exported(screen, tmp_path)) >= 45


def test_the_picture_is_saved_as_it_is_on_the_canvas(screen, tmp_path):
    screen.call("set", {"surface": "sphere", "zoom": 1.5, "turn": [0.4, 0.2], "time": 2.0})
    picture, name = downloaded(screen.page, screen.page.get_by_role("button", name="Save this picture").click, tmp_path)
    assert name == "rusting_steel_2.00.png"
    address = screen.page.evaluate(
        "() => { const { stage } = document.querySelector('.ode-viewer').odeViewer; stage.draw();"
        " return stage.canvas.toDataURL(); }"
    )
    canvas = Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB")
    assert np.array_equal(np.rint(255 * picture), np.asarray(canvas).transpose(2, 0, 1)) and np.ptp(picture) > 0.5
