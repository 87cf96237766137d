"""ODE Appearance: materials that change with time, each a neural ordinary differential equation.

Example:
    >>> import ode_appearance as oa
    >>> material = oa.load("rusting_steel")
    >>> trajectory = oa.solve(material, seed=0, size=(192, 128), times=[0.0, 1.0, 2.5])
    >>> image = oa.render(material, trajectory, time=2.5)
"""

import importlib
from typing import Any

from .checkpoints.library import load, save
from .checkpoints.registry import list_materials
from .config.schema import Light, MaterialConfig, SolverConfig, Surface
from .errors import AppearanceError
from .export import ExportConfig, estimate_bytes, export, write_published
from .models.maps import decode
from .models.material import Material
from .ode.cache import TrajectoryCache
from .ode.solve import solve, solve_stream
from .ode.trajectory import Trajectory
from .rendering.render import render
from .runtime.extras import naming_extras

__version__ = "0.2.0"

# Imported on first use: only training, evaluation and the Hub need them.
_LAZY = {
    "Judge": "evaluation",
    "TrainConfig": "training.train_config",
    "list_dataset": "data",
    "list_hub": "checkpoints.hub",
    "load_exemplar": "data",
    "preset": "training.train_config",
    "publish": "checkpoints.hub",
    "train": "training.trainer",
}

__all__ = [
    "AppearanceError",
    "ExportConfig",
    "Judge",
    "Light",
    "Material",
    "MaterialConfig",
    "SolverConfig",
    "Surface",
    "TrainConfig",
    "Trajectory",
    "TrajectoryCache",
    "decode",
    "estimate_bytes",
    "export",
    "list_dataset",
    "list_hub",
    "list_materials",
    "load",
    "load_exemplar",
    "preset",
    "publish",
    "render",
    "save",
    "solve",
    "solve_stream",
    "train",
    "write_published",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with naming_extras():
        return getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
