"""Trainings save a material at their end; its preview is tested in tests/checkpoints."""

import pytest


@pytest.fixture(autouse=True, scope="module")
def _small_previews(small_previews):
    pass
