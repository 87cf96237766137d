"""Reads the command line and hands it to a verb."""

import argparse
import sys
from collections.abc import Sequence

from .. import device
from ..errors import AppearanceError
from . import baking, bench, evaluation, explore, export, hub, official, sample, train_all, training

VERBS = (explore, sample, export, training, train_all, evaluation, baking, official, hub, bench)


def build_parser() -> argparse.ArgumentParser:
    """The parser of all verbs; each sets `run`, a function of the parsed arguments."""
    parser = argparse.ArgumentParser(prog="python -m ode_appearance", description="Materials that change with time.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for verb in VERBS:
        verb.add_to(verbs)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status: 0, 1 with a sentence on standard error, or 130 where it was interrupted."""
    options = build_parser().parse_args(arguments)
    device.prepare()
    try:
        options.run(options)
    except AppearanceError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    return 0
