"""Fixtures: the app, its materials, a browser and its tabs."""

import shutil

import pytest
from running_app import BROKEN, ROOT, Screen, serving


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory):
    """A copy of the shipped materials with a broken one among them."""
    folder = tmp_path_factory.mktemp("checkpoints")
    for name in ("clay_solidifying", "lichen_spreading", "rusting_steel"):
        shutil.copytree(ROOT / "checkpoints" / name, folder / name)
    shutil.copytree(ROOT / "checkpoints" / "rusting_steel", folder / BROKEN)
    weights = folder / BROKEN / "model.eqx"
    weights.write_bytes(weights.read_bytes()[:1000])
    return folder


@pytest.fixture(scope="session")
def app(checkpoints):
    """The app with these materials."""
    with serving(ODE_APPEARANCE_CHECKPOINTS=str(checkpoints)) as address:
        yield address


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
