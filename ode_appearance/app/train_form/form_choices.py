"""What a choice in the training form entails: of an example its kind, of a preset its numbers, of a start its network."""

import dataclasses
from typing import Any

from ...errors import AppearanceError
from ...training.train_config import RGB_ONLY, preset
from ..materials.library import Library
from .exemplar_upload import name_of
from .form_fields import examples, shown_values
from .form_start import find_start, with_start


@dataclasses.dataclass(frozen=True)
class Choice:
    """What was chosen of a form: as it is made, and after each change."""

    uploads: tuple[str, ...] = ()
    example: str = ""
    kind: str = "rgb"
    preset: str = "quick"
    start: str = ""

    @classmethod
    def read(cls, value: Any) -> "Choice":
        """The one that a page keeps (see `kept`), or the one that a form is made with."""
        if not isinstance(value, dict):
            return cls()
        texts = {field.name: str(value.get(field.name) or "") for field in dataclasses.fields(cls) if field.name != "uploads"}
        uploads = value.get("uploads")
        return cls(tuple(map(str, uploads)) if isinstance(uploads, list) else (), **texts)

    @property
    def kept(self) -> dict[str, Any]:
        """For the page, which sends it together with what is chosen next: kept here, it could be of another moment."""
        return {**dataclasses.asdict(self), "uploads": list(self.uploads)}


def settle(
    library: Library, owner: str, before: Choice, now: Choice, values: list[Any]
) -> tuple[Choice, str | None, list[Any]]:
    """The choice that is left where parts of it exclude each other, the latest being meant: with the name that goes with it,
    where the time-lapse is another one, and the values of ADVANCED.
    """
    known, name = examples(), None
    if now.example != before.example and now.example in known:
        now = dataclasses.replace(now, uploads=(), kind=known[now.example][1])
    elif now.uploads != before.uploads and now.uploads:
        now = dataclasses.replace(now, example="")
    if (now.uploads, now.example) != (before.uploads, before.example):
        name = name_of(now.uploads, now.example)
    start = None
    if now.start:
        try:
            start = find_start(library, owner, now.start).config
        except AppearanceError:
            now = dataclasses.replace(now, start="")  # deleted since it was offered
    if start is not None and start.kind != now.kind:
        if now.start != before.start:
            now = dataclasses.replace(now, kind=start.kind)
        else:
            now, start = dataclasses.replace(now, start=""), None
    if now.kind != "rgb" and now.preset in RGB_ONLY:
        # The latest choice is meant: a preset is taken back, while a kind takes a preset that it can have.
        usual = Choice().preset
        now = dataclasses.replace(now, preset=usual if before.preset in RGB_ONLY else before.preset)
    fresh = (now.kind, now.preset) != (before.kind, before.preset)
    if fresh:
        values = shown_values(preset(now.preset, now.kind))
    if start is not None and (fresh or now.start != before.start):
        values = with_start(values, start)
    return now, name, values
