"""What is exported from the app, and saved from the viewer, is what is seen in a browser."""

import base64
import io

import numpy as np
from exploring import canvas
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


def test_a_map_by_itself_is_exported_as_it_is_on_the_canvas(screen, tmp_path):
    """At a keyframe, painted or not, flat or around a solid; whatever the light."""
    time = screen.page.evaluate("document.querySelector('.ode-viewer').odeViewer.times")[40]
    screen.call("set", {"time": time, "lights": LIGHTS, "exposure": 0.4})
    label = screen.page.get_by_label("Show", exact=True)
    for channel in ("diffuse", "roughness_u", "normal", "height"):
        label.select_option(channel)
        screen.call("setAges", AGES.ravel().tolist() if channel in ("diffuse", "height") else None)
        reached = psnr(screen.pixels(), exported(screen, tmp_path))
        print(f"{channel}: {reached:.1f} dB")
        assert reached >= 40
        assert "as seen" not in screen.page.locator("#export-status").inner_text()
    screen.call("setAges", None)
    for channel, least in (("normal", 25), ("diffuse", 30), ("height", 30)):
        screen.call("set", {"surface": "sphere", "turn": [0.4, 0.2], "channel": channel})
        small = np.asarray(
            Image.fromarray(np.uint8(255 * canvas(screen).transpose(1, 2, 0))).resize((128, 128), Image.Resampling.BOX)
        )
        reached = psnr(small.transpose(2, 0, 1) / 255, exported(screen, tmp_path))
        print(f"{channel} around a sphere: {reached:.1f} dB")
        assert reached >= least
    screen.call("set", {"surface": "flat", "turn": [0, 0], "channel": "lit"})


def test_the_size_of_the_file_is_told_before_it_is_exported(screen):
    page, size = screen.page, screen.page.locator("#export-size")
    size.get_by_text("128×128.").wait_for()
    first = size.inner_text()
    page.get_by_label("Format", exact=True).click()
    page.get_by_role("option", name="GIF").click()
    size.get_by_text("128×128, 60 frames.").wait_for()
    page.get_by_label("Frames", exact=True).fill("20")
    size.get_by_text("128×128, 20 frames.").wait_for()
    assert size.inner_text() != first and size.inner_text().startswith("About ")
    page.get_by_label("Frames", exact=True).fill("5000")
    size.get_by_text("from 2 to 1000 frames").wait_for()
    page.get_by_label("Frames", exact=True).fill("60")
    page.get_by_label("Width", exact=True).fill("256")
    size.get_by_text("256×128, 60 frames.").wait_for()
    page.get_by_label("Width", exact=True).fill("128")
    screen.solved("state.size[0] === 128")
    page.get_by_label("Format", exact=True).click()
    page.get_by_role("option", name="Picture (PNG)").click()
    size.get_by_text("128×128.").wait_for()


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
        "() => { const { canvasView } = document.querySelector('.ode-viewer').odeViewer; canvasView.draw();"
        " return canvasView.canvas.toDataURL(); }"
    )
    canvas = Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB")
    assert np.array_equal(np.rint(255 * picture), np.asarray(canvas).transpose(2, 0, 1)) and np.ptp(picture) > 0.5
