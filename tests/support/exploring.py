"""What the tests of exploring have in common: what is usual, where things are on the page, and what the library makes of it."""

import base64
import io

import jax.numpy as jnp
import numpy as np
from PIL import Image

import ode_appearance as oa
from ode_appearance.shading.brdf import reflect
from ode_appearance.shading.plane import _tangent_frame, _to_local, normalise, plane, shade, tone_map

BRDF = "diffuse_cook_torrance"
LIGHT = {"kind": "point", "x": 0, "y": 0, "height": 1, "logIntensity": 0, "colour": "#ffffff", "orbit": 0}
USUAL = {
    "time": 2.0, "playing": False, "speed": 1, "pingPong": False, "channel": "lit", "second": None, "divider": 0.5,
    "exposure": 0, "lights": [LIGHT], "selected": 0, "surface": "flat", "tiles": [1, 1], "zoom": 1, "centre": [0.5, 0.5],
    "turn": [0, 0], "exact": False, "tool": "light",
}  # fmt: skip


def canvas(screen):
    """What is on the canvas: (3, h, w) in [0, 1]."""
    address = screen.page.evaluate(
        "() => { const { canvasView } = document.querySelector('.ode-viewer').odeViewer; canvasView.sharpen();"
        " return canvasView.canvas.toDataURL(); }"
    )
    picture = Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB")
    return np.asarray(picture, np.float32).transpose(2, 0, 1) / 255


def nearest(trajectory, time):
    """The time of a keyframe, and its maps."""
    key = int(np.argmin(np.abs(trajectory.times - time)))
    return float(trajectory.times[key]), oa.decode(oa.load("clay_solidifying"), trajectory.states[key])


def at(screen, x, y):
    """The place on the page of a share of the picture."""
    box = screen.page.locator(".ode-picture").bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(screen, *places):
    """Press the mouse at the first of these shares of the picture, and let it go at the last."""
    mouse = screen.page.mouse
    mouse.move(*at(screen, *places[0]))
    mouse.down()
    for place in places[1:]:
        mouse.move(*at(screen, *place), steps=4)
    mouse.up()


def open_panel(screen, title):
    summary = screen.page.locator(".ode-group summary", has_text=title)
    if summary.locator("..").get_attribute("open") is None:
        summary.click()
    screen.page.wait_for_function("tool => document.querySelector('.ode-picture').dataset.tool === tool",
                                  arg={"Light": "light", "Surface": "move", "Paint age": "paint"}[title])  # fmt: skip


def lit_by(maps, lights, exposure=0.0):
    """What the library makes of lights as the viewer has them."""
    own = {name: maps[name] for name in ("diffuse", "specular", "roughness_u", "roughness_v")}
    total = jnp.zeros((3, *maps["normal"].shape[1:]))
    frame, positions = _tangent_frame(maps["normal"]), jnp.asarray(plane(*maps["normal"].shape[1:]))
    for light in lights:
        colour = (np.array(list(bytes.fromhex(light["colour"][1:]))) / 255)[:, None, None] ** 2.2
        if light["kind"] == "point":
            total += colour * shade(BRDF, own, maps["normal"], oa.Light(light["x"], light["y"], light["logIntensity"]))
            continue
        direction = normalise(jnp.array([light["x"], light["y"], light["height"]]))[:, None, None]
        wi = _to_local(jnp.broadcast_to(direction, positions.shape), frame)
        wo = _to_local(normalise(jnp.array([0.0, 0.0, 1.0])[:, None, None] - positions), frame)
        radiance = reflect(BRDF, own, wi, wo) * np.exp(light["logIntensity"])
        total += colour * jnp.where((wi[2] >= 0) & (wo[2] >= 0), radiance, 0)
    return tone_map(total * 2.0**exposure)
