"""Builds the app and launches it: `python app.py`, or a Hugging Face Space."""

import os

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # before jax: a GPU's memory is shared with trainings

from ode_appearance.cli.app_verb import build_or_exit, serve

demo = build_or_exit()

if __name__ == "__main__":
    serve(demo)
