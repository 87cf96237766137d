"""Array operations, each equal to a reference of a few lines and fast on every platform."""
