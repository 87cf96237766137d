"""The app's page: tabs and panels, and which event goes to which action."""
