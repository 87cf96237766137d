"""Maps in the conventions of target programs, or raw.

The renderer uses maps linearly: diffuse, specular and albedo are linear reflectances, and tone mapping comes after shading.
Programs expect sRGB-encoded colours in 8- and 16-bit images and decode them before shading; an EXR holds linear colours. They
square the roughness to get GGX's alpha, whereas our roughness maps are alpha.

Source:
    Burley, "Physically-based shading at Disney", 2012; glTF 2.0, appendix B.
"""

import numpy as np

from ..media.srgb import linear_to_srgb, srgb_to_linear
from ..rendering.age_map import Maps
from .export_config import ExportConfig

MEANINGS = {
    "basecolor": "base colour",
    "diffuse": "diffuse albedo",
    "specular": "specular reflectance at normal incidence (F0), as in the specular workflow",
    "metallic": "metalness",
    "roughness": "perceptual roughness: the root of GGX's alpha, or of the geometric mean of its alphas",
    "roughness_u": "perceptual roughness along x",
    "roughness_v": "perceptual roughness along y",
    "normal_opengl": "normal n/2 + 1/2, green up (OpenGL; Blender, three.js)",
    "normal_directx": "normal n/2 + 1/2, green down (DirectX; Unreal)",
    "height": "height, 0 and 1 at the ends of height_range",
}
RAW_MEANINGS = {
    "image": "display values",
    "albedo": "linear albedo",
    "diffuse": "linear diffuse albedo",
    "specular": "linear specular reflectance at normal incidence (F0)",
    "metallic": "metalness",
    "roughness": "GGX's alpha",
    "roughness_u": "GGX's alpha along x",
    "roughness_v": "GGX's alpha along y",
    "normal": "unit normal (x right, y up); in a PNG n/2 + 1/2",
    "height": "height in pixels; in a PNG 0 and 1 at the ends of height_range",
}
COLOURS = ("basecolor", "diffuse", "specular")


def maps_for_files(maps: Maps, config: ExportConfig) -> Maps:
    """Convert maps to the conventions of `config`.

    Args:
        maps: The maps of one time, as `oa.decode` gives them.
        config: The form of the export.

    Returns:
        Maps of shape (channels, h, w). Heights stay in pixels: their range is known after the last time.
    """
    as_picture = config.map_format != "exr"
    return _raw(maps, as_picture) if config.map_values == "raw" else _engine(maps, as_picture)


def _raw(maps, as_picture):
    return {name: values / 2 + 0.5 if name == "normal" and as_picture else values for name, values in maps.items()}


def _engine(maps, as_picture):
    made = {}
    if "roughness_u" in maps:
        made["roughness"] = (maps["roughness_u"] * maps["roughness_v"]) ** 0.25
    for name, values in maps.items():
        if name == "image":  # display values, already encoded
            made["basecolor"] = values if as_picture else srgb_to_linear(values)
        elif name in ("albedo", "diffuse", "specular"):
            made["basecolor" if name == "albedo" else name] = linear_to_srgb(values) if as_picture else values
        elif name.startswith("roughness"):
            made[name] = np.sqrt(values)
        elif name == "normal":
            made["normal_opengl"] = values / 2 + 0.5
            made["normal_directx"] = values * np.array([1, -1, 1], np.float32)[:, None, None] / 2 + 0.5
        else:
            made[name] = values
    return made
