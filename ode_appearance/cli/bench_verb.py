"""`bench`: how fast the library is on this machine."""

from pathlib import Path

from ..errors import RequestError
from ..runtime import device

# As in bench/suite.py, which is imported by this verb alone.
GROUPS = ("network", "trajectory", "training", "schedules", "memory", "app")


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("bench", help="measure how fast this machine is, against the straightforward formulation")
    names = "some of them alone: " + ", ".join(GROUPS)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too, as a list of objects")
    parser.add_argument("--quick", action="store_true", help="fewer repeats, and smaller states where that takes long")
    parser.add_argument("--only", choices=GROUPS, nargs="+", default=GROUPS, metavar="GROUP", help=names)
    parser.set_defaults(run=run)


def run(options) -> None:
    """Print the table, a line as soon as it is measured."""
    from ..bench.figure import heading, row, write_json
    from ..bench.suite import GROUPS

    print(f"{device.description()}, medians of several repeats; ratio: times better than the baseline")
    print(heading())
    figures = []
    for name in options.only:
        for figure in GROUPS[name](options.quick):
            figures.append(figure)
            print(row(figure), flush=True)
    if options.json is not None:
        try:
            write_json(figures, options.json)
        except OSError as error:
            raise RequestError(f"{options.json} cannot be written: {error.strerror or error}.") from error
