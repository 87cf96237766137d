"""Measuring the library's speed against the straightforward formulation of the same method, in the same run."""
