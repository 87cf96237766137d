"""Map sets opened by independent readers: the conventions of other programs, and their effect on the image."""

import dataclasses
import io
import json
import subprocess
import tempfile
import zipfile

import imageio_ffmpeg
import jax.numpy as jnp
import numpy as np
import OpenEXR
import pytest
from materials import PLAIN, SVBRDF, little_material
from PIL import Image

import ode_appearance as oa
from ode_appearance.config.schema import Architecture
from ode_appearance.export import exporting
from ode_appearance.export.map_conventions import maps_for_files
from ode_appearance.export.map_files import encode_map
from ode_appearance.media.srgb import linear_to_srgb, srgb_to_linear
from ode_appearance.models.material import new_material
from ode_appearance.ode.trajectory import Trajectory
from ode_appearance.shading.brdf import BRDF_MODELS
from ode_appearance.shading.plane import shade, tone_map

SIZE = (24, 16)


@pytest.fixture(scope="module")
def material():
    return little_material(SVBRDF)


@pytest.fixture(scope="module")
def trajectory():
    """Three states whose maps fill their ranges, on a surface that is not too rough to be visible."""
    states = np.random.default_rng(2).uniform(-0.95, 0.95, (3, 10, 16, 24)).astype(np.float32)
    states[:, 8] *= 0.4
    return Trajectory(np.float32([0.0, 1.0, 2.0]), states, "complete", {"time": 2.0})


@pytest.fixture(autouse=True)
def solved(trajectory, monkeypatch):
    """Exports use these states instead of a solve."""

    def stream(*_, times, **__):
        wanted = np.isin(trajectory.times, times)
        return iter([dataclasses.replace(trajectory, times=trajectory.times[wanted], states=trajectory.states[wanted])])

    monkeypatch.setattr(exporting, "solve_stream", stream)


def of_model(brdf):
    """A material with a BRDF model, and a state of it."""
    channels = 9 if brdf is None else BRDF_MODELS[brdf].channels + 3
    architecture = Architecture(channels, dim=4, dim_mults=(1,), attention=None)
    config = dataclasses.replace(PLAIN, brdf=brdf, kind="rgb" if brdf is None else "svbrdf", architecture=architecture)
    state = np.random.default_rng(1).uniform(-1, 1, (channels, 16, 24)).astype(np.float32)
    return new_material(config), state


def maps_in_files(material, state, **form):
    """The maps of a state as files hold them."""
    maps = {name: np.asarray(values) for name, values in oa.decode(material, state).items()}
    return maps_for_files(maps, oa.ExportConfig("maps", **form))


def archive_of(material, folder, times=(2.0,), **form):
    path = folder / "maps.zip"
    oa.export(material, path, oa.ExportConfig("maps", **form), times=times, seed=3, size=SIZE)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def read_png(content):
    """Values in [0, 1] of an 8-bit PNG, by Pillow, channels first."""
    pixels = np.asarray(Image.open(io.BytesIO(content)))
    assert pixels.dtype == np.uint8
    return np.moveaxis(np.atleast_3d(pixels), 2, 0) / 255


def read_deep_png(content):
    """Values in [0, 1] of a 16-bit PNG, by ffmpeg (Pillow reads 8 bits only)."""
    bits, kind = content[24], content[25]
    assert (bits, kind) in ((16, 0), (16, 2))
    layout, channels = ("gray16le", 1) if kind == 0 else ("rgb48le", 3)
    return read_by_ffmpeg(content, layout, channels, "<u2", ".png") / 65535


def read_exr(content):
    """The channels of an EXR by OpenEXR, channels first."""
    with OpenEXR.File(io.BytesIO(content)) as file:
        ((_, channel),) = file.channels().items()
        assert channel.pixels.dtype == np.float32
        return np.moveaxis(np.atleast_3d(channel.pixels), 2, 0)


def read_by_ffmpeg(content, layout, channels, kind, suffix):
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(content)
        file.flush()
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", file.name, "-f", "rawvideo", "-pix_fmt", layout, "-"]
        raw = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout
    return np.moveaxis(np.frombuffer(raw, kind).reshape(SIZE[1], SIZE[0], channels), 2, 0)


READERS = {"png8": (read_png, 0.5 / 255), "png16": (read_deep_png, 0.5 / 65535), "exr": (read_exr, 1e-6)}


# What the files are


NAMES = ("diffuse", "specular", "roughness", "roughness_u", "roughness_v", "normal_opengl", "height")


@pytest.mark.parametrize(("form", "suffix"), [("png8", "png"), ("png16", "png"), ("exr", "exr")])
def test_names_for_one_time(tmp_path, material, form, suffix):
    files = archive_of(material, tmp_path, map_format=form)
    expected = {f"little_svbrdf_{name}.{suffix}" for name in NAMES}
    assert set(files) == expected | {f"directx/little_svbrdf_normal_directx.{suffix}", "little_svbrdf.json"}
    told = json.loads(files["little_svbrdf.json"])
    assert set(told["maps"]) == {*NAMES, "normal_directx"} and told["times"] == [2.0] and "lights" not in told
    assert told["maps"]["diffuse"]["encoding"] == ("linear" if form == "exr" else "sRGB")
    assert told["maps"]["roughness"]["encoding"] == "as it is (non-colour)"


