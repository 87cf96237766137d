"""Solve, render and export jobs: requests checked, queued and worked off by one thread."""
