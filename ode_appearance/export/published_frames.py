"""The frames of the published samplers, state by state: pictures, relit pictures, maps, and what stands beside them."""

from collections.abc import Iterable, Iterator

import numpy as np
from jaxtyping import Float, UInt8

from ..config import Camera, Light
from ..exemplar import ExemplarFrames
from ..exemplar.dataset import RELIGHTS
from ..images import to_bytes
from ..material import Material, decode
from ..rendering import render

Frame = UInt8[np.ndarray, "h w 3"] | UInt8[np.ndarray, "h w"]
TimedStates = Iterable[tuple[float, np.ndarray]]
RELIT = ("up", "left", "rightdown")
# Turns of the rotating light in a unit of model time, and its distance from the middle as a share of the plane's half.
ROTATION_SPEED, ROTATION_RADIUS = 0.5, 0.8


def rgb_frames(material: Material, states: TimedStates, exemplar: ExemplarFrames | None) -> Iterator[tuple[str, Frame]]:
    """(folder, frame) for each state of an RGB texture: `synthesis` up to time 0, from there `transition` and `comparisons`."""
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
        maps = {name: published_map(name, np.asarray(values)) for name, values in decode(material, state).items()}
        yield from maps.items()
        if exemplar is not None and "diffuse" in maps:
            yield "stitches", stitch(picture, target_at(material, exemplar, time, picture.shape), maps)


def exemplar_frames(exemplar: ExemplarFrames | None) -> Iterator[tuple[str, Frame]]:
    """(folder, frame) for each frame of the exemplar, if there is one."""
    for frame in [] if exemplar is None else exemplar.frames:
        yield "exemplars", frame.transpose(1, 2, 0)


def rotating(time: float, camera: Camera) -> tuple[float, float]:
    """(x, y) of the published rotating light: a circle, from the top clockwise, two units of model time a turn."""
    angle = 2 * np.pi * ROTATION_SPEED * time
    radius = ROTATION_RADIUS * camera.half_width
    return float(radius * np.sin(angle)), float(radius * np.cos(angle))


def published_map(name: str, values: Float[np.ndarray, "_ h w"]) -> Frame:
    """A map as the published samplers store it: times 255, truncated; grey for one channel."""
    if name == "height":
        values = (values - values.min()) / max(float(values.max() - values.min()), 1e-12)
    frame = to_bytes(np.broadcast_to(values / 2 + 0.5 if name == "normal" else values, (3, *values.shape[1:])))
    return frame if len(values) == 3 else frame[..., 0]


def target_at(material: Material, exemplar: ExemplarFrames, time: float, shape: tuple[int, ...]) -> UInt8[np.ndarray, "h w 3"]:
    """The exemplar's frame of a model time, in the upper left corner of a black frame of the sample's shape."""
    index = exemplar.index_at(time / material.config.times.duration * exemplar.duration)
    target = np.zeros(shape, np.uint8)
    target[: exemplar.size, : exemplar.size] = exemplar.frames[index].transpose(1, 2, 0)
    return target


def stitch(picture: Frame, target: Frame, maps: dict[str, Frame]) -> UInt8[np.ndarray, "rows columns 3"]:
    """Two rows: rendering, diffuse, roughness_u, normal over target, specular, roughness_v, nothing; or, for an isotropic
    model, rendering, diffuse, roughness over target, specular, normal."""
    if "roughness" in maps:
        rows = [[picture, maps["diffuse"], maps["roughness"]], [target, maps["specular"], maps["normal"]]]
    else:
        nothing = np.zeros_like(picture)
        rows = [
            [picture, maps["diffuse"], maps["roughness_u"], maps["normal"]],
            [target, maps["specular"], maps["roughness_v"], nothing],
        ]
    return np.concatenate([np.concatenate([in_colour(tile) for tile in row], axis=1) for row in rows])


def in_colour(frame: Frame) -> UInt8[np.ndarray, "h w 3"]:
    """A grey frame as red, green and blue."""
    return frame if frame.ndim == 3 else np.repeat(frame[..., None], 3, axis=2)
