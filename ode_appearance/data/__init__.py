"""Exemplars: a time-lapse to learn from, read from a file or folder, checked, cropped and timed."""

from .dataset import DatasetEntry, list_dataset
from .exemplar import ExemplarFrames, load_exemplar

__all__ = ["DatasetEntry", "ExemplarFrames", "list_dataset", "load_exemplar"]
