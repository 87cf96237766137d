"""What the training tab shows of a run: sentences, the loss curve's points, and the picture."""

from typing import Any

from ...errors import TrainingError
from ...training.progress import NOT_FINITE
from ..text_format import duration
from ..trainings.run_records import Run

POINTS = 300
"""Points of the loss curve, at most: each the median of as many iterations as needed."""


def summary(run: Run, status: str) -> str:
    """Where a run stands, in a few sentences of plain text."""
    order, last = run.order, run.last
    parts = [f"{order.name}: {status}."]
    if last:
        parts.append(f"Iteration {last['iteration']:,} of {last['iterations']:,}.")
        if last.get("initialising"):
            parts.append("Finding the light and the mean colours first.")
        if status == "running":
            parts.append(f"{last['rate']:.2f} iterations a second, {duration(last['seconds_left'])} left.")
        else:
            parts.append(f"{duration(last['seconds'])} of training so far.")
        if skipped := last.get("skipped"):
            parts.append(f"{skipped:,} of them gave no finite loss, and changed nothing.")
    elif status == "running":
        parts.append("Preparing: the first iteration takes a minute or so.")
    if status == "failed":
        parts.append(run.complaint or "It left no word: the disk may be full.")
    if status == "not finite":
        parts.append(f"{NOT_FINITE} Resume tries others; if that ends so again, start from these with a smaller learning rate.")
    return " ".join(parts)


def curve(run: Run) -> dict[str, list[Any]]:
    """The loss over the iterations: columns `iteration` and `loss`.

    Warm-ups and the initialisation, whose losses are of other kinds, are left out (of flow matching, every loss is of one
    kind), and so are iterations that were lost in a kill, which the run has gone through again.
    """
    try:
        config = run.config
    except TrainingError:
        return {"iteration": [], "loss": []}
    points: list[tuple[int, float]] = []
    for line in run.journal:
        while points and points[-1][0] >= line["iteration"]:
            points.pop()
        warming_up = (
            config.method == "texture" and (line["iteration"] - 1 - config.schedule.initialisation) % config.schedule.cycle == 0
        )
        if line.get("loss") is not None and not line.get("initialising") and not warming_up:
            points.append((line["iteration"], line["loss"]))
    group = max(1, -(-len(points) // POINTS))
    chunks = [points[at : at + group] for at in range(0, len(points), group)]
    medians = [sorted(loss for _, loss in chunk)[len(chunk) // 2] for chunk in chunks]
    return {"iteration": [chunk[-1][0] for chunk in chunks], "loss": medians}
