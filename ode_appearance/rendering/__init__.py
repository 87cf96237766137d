"""Images of a trajectory: lit, as single maps (AOVs), and with an age map."""
