"""On the canvas, every shipped SVBRDF is as the library renders it: at its keyframes, painted, and in light quality too."""

import functools

import numpy as np
import pytest
from made_up import psnr
from running_app import ROOT, Screen, serving

import ode_appearance as oa
from ode_appearance.checkpoints.checkpoint import load_config
from ode_appearance.runtime.folders import checkpoints_folder

NAMES = [name for name in oa.list_materials() if load_config(checkpoints_folder() / name).kind == "svbrdf"]
LIGHTS = [oa.Light(0.0, 0.0, -0.2), oa.Light(0.3, -0.2, 0.3), oa.Light(-0.5, 0.0, 1.0)]
LEAST = {"full": 45.0, "light": 32.0}


@pytest.fixture(scope="module")
def address():
    with serving(ODE_APPEARANCE_CHECKPOINTS=str(ROOT / "checkpoints")) as address:
        yield address


@functools.cache
def solved(name, times):
    return oa.solve(oa.load(ROOT / "checkpoints" / name), seed=0, size=(128, 128), times=times)


def compare(screen, name, quality):
    """Asserts that what is seen is what the library renders."""
    times = screen.page.evaluate("document.querySelector('.ode-viewer').odeViewer.times")
    material, trajectory = oa.load(ROOT / "checkpoints" / name), solved(name, tuple(times))
    moments = trajectory.times[np.random.default_rng(0).integers(len(times), size=(128, 128))]
    for light in LIGHTS:
        screen.call("setLight", light.x, light.y, light.log_intensity)
        for key in range(0, len(times), 7):
            screen.call("setTime", times[key])
            found = psnr(screen.pixels(), oa.render(material, trajectory.states[key], light=light))
            print(f"{name}, {quality}, t = {times[key]:.3f}, light ({light.x:g}, {light.y:g}): {found:.1f} dB")
            assert found >= LEAST[quality]
        time = float(trajectory.times[len(times) // 2])
        screen.call("setTime", time)
        ages = moments - np.float32(time)
        screen.call("setAges", ages.ravel().tolist())
        found = psnr(screen.pixels(), oa.render(material, trajectory, time=time, light=light, age=ages))
        print(f"{name}, {quality}, painted, light ({light.x:g}, {light.y:g}): {found:.1f} dB")
        assert found >= LEAST[quality]
        screen.call("setAges", None)


@pytest.mark.nightly
@pytest.mark.parametrize("name", NAMES)
def test_the_canvas_shows_what_the_library_renders(browser, address, name):
    screen = Screen(browser, address, link=f"#material={name}", viewport={"width": 1280, "height": 1000})
    screen.solved(f"state.material === '{name}'")
    compare(screen, name, "full")
    run = screen.state["run"]
    screen.page.get_by_role("button", name="Solver").first.click()
    screen.page.get_by_label("light, for slow networks").click()
    screen.solved(f"state.run > {run}")
    compare(screen, name, "light")
    screen.page.close()
    assert screen.errors == []
