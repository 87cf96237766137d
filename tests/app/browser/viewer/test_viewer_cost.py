"""What looking costs: time from a hand's movement to changed pixels, frames a second, and bytes that are sent for it.

Run by hand, on a machine with nothing else to do: `pytest -n 0 -s -m nightly tests/app/browser/viewer/test_viewer_cost.py`.
"""

import itertools
import statistics
import time

import pytest
from exploring import at
from running_app import ROOT, Screen, serving

import ode_appearance as oa
from ode_appearance.checkpoints.checkpoint import load_config
from ode_appearance.runtime.folders import checkpoints_folder

NAMES = [name for name in oa.list_materials() if load_config(checkpoints_folder() / name).kind == "svbrdf"]
SIZE = 256
WINDOW = {"width": 1280, "height": round(SIZE / 0.62)}
"""The picture takes 62 % of its height, so that a texel is a pixel of the screen."""
MOST_BYTES = {"full": 24_000_000, "light": 10_000_000}
GOAL, LEAST = 25, 5  # frames a second; the second is for machines that do other things meanwhile
SECONDS = 4.0

# Every picture that is drawn is read back, which waits for the graphics, and compared with the one before.
WATCH = """() => {
  const { canvasView } = document.querySelector('.ode-viewer').odeViewer;
  const gl = canvasView.renderer.gl;
  const slider = document.querySelector(".ode-track input[type=range]");
  const seen = (window.seen = { waits: [], frames: 0, sharp: 0, reading: true });
  let before = null;
  slider.addEventListener("input", (event) => (seen.since ??= event.timeStamp), true);
  const draw = canvasView.draw.bind(canvasView);
  canvasView.draw = () => {
    draw();
    const { width, height } = canvasView.canvas;
    seen.frames++;
    seen.sharp += width === WIDTH;
    if (!seen.reading) return;
    const pixels = new Uint8Array(4 * width * height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    const changed = before === null || pixels.some((value, place) => value !== before[place]);
    before = pixels;
    if (changed && seen.since !== undefined) {
      seen.waits.push(performance.now() - seen.since);
      delete seen.since;
    }
  };
}""".replace("WIDTH", str(SIZE))
COUNT = "(reading) => Object.assign(window.seen, { reading, frames: 0, sharp: 0, waits: [] })"
BYTES = """() => Promise.all(document.querySelector('.ode-viewer').odeViewer.serverSync.loader.files.map(({ bytes }) => bytes))
  .then((files) => files.map((file) => file.byteLength))"""


@pytest.fixture(scope="module")
def address():
    with serving(ODE_APPEARANCE_CHECKPOINTS=str(ROOT / "checkpoints")) as address:
        yield address


def milliseconds_of_slider(screen):
    """From the events of a slider that a mouse drags to pixels that have changed."""
    screen.page.evaluate(COUNT, True)
    slider, mouse = screen.page.get_by_label("Time", exact=True), screen.page.mouse
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    place = [box["x"] + 0.5 * box["width"], box["y"] + 0.7 * box["height"]]
    mouse.move(*place)
    mouse.down()
    for _ in range(30):
        place[0] += 5
        mouse.move(*place)
        screen.page.wait_for_timeout(60)
    mouse.up()
    waits = screen.page.evaluate("window.seen.waits")
    assert len(waits) >= 20
    return statistics.median(waits), max(waits)


def frames_while(screen, move):
    """Frames a second while `move()` is called again and again, and the share of them that had all pixels."""
    screen.page.evaluate(COUNT, False)
    began = time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        move()
    spent = time.perf_counter() - began
    seen = screen.page.evaluate("window.seen")
    return seen["frames"] / spent, seen["sharp"] / max(seen["frames"], 1)


def frames_of_playing(screen):
    screen.page.get_by_role("button", name="Play").click()
    found = frames_while(screen, lambda: screen.page.wait_for_timeout(500))
    screen.page.get_by_role("button", name="Pause").click()
    return found


def frames_of_dragging(screen):
    screen.page.locator(".ode-picture").scroll_into_view_if_needed()
    mouse = screen.page.mouse
    places = itertools.cycle([at(screen, *place) for place in ((0.3, 0.3), (0.7, 0.45), (0.4, 0.8), (0.3, 0.55))])
    mouse.move(*next(places))
    mouse.down()
    found = frames_while(screen, lambda: mouse.move(*next(places), steps=25))
    mouse.up()
    light = screen.state["light"]
    assert light["x"] != 0 and light["y"] != 0, "it was the light that was dragged"
    return found


@pytest.mark.nightly
@pytest.mark.parametrize("name", NAMES)
def test_what_looking_costs(browser, address, name):
    screen = Screen(browser, address, link=f"#material={name}&size={SIZE}x{SIZE}", viewport=WINDOW)
    screen.solved(f"state.material === '{name}' && state.size[0] === {SIZE}")
    print(f"\n{name}, {screen.state['planned']} keyframes of {SIZE}x{SIZE}")
    canvas = "document.querySelector('.ode-picture > canvas')"
    screen.page.wait_for_function(f"{canvas}.width === {SIZE} && {canvas}.height === {SIZE}")
    sizes = {"full": screen.page.evaluate(BYTES)}

    screen.page.wait_for_timeout(1000)
    screen.page.evaluate(WATCH)
    asked = len(screen.requests)
    usual, longest = milliseconds_of_slider(screen)
    rates = {"playing": frames_of_playing(screen), "dragging the light": frames_of_dragging(screen)}
    assert screen.requests[asked:] == []

    print(f"| slider event to changed pixels | {usual:.0f} ms, {longest:.0f} ms at most, no request |")
    for what, (rate, sharp) in rates.items():
        print(f"| frames a second, {what} | {rate:.0f}, {sharp:.0%} of them with all pixels (goal {GOAL}) |")

    run = screen.state["run"]
    screen.page.get_by_role("button", name="Solver").first.click()
    screen.page.get_by_label("light, for slow networks").click()
    screen.solved(f"state.run > {run}")
    sizes["light"] = screen.page.evaluate(BYTES)
    for quality, files in sizes.items():
        whole = f"{sum(files) / 1e6:.1f} MB (limit {MOST_BYTES[quality] / 1e6:.0f})"
        print(f"| {quality} quality | {statistics.mean(files) / 1e3:.0f} kB a keyframe, {whole} |")
        assert len(files) == 64 and sum(files) <= MOST_BYTES[quality]
    screen.page.close()
    assert screen.errors == []
    assert usual < 250 and min(rate for rate, _ in rates.values()) >= LEAST
