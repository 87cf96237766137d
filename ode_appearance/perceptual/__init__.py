"""Perceptual distance of two textures: feature networks, patches and losses."""
