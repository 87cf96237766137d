"""What the published samplers write: folders of frames, with their animations."""
