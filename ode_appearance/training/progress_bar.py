"""A training's progress bar."""

import sys
from collections.abc import Iterable

from .progress import Progress


def with_bar(progresses: Iterable[Progress], name: str, iterations: int) -> Progress | None:
    """Run a training with a progress bar on standard error, and the features' name above it.

    Returns:
        The last progress, or None if there was none.
    """
    from tqdm import tqdm

    last = None
    with tqdm(total=iterations, unit="it", desc=name, mininterval=2) as bar:
        for last in progresses:
            if bar.n == 0:
                bar.write(f"Features: {last.features}", file=sys.stderr)
            bar.update(last.iteration - bar.n)
            skipped = {"skipped": last.skipped} if last.skipped else {}
            bar.set_postfix(loss=f"{last.loss:.3f}", steps=last.solver_steps, **skipped, refresh=False)
    return last
