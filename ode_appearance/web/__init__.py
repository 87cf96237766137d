"""What the viewer in a browser runs: scripts, shaders and styles, and the page that needs no server."""
