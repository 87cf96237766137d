"""Trainings as jobs on the Hugging Face Hub: a job for each exemplar."""
