"""Sentences on the page: names and texts in them come from elsewhere, and Gradio reads what it shows as HTML and Markdown."""

import re


def as_text(sentence: str) -> str:
    """A sentence for gr.Markdown, gr.Warning or gr.Error that is shown as it is: in it every mark is a character reference."""
    return re.sub(r"[!-/:-@\[-`{-~]", lambda mark: f"&#{ord(mark[0])};", " ".join(sentence.split()))