def test_names_for_a_sequence(tmp_path, material):
    files = archive_of(material, tmp_path, times=[0.0, 1.0, 2.0])
    expected = {f"{name}/little_svbrdf_{name}_{index:04d}.png" for name in (*NAMES, "normal_directx") for index in range(3)}
    assert set(files) == expected | {"little_svbrdf.json"}


@pytest.mark.parametrize("form", READERS)
def test_sequence_has_the_maps_of_its_times(tmp_path, material, trajectory, form):
    """All but the height, which is scaled."""
    files = archive_of(material, tmp_path, times=[0.0, 1.0, 2.0], map_format=form)
    read, error = READERS[form]
    for index, state in enumerate(trajectory.states):
        for name, values in maps_in_files(material, state, map_format=form).items():
            if name != "height":
                (content,) = [
                    content for path, content in files.items() if path.startswith(f"{name}/") and f"_{index:04d}." in path
                ]
                np.testing.assert_allclose(read(content), values, atol=error + 1e-6)


@pytest.mark.parametrize("form", READERS)
def test_height_has_one_range(tmp_path, material, trajectory, form):
    files = archive_of(material, tmp_path, times=[0.0, 1.0, 2.0], map_format=form)
    heights = np.stack([oa.decode(material, state)["height"] for state in trajectory.states])
    told = json.loads(files["little_svbrdf.json"])["height_range"]
    lowest, highest = told["lowest"], told["highest"]
    assert (lowest, highest) == (pytest.approx(heights.min()), pytest.approx(heights.max()))
    assert told["unit"] == "pixels" and told["width"] == 24
    read, error = READERS[form]
    for index, height in enumerate(heights):
        (content,) = [content for path, content in files.items() if path.startswith("height/") and f"_{index:04d}." in path]
        np.testing.assert_allclose(
            lowest + (highest - lowest) * read(content), height, atol=1.01 * (highest - lowest) * error + 1e-5
        )


@pytest.mark.parametrize("channels", [1, 3])
def test_other_readers_agree_on_exr(channels):
    values = np.random.default_rng(0).standard_normal((channels, 16, 24)).astype(np.float32)
    content = encode_map(values, "exr")
    np.testing.assert_array_equal(read_exr(content), values)
    if channels == 1:
        np.testing.assert_array_equal(read_by_ffmpeg(content, "grayf32le", 1, "<f4", ".exr"), values)
        return
    # Planes green, blue, red.
    planes = np.moveaxis(read_by_ffmpeg(content, "gbrpf32le", 3, "<f4", ".exr"), 0, 2).reshape(values.shape)
    np.testing.assert_array_equal(planes[[2, 0, 1]], values)


def test_values_out_of_range_are_clipped():
    values = np.float32([-0.5, 0.0, 0.25, 1.0, 2.0])[None, None]
    for form, expected in (("png8", [0, 0, 64, 255, 255]), ("png16", [0, 0, 16384, 65535, 65535])):
        content = encode_map(values, form)
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(content)))[0], expected)


# What they mean


@pytest.mark.parametrize("form", ["png8", "png16", "exr"])
def test_maps_render_to_the_image(tmp_path, material, trajectory, form):
    """Read as other programs do: colours decoded, roughness squared, normals unpacked."""
    read, _ = READERS[form]
    files = archive_of(material, tmp_path, map_format=form)
    maps = {name: read(files[f"little_svbrdf_{name}.{'exr' if form == 'exr' else 'png'}"]) for name in NAMES}
    if form != "exr":
        for name in ("diffuse", "specular"):
            maps[name] = np.where(maps[name] > 0.04045, ((maps[name] + 0.055) / 1.055) ** 2.4, maps[name] / 12.92)
    normal = 2 * maps["normal_opengl"] - 1
    normal = jnp.asarray(normal / np.linalg.norm(normal, axis=0), jnp.float32)
    used = {name: jnp.maximum(jnp.asarray(maps[name], jnp.float32), 1e-6) for name in ("diffuse", "specular")}
    used |= {name: jnp.maximum(jnp.asarray(maps[name], jnp.float32) ** 2, 1e-6) for name in ("roughness_u", "roughness_v")}
    picture = tone_map(shade(SVBRDF.brdf, used, normal, SVBRDF.light))
    error = float(jnp.sqrt(jnp.mean((picture - oa.render(material, trajectory)) ** 2)))
    assert error < {"png8": 4e-3, "png16": 2e-5, "exr": 1e-6}[form]
    # It would show if one were not: the colours that a picture has are far from linear, and so is a roughness from its alpha.
    for name in ("diffuse", "roughness_v"):
        wrong = tone_map(shade(SVBRDF.brdf, used | {name: jnp.asarray(used[name] ** 0.5, jnp.float32)}, normal, SVBRDF.light))
        assert float(jnp.sqrt(jnp.mean((wrong - picture) ** 2))) > 0.02


