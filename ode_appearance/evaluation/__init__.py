"""Evaluation: distances of a material's images from its exemplar, in features that no training here uses."""

from .judge import Judge, Scores

__all__ = ["Judge", "Scores"]
