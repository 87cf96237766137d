"""Perceptual distances of textures: feature networks, patches and losses."""
