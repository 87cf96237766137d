"""Array operations; each equals a reference implementation of a few lines and is fast on every platform."""
