"""Image and animation encoders, and the sRGB transfer functions."""
