"""Builds the app and launches it: `python app.py`, or a Hugging Face Space."""

import signal
import sys

from ode_appearance.studio import LAUNCH, create_app

demo = create_app()

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # ends as ctrl-C does: temporary files are deleted
    demo.launch(**LAUNCH)
