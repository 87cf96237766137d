"""Models of the paper's release: read, identified by their array shapes, and imported."""
