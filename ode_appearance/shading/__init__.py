"""Shading: BRDF models, lights, the plane and the solids; from maps to an image."""
