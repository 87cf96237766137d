"""Materials on disk: checkpoint folders, their lookup by name, baked previews and keyframes, and model cards."""
