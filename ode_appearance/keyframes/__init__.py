"""Keyframes: states as small files of 8-bit textures, for the viewer in a browser."""
