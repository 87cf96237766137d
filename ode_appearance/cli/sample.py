"""`sample`: solve a material and write its pictures or its states."""

import math
import re
import sys
from pathlib import Path

import numpy as np

from ..collection import load
from ..errors import RequestError
from ..images import save_animation, save_still, to_bytes
from ..limits import check_times
from ..rendering import render
from ..solve import solve_stream
from ..trajectory import Trajectory
from .options import add_solver, numbers, read_light, read_size, read_solver

FORMATS = ("png", "gif", "webp", "mp4", "npz")


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("sample", help="solve a material and write pictures of it")
    parser.add_argument("name", help="a name in checkpoints/, a folder, or a Hub repository user/repo[@revision]")
    parser.add_argument("--seed", type=int, default=0, help="seed of the noise that it starts from")
    parser.add_argument("--size", default="128x128", help="WIDTHxHEIGHT in pixels (default 128x128)")
    parser.add_argument("--times", metavar="T,T,...", help="model times to write")
    parser.add_argument("--frames", type=int, help="instead of --times: this many, evenly spaced (default: the exemplar's)")
    parser.add_argument("--t0", type=float, help="first time of --frames (default 0)")
    parser.add_argument("--t1", type=float, help="last time of --frames (default: the end of the exemplar)")
    parser.add_argument("--light", metavar="X,Y[,LOG]", help="light of an SVBRDF (default: as it was captured)")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--format", choices=FORMATS, default="png", help="stills, an animation, or the states (default png)")
    parser.add_argument("--fps", type=float, default=20.0, help="frames per second of an animation (default 20)")
    add_solver(parser)
    parser.set_defaults(run=run)


def run(options) -> None:
    """Solve with a progress bar and write the files, naming them on standard output."""
    material = load(options.name)
    times = read_times(options, material.config)
    light = read_light(options.light, material.config)
    if not 0.1 <= options.fps <= 1000:
        raise RequestError(f"--fps has to be from 0.1 to 1000, not {options.fps:g}.")
    trajectory = solve_with_progress(
        material,
        seed=options.seed,
        size=read_size(options.size),
        times=times,
        solver=read_solver(options, material.config),
    )
    if trajectory.status != "complete":
        print(f"The solve ended early ({trajectory.status}) at time {trajectory.stats['time']:.3f}.", file=sys.stderr)
    if not len(trajectory.times):
        raise RequestError("There is nothing to write: the solve ended before the first of the times.")
    name = re.sub(r"\W+", "_", material.name)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        for path in write(material, trajectory, light, options.out, name, options.format, options.fps):
            print(path)
    except OSError as error:
        raise RequestError(f"{options.out} cannot be written: {error.strerror or error}.") from error


def read_times(options, config) -> np.ndarray:
    """The times of --times, or of --frames, --t0 and --t1."""
    if options.times is not None:
        if options.frames is not None or options.t0 is not None or options.t1 is not None:
            raise RequestError("Give either --times, or --frames with --t0 and --t1.")
        return check_times(config, numbers(options.times, range(1, 100_001), "T,T,..."))
    first = 0.0 if options.t0 is None else options.t0
    last = config.times.duration if options.t1 is None else options.t1
    frames = config.times.frames if options.frames is None else options.frames
    if not 1 <= frames <= 100_000:
        raise RequestError(f"--frames has to be from 1 to 100000, not {frames}.")
    if not math.isfinite(first) or not math.isfinite(last):
        raise RequestError("--t0 and --t1 have to be finite numbers.")
    if not first <= last:
        raise RequestError(f"--t0 ({first:g}) has to be before --t1 ({last:g}).")
    return check_times(config, np.linspace(first, last, frames).tolist())


def solve_with_progress(material, *, times, **request) -> Trajectory:
    """`oa.solve` with a progress bar on standard error."""
    from tqdm import tqdm

    chunks = []
    with tqdm(total=len(times), unit="state", desc="solving", disable=not sys.stderr.isatty()) as bar:
        for chunk in solve_stream(material, times=times, **request):
            chunks.append(chunk)
            bar.update(len(chunk.times))
            bar.set_postfix(time=f"{chunk.stats['time']:.2f}", steps=chunk.stats["steps"])
    return Trajectory.join(chunks)


def write(material, trajectory, light, folder, name, format, fps) -> list[Path]:
    """Write the trajectory; returns the paths."""
    if format == "npz":
        path = folder / f"{name}.npz"
        np.savez_compressed(path, times=trajectory.times, states=trajectory.states)
        return [path]
    frames = [to_bytes(render(material, state, light=light)) for state in trajectory.states]
    if format == "png":
        paths = [folder / f"frame_{index:04d}.png" for index in range(len(frames))]
        for path, frame in zip(paths, frames, strict=True):
            save_still(frame, path)
        return paths
    path = folder / f"{name}.{format}"
    save_animation(frames, path, format, 1 / fps)
    return [path]
