"""The process's surroundings: device, memory, compilation, signals, streams and files."""
