"""Models of the paper's own release: read, recognised by their shapes, and imported."""
