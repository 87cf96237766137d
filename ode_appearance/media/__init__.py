"""Pixels to image and animation files, and the sRGB transfer functions."""
