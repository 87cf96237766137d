"""Image files to square sRGB frames: opened, checked, decoded and colour managed."""
