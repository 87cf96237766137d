"""Frames in the published samplers' layout, state by state: images, relit images, maps and comparisons."""

from collections.abc import Iterable, Iterator

import numpy as np
from jaxtyping import Float, UInt8

from ...config.schema import BrdfName, Camera, Light
from ...data import ExemplarFrames
from ...data.dataset import RELIGHTS
from ...media.encoders import to_bytes
from ...models.material import Material, decode
from ...rendering.render import render
from ...shading.brdf import BRDF_MODELS

Frame = UInt8[np.ndarray, "h w 3"] | UInt8[np.ndarray, "h w 2"] | UInt8[np.ndarray, "h w"]
"""Colour, grey with alpha, or grey."""
TimedStates = Iterable[tuple[float, np.ndarray]]
RELIT = ("up", "left", "rightdown")
# Rotating light: turns per unit of model time, and radius as a share of the plane's half width.
ROTATION_SPEED, ROTATION_RADIUS = 0.5, 0.8


def rgb_frames(material: Material, states: TimedStates, exemplar: ExemplarFrames | None) -> Iterator[tuple[str, Frame]]:
    """(folder, frame) of each state of an RGB texture: `synthesis` up to time 0, then `transition` and `comparisons`."""
    for time, state in states:
        picture = to_bytes(render(material, state))
        if time <= 0:
            yield "synthesis", picture
        if time >= 0:
            yield "transition", picture
            if exemplar is not None:
                yield "comparisons", np.concatenate([picture, target_at(material, exemplar, time, picture.shape)], axis=1)


def svbrdf_frames(material: Material, states: TimedStates, exemplar: ExemplarFrames | None) -> Iterator[tuple[str, Frame]]:
    """(folder, frame) for each state of an SVBRDF."""
    config = material.config
    intensity = config.light.log_intensity
    for time, state in states:
        picture = to_bytes(render(material, state))
        yield "renderings", picture
        for name in RELIT:
            yield f"renderings_relit_{name}", to_bytes(render(material, state, light=Light(*RELIGHTS[name], intensity)))
        rotated = Light(*rotating(time, config.camera), intensity)
        yield "renderings_relit_rotating", to_bytes(render(material, state, light=rotated))
        maps = {name: np.asarray(values) for name, values in decode(material, state).items()}
        brdf = np.concatenate([maps[name] for name, _ in BRDF_MODELS[config.brdf].maps])
        for name, values in published_maps(brdf).items():
            yield name, published_map(name, values)
        normal = published_map("normal", maps["normal"])
        yield "normal", normal
        yield "height", published_map("height", maps["height"])
        if exemplar is not None and len(brdf) > 4:
            yield "stitches", stitch(picture, target_at(material, exemplar, time, picture.shape), brdf, normal)


def published_maps(brdf: Float[np.ndarray, "_ h w"]) -> dict[str, Float[np.ndarray, "_ h w"]]:
    """The map folders of a BRDF model by the published sampler's names.

    It slices the channels of every model like those of the two with a diffuse map: `diffuse` is the albedo of models with a
    metallic map, and the reflectance of those without a diffuse lobe; `specular` is the next up to three channels.

    Args:
        brdf: All channels of the BRDF model.
    """
    folders = {"diffuse": brdf[:3], "specular": brdf[3:6]}
    names = {7: ("roughness",), 8: ("roughness_u", "roughness_v")}.get(len(brdf), ())
    return folders | {name: brdf[6 + index : 7 + index] for index, name in enumerate(names)}


def writes_exemplars(brdf: BrdfName | None) -> bool:
    """Whether the published sampler writes the exemplar: for RGB, and for one SVBRDF model only."""
    return brdf in (None, "diffuse_iso_cook_torrance")


def exemplar_frames(exemplars: dict[str, ExemplarFrames]) -> Iterator[tuple[str, Frame]]:
    """(folder, frame) of each frame of the exemplars; `exemplars` maps folder names to them."""
    for folder, exemplar in exemplars.items():
        for frame in exemplar.frames:
            yield folder, frame.transpose(1, 2, 0)


def rotating(time: float, camera: Camera) -> tuple[float, float]:
    """(x, y) of the published rotating light: clockwise from the top, one turn in two units of model time."""
    angle = 2 * np.pi * ROTATION_SPEED * time
    radius = ROTATION_RADIUS * camera.half_width
    return float(radius * np.sin(angle)), float(radius * np.cos(angle))


def published_map(name: str, values: Float[np.ndarray, "_ h w"]) -> Frame:
    """A map in the published samplers' encoding: times 255, truncated; grey for one channel, grey with alpha for two."""
    if name == "height":
        values = (values - values.min()) / max(float(values.max() - values.min()), 1e-12)
    frame = to_bytes(values / 2 + 0.5 if name == "normal" else values)
    return frame[..., 0] if len(values) == 1 else frame


def target_at(material: Material, exemplar: ExemplarFrames, time: float, shape: tuple[int, ...]) -> UInt8[np.ndarray, "h w 3"]:
    """The exemplar's frame at a model time, in the upper left corner of a black frame of the sample's shape."""
    index = exemplar.index_at(time / material.config.times.duration * exemplar.duration)
    target = np.zeros(shape, np.uint8)
    target[: exemplar.size, : exemplar.size] = exemplar.frames[index].transpose(1, 2, 0)
    return target


def stitch(
    picture: Frame, target: Frame, brdf: Float[np.ndarray, "_ h w"], normal: Frame
) -> UInt8[np.ndarray, "rows columns 3"]:
    """Two rows of images.

    Anisotropic: rendering, diffuse, roughness_u, normal; target, specular, roughness_v, black. Isotropic: rendering, diffuse,
    roughness; target, specular, normal. Models with fewer than seven channels show the first three and the fourth in the places
    of diffuse and specular.
    """
    second = 6 if len(brdf) > 6 else 4
    diffuse, specular = (to_bytes(np.broadcast_to(part, (3, *part.shape[1:]))) for part in (brdf[:3], brdf[3:second]))
    rough = [published_map("roughness", values[None]) for values in brdf[second:]]
    rows = [[picture, diffuse, rough[0]], [target, specular]]
    if len(rough) == 1:
        rows[1].append(normal)
    else:
        rows[0].append(normal)
        rows[1] += [rough[1], np.zeros_like(picture)]
    return np.concatenate([np.concatenate([in_colour(tile) for tile in row], axis=1) for row in rows])


def in_colour(frame: Frame) -> UInt8[np.ndarray, "h w 3"]:
    """A grey frame as red, green and blue, without its alpha."""
    grey = frame if frame.ndim == 2 else frame[..., 0]
    return frame if frame.shape[2:] == (3,) else np.repeat(grey[..., None], 3, axis=2)
