"""Trainings in this process: exemplars in sequence, or several stacked."""
