"""The judge: how far pictures of a material are from its exemplar, by features that no training here uses."""

from .judge import Judge, Scores

__all__ = ["Judge", "Scores"]
