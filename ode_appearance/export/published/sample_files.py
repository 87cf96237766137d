"""Frames in the published samplers' layout as PNG files and animations."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from ...config.schema import Kind, MaterialConfig
from ...media.encoders import RAW_AVI, h264, pad_to_even, save_animation, save_still, save_video
from .sample_frames import Frame, in_colour

FRAME_NAMES: dict[Kind, str] = {"rgb": "frame", "svbrdf": "frames"}
SECONDS = 0.1


def write_sample_frames(root: Path, kind: Kind, frames: Iterable[tuple[str, Frame]]) -> list[str]:
    """Write each (folder, frame) as the folder's next PNG; returns the names of the folders."""
    counts: dict[str, int] = {}
    for name, frame in frames:
        number = counts.get(name, 0)
        if number == 0:
            (root / name).mkdir(parents=True)
        save_still(frame, root / name / f"{FRAME_NAMES[kind]}_{number:04d}.png")
        counts[name] = number + 1
    return list(counts)


def write_animations(folder: Path, config: MaterialConfig) -> None:
    """Write the animations of a folder's frames: GIF and raw AVI, and for an SVBRDF an MP4 (crf 23).

    A frame lasts a tenth of a second; for RGB, except the warm-up, the exemplar's frame interval in seconds.
    """
    files = sorted(folder.glob("*.png"))
    rgb = config.kind == "rgb"
    seconds = config.times.frame_interval if rgb and folder.name != "synthesis" else SECONDS
    name = folder.name if rgb else "animations"
    save_animation(_read(files), folder / f"{name}.gif", "gif", seconds)
    save_video(map(in_colour, _read(files)), folder / f"{name}.avi", 1 / seconds, RAW_AVI)
    if not rgb:
        even = (pad_to_even(in_colour(frame)) for frame in _read(files))
        save_video(even, folder / f"{name}.mp4", 1 / seconds, h264(crf=23, preset="slow"))


def _read(files):
    for file in files:
        with Image.open(file) as picture:
            # Animations have no alpha: Pillow drops it in the published GIFs, from which the videos are made.
            yield np.asarray(picture.convert("L") if picture.mode == "LA" else picture)
