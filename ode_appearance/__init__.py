"""ODE Appearance: materials that change with time, each one a neural ordinary differential equation.

import ode_appearance as oa

material = oa.load("rusting_steel")
trajectory = oa.solve(material, seed=0, size=(192, 128), times=[0.0, 1.0, 2.5])
picture = oa.render(material, trajectory, time=2.5)
"""

from .checkpoint import save
from .collection import list_materials, load
from .config import Light, MaterialConfig, SolverConfig
from .errors import AppearanceError
from .material import Material, decode
from .rendering import render
from .solve import solve, solve_stream
from .trajectory import Trajectory, TrajectoryCache

__all__ = [
    "AppearanceError",
    "Light",
    "Material",
    "MaterialConfig",
    "SolverConfig",
    "Trajectory",
    "TrajectoryCache",
    "decode",
    "list_materials",
    "load",
    "render",
    "save",
    "solve",
    "solve_stream",
]
