"""Text of files within messages."""


def printable(text: str) -> str:
    """A name or message from a file as one line of at most 80 printable characters."""
    text = " ".join("".join(letter if letter.isprintable() else "?" for letter in text[:200]).split())
    return text if len(text) <= 80 else f"{text[:77]}..."
