"""Bytes of a lyrics or marker file into clean text. It does not know any lyrics format."""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import Path

from mvlocal.errors import InputError

LARGEST_BYTES = 8 * 2**20

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP or office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a rich-text (RTF) document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"RIFF", "a RIFF media file (WAV, AVI)"),
    (b"ID3", "an MP3"),
    (b"fLaC", "a FLAC"),
    (b"OggS", "an Ogg media file"),
    (b"\x1f\x8b", "a gzip archive"),
)
_GUESSES: tuple[tuple[str, str, str], ...] = (
    ("shift_jis", "Shift-JIS", "HIRAGANA|KATAKANA|CJK"),
    ("euc_jp", "EUC-JP", "HIRAGANA|KATAKANA|CJK"),
    ("euc_kr", "EUC-KR", "HANGUL"),
    ("cp1251", "Windows-1251", "CYRILLIC SMALL"),
    ("koi8_r", "KOI8-R", "CYRILLIC SMALL"),
    ("cp1253", "Windows-1253", "GREEK SMALL"),
    ("cp1255", "Windows-1255", "HEBREW"),
    ("cp1256", "Windows-1256", "ARABIC LETTER"),
    ("gb18030", "GB18030", "CJK"),
    ("cp1252", "Windows-1252", "LATIN|.*QUOTATION|.*DASH|.*ELLIPSIS"),
)
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufff9-\ufffb]")
_BREAKS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def read_text(path: Path, what: str) -> str:
    """The text of a file: UTF-8 with or without BOM, or UTF-16. `what` names the kind of file in errors.

    Raises:
        InputError: missing, not a file, unreadable, empty, over 8 MiB, binary or in another encoding (named).
    """
    try:
        if not path.exists():
            raise InputError(f"the {what} file is missing", where=str(path), mend="check its name and folder")
        if not path.is_file():
            raise InputError(f"the {what} is not a file", where=str(path), mend=f"give the {what} file itself")
        with path.open("rb") as stream:
            data = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise InputError(
            f"the {what} file cannot be read ({reason})", where=str(path), mend="check its permissions"
        ) from error
    if len(data) > LARGEST_BYTES:
        mend = f"give the text file that holds the {what}"
        raise InputError(f"over {LARGEST_BYTES >> 20} MiB is too large for {what}", where=str(path), mend=mend)
    return decode_text(data, str(path), what)


def decode_text(data: bytes, name: str, what: str) -> str:
    """As `read_text`, from bytes already read."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise InputError(f"this is {kind}, not {what} text", where=name, mend="save it as plain UTF-8 text")
    text = _decode(data, name)
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        mend = "save it again as plain UTF-8 text"
        raise InputError(f"a NUL byte: the {what} file is binary or damaged", where=f"{name}, line {line}", mend=mend)
    if not text.strip():
        raise InputError(f"the {what} file is empty", where=name, mend="put the text in it, or leave it out")
    if re.match(r"\s*<(!doctype html|html|\?xml)", text, re.IGNORECASE):
        raise InputError(f"this is a web page, not {what} text", where=name, mend="save the words as plain UTF-8 text")
    return text


def text_to_rows(text: str) -> tuple[str, ...]:
    """Lines without control characters (other than tab) and without a BOM."""
    return tuple(_CONTROLS.sub("", row) for row in _BREAKS.split(text))


def _decode(data: bytes, name: str) -> str:
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise _wrong_encoding(name, "UTF-32")
    utf16 = _utf16_order(data)
    if utf16:
        try:
            return data.decode(utf16).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            what = "the file begins as UTF-16 but breaks off or is damaged"
            raise InputError(what, where=name, mend="save it again as UTF-8 text") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _wrong_encoding(f"{name}, line {line}", _guess_encoding(data)) from error


def _utf16_order(data: bytes) -> str | None:
    """UTF-16 by its BOM, or without one by NULs on one side only (any text with some ASCII in it)."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:4096]
    if len(head) < 4 or len(data) % 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) * 0.1 and even == 0:
        return "utf-16-le"
    if even > len(head) * 0.1 and odd == 0:
        return "utf-16-be"
    return None


def _wrong_encoding(where: str, encoding: str | None) -> InputError:
    if encoding is None:
        what = "the text is neither UTF-8 nor UTF-16, and its encoding cannot be told"
        return InputError(what, where=where, mend="open it in an editor and save it as UTF-8")
    mend = f"save it as UTF-8 in an editor, or: iconv -f {encoding.upper()} -t UTF-8 OLD > NEW"
    return InputError(f"the text is not UTF-8 or UTF-16; it looks like {encoding}", where=where, mend=mend)


def _guess_encoding(data: bytes) -> str | None:
    """The encoding under which most non-ASCII characters become ordinary letters of its script.

    Where most letters are ASCII, only a Latin encoding is believable.
    """
    sample = data[:65536]
    ascii_letters = sum(chr(byte).isalpha() for byte in sample if byte < 128)
    latin = ascii_letters > 2 * sum(byte > 127 for byte in sample)
    best, best_share = None, 0.6
    for codec, label, script in _GUESSES:
        if latin != (codec == "cp1252"):
            continue
        try:
            letters = [c for c in sample.decode(codec) if ord(c) > 127]
        except UnicodeDecodeError:
            continue
        if "HIRAGANA" in script and not any("\u3040" <= c <= "\u30ff" for c in letters):
            continue  # Japanese without kana is more likely another East Asian encoding
        fits = sum(bool(re.match(script, unicodedata.name(c, ""))) for c in letters)
        share = fits / len(letters) if letters else 0.0
        if share > best_share + 0.02:
            best, best_share = label, share
    return best
