"""Materials on disk: checkpoint folders, found by name, baked, and described by a model card."""
