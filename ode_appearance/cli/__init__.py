"""The verbs for a terminal, one module each."""
