"""`app`: start the Gradio app."""

import os
import signal
import sys
import tempfile
from typing import Any

from ..errors import AppearanceError
from ..runtime import streams
from ..runtime.environment import check_ports
from ..runtime.extras import naming_extras


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("app", help="start the app, at http://127.0.0.1:7860")
    parser.set_defaults(run=lambda options: serve(build()))


def build() -> Any:
    """The app (gradio.Blocks) for the local materials.

    Raises:
        ConfigError: A setting cannot be used, or Gradio is not installed.
        DeviceError: JAX has no device to compute on.
    """
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # a GPU's memory is shared with trainings
    check_ports()  # before Gradio, which reads them when imported
    with naming_extras():
        from ..app import create_app
    return create_app()


def serve(demo: Any) -> None:
    """Serve the app until it is interrupted. Exits with a sentence if no port is free."""
    from ..app import LAUNCH
    from ..app.storage.scratch import scratch_folder

    tempfile.tempdir = str(scratch_folder())  # the next app deletes what a killed one leaves there
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # ends like ctrl-C: temporary files are deleted
    try:
        demo.launch(**LAUNCH)
    except (OSError, OverflowError) as error:
        sys.exit(f"The app cannot serve: {error}")


def build_or_exit() -> Any:
    """`build`, for a script: exits with the error's sentence."""
    streams.prepare()
    try:
        return build()
    except AppearanceError as error:
        sys.exit(str(error))
