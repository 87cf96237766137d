"""Trainings in this process: one exemplar after the other, or several stacked."""
