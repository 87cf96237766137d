"""On a computer that draws slowly, what moves has fewer pixels, and what rests has all of them."""

import pytest
from PIL import Image

WIDTH = "document.querySelector('.ode-picture > canvas').width"
FULL = "Math.round(document.querySelector('.ode-picture > canvas').clientWidth * devicePixelRatio)"
MOVE = """async (milliseconds) => {
  const viewer = document.querySelector('.ode-viewer').odeViewer;
  const widths = [];
  for (let frame = 0; frame < 12; frame++) {
    viewer.setLight(0.02 * frame, 0.1, 0);
    const busy = performance.now() + milliseconds;
    while (performance.now() < busy);
    await new Promise(requestAnimationFrame);
    widths.push(document.querySelector('.ode-picture > canvas').width);
  }
  return widths;
}"""


@pytest.mark.parametrize("milliseconds", [60, 250])
def test_slow_movements_are_coarse_and_rest_is_sharp(screen, milliseconds):
    page = screen.page
    sharp = page.evaluate(FULL)
    page.wait_for_function(f"{WIDTH} === {sharp}", timeout=5000)
    widths = page.evaluate(MOVE, milliseconds)
    assert abs(widths[-1] - sharp / 2) <= 1, widths
    page.wait_for_function(f"{WIDTH} === {sharp}", timeout=5000)
    page.evaluate(MOVE, 60)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this picture").click()
    with Image.open(download.value.path()) as saved:
        assert saved.width == sharp


ARRIVE = MOVE.replace("viewer.setLight(0.02 * frame, 0.1, 0)", "viewer.canvasView.requestFrame()")


def test_what_arrives_is_no_movement(screen):
    screen.solved()
    sharp = screen.page.evaluate(FULL)
    assert screen.page.evaluate(MOVE, 60)[-1] < sharp
    screen.page.wait_for_function(f"{WIDTH} === {sharp}", timeout=5000)
    assert screen.page.evaluate(ARRIVE, 60) == 12 * [sharp]


PLAYED = """async () => {
  const { canvasView, store, playback } = document.querySelector('.ode-viewer').odeViewer;
  const times = new Set();
  const draw = canvasView.draw.bind(canvasView);
  canvasView.draw = () => { times.add(store.view.time); draw(); };
  playback.play();
  let frames = 0;
  for (const end = performance.now() + 2000; performance.now() < end; frames++) await new Promise(requestAnimationFrame);
  playback.pause();
  canvasView.draw = draw;
  return [times.size, frames];
}"""


@pytest.mark.quiet
def test_every_frame_is_drawn_while_it_plays(screen):
    screen.solved()
    drawn, frames = screen.page.evaluate(PLAYED)
    assert drawn > 5 and drawn >= 0.8 * frames, (drawn, frames)
