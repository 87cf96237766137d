"""A material as the viewer's scripts take it (`Material` in scripts/types.d.ts)."""

from typing import Any

from ..config.schema import MaterialConfig
from ..models.material import map_channels

VIEW_LABELS = {
    "diffuse": "Diffuse colour",
    "albedo": "Albedo",
    "specular": "Specular colour (F0)",
    "metallic": "Metallic",
    "roughness": "Roughness",
    "roughness_u": "Roughness, across",
    "roughness_v": "Roughness, upward",
    "height": "Height",
    "normal": "Normal",
}


BRDF_TITLES = {
    "diffuse_cook_torrance": "diffuse and Cook-Torrance, anisotropic",
    "diffuse_iso_cook_torrance": "diffuse and Cook-Torrance",
    "compl_cook_torrance": "metallic Cook-Torrance, anisotropic",
    "compl_iso_cook_torrance": "metallic Cook-Torrance",
    "cook_torrance": "Cook-Torrance, anisotropic",
    "iso_cook_torrance": "Cook-Torrance",
}


def describe(config: MaterialConfig, name: str) -> dict[str, Any]:
    """A material for the viewer's scripts: its titles, camera, light, times, and the channels that can be shown."""
    light = config.light
    maps = [] if config.brdf is None else [name for name, _ in map_channels(config)] + ["normal"]
    return {
        "name": name,
        "title": title(config.name),
        "label": kind_label(config),
        "brdf": config.brdf or "rgb",
        "half_width": config.camera.half_width,
        "distance": config.camera.distance,
        "light": [light.x, light.y, light.log_intensity],
        "warmup": 0.0 - config.first_time,
        "duration": config.times.duration,
        "views": [["lit", "Lit surface"], *([name, VIEW_LABELS[name]] for name in maps)],
    }


def title(name: str) -> str:
    """`rusting_steel` as a title: "Rusting steel"."""
    return name.replace("_", " ").strip().capitalize()


def kind_label(config: MaterialConfig) -> str:
    """The kind of material and its BRDF model, as a label."""
    return "RGB texture" if config.brdf is None else f"SVBRDF: {BRDF_TITLES[config.brdf]}"
