"""Executor on a Ray cluster: a task for each exemplar."""
