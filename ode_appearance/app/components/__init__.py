"""Gradio components of the app, each with a script of its own."""
