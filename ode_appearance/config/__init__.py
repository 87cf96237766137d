"""Configuration: frozen dataclasses of every option, their bounds, their JSON, and checks of requests."""
