"""`python -m benchmarks`: measure the library's speed on this machine; run it in the repository's root."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ode_appearance.errors import AppearanceError
from ode_appearance.runtime import device

from .figure import heading, row, write_json
from .suite import GROUPS


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, a row as soon as it is measured. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Compare with the straightforward formulation.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows to a file, as a list of objects")
    parser.add_argument("--quick", action="store_true", help="fewer repeats, and smaller states where that takes long")
    names = ", ".join(GROUPS)
    parser.add_argument("--only", choices=GROUPS, nargs="+", default=list(GROUPS), metavar="GROUP", help=f"groups: {names}")
    options = parser.parse_args(arguments)
    try:
        _run(options)
    except (AppearanceError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(options):
    print(f"{device.description()}, medians of several repeats; ratio: times better than the baseline")
    print(heading())
    figures = []
    for name in options.only:
        for figure in GROUPS[name](options.quick):
            figures.append(figure)
            print(row(figure), flush=True)
    if options.json is not None:
        write_json(figures, options.json)


if __name__ == "__main__":
    sys.exit(main())
