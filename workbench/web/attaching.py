"""Which other databases a run reads: those of a program by its option, those of a person by what is ticked.

What a person has ticked is remembered in their cookie, for the forms that do not say it: of a preview that is
to be committed, of an export, of an entry that is run again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import request, session
from msgspec.structs import replace

from workbench.desks import no_such
from workbench.errors import BadRequest, StatementError, WorkbenchError
from workbench.jobs import Attached, Job
from workbench.listing import Listed
from workbench.web.here import DATABASE, desks

MOST = 10
"""How many SQLite attaches to one connection (https://sqlite.org/limits.html#max_attached)."""

_TICKS = "attached"

_QUALIFIED = re.compile(r"no such table: ([^.]+)\.")


def with_attached(job: Job) -> Job:
    """`job` of a person, with what they have ticked. Raises BadRequest for what there is not."""
    if len(desks().listing.all()) == 1:
        return job
    return replace(job, attach=attached(_ticked_now()))


def attached(names: Iterable[str]) -> tuple[Attached, ...]:
    """The databases of these names, each once. Raises BadRequest for one that there is not, or too many."""
    wanted = list(dict.fromkeys(names))
    if len(wanted) > MOST:
        words = f"{len(wanted)} databases are more than the {MOST} that can be attached"
        raise BadRequest(
            words, code="TOO_MANY_ATTACHED", hint="Nothing was run.", limit=MOST, actual=len(wanted)
        )
    here = _here().name
    if here in wanted:
        raise BadRequest(f"{here} is the database itself: attach others", code="NOT_TOGETHER")
    return tuple(Attached(*_listed(name)) for name in wanted)


def ticked() -> frozenset[str]:
    """What this person has ticked here, as far as it is still there."""
    there = {each.name for each in desks().listing.all()}
    return frozenset(session.get(_TICKS, {}).get(_here().name, ())) & there


def can_be_attached(error: WorkbenchError | None) -> str | None:
    """The name of another database whose table `error` misses; None for any other error."""
    found = _QUALIFIED.match(error.message) if isinstance(error, StatementError) else None
    listed = desks().listing.find(found[1]) if found else None
    return listed.name if listed and listed != _here() else None


def _ticked_now() -> Iterable[str]:
    """What the form says, remembered from now on; what is remembered, where it says nothing of it."""
    added = request.form.getlist("attach")
    if "attaching" not in request.form:
        return [*sorted(ticked()), *added]
    if set(added) != ticked():
        session[_TICKS] = session.get(_TICKS, {}) | {_here().name: sorted(set(added))[: MOST + 1]}
        session.permanent = True
    return added


def _here() -> Listed:
    """The database of this page."""
    listed = desks().listing.all()
    name = request.environ.get(DATABASE)
    return next((each for each in listed if each.name == name), listed[0])


def _listed(name: str) -> Listed:
    found = desks().listing.find(name)
    if found is None:
        raise no_such(name)
    return found
