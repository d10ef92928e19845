"""The part of a text that is to run: what was selected in it, or the statement at the cursor."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

from flask import request

from workbench.errors import BadRequest, Position, WorkbenchError


@dataclass(frozen=True, slots=True)
class Part:
    """The characters from `start` up to `end` of the text `whole`."""

    whole: str
    start: int
    end: int

    @classmethod
    def all_of(cls, text: str) -> Part:
        """All of `text`."""
        return cls(text, 0, len(text))

    @property
    def script(self) -> str:
        """The part itself."""
        return self.whole[self.start : self.end]

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.start == 0 and self.end == len(self.whole)

    def placed(self, error: WorkbenchError) -> WorkbenchError:
        """`error`, which is about the part, with its place as it is in all of the text."""
        position = getattr(error, "position", None)
        if self.is_all or position is None:
            return error
        moved = copy(error)
        moved.position = Position.at(self.whole, self.start + position.offset)
        return moved


def part_in_form(whole: str) -> Part:
    """What the form says runs of `whole`: all of it where it says nothing. Raises BadRequest."""
    said = [request.form.get(name) for name in ("start", "end")]
    if said == [None, None]:
        return Part.all_of(whole)
    try:
        start, end = (int(each or "") for each in said)
    except ValueError as error:
        raise BadRequest("start and end are numbers of characters") from error
    if not 0 <= start <= end <= len(whole):
        raise BadRequest(f"the text has no part from {start} to {end}", hint="Nothing was run.")
    return Part(whole, start, end)
