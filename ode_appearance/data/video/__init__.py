"""Video files to sRGB frames, decoded in a process of its own."""
