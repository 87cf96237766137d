"""Picture files to square sRGB frames: opened, screened, decoded and colour managed."""
