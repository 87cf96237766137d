"""Texture training: integrate a segment of the ODE and compare feature statistics of its pictures."""
