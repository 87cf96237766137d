"""Sentences on a page, of names and texts from elsewhere, which Gradio reads as HTML and Markdown, and how long things take."""

import re


def as_text(sentence: str) -> str:
    """A sentence for gr.Markdown, gr.Warning or gr.Error that is shown as it is: in it every mark is a character reference."""
    return re.sub(r"[!-/:-@\[-`{-~]", lambda mark: f"&#{ord(mark[0])};", " ".join(sentence.split()))


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 1.5:
        return "a second"
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"


def amount(bytes: float) -> str:
    """Bytes as people say them."""
    return f"{max(bytes, 1000) / 1e3:.0f} KB" if bytes < 1e6 else f"{bytes / 1e6:.1f} MB"
