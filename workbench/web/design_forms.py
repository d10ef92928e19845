"""The forms in which tables and indexes are designed: what they say, and what their buttons do to it.

A field of a column is called by its place and its name: ``0.type``. A button that adds, moves or removes
one changes the form only; nothing of it is kept here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import request

from workbench.designs.design import ACTIONS, Column, IndexDesign, Parent, TableDesign, Term
from workbench.errors import TooLarge

MOST = 250
"""How many columns a form has at most."""

_TEXTS = ("name", "type", "default", "check", "generated", "more", "was")
_TICKS = ("not_null", "key", "numbered", "unique", "stored")


def table_in_form() -> TableDesign:
    """The table as the form describes it, empty columns included. Raises TooLarge."""
    form = request.form
    return TableDesign(
        form.get("name", "").strip(),
        tuple(_column(place) for place in range(_size("columns"))),
        tuple(each.strip().replace("\r\n", "\n") for each in form.getlist("constraint") if each.strip()),
        strict="strict" in form,
        without_rowid="without_rowid" in form,
    )


def index_in_form() -> IndexDesign:
    """The index as the form describes it, empty terms included. Raises TooLarge."""
    terms = tuple(_term(place) for place in range(_size("terms")))
    return IndexDesign(
        _text("name"), request.form.get("table", ""), terms, "unique" in request.form, _text("where")
    )


def filled(design: TableDesign) -> TableDesign:
    """The design without the columns of which the form says nothing."""
    return replace(design, columns=tuple(column for column in design.columns if column != Column("")))


def filled_index(design: IndexDesign) -> IndexDesign:
    """The same of an index."""
    return replace(design, terms=tuple(term for term in design.terms if term.text))


def rearranged(items: Sequence[Any], action: str, new: Any) -> tuple[Any, ...] | None:
    """`items` after a button was pressed: ``add``, ``remove-2``, ``up-2`` or ``down-2``; None for another.

    Raises TooLarge.
    """
    verb, _, place = action.partition("-")
    found = list(items)
    if verb == "add":
        _refuse_more(len(found) + 1)
        return (*found, new)
    at = int(place) if place.isdecimal() and len(place) < 5 else -1
    if verb not in ("remove", "up", "down") or not 0 <= at < len(found):
        return None
    one = found.pop(at)
    if verb != "remove":
        found.insert(max(0, at + (1 if verb == "down" else -1)), one)
    return tuple(found)


def _column(place: int) -> Column:
    texts = {each: _text(f"{place}.{each}") for each in _TEXTS}
    ticks = {each: f"{place}.{each}" in request.form for each in _TICKS}
    parent = _text(f"{place}.parent")
    if not parent:
        return Column(**texts, **ticks)
    actions = (_action(f"{place}.on_delete"), _action(f"{place}.on_update"))
    return Column(**texts, **ticks, parent=Parent(parent, _text(f"{place}.parent_column"), *actions))


def _term(place: int) -> Term:
    column, sql = request.form.get(f"{place}.column", ""), _text(f"{place}.sql")
    descending = f"{place}.descending" in request.form
    return Term(sql, descending, is_sql=True) if sql else Term(column, descending)


def _action(name: str) -> str:
    value = request.form.get(name, "")
    return value if value in ACTIONS else ACTIONS[0]


def _text(name: str) -> str:
    return request.form.get(name, "").strip().replace("\r\n", "\n")


def _size(name: str) -> int:
    size = max(0, request.form.get(name, 0, type=int))
    _refuse_more(size)
    return size


def _refuse_more(size: int) -> None:
    if size > MOST:
        hint = "Nothing was changed. Write its SQL in the editor."
        words = f"a form has {MOST} columns at most, and this would have {size:,}"
        raise TooLarge(words, hint=hint, limit=MOST, actual=size)
