"""Measuring the library's speed against the straightforward formulation of the same method, in the same run.

figure.py is a row of the table; suite.py names the groups of rows, each in a module of its own.
"""
