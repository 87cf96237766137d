"""One Chromium for all tests of this folder."""

import pytest
from running_app import Screen, chromium


@pytest.fixture(scope="package")
def browser():
    """Not of the session: playwright's event loop would be in the way of other tests'."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_screen(app, browser):
    """Opens tabs of the app, and closes them; nothing in them may have reported an error."""
    screens = []

    def open_one(**options):
        screens.append(Screen(browser, app, **options))
        return screens[-1]

    yield open_one
    for screen in screens:
        screen.page.close()
        assert screen.errors == []


@pytest.fixture(scope="module")
def screen(app, browser):
    """One tab that the tests of a module share, with a solved SVBRDF in it."""
    screen = Screen(browser, app, viewport={"width": 1280, "height": 1000})
    screen.pick("clay_solidifying")
    yield screen
    screen.page.close()
    assert screen.errors == []
