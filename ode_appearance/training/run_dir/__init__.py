"""The folder of a run: its state, its journal, its training record and its TensorBoard events."""
