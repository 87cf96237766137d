"""Exemplars: the time-lapse that a material learns from, read from a file or folder, checked, cropped and timed."""

from .dataset import DatasetEntry, list_dataset
from .frames import ExemplarFrames, load_exemplar

__all__ = ["DatasetEntry", "ExemplarFrames", "list_dataset", "load_exemplar"]
