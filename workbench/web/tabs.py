"""The tabs above the editor: which there are, which is shown, and the text of that one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request, session

from workbench.drafts import Draft, Earlier, Kept
from workbench.errors import StoreTrouble, WorkbenchError
from workbench.web.here import drafts, person
from workbench.web.respond import wants_fragment


@dataclass(frozen=True, slots=True)
class Tabs:
    """What is above the editor. `seen`: the version of the current tab's text, if the editor shows that.

    `just_closed` is a tab that can be opened again, `note` why the text is not kept.
    """

    open: tuple[Draft, ...] = ()
    closed: tuple[Draft, ...] = ()
    current: Draft | None = None
    seen: int | str = ""
    earlier: tuple[Earlier, ...] = ()
    just_closed: Draft | None = None
    note: str | None = None


def tabs(shown: str) -> Tabs:
    """Those of this person, while the editor shows the text `shown`."""
    note = g.get("draft_note")
    try:
        every = drafts().all(person())
        current = current_draft()
        earlier = drafts().earlier(person(), current.number) if current else ()
    except StoreTrouble as trouble:
        return Tabs(note=f"Your text is not kept while you write: {trouble.message}.")
    closed = tuple(each for each in reversed(every) if each.closed)
    just = request.args.get("closed", type=int)
    return Tabs(
        tuple(each for each in every if not each.closed),
        closed,
        current,
        current.version if current and current.script == shown else "",
        tuple(earlier),
        next((each for each in closed if each.number == just), None),
        note,
    )


def current_draft() -> Draft | None:
    """The tab that the address or the form names, else the one used last, else the newest.

    Looked for once for each answer, and again after something was written. Raises StoreTrouble.
    """
    if "draft" not in g:
        g.draft = _find_current()
    return g.draft


def _find_current() -> Draft | None:
    for number in (g.get("tab"), named_tab(), session.get("tab")):
        found = drafts().find(person(), number) if number is not None else None
        if found and not found.closed:
            return found
    newest = [each.number for each in drafts().all(person()) if not each.closed][-1:]
    return drafts().find(person(), newest[0]) if newest else None


def current_text() -> str:
    """The text of the current tab: opened by its address, it is the one used last from then on."""
    try:
        current = current_draft()
    except StoreTrouble:
        return ""
    if current and current.number == named_tab():
        use(current.number)
    return current.script if current else ""


def named_tab() -> int | None:
    """The number of the tab that the form or the address names."""
    return _number("tab")


def use(number: int) -> None:
    """Make it the tab that is used last, for this answer and for addresses that name none."""
    g.tab = number
    if (known := g.get("draft")) is not None and known.number != number:
        g.pop("draft")
    if session.get("tab") != number:
        session["tab"] = number
        session.permanent = True


def keep_text(text: str) -> Kept:
    """Keep `text` in the tab that the form names. Raises WorkbenchError."""
    writer = request.form.get("writer", "")[:64]
    kept = drafts().keep(person(), named_tab(), text, seen=_number("seen"), writer=writer)
    g.pop("draft", None)
    use(kept.number)
    return kept


def keep_without_scripts(text: str) -> None:
    """Keep what a browser without scripts sends to be run: with them it is kept while one types."""
    if wants_fragment() or "tab" not in request.form or "start" in request.form:
        return
    try:
        keep_text(text)
    except WorkbenchError as error:
        g.draft_note = f"This text is not kept: {error.message}."


def _number(name: str) -> int | None:
    given = request.values.get(name, type=int)
    return given if given is not None and 0 <= given < 2**63 else None
