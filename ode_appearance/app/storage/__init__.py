"""Temporary and stored files of the app: keyframes, uploads, scratch folders and their limits."""
