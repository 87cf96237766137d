"""Builds the app and launches it: `python app.py`, or a Hugging Face Space."""

import os
import signal
import sys
import tempfile

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # before jax: a GPU's memory is shared with trainings

from ode_appearance.errors import AppearanceError
from ode_appearance.runtime import streams
from ode_appearance.runtime.environment import check_ports

streams.prepare()
try:
    check_ports()

    from ode_appearance.app import LAUNCH, create_app
    from ode_appearance.app.storage.scratch import scratch_folder

    demo = create_app()
except AppearanceError as error:
    sys.exit(str(error))

if __name__ == "__main__":
    tempfile.tempdir = str(scratch_folder())  # what is half made when the app is killed, the next one deletes
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # ends as ctrl-C does: temporary files are deleted
    try:
        demo.launch(**LAUNCH)
    except (OSError, OverflowError) as error:  # no port of those that it tries can be had
        sys.exit(f"The app cannot serve: {error}")
