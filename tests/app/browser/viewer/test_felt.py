"""How long one waits, as the page itself sees it: from the address or the click to a picture that scrubs, and to a live one."""

import statistics

import pytest
from running_app import ROOT, Screen, serving

WIDE = {"width": 1280, "height": 1000}
WATCH = """
const t = (window.times = {});
const mark = (name, there) => there && !(name in t) && (t[name] = performance.now() - (window.began ?? 0));
setInterval(() => {
  const viewer = document.querySelector(".ode-viewer")?.odeViewer;
  if (!viewer || (window.wanted && viewer.state.material !== window.wanted)) return;
  mark("preview", viewer.state.draft || viewer.state.keyframes);
  mark("live", viewer.state.solved?.[1] >= 0);
}, 4);
"""
PICK = """name => {
  for (const mark of Object.keys(window.times)) delete window.times[mark];
  Object.assign(window, { wanted: name, began: performance.now() });
  document.querySelector(`.ode-card[data-name=${name}]`).click();
}"""


def waited(screen):
    """Seconds to a preview that scrubs, and to a live keyframe that is no noise any more."""
    screen.page.wait_for_function("window.times.live")
    times = screen.page.evaluate("window.times")
    screen.solved()
    return times["preview"] / 1000, times["live"] / 1000


@pytest.mark.nightly
def test_what_one_waits_for(browser):
    with serving(ODE_APPEARANCE_CHECKPOINTS=str(ROOT / "checkpoints")) as address:
        context = browser.new_context(viewport=WIDE)
        loads, picks = [], {}
        for _ in range(4):  # the first fills the caches
            screen = Screen(context, address, script=WATCH)
            loads.append(waited(screen))
            screen.page.close()
        screen = Screen(context, address, script=WATCH)
        screen.solved()
        names = screen.page.eval_on_selector_all(".ode-card", "cards => cards.map((card) => card.dataset.name)")
        for name in [*names[1:], names[0]]:
            screen.page.evaluate(PICK, name)
            picks[name] = waited(screen)
    print()
    for what, (preview, live) in {"first load": loads[0], "load": middle(loads[1:]), **picks}.items():
        print(f"{what}: {preview:.2f} s to a preview, {live:.2f} s to a live keyframe")
    assert loads[0][1] < 20 and middle(loads[1:])[1] < 10
    assert max(preview for preview, _ in picks.values()) < 3 and max(live for _, live in picks.values()) < 10


def middle(waits):
    """The medians of both."""
    return tuple(map(statistics.median, zip(*waits, strict=True)))
