"""Trainings that the app runs: a process and a folder of records for each."""
