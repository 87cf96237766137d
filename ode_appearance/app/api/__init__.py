"""The app's API: named endpoints for programs."""