def test_srgb_transfer_function():
    """A linear half is 188 of 255, the middle of 255 is 21.6 per cent; both are continuous where their pieces meet."""
    assert np.rint(255 * linear_to_srgb(np.array([0.5]))) == 188
    np.testing.assert_allclose(srgb_to_linear(np.array([128 / 255])), 0.2159, atol=1e-4)
    values = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(srgb_to_linear(linear_to_srgb(values)), values, atol=1e-6)
    assert 0 <= np.diff(linear_to_srgb(np.array([0.0031307, 0.0031309]))) < 1e-5


def test_isotropic_roughness_of_two():
    material, state = of_model("diffuse_cook_torrance")
    maps, made = oa.decode(material, state), maps_in_files(material, state)
    for name in ("roughness_u", "roughness_v"):
        np.testing.assert_allclose(made[name] ** 2, maps[name], rtol=1e-5, atol=1e-6)
    # The alpha of the same highlight in its middle: D(n) = 1 / (pi alpha^2).
    np.testing.assert_allclose(made["roughness"] ** 4, maps["roughness_u"] * maps["roughness_v"], rtol=1e-4, atol=1e-6)


def test_direction_of_green():
    """On a slope that rises upward the normal leans down: less green in OpenGL, more in DirectX; to the right, less red."""
    material, state = of_model("iso_cook_torrance")
    rows, columns = np.mgrid[:16, :24]
    state[4] = -0.5 * rows + 0.25 * columns
    made = maps_in_files(material, state)
    inner = np.s_[:, 1:-1, 1:-1]
    opengl, directx = made["normal_opengl"][inner], made["normal_directx"][inner]
    expected = np.float32([-0.25, -0.5, 1]) / np.linalg.norm([0.25, 0.5, 1])
    np.testing.assert_allclose(2 * opengl - 1, np.broadcast_to(expected[:, None, None], opengl.shape), atol=1e-5)
    np.testing.assert_allclose(directx[[0, 2]], opengl[[0, 2]])
    np.testing.assert_allclose(directx[1] + opengl[1], 1, atol=1e-6)


ENGINE_NAMES = {
    None: {"basecolor"},
    "diffuse_cook_torrance": {"diffuse", "specular", "roughness", "roughness_u", "roughness_v"},
    "diffuse_iso_cook_torrance": {"diffuse", "specular", "roughness"},
    "compl_cook_torrance": {"basecolor", "metallic", "roughness", "roughness_u", "roughness_v"},
    "compl_iso_cook_torrance": {"basecolor", "metallic", "roughness"},
    "cook_torrance": {"specular", "roughness", "roughness_u", "roughness_v"},
    "iso_cook_torrance": {"specular", "roughness"},
}


@pytest.mark.parametrize("brdf", ENGINE_NAMES)
def test_maps_of_every_model(brdf):
    material, state = of_model(brdf)
    maps, made = oa.decode(material, state), maps_in_files(material, state, map_format="exr")
    bumps = set() if brdf is None else {"normal_opengl", "normal_directx", "height"}
    assert set(made) == ENGINE_NAMES[brdf] | bumps
    if "metallic" in maps:
        np.testing.assert_array_equal(made["metallic"], maps["metallic"])
        np.testing.assert_array_equal(made["basecolor"], maps["albedo"])
    if "roughness" in maps:
        np.testing.assert_allclose(made["roughness"] ** 2, maps["roughness"], rtol=1e-5, atol=1e-6)


def test_base_colour_of_a_texture():
    """In an image, the texture itself; an EXR holds its linear colours."""
    material, state = of_model(None)
    picture = np.asarray(oa.render(material, state))
    np.testing.assert_array_equal(maps_in_files(material, state)["basecolor"], picture)
    linear = maps_in_files(material, state, map_format="exr")["basecolor"]
    np.testing.assert_allclose(linear_to_srgb(linear), picture, atol=1e-6)
    assert linear.mean() < picture.mean() - 0.05


# Raw


def test_raw_floats_equal_decode(tmp_path, material, trajectory):
    files = archive_of(material, tmp_path, map_format="exr", map_values="raw")
    maps = oa.decode(material, trajectory.states[-1])
    assert set(files) == {f"little_svbrdf_{name}.exr" for name in maps} | {"little_svbrdf.json"}
    for name, values in maps.items():
        np.testing.assert_array_equal(read_exr(files[f"little_svbrdf_{name}.exr"]), values)
    assert "height_range" not in json.loads(files["little_svbrdf.json"])


def test_raw_pictures(tmp_path, material, trajectory):
    files = archive_of(material, tmp_path, map_format="png16", map_values="raw")
    maps = dict(oa.decode(material, trajectory.states[-1]))
    told = json.loads(files["little_svbrdf.json"])["height_range"]
    maps["normal"] = maps["normal"] / 2 + 0.5
    maps["height"] = (maps["height"] - told["lowest"]) / (told["highest"] - told["lowest"])
    for name, values in maps.items():
        np.testing.assert_allclose(read_deep_png(files[f"little_svbrdf_{name}.png"]), values, atol=0.6 / 65535)
