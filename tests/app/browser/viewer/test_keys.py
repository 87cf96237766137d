"""In the browser: keys that move time wherever they would do nothing else."""

import pytest

FRESH = "document.activeElement === document.body"


@pytest.fixture(autouse=True)
def at_rest(screen):
    """Nothing has the focus, nothing plays, and the page is at its top."""
    screen.page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    screen.call("set", {"time": 2.0, "playing": False})


def test_on_a_fresh_page_keys_move_time(screen):
    page, times = screen.page, screen.page.evaluate("document.querySelector('.ode-viewer').odeViewer.times")
    assert page.evaluate(FRESH)
    page.keyboard.press("Home")
    screen.until(f"Math.abs(state.time - {times[0]}) < 1e-6")
    page.keyboard.press("ArrowRight")
    screen.until(f"Math.abs(state.time - {times[1]}) < 1e-6")
    page.keyboard.press("End")
    screen.until(f"Math.abs(state.time - {times[-1]}) < 1e-6")
    page.keyboard.press("Space")
    screen.until("state.playing")
    page.keyboard.press("Space")
    assert not screen.state["playing"] and page.evaluate("scrollY") == 0
    page.keyboard.press("ArrowDown")
    page.wait_for_function("scrollY > 0")


def test_after_a_card_was_clicked_keys_move_time(screen):
    page, run = screen.page, screen.state["run"]
    page.click(".ode-card[data-name=clay_solidifying]")
    screen.solved(f"state.run > {run}")
    assert page.evaluate("document.activeElement.matches('.ode-card')")
    run = screen.state["run"]
    page.keyboard.press("Space")
    screen.until("state.playing")
    page.keyboard.press("Space")
    page.keyboard.press("End")
    screen.until("!state.playing && state.time === state.solved[1]")
    page.wait_for_timeout(500)
    assert screen.state["run"] == run, "it was not picked again"


def test_a_card_that_the_keyboard_came_to_is_picked_by_it(screen):
    page = screen.page
    page.locator("#gallery .ode-card").first.focus()
    page.keyboard.press("Tab")
    name = page.evaluate("document.activeElement.dataset.name")
    page.keyboard.press("Space")
    screen.solved(f"state.material === '{name}'")
    assert name != "clay_solidifying"
    page.keyboard.press("Home")
    screen.until("state.time === state.solved[0]")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    screen.solved("state.material === 'clay_solidifying'")


def test_a_field_keeps_its_keys_and_another_tab_too(screen):
    page = screen.page
    field = page.get_by_label("Seed", exact=True)
    field.focus()
    for key in ("Home", "ArrowRight", "End"):
        page.keyboard.press(key)
    assert screen.state["time"] == 2.0
    field.blur()
    page.get_by_role("tab", name="Train").click()
    page.evaluate("document.activeElement.blur()")
    for key in ("Space", "Home"):
        page.keyboard.press(key)
    assert screen.state["time"] == 2.0 and not screen.state["playing"]
    page.get_by_role("tab", name="Explore").click()
