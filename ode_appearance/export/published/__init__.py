"""The output of the published samplers: folders of frames with their animations."""
