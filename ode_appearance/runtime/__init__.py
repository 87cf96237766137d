"""Operating system and process: device, memory, compilation, signals, streams and files."""
