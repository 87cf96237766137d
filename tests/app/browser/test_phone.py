"""On a phone nothing reaches beyond the screen, whatever is opened."""

import pytest
from everything import OUTSIDE, views

WIDTH = 390
PHONE = {"viewport": {"width": WIDTH, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(open_screen, scheme, tmp_path):
    screen = open_screen(**PHONE, color_scheme=scheme)
    screen.solved()
    for view in views(screen):
        width = screen.page.evaluate("Math.max(document.scrollingElement.scrollWidth, innerWidth)")
        assert width <= WIDTH, f"{view} makes the page {width} pixels wide"
        assert screen.page.evaluate(OUTSIDE) == [], view
        screen.page.screenshot(path=tmp_path / f"{view}.png", full_page=True)
