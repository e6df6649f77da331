"""Says what a file really is from its first bytes, whatever its name. It knows nothing of decoding."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from mvlocal.errors import InputError

HEAD_BYTES = 4096

# (offset, bytes, what a person calls it); the first match wins.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"#EXTM3U", "an HLS or M3U playlist"),
    (0, b"ffconcat version", "an FFmpeg concat list"),
    (0, b"[playlist]", "a PLS playlist"),
    (0, b"v=0", "an SDP stream description"),
    (0, b"%!PS", "a PostScript (EPS) drawing"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript (EPS) drawing"),
    (0, b"%PDF", "a PDF document"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"BM", "a BMP picture"),
    (0, b"II*\x00", "a TIFF or camera raw picture"),
    (0, b"MM\x00*", "a TIFF or camera raw picture"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"fLaC", "FLAC audio"),
    (0, b"OggS", "Ogg audio"),
    (8, b"WAVE", "WAV audio"),
    (8, b"WEBP", "a WebP picture"),
    (8, b"AVI ", "an AVI video"),
    (8, b"AIFF", "AIFF audio"),
    (8, b"AIFC", "AIFF audio"),
    (4, b"ftypheic", "a HEIC picture"),
    (4, b"ftypheix", "a HEIC picture"),
    (4, b"ftyphevc", "a HEIC picture"),
    (4, b"ftypmif1", "a HEIC picture"),
    (4, b"ftypmsf1", "a HEIC picture"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftypavis", "an AVIF picture"),
    (4, b"ftyp", "an MP4 or QuickTime file"),
    (0, b"ID3", "MP3 audio"),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM file"),
    (0, b"MThd", "a MIDI file"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "a Windows Media file"),
    (0, b"wvpk", "WavPack audio"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"DSD ", "DSD audio"),
    (0, b"caff", "a Core Audio (CAF) file"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
)


def read_head(path: Path, noun: str) -> bytes:
    """The first HEAD_BYTES of a regular file; `noun` ("song", "photo") names it in errors.

    Raises:
        InputError: missing, a folder, a pipe or device, a link in a loop, empty or unreadable.
    """
    try:
        info = path.stat()
        if stat.S_ISDIR(info.st_mode):
            raise _refuse(path, noun, "is a folder", f"give the {noun} file itself")
        if not stat.S_ISREG(info.st_mode):
            raise _refuse(path, noun, "is a pipe or a device, not a file", "save it as a file first")
        if info.st_size == 0:
            raise _refuse(path, noun, "is empty (0 bytes)", "copy or export it again")
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except FileNotFoundError as error:
        what = "is a link to a file that does not exist" if path.is_symlink() else "does not exist"
        raise _refuse(path, noun, what, "check the path and its spelling") from error
    except PermissionError as error:
        raise _refuse(path, noun, "may not be read", "give yourself the right to read it (chmod u+r)") from error
    except OSError as error:
        loop = error.errno == errno.ELOOP
        what = "is a link that leads back to itself" if loop else f"cannot be read: {error.strerror}"
        raise _refuse(path, noun, what, "check the path, or copy the file to a local disk") from error
    except ValueError as error:  # a NUL in the path
        raise _refuse(path, noun, f"cannot be opened: {error}", "check the path") from error


def name_content(head: bytes) -> str:
    """What a file that begins with `head` is, in words with an article: "an HLS or M3U playlist"."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    for offset, magic, name in _MAGIC:
        if head[offset : offset + len(magic)] == magic or (offset == 0 and start.startswith(magic)):
            return name
    return _name_text(start) or "of no kind that is known here"


def _name_text(start: bytes) -> str:
    lowered = start[:512].lower()
    if b"<svg" in lowered:
        return "an SVG drawing"
    if b"<html" in lowered or b"<!doctype html" in lowered:
        return "a web page"
    if lowered.startswith(b"<?xml"):
        return "an XML document"
    return "" if _is_binary(start) else "a text file"


def _is_binary(data: bytes) -> bool:
    return any(byte < 9 or 13 < byte < 32 for byte in data[:512])


def _refuse(path: Path, noun: str, what: str, mend: str) -> InputError:
    return InputError(f"the {noun} {path.name!r} {what}", where=str(path), mend=mend)
