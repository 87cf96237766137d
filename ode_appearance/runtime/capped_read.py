"""A zip file of a stranger, opened so that its list of contents cannot take the memory."""

import io
from pathlib import Path


class LeashedFile(io.FileIO):
    """A file of which no more than `most` bytes are read at once: `zipfile` reads a list of contents whole."""

    def __init__(self, path: Path, most: int):
        super().__init__(path)
        self._most = most

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > self._most:
            raise ValueError("its list of contents is too long")
        return super().read(self._most if size is None or size < 0 else size)
