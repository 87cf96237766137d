"""The app on a phone: fingers, and nothing that reaches beyond the screen, whatever is opened."""

import numpy as np
import pytest
from everything import OUTSIDE, SCHEMES, use_scheme, views
from exploring import USUAL, at
from running_app import Screen

WIDTH = 390


@pytest.fixture(scope="module")
def phone(app, browser):
    """A tab of a phone whose user prefers reduced motion."""
    options = {"viewport": {"width": WIDTH, "height": 844}, "has_touch": True, "is_mobile": True}
    screen = Screen(browser, app, **options, reduced_motion="reduce")
    screen.solved()
    yield screen
    screen.page.close()
    assert screen.errors == []


@pytest.fixture
def fingers(phone):
    """Sends a touch event with the fingers at these shares of the picture."""
    phone.call("set", USUAL)
    phone.page.locator(".ode-picture").scroll_into_view_if_needed()
    touch = phone.page.context.new_cdp_session(phone.page)

    def send(kind, *places):
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(at(phone, *place) for place in places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    yield send
    touch.detach()


def assert_fits(page, width):
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in (".ode-picture", ".ode-track", "#gallery"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["width"] > 100


def test_the_page_fits_and_previews_stand_still_where_reduced_motion_is_preferred(phone):
    phone.page.wait_for_function("document.querySelector('.ode-card img').src.startsWith('data:image/png')")
    for scheme in SCHEMES:
        use_scheme(phone.page, scheme)
        assert_fits(phone.page, WIDTH)


def test_a_finger_drags_the_light(phone, fingers):
    for step in range(9):
        fingers("touchMove" if step else "touchStart", (0.5 + 0.03 * step, 0.5 + 0.03 * step))
    fingers("touchEnd")
    light = phone.state["light"]
    assert light["x"] == pytest.approx(0.48 * np.tan(np.radians(25)), abs=0.02) and light["y"] == pytest.approx(-light["x"])


def test_two_fingers_zoom_and_one_moves_the_light(phone, fingers):
    before = phone.state["light"]["x"]
    fingers("touchStart", (0.7, 0.3))
    fingers("touchMove", (0.75, 0.3))
    fingers("touchEnd")
    assert phone.state["light"]["x"] > before + 0.1, "a finger beside the handle moves the light too"
    fingers("touchStart", (0.4, 0.5), (0.6, 0.5))
    for step in range(1, 6):
        fingers("touchMove", (0.4 - 0.04 * step, 0.5), (0.6 + 0.04 * step, 0.5))
    fingers("touchEnd")
    assert phone.state["zoom"] == pytest.approx(3, rel=0.2)


def test_nothing_is_wider_than_the_screen(phone, tmp_path):
    for view in views(phone):
        for scheme in SCHEMES:
            use_scheme(phone.page, scheme)
            width = phone.page.evaluate("Math.max(document.scrollingElement.scrollWidth, innerWidth)")
            assert width <= WIDTH, f"{view} makes the page {width} pixels wide"
            assert phone.page.evaluate(OUTSIDE) == [], f"{view}, {scheme}"
        phone.page.screenshot(path=tmp_path / f"{view}.png", full_page=True)


@pytest.mark.parametrize(("width", "height"), [(820, 1180), (1440, 900)])
def test_the_screen_fits(open_screen, width, height, tmp_path):
    """That of a tablet and of a desktop computer, too."""
    page = open_screen(viewport={"width": width, "height": height}).page
    for scheme in SCHEMES:
        use_scheme(page, scheme)
        assert_fits(page, width)
        page.screenshot(path=tmp_path / f"{scheme}_{width}.png")
