"""Spheres and cylinders in a real browser: painted where the pointer is, and lit as the library lights them."""

import base64

import jax.numpy as jnp
import numpy as np
import pytest
from exploring import LIGHT, USUAL, canvas, drag, open_panel
from made_up import psnr
from PIL import Image

import ode_appearance as oa
from ode_appearance.keyframes.codec import encode_keyframe
from ode_appearance.shading.plane import shade, tone_map


@pytest.mark.parametrize("surface", ["sphere", "cylinder"])
def test_a_solid_is_painted_where_the_pointer_is(screen, surface):
    screen.call("setAges", None)
    screen.call("set", USUAL)
    open_panel(screen, "Surface")
    screen.page.get_by_label("Surface", exact=True).select_option(surface)
    drag(screen, (0.5, 0.5), (0.55, 0.6))
    assert screen.state["turn"][0] == pytest.approx(-0.15, abs=0.02)
    # Far between, so that the place on the surface decides and not the time: where it is older it shows another height.
    screen.call("set", {"channel": "height", "time": 0, "tiles": [2, 1]})
    open_panel(screen, "Paint age")
    screen.call("set", {"brush": {"by": 3, "radius": 0.08, "softness": 0, "erase": False}})
    before = canvas(screen)
    assert np.ptp(before[:, 0, 0]) < 0.02 and np.ptp(before) > 0.5, "the corner is empty, the middle is not"
    drag(screen, (0.62, 0.4), (0.62, 0.4))
    changed = np.abs(canvas(screen) - before).max(axis=0) > 0.02
    height, width = changed.shape
    near = changed[int(0.3 * height) : int(0.5 * height), int(0.52 * width) : int(0.72 * width)]
    rows, columns = np.nonzero(near)
    assert len(rows) > 100
    assert np.mean(rows) / height + 0.3 == pytest.approx(0.4, abs=0.02)
    assert np.mean(columns) / width + 0.52 == pytest.approx(0.62, abs=0.02)


@pytest.mark.parametrize("surface", ["sphere", "cylinder"])
def test_a_solid_is_what_the_library_renders(screen, surface):
    lights = [{**LIGHT, "x": 0.4, "y": 0.3, "logIntensity": 0.5}]
    screen.call("setAges", None)
    times = screen.page.evaluate("document.querySelector('.ode-viewer').odeViewer.times")
    screen.call("set", {**USUAL, "time": times[-1], "surface": surface, "turn": [0.7, 0.3], "lights": lights})
    shown = canvas(screen)
    clay = oa.load("clay_solidifying")
    trajectory = oa.solve(clay, seed=0, size=(128, 128), times=times)
    picture = oa.render(clay, trajectory, light=oa.Light(0.4, 0.3, 0.5), surface=oa.Surface(surface, (0.7, 0.3)))
    smaller = Image.fromarray(np.uint8(np.rint(shown * 255)).transpose(1, 2, 0)).resize((128, 128), Image.Resampling.BOX)
    assert psnr(np.asarray(smaller, np.float32).transpose(2, 0, 1) / 255, np.asarray(picture)) > 30


# Last, for it leaves the screen with a made-up material.


@pytest.mark.parametrize("surface", ["sphere", "cylinder"])
def test_a_solid_of_one_colour_is_lit_as_the_library_lights_it(screen, surface):
    brdf, half_width = "diffuse_iso_cook_torrance", float(np.tan(np.radians(25)))
    constant = {
        "diffuse": (0.5, 0.2, 0.1),
        "specular": (0.2, 0.3, 0.4),
        "roughness": (0.4,),
        "height": (0,),
        "normal": (0, 0, 1),
    }
    file, _ = encode_keyframe({name: np.ones((len(value), 8, 8), np.float32) * np.float32(value)[:, None, None]
                    for name, value in constant.items()})  # fmt: skip
    run = screen.state["run"] + 0.001  # the next solve of the app is newer than this
    material = {
        "name": brdf, "title": brdf, "label": "made up", "brdf": brdf, "half_width": half_width, "distance": 1.0,
        "light": [0, 0, 0], "warmup": 1.0, "duration": 1.0, "views": [["lit", "Lit"]],
    }  # fmt: skip
    keyframe = {"time": 0.0, "file": {"url": "data:;base64," + base64.b64encode(file).decode()}}
    screen.call("update", {
        "run": run, "material": material, "preview": None, "seed": 0, "size": [8, 8], "times": [0.0], "status": "complete",
        "text": "", "message": None, "keyframes": [keyframe],
    })  # fmt: skip
    screen.until(f"state.run === {run} && state.keyframes === 1")
    light = oa.Light(0.4, -0.3, 0.8)
    screen.call("set", {**USUAL, "lights": [{**LIGHT, "x": light.x, "y": light.y, "logIntensity": light.log_intensity}],
                        "surface": surface, "turn": [1.0, 0.4]})  # fmt: skip
    shown = canvas(screen)
    # Where the rays through the pixels meet the solid, whose front touches the plane z = 0.
    sine = np.sin(np.arctan(0.9 * half_width))
    radius, count = sine / (1 - sine), shown.shape[1]
    across = (2 * (np.arange(count) + 0.5) / count - 1) * half_width
    ray = np.stack(np.broadcast_arrays(across, -across[:, None], -1.0))
    eye, axes = np.array([0, 0, 1 + radius])[:, None, None], np.array([1, surface == "sphere", 1])[:, None, None]
    a, b, c = ((axes * left * right).sum(axis=0) for left, right in ((ray, ray), (eye, ray), (eye, eye)))
    inside = b**2 - a * (c - radius**2)
    point = eye + ray * (-b - np.sqrt(np.maximum(inside, 0))) / a
    normal = np.float32(axes * point / radius)
    seen = (
        (inside > 0) & (np.sum(normal * -ray, axis=0) > 0.15) & (np.abs(point[1]) < 0.88 * half_width + (surface == "sphere"))
    )
    assert 0.4 < seen.mean() < 0.9
    own = {name: jnp.asarray(np.float32(constant[name]))[:, None, None] for name in ("diffuse", "specular", "roughness")}
    positions = jnp.asarray(np.float32(point - [[[0]], [[0]], [[radius]]]))
    expected = np.asarray(tone_map(shade(brdf, own, jnp.asarray(normal), light, positions=positions)))
    assert psnr(shown[:, seen], expected[:, seen]) >= 45
