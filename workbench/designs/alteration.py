"""What an alteration of a table is: its statements, and what is to be known before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Note(NamedTuple):
    """Something to be known before; `bad`: it would fail, or something would be lost.

    `query` shows the rows that it is about.
    """

    words: str
    bad: bool = False
    query: str = ""


class Question(NamedTuple):
    """Rows to be counted before: `words` say what becomes of so many, where there are any.

    `one` is said of one, `many` of more, after the number. `query` finds them.
    """

    query: str
    one: str
    many: str
    bad: bool = False

    def answered(self, count: int, most: int) -> Note | None:
        """What to say of so many, of which no more than `most` were counted; nothing of none."""
        if not count:
            return None
        number = f"more than {most:,}" if count > most else f"{count:,}"
        return Note(f"{number} {self.one if count == 1 else self.many}.", self.bad, f"{self.query};")


@dataclass(frozen=True, slots=True)
class Alteration:
    """The statements in their order. `questions` are about the rows as they are."""

    statements: Sequence[str]
    notes: Sequence[Note] = ()
    questions: Sequence[Question] = ()

    @property
    def script(self) -> str:
        """The statements as one text."""
        return "\n".join(f"{each};" for each in self.statements)
