"""The training form without its components: fields, choices, exemplar upload, start and estimate."""
