"""The viewer's scripts: bundles are those of the sources, and values agree with Python.

`reference.json` has what Python gives for the inputs of the tests in *.test.js. After a change on the Python side, write it
anew: `PYTHONPATH=. python tests/web/test_scripts.py`.
"""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from ode_appearance.app.solving.view_state import pack_ages
from ode_appearance.config.schema import Camera, Light
from ode_appearance.export.age_map_png import ages_to_grey, default_range
from ode_appearance.keyframes.bundle import Bundle, write_bundle
from ode_appearance.keyframes.codec import pack
from ode_appearance.shading.lights import lighting, linear_colour, orbited
from ode_appearance.shading.solid_geometry import facets, repeats, solid_of

ROOT = Path(__file__).parents[2]
DIST = ROOT / "ode_appearance" / "web" / "dist"
REFERENCE = Path(__file__).parent / "reference.json"
ESBUILD = ROOT / "node_modules" / ".bin" / "esbuild"


def base64_text(file):
    return base64.b64encode(file).decode()


def light_values():
    camera = Camera(fov=60.0, distance=1.25)
    orange = Light(x=0.3, y=-0.4, log_intensity=0.5, colour=linear_colour("#ff8040"), orbit=0.15)
    lights = [orange, Light(kind="directional", x=0.0, y=0.01, height=0.7, orbit=0.25)]
    point, directional = lighting(lights, camera)
    return {
        "linearColour": linear_colour("#ff8040"),
        "orbited": [[light.x, light.y] for light in orbited(lights, 2.0, camera)],
        "positions": np.concatenate([point[0], directional[0]]).tolist(),
        "powers": np.concatenate([point[1], directional[1]]).tolist(),
    }


def solid_values():
    """Texture coordinates where the rays through uv (0.3, 0.4) meet solids."""
    camera, turn = Camera(fov=60.0, distance=1.25), jnp.array([0.4, -0.3])
    x, y = jnp.array([[2 * 0.3 - 1]]), jnp.array([[1 - 2 * 0.4]])
    places = {}
    for kind in ("sphere", "cylinder"):
        solid = facets(kind, camera, x, y, turn, jnp.array(repeats(kind, (2, 3)), jnp.float32))
        assert solid.seen.all()
        places[kind] = np.asarray(solid.places)[:, 0, 0].tolist()
    return {"size": solid_of(camera), "places": places}


def keyframe_values():
    """Two keyframes of an RGB texture of 3x2 texels, the second as differences from the first."""
    rng = np.random.default_rng(0)
    first, texels = pack({"image": rng.random((3, 2, 3), np.float32)})
    second, changed = pack({"image": rng.random((3, 2, 3), np.float32)}, texels)
    bundle = Bundle(5, (3, 2), (0.0, 1.5), "", (first, second))
    return {"bundle": base64_text(write_bundle(bundle)), "texels": [texels.ravel().tolist(), changed.ravel().tolist()]}


def age_values():
    ages = np.array([[0.0, 1.5, -2.25], [10.0, -10.0, 0.1]], np.float32)
    grey, _ = ages_to_grey(ages, 10.0)
    return {
        "values": ages.ravel().tolist(),
        "packed": pack_ages(ages),
        "duration": 10.0,
        "grey": np.round(255 * np.asarray(grey)).ravel().tolist(),
        "range": default_range(10.0),
    }


def reference():
    """The values of Python, as JSON has them."""
    values = {
        "lights": light_values(),
        "solids": solid_values(),
        "keyframes": keyframe_values(),
        "ages": age_values(),
    }
    return json.loads(json.dumps(values))


def run(*command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def flat(value):
    """Numbers and texts of nested lists and dicts, in order."""
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in flat(value[key])]
    return [leaf for each in value for leaf in flat(each)] if isinstance(value, list) else [value]


def test_reference_values_are_those_of_python():
    for found, stored in zip(flat(reference()), flat(json.loads(REFERENCE.read_text())), strict=True):
        assert found == (stored if isinstance(stored, str) else pytest.approx(stored, abs=1e-5))


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_scripts_agree_with_the_reference():
    run("node", "--test", *map(str, sorted(Path(__file__).parent.glob("*.test.js"))))


@pytest.mark.skipif(not ESBUILD.exists(), reason="needs `npm ci`")
def test_bundles_are_those_of_the_sources(tmp_path):
    run("npm", "run", "--silent", "build", "--", f"--outdir={tmp_path}", "--log-level=warning")
    built = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert built == {path.name: path.read_text("utf-8") for path in DIST.iterdir()}


@pytest.mark.skipif(not ESBUILD.exists(), reason="needs `npm ci`")
def test_types_are_right():
    run("npm", "run", "--silent", "check")


if __name__ == "__main__":
    REFERENCE.write_text(json.dumps(reference(), indent=1) + "\n")
