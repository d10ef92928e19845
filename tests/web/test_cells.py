"""Every kind of value is shown exactly, and told apart from every other."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.results import InvalidText
from workbench.web.cells import BLOB_WHOLE, SHORT_TEXT, WHOLE, describe, visible


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (1, "number"),
        (-(2**53), "number"),
        (2**53 + 1, "big"),
        (-(2**63), "big"),
        (1.5, "number"),
        (inf, "infinity"),
        (-inf, "infinity"),
        ("Mark Twain", "text"),
        ("Ærøskøbing 日本", "text"),
        ("2 < 3", "text"),
        ("1111", "quoted"),
        ("-1.5e3", "quoted"),
        (".5", "quoted"),
        ("NULL", "quoted"),
        ("empty text", "quoted"),
        ("", "empty"),
        (None, "null"),
        (" Mark", "pieces"),
        ("Mark ", "pieces"),
        ("Mark\nTwain", "pieces"),
        ("nul\0inside", "pieces"),
        ("\u202edeew", "pieces"),
        ("no\u00a0break", "pieces"),
        ("x" * (SHORT_TEXT + 1), "long"),
        ("line\n" * 20, "long"),
        (b"", "blob"),
        (b"\x00\xff", "blob"),
        (InvalidText(b"caf\xe9"), "invalid"),
    ],
)
def test_each_kind_of_value_is_told_apart(value, kind):
    assert describe(value).kind == kind


def test_a_float_is_written_so_that_reading_it_back_gives_the_same_one():
    assert [describe(x).text for x in (0.1, 1.0, -0.0, 1e300)] == ["0.1", "1.0", "-0.0", "1e+300"]


def test_an_integer_keeps_all_its_digits():
    assert str(describe(2**63 - 1).text) == "9223372036854775807"


def test_what_cannot_be_seen_has_a_sign_and_a_name():
    names = [piece.name for piece in visible("\t\u202e\0 ") if piece.name]
    assert names == ["tab", "right-to-left override", "control character NUL", "space"]


def test_spaces_are_marked_at_the_edges_only():
    assert [p.text for p in visible("  a b ")] == ["␣", "␣", "a b", "␣"]


def test_an_emoji_of_several_parts_stays_in_one_piece():
    assert visible("👩\u200d🚀") == (("👩\u200d🚀", None),)


def test_a_joiner_that_hides_between_letters_is_shown():
    assert [p.name for p in visible("pay\u200dpal")] == [None, "zero width joiner", None]


@given(st.text(max_size=300))
def test_no_character_of_a_text_gets_lost(text):
    kept = "".join(piece.text for piece in visible(text) if not piece.name)
    named = sum(1 for piece in visible(text) if piece.name)
    repeated = text.count("\n") + text.count("\t")
    assert len(kept) + named - repeated == len(text)


def test_a_long_text_begins_in_the_table_and_unfolds_whole():
    more = describe("Call me Ishmael. " * 100).more
    assert more.size == 1700
    assert len(more.pieces[0].text) < 200
    assert "".join(p.text for p in more.whole if not p.name) == ("Call me Ishmael. " * 100).rstrip()
    assert not more.cut


def test_a_text_too_long_to_unfold_says_so():
    assert describe("x" * (WHOLE + 1)).more.cut


def test_a_blob_shows_its_size_and_its_first_bytes():
    cell = describe(bytes(range(20)))
    assert (cell.more.size, cell.text) == (20, "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f")
    assert cell.more.whole[0].text.endswith("12 13")
    assert describe(bytes(BLOB_WHOLE + 1)).more.cut


def test_bytes_that_are_not_utf8_are_named_one_by_one():
    assert [(p.text, p.name) for p in describe(InvalidText(b"caf\xe9!")).more.pieces] == [
        ("caf", None),
        ("E9", "byte E9, not UTF-8"),
        ("!", None),
    ]
