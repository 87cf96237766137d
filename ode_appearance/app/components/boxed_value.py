"""Values that arrive whole.

While a listener yields, Gradio sends what has changed in each output since it yielded last, and its page changes the value that
it holds in place. Where a page is busy it holds a dict that it has not shown yet; an output that is then skipped turns that
very dict into the mark of a skipped one, and it is never shown. Of a list that holds the dict a skip only takes the place.
"""

from typing import Any


def whole(value: Any) -> list[Any]:
    """The value of one of our own components as Gradio is to send it."""
    return [value]
