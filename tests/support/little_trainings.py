"""A data set of two little time-lapses, and trainings of it that take seconds."""

import dataclasses
import os
import stat
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
from hub_stand_in import Job
from PIL import Image

import ode_appearance as oa
from ode_appearance.config.schema import Exemplar
from ode_appearance.data import load_exemplar
from ode_appearance.training.job import Task, perform
from ode_appearance.training.run_dir.folder import is_finished, read_progress
from ode_appearance.training.train_config import TrainConfig

ROOT = Path(__file__).parents[2]
NAMES = ("moss", "rust")
CONFIG = TrainConfig().replace(
    dim=8, dim_mults=(1,), attention=None, state_size=32, exemplar_size=32, iterations=4, features="patch", save_every=0,
    runge_kutta="bosh3", tolerance=0.1, first_step=0.5, evaluate_every=50, evaluation_frames=2, evaluation_rollouts=1,
    preview_every=100,
)  # fmt: skip
LITTLE = "--features patch --dim 8 --dim-mults 1 --no-attention --state-size 32 --exemplar-size 32".split()
LITTLE += "--evaluate-every 50 --evaluation-frames 2 --preview-every 100".split()


def make_dataset(root: Path) -> Path:
    """Two animations of 4 frames, 32x32: a ground that becomes redder or greener under stripes that stay."""
    folder = root / "RGB_dynamic_textures"
    folder.mkdir(parents=True)
    for channel, name in enumerate(NAMES):
        frames = np.zeros((4, 32, 32, 3), np.uint8)
        frames[..., channel] = np.linspace(50, 200, 4)[:, None, None]
        frames[:, :: 4 + channel] = 220
        first, *others = map(Image.fromarray, frames)
        first.save(folder / f"{name}.gif", save_all=True, append_images=others, duration=100)
    return root


@dataclasses.dataclass(frozen=True)
class Runs:
    """A data set, the task of its first exemplar, and the folders of two runs of it: one finished, one stopped after one of
    four iterations.
    """

    dataset: Path
    task: Task
    finished: Path
    halfway: Path


def little_runs(root: Path) -> Runs:
    """Train them."""
    dataset = make_dataset(root / "dataset")
    exemplar = load_exemplar(dataset / "RGB_dynamic_textures" / "moss.gif", "rgb", size=32)
    runs = Runs(dataset, Task(exemplar, CONFIG, Exemplar("moss", credit="A test")), root / "finished", root / "halfway")
    list(perform(runs.task, runs.finished, resume=False))
    list(perform(dataclasses.replace(runs.task, max_minutes=0), runs.halfway, resume=False))
    assert is_finished(runs.finished) and read_progress(runs.halfway)["iteration"] == 1
    return runs


def environment(**more: str) -> dict[str, str]:
    """That of a process of its own: neither Ray's address nor a token of this one."""
    left_out = ("RAY_ADDRESS", "HF_TOKEN", "PYTHONPATH")
    return {**{name: value for name, value in os.environ.items() if name not in left_out}, **more}


def train_all(*arguments: str | Path, stderr=subprocess.PIPE, **more: str) -> subprocess.Popen:
    """The verb in a process of its own."""
    command = [sys.executable, "-m", "ode_appearance", "train-all", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, env=environment(**more), stdout=subprocess.PIPE, stderr=stderr, text=True)


def start_job(job: Job, endpoint: str, scratch: Path) -> subprocess.Popen:
    """Execute a job's very command, as the Hub would, but for `pip`, which finds all that it is to install there already."""
    programs = scratch / "programs"
    programs.mkdir(parents=True, exist_ok=True)
    pip = programs / "pip"
    pip.write_text("#!/bin/sh\nexit 0\n")
    pip.chmod(pip.stat().st_mode | stat.S_IXUSR)
    own = {"HF_ENDPOINT": endpoint, "HF_HOME": str(scratch / "home"), "HF_HUB_DISABLE_XET": "1", "TMPDIR": str(scratch)}
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = environment(**own, **job.spec["environment"], **job.spec["secrets"], PATH=path)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(job.spec["command"], cwd=scratch, env=variables, **pipes)


def same_weights(folder: Path, other: Path) -> bool:
    """Whether the materials of two runs are equal to the last bit."""
    ours, theirs = (jax.tree.leaves(oa.load(run / "material").vector_field) for run in (folder, other))
    return all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))
