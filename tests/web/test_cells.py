"""Every kind of value is shown exactly, and told apart from every other."""

from math import inf

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from workbench.results import InvalidText
from workbench.web.cells import (
    BLOB_WHOLE,
    PAGE_PIECES,
    PAGE_TEXT,
    SHORT_TEXT,
    WHOLE,
    Sheet,
    describe,
    usual_html,
)
from workbench.web.unseen import ODD_ALONE, visible


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


@pytest.mark.parametrize(
    "character",
    [
        "\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u180b", "\u180e",
        "\u180f", "\u2060", "\u2065", "\u206f", "\u2800", "\u3164", "\ufe00", "\ufe0f", "\ufeff",
        "\uffa0", "\U0001d159", "\U0001d173", "\U0001d17a", "\U000e0001", "\U000e0041", "\U000e0100",
        "\U000e0fff", "\u00a0", "\u1680", "\u2003", "\u202f", "\u205f", "\u3000", "\u200b",
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["{}", "a{}", "a{}b", "{}b"])
def test_a_character_that_draws_nothing_is_shown_with_its_name(text, character):
    cell = describe(text.format(character))
    assert cell.kind == "pieces"
    (shown,) = [p for p in cell.more.pieces if p.name]
    assert shown.text == f"U+{ord(character):04X}"
    assert shown.name.isprintable()


def test_a_variation_selector_stays_with_the_emoji_it_belongs_to():
    for text in (
        "❤\ufe0f",
        "I ❤\ufe0f SQL",
        "1\ufe0f\u20e3",
        "❤\ufe0f\u200d🔥",
        "🏳\ufe0f\u200d🌈",
        "ℹ\ufe0f",
    ):
        assert visible(text) == ((text, None),)


@given(st.text(max_size=ODD_ALONE))
def test_no_character_of_a_text_gets_lost(text):
    kept = "".join(piece.text for piece in visible(text) if not piece.name)
    named = sum(1 for piece in visible(text) if piece.name)
    repeated = text.count("\n") + text.count("\t")
    assert len(kept) + named - repeated == len(text)


def test_of_very_many_unseen_characters_only_the_first_stand_alone():
    pieces = visible("\1" * 80_000)
    assert [p.text for p in pieces[:ODD_ALONE]] == ["SOH"] * ODD_ALONE
    assert [p.text for p in pieces[ODD_ALONE:]] == [
        "\ufffd",
        "and 79,800 more characters that cannot be seen",
    ]


def test_the_beginning_of_a_long_text_is_short_even_where_nothing_can_be_seen():
    more = describe("\1" * 500).more
    assert [p.text for p in more.pieces] == ["SOH"] * 20 + ["\ufffd"]


def test_what_can_be_seen_is_shown_after_very_many_unseen_characters_too():
    pieces = visible("a\1" * (ODD_ALONE + 5) + "end")
    assert pieces[-2] == ("a\ufffd" * 5 + "end", None)
    assert pieces[-1].text == "and 5 more characters that cannot be seen"


def test_a_text_of_very_many_lines_keeps_them_all_and_hides_nothing():
    text = "one line\n" * 1000
    pieces = visible(text)
    assert "".join(p.text for p in pieces if not p.name) == text
    assert len(pieces) <= 2 * ODD_ALONE + 2


def test_very_many_broken_bytes_can_still_be_sent_as_utf8():
    for piece in describe(InvalidText(b"a\xff" * 5000)).more.whole:
        piece.text.encode()


@pytest.mark.parametrize(
    "value",
    [
        "\1" * 80_000,
        "a\1" * 40_000,
        "x" * 100_000,
        '"' * 100_000,
        "a\1b",
        bytes(5000),
        InvalidText(b"\xff" * 9000),
    ],
)
def test_a_page_has_room_for_so_much_and_then_shows_beginnings(value):
    sheet = Sheet()
    cells = [sheet.row((value,))[0] for _ in range(25_000)]
    seen = sum(len(c.more.pieces) + len(c.more.whole) for c in cells)
    text = sum(len(p.text) for c in cells for p in c.more.pieces + c.more.whole)
    assert seen < PAGE_PIECES + 3 * len(cells)
    assert text < PAGE_TEXT + WHOLE + 100 * len(cells)
    assert cells[-1].more.size == (len(value) if cells[-1].kind != "pieces" else 0)
    assert sheet.shortened > 0


def test_a_usual_page_shows_everything_whole():
    sheet = Sheet()
    for _ in range(1000):
        sheet.row((1, "Mark Twain", None, "line\nbreak", "x" * 1000))
    assert sheet.shortened == 0


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


@given(
    st.one_of(
        st.none(),
        st.integers(),
        st.floats(allow_nan=False),
        st.text(),
        st.sampled_from("'\"<>&-+"),
        st.binary(),
    )
)
def test_the_short_way_writes_a_usual_cell_as_it_is_described(value: object) -> None:
    usual, cell = usual_html(value), describe(value)
    if usual is not None:
        seen = BeautifulSoup(usual, "html.parser").td
        assert (seen.text, seen.get("class")) == (str(cell.text), ["n"] if cell.kind == "number" else None)
        assert cell.kind in ("number", "text")
