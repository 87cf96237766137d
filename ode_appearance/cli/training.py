"""`train` and `train-all`: learn a material from a time-lapse, or from each of a data set."""

import argparse
import contextlib
import dataclasses
import os
import signal
import sys
import threading
from pathlib import Path

from ..collection import load
from ..config import Exemplar, Kind
from ..config_json import from_json, to_json
from ..errors import AppearanceError, ConfigError, TrainingError
from ..exemplar import list_dataset, load_exemplar
from ..training.config import PRESETS, TrainConfig, preset
from ..training.folder import MATERIAL, RUN, read_request
from ..viewer.baking import bake
from .options import add_fields

_CREDIT = ("credit", "license", "real_duration")
# Fields that are not one number or one word.
_LISTS = {"dim_mults": int, "map_weights": float}
_SPECIAL = ("kind", "attention", "normalise_maps", *_LISTS)
_SCALARS = [field.name for field in dataclasses.fields(TrainConfig) if field.name not in _SPECIAL]


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("train", help="learn a material from a time-lapse")
    parser.add_argument("exemplar", type=Path, help="animated GIF, WebP or PNG, a video, or a folder or zip file of pictures")
    parser.add_argument("--kind", choices=("rgb", "svbrdf"), required=True, help="RGB texture, or SVBRDF lit by a flash")
    _add_run_options(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on from what the run saved; more iterations may be given")
    parser.add_argument("--stop-at-eof", action="store_true", help="stop, resumable, where the standard input ends")
    parser.add_argument("--name", help="name of the material (default: the exemplar's)")
    parser.add_argument("--duration", type=float, help="model time of the whole (default: as published, 5 or 10)")
    parser.set_defaults(run=run)
    parser = verbs.add_parser("train-all", help="learn every exemplar of a data set")
    parser.add_argument("dataset", type=Path, help="a folder in the layout of the published data sets")
    parser.add_argument("--only", metavar="NAME,NAME,...", help="of these exemplars alone")
    _add_run_options(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs; those in it are gone on with")
    parser.set_defaults(run=run_all)


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    """The options that training one exemplar and training many have in common."""
    parser.add_argument("--preset", choices=PRESETS, default="quick", help="the numbers to start from (default quick)")
    parser.add_argument("--max-minutes", type=float, default=float("inf"), help="stop, resumable, after this long")
    parser.add_argument("--init-from", metavar="NAME", help="start from the weights of this material")
    add_fields(parser.add_argument_group("exemplar"), Exemplar, _CREDIT)  # pyright: ignore
    group = parser.add_argument_group("numbers", "by default, those of the preset")
    add_fields(group, TrainConfig, _SCALARS)  # pyright: ignore
    for name in _LISTS:
        (field,) = (field for field in dataclasses.fields(TrainConfig) if field.name == name)
        group.add_argument("--" + name.replace("_", "-"), metavar="N,N,...", help=field.metadata["help"])
    group.add_argument("--no-attention", action="store_true", help="no linear attention")
    group.add_argument(
        "--normalise-maps", action=argparse.BooleanOptionalAction, help="divide each map by its root mean square"
    )


def _read_config(options: argparse.Namespace, kind: Kind) -> TrainConfig:
    """The preset with what was given on the command line, checked."""
    given = {name: getattr(options, name) for name in _SCALARS if getattr(options, name) is not None}
    for name, read in _LISTS.items():
        text = getattr(options, name)
        try:
            given |= {} if text is None else {name: [read(part) for part in text.split(",")]}
        except ValueError as error:
            flag = "--" + name.replace("_", "-")
            raise ConfigError(f"{flag} has to be numbers with commas between them such as 1,2,4, not {text!r}.") from error
    if options.no_attention:
        given["attention"] = None
    if options.normalise_maps is not None:
        given["normalise_maps"] = options.normalise_maps
    return from_json(TrainConfig, {**to_json(preset(options.preset, kind)), **given}, "train")


def run(options) -> None:
    """Train with a progress bar, until it is finished or interrupted; either way the run can be resumed."""
    config = _read_config(options, options.kind)
    if options.resume:
        earlier, _ = read_request(options.out)
        config = dataclasses.replace(earlier, iterations=options.iterations or earlier.iterations)
    exemplar = load_exemplar(
        options.exemplar,
        config.kind,
        size=config.exemplar_size,
        duration=options.duration,
        name=options.name,
        real_duration=options.real_duration or "",
    )
    status, _ = _train_one(exemplar, config, options.out, options, options.resume, Interruption(options.stop_at_eof))
    if status == "not finite":
        raise TrainingError("The loss was no longer a finite number; the last good weights were kept. Lower --learning-rate.")


def run_all(options) -> None:
    """Train the exemplars one after the other, skipping what is finished; prints a table of how each run ended."""
    entries = list_dataset(options.dataset)
    if options.only:
        wanted = options.only.split(",")
        unknown = sorted(set(wanted) - {entry.name for entry in entries})
        if unknown:
            names = ", ".join(entry.name for entry in entries)
            raise TrainingError(f"The data set has no {', '.join(unknown)}; it has {names}.")
        entries = [entry for entry in entries if entry.name in wanted]
    interrupted = Interruption()
    rows = []
    for entry in entries:
        out = options.out / entry.name
        if interrupted():
            rows.append((entry.name, "not started", ""))
            continue
        try:
            config = read_request(out)[0] if (out / RUN).is_file() else _read_config(options, entry.kind)
            exemplar = load_exemplar(entry.path, entry.kind, size=config.exemplar_size)
            status, progress = _train_one(exemplar, config, out, options, (out / RUN).is_file(), interrupted)
            rows.append((entry.name, status, f"{progress.loss:.3f}" if progress else ""))
        except AppearanceError as error:
            rows.append((entry.name, f"failed: {error}", ""))
    for name, status, loss in rows:
        print(f"{name:28} {loss:>10}  {status}")


def _train_one(exemplar, config, out, options, resume, interrupted):
    """Train one exemplar into a folder with a progress bar, an event log and a journal; how it ended, and its last progress."""
    from tqdm import tqdm

    from ..training.events import EventLog
    from ..training.journal import Journal
    from ..training.trainer import train

    credit = Exemplar(exemplar.name, **{name: getattr(options, name) or "" for name in _CREDIT})
    progresses = train(
        exemplar,
        config,
        out=out,
        resume=resume,
        init_from=load(options.init_from) if options.init_from else None,
        credit=credit,
        stop=interrupted,
        max_minutes=options.max_minutes,
    )
    progress = None
    bar = tqdm(total=config.iterations, unit="it", desc=exemplar.name, mininterval=2)
    with bar, EventLog(out) as log, Journal(out, exemplar) as journal:
        for progress in progresses:
            bar.update(progress.iteration - bar.n)
            bar.set_postfix(loss=f"{progress.loss:.3f}", steps=progress.solver_steps, refresh=False)
            log.write(progress)
            journal.write(progress)
    status = progress.status if progress else "finished"
    if status == "finished":
        with contextlib.suppress(AppearanceError):  # it can be solved all the same, or be baked later
            bake(out / MATERIAL)
    print(f"{exemplar.name}: {status}. The material is in {out / MATERIAL}.", file=sys.stderr)
    return status, progress


class Interruption:
    """Becomes true at Ctrl-C, SIGTERM or SIGHUP, so that a run ends after its iteration, saved; a second one ends it at once.

    With `at_eof` also where the standard input ends.
    """

    def __init__(self, at_eof: bool = False):
        self.seen = False
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._note)
        if at_eof:  # whoever started this process is gone
            threading.Thread(target=self._read_to_the_end, daemon=True).start()

    def _read_to_the_end(self):
        # Not through Python's buffer, which would be locked when the process ends.
        while os.read(sys.stdin.fileno(), 1):
            pass
        self.seen = True

    def _note(self, number, frame):
        if self.seen:
            raise KeyboardInterrupt
        self.seen = True

    def __call__(self) -> bool:
        return self.seen
