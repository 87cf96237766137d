"""What files say of themselves, within our sentences."""


def shown(text: str) -> str:
    """A name or a complaint out of a file: one line of bounded length, of characters that can be seen."""
    text = " ".join("".join(letter if letter.isprintable() else "?" for letter in text[:200]).split())
    return text if len(text) <= 80 else f"{text[:77]}..."
