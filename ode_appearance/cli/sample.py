"""`sample`: solve a material and write pictures or states."""

import sys
from pathlib import Path

import numpy as np

from ..checkpoints.library import load
from ..errors import RequestError
from ..export import default_keyframes, write_published
from ..export.export_job import file_stem
from ..media.encoders import save_animation, save_still, to_bytes
from ..ode.solve import solve_stream
from ..ode.trajectory import Trajectory
from ..rendering.render import render
from ..shading.lights import orbited
from .export_verb import progress_bar
from .options import add_request, add_solver, flag, load_material, read_size, read_solver, read_times
from .view_options import VIEW_OPTIONS, add_view, read_view

FORMATS = ("png", "gif", "webp", "mp4", "npz")


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("sample", help="solve a material and write pictures of it")
    add_request(parser)
    add_view(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--format", choices=FORMATS, help="stills, an animation, or the states (default png)")
    parser.add_argument("--fps", type=float, help="frames per second of an animation (default 20)")
    parser.add_argument(
        "--published",
        action="store_true",
        help="write the output of the paper's samplers instead (default seed 42, size 256x256)",
    )
    parser.add_argument("--exemplar", type=Path, metavar="PATH", help="the exemplar, for comparison in the --published samples")
    add_solver(parser)
    parser.set_defaults(run=run)


def run(options) -> None:
    """Solve with a progress bar, write the files, and print their paths."""
    if options.published:
        run_published(options)
        return
    if options.exemplar is not None:
        raise RequestError("--exemplar is for --published only.")
    material = load_material(options)
    times = read_times(options, material.config)
    size = read_size(options.size)
    view = read_view(options, material.config, size)
    format = options.format or "png"
    if format == "npz" and view["age"] is not None:
        raise RequestError("A state has one time: with --age choose pictures or an animation.")
    fps = 20.0 if options.fps is None else options.fps
    if not 0.1 <= fps <= 1000:
        raise RequestError(f"--fps has to be from 0.1 to 1000, not {fps:g}.")
    trajectory = solve_with_progress(
        material,
        seed=options.seed or 0,
        size=size,
        times=times if view["age"] is None else np.union1d(times, default_keyframes(material.config, times, view["age"])),
        solver=read_solver(options, material.config),
    )
    if trajectory.status != "complete":
        print(f"The solve ended early ({trajectory.status}) at time {trajectory.stats['time']:.3f}.", file=sys.stderr)
    if not len(trajectory.times) or trajectory.times[-1] < times[0]:
        raise RequestError(
            "There is nothing to write: the solve ended before the first time; raise --max-steps or the tolerances."
        )
    name = file_stem(material)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        paths = write(material, trajectory, times, view, options.out, name, format, fps)
    except OSError as error:
        raise RequestError(f"{options.out} cannot be written: {error.strerror or error}.") from error
    for path in paths:
        print(path)


def run_published(options) -> None:
    """Write the folders of the paper's samplers, and print their paths."""
    own = ("start", "times", "frames", "t0", "t1", *VIEW_OPTIONS, "format", "fps")
    given = [flag(name) for name in own if getattr(options, name) is not None]
    if given:
        raise RequestError(f"--published has a fixed start, times, lights and formats; leave out {', '.join(given)}.")
    material = load(options.name)
    request = {"exemplar": options.exemplar, "solver": read_solver(options, material.config)}
    if options.seed is not None:
        request["seed"] = options.seed
    if options.size is not None:
        request["size"] = read_size(options.size)
    with progress_bar("sampling") as progress:
        folders = write_published(material, options.out, progress=progress, **request)
    for folder in folders or []:
        print(folder)


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


def write(material, trajectory, times, view, folder, name, format, fps) -> list[Path]:
    """Write the times that the trajectory reached; returns the paths."""
    if format == "npz":
        path = folder / f"{name}.npz"
        np.savez_compressed(path, times=trajectory.times, states=trajectory.states)
        return [path]
    reached = times[times <= trajectory.times[-1]].tolist()
    frames = []
    for number, time in enumerate(reached):
        light = orbited(view["light"], number / fps, material.config.camera)
        frames.append(to_bytes(render(material, trajectory, time=time, **{**view, "light": light})))
    if format == "png":
        paths = [folder / f"frame_{index:04d}.png" for index in range(len(frames))]
        for path, frame in zip(paths, frames, strict=True):
            save_still(frame, path)
        return paths
    path = folder / f"{name}.{format}"
    save_animation(frames, path, format, 1 / fps)
    return [path]
