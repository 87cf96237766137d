"""Parses the command line and runs a verb."""

import argparse
import functools
import re
import sys
from collections.abc import Sequence

from .. import __version__
from ..errors import AppearanceError
from ..runtime import device, streams
from ..runtime.extras import naming_extras
from . import (
    app_verb,
    bake,
    evaluate,
    export_verb,
    import_official,
    list_and_info,
    sample,
    search_and_publish,
    train,
    train_all,
)

VERBS = (
    app_verb,
    list_and_info,
    sample,
    export_verb,
    train,
    train_all,
    evaluate,
    bake,
    import_official,
    search_and_publish,
)


def build_parser() -> argparse.ArgumentParser:
    """The parser of all verbs; each verb sets `run`, a function of the parsed arguments."""
    parser = argparse.ArgumentParser(prog="ode-appearance", description="Materials that change with time.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    # No abbreviations: `--seed` would otherwise mean `--seeds` in a verb without `--seed`.
    parser_class = functools.partial(argparse.ArgumentParser, allow_abbrev=False)
    verbs = parser.add_subparsers(required=True, metavar="VERB", parser_class=parser_class)
    for verb in VERBS:
        verb.add_to(verbs)
    return parser


def joined(arguments: Sequence[str]) -> list[str]:
    """Join lists that begin with a negative number to their options, since argparse would take them for options."""
    result = []
    for argument in arguments:
        if result and re.match(r"-[\d.]+,", argument) and re.match(r"--[a-z-]+$", result[-1]):
            result[-1] += f"={argument}"
        else:
            result.append(argument)
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb.

    Returns:
        Exit status: 0; 1 with a message on standard error; 130 after an interruption.
    """
    streams.prepare()
    try:
        try:
            with naming_extras():
                _run(arguments)
        finally:
            sys.stdout.flush()
    except AppearanceError as error:
        return _failed(error)
    except BrokenPipeError:  # the reader of the output closed it
        streams.discard_output()
        return 1
    except OSError as error:
        streams.discard_output()
        return _failed(f"{error.filename or 'The output'} cannot be read or written: {error.strerror or error}.")
    except UnicodeEncodeError as error:
        return _failed(f"A file name has a character that this system's encoding, {error.encoding}, does not have.")
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    return 0


def _run(arguments):
    options = build_parser().parse_args(joined(sys.argv[1:] if arguments is None else arguments))
    device.configure()
    try:
        options.run(options)
    except (RuntimeError, AssertionError):
        device.require()  # explains a missing JAX device
        raise


def _failed(message):
    print(message, file=sys.stderr)
    return 1
