"""What the page shows of an error."""

import gradio as gr

from ...errors import AppearanceError
from ..text_format import as_text


def refusal(error: AppearanceError) -> gr.Error:
    """To be raised in its place."""
    return gr.Error(as_text(str(error)), title="Not possible", print_exception=False)
