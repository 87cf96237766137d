"""What the viewer in a browser reads and runs: files of keyframes, and the page that needs no server."""
