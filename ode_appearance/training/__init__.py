"""Training: from a time-lapse to a material (Liu and Ritschel 2024, section 5)."""
