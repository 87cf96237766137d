"""A measured figure with what it is held against, as a row of a table and as JSON."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from ode_appearance.runtime.atomic_io import write_atomically

_COLUMNS = (("figure", 15), ("baseline", 15), ("ratio", 8), ("goal", 6), ("limit", 7))
_WORK = 84


@dataclasses.dataclass(frozen=True)
class Figure:
    """One figure of a run. What does not apply is None."""

    work: str
    figure: float
    unit: str
    baseline: float | None = None
    """The same, in the same unit, of what ours is held against; `work` says what that is."""
    ratio: float | None = None
    """How many times better than the baseline."""
    goal_ratio: float | None = None
    """What the ratio should reach."""
    limit: float | None = None
    """What the figure should not exceed."""

    @property
    def met(self) -> bool | None:
        """Whether goal and limit are kept; None where there is neither."""
        kept = []
        if self.goal_ratio is not None:
            kept.append(self.ratio >= self.goal_ratio)
        if self.limit is not None:
            kept.append(self.figure <= self.limit)
        return all(kept) if kept else None


def heading() -> str:
    """The table's first line."""
    return f"{'work':{_WORK}}" + "".join(f"{name:>{width}}" for name, width in _COLUMNS) + "  met"


def row(figure: Figure) -> str:
    """A figure as a line of the table."""
    values = (
        f"{figure.figure:.4g} {figure.unit}".rstrip(),
        "" if figure.baseline is None else f"{figure.baseline:.4g} {figure.unit}".rstrip(),
        *("" if value is None else f"{value:.3g}" for value in (figure.ratio, figure.goal_ratio, figure.limit)),
    )
    met = {None: "", True: "  yes", False: "  no"}[figure.met]
    cells = "".join(f"{value:>{width}}" for value, (_, width) in zip(values, _COLUMNS, strict=True))
    return f"{figure.work:{_WORK}}{cells}{met}"


def write_json(figures: Sequence[Figure], path: Path) -> None:
    """All figures as a list of objects."""
    text = json.dumps([dataclasses.asdict(figure) for figure in figures], indent=1)
    write_atomically(path, lambda file: file.write(text.encode()))
