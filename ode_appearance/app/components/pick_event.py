"""What an event says that a list's row was chosen by (see gallery.py and material_list.py)."""

import gradio as gr


def picked(event: gr.EventData) -> tuple[str, float | None]:
    """(name, when it was chosen by the page's clock, in milliseconds, if that is said)."""
    asked = event._data.get("asked")
    return str(event._data.get("name")), asked if isinstance(asked, int | float) else None
