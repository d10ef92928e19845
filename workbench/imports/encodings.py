"""Which encoding a text is in: by its byte order mark, by being UTF-8 throughout, else by a guess."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import NamedTuple

from charset_normalizer import from_bytes

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252 (Western)",
    "iso8859-1": "ISO 8859-1 (Latin 1)",
    "iso8859-15": "ISO 8859-15 (Latin 9)",
    "cp1250": "Windows-1250 (Central European)",
    "iso8859-2": "ISO 8859-2 (Latin 2)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8-r": "KOI8-R (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "shift_jis": "Shift JIS",
    "euc_jp": "EUC-JP",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "euc_kr": "EUC-KR",
    "cp437": "CP437 (DOS)",
    "cp850": "CP850 (DOS)",
    "mac_roman": "Mac Roman",
}
"""By Python's name, as people know them."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

_CHUNK = 1 << 20
_SAMPLE = 64 << 10


class Guess(NamedTuple):
    """An encoding, and how it was found."""

    encoding: str
    why: str


def recognised(path: Path) -> Guess:
    """The encoding of the file, which is read once to its end unless a mark says it."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return Guess(encoding, f"{ENCODINGS[encoding]}, by its byte order mark")
    if wide := _utf_16(start):
        return Guess(wide, f"{ENCODINGS[wide]}, as every other byte is zero")
    broken, others = _first_broken(path)
    if broken is None:
        return Guess("utf-8", "UTF-8 throughout")
    if others:
        return Guess(
            "utf-8",
            f"UTF-8, except from byte {broken:,} on: lines that are not UTF-8 are rejected,"
            " unless you choose the encoding that they are in",
        )
    guess = _guessed(path, broken)
    return Guess(guess, f"not UTF-8 (byte {broken:,}); {ENCODINGS[guess]} is a guess: look at the rows below")


def is_broken(path: Path, encoding: str) -> bool:
    """Whether the file may hold bytes that the encoding has no letter for."""
    return _first_broken(path)[0] is not None if encoding == "utf-8" else not encoding.startswith("utf-16")


def _utf_16(start: bytes) -> str | None:
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 3 < len(start):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _first_broken(path: Path) -> tuple[int | None, bool]:
    """The first byte that is no UTF-8, and whether there were letters beyond ASCII in UTF-8 before it."""
    decoder, at, others = codecs.getincrementaldecoder("utf-8")(), 0, False
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            waiting = len(decoder.getstate()[0])
            try:
                others = not decoder.decode(chunk).isascii() or others
            except UnicodeDecodeError as error:
                before = error.object[: error.start]
                return at - waiting + error.start, others or not before.isascii()
            at += len(chunk)
    waiting = len(decoder.getstate()[0])
    return (at - waiting, others) if waiting else (None, others)


def _guessed(path: Path, around: int) -> str:
    with path.open("rb") as file:
        file.seek(max(0, around - _SAMPLE // 2))
        best = from_bytes(file.read(_SAMPLE), cp_isolation=[*ENCODINGS]).best()
    found = codecs.lookup(best.encoding).name if best else "cp1252"
    return next((name for name in ENCODINGS if codecs.lookup(name).name == found), "cp1252")
