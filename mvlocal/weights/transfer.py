"""One file over HTTP: resumed where it stopped, counted, and put in place only when whole.

It does not know what it carries. It is the only module of mvlocal that opens a connection.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from mvlocal.engine.durable import disk_errors
from mvlocal.errors import ExhaustedError, MissingError, UserError
from mvlocal.machine import free_bytes

TIMEOUT_S = 30.0
TRIES = 4
_CHUNK_BYTES = 1 << 20
_SPARE_BYTES = 200_000_000
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

Report = Callable[[int, int | None], None]
"""Called with the bytes that are here, and with all of them where that is known."""


@dataclass(frozen=True, slots=True)
class Source:
    """An address, the size that it must have where known, and headers for that host alone."""

    url: str
    size_bytes: int | None = None
    headers: Mapping[str, str] | None = None


def fetch_file(source: Source, part: Path, report: Report) -> None:
    """Brings `source` into the file `part`, going on from what is already in it if the source has not changed since.

    Interrupted at any time, `part` keeps what arrived.

    Raises:
        UserError: the source refuses, is not there, or has another size than it must.
        ExhaustedError: the disk has no room for it.
        MissingError: the connection failed or was cut, several times over.
    """
    _require_allowed(source.url)
    fault = ""
    for _ in range(TRIES):
        try:
            if _attempt(source, part, report):
                return
            fault = "the connection was cut"
        except urllib.error.HTTPError as error:
            if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                _forget(part)  # what is here is longer than the source: not its beginning
                continue
            if error.code < http.client.INTERNAL_SERVER_ERROR:
                raise _refused(source.url, error) from error
            fault = f"the server answered {error.code}"
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            fault = str(getattr(error, "reason", "") or error) or type(error).__name__
    raise MissingError(
        f"the transfer failed {TRIES} times: {fault}; {_size(part)} bytes are kept",
        where=source.url,
        mend="check the network, then run the same command again: it goes on from there",
    )


def _attempt(source: Source, part: Path, report: Report) -> bool:
    """One connection. True when the whole file is here."""
    note = _note_of(part)
    have, mark = _size(part), note.read_text("utf-8") if note.is_file() else ""
    plain = {"User-Agent": "mvlocal", "Accept-Encoding": "identity"}
    request = urllib.request.Request(source.url, headers=plain)  # noqa: S310 - checked by `_require_allowed`
    for name, value in (source.headers or {}).items():
        request.add_unredirected_header(name, value)
    if have and mark:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", mark)
    with _opener().open(request, timeout=TIMEOUT_S) as answer:
        resumed = answer.status == http.client.PARTIAL_CONTENT and _starts_at(answer.headers, have)
        start = have if resumed else 0
        total = _total(answer.headers, start)
        _require_size(source, total)
        _require_room(part, (total or source.size_bytes or 0) - start)
        with disk_errors(part), part.open("ab" if resumed else "wb") as file:
            if not resumed:
                note.write_text(_mark(answer.headers), "utf-8")
            ended = _pour(answer, file, lambda poured: report(start + poured, total))
    return ended and total in (None, _size(part))


def _pour(answer: http.client.HTTPResponse, file: IO[bytes], report: Callable[[int], None]) -> bool:
    """Writes what arrives. False when the connection failed meanwhile: caught here, where no disk is to blame."""
    poured = 0
    try:
        while chunk := answer.read(_CHUNK_BYTES):
            file.write(chunk)
            poured += len(chunk)
            report(poured)
    except (http.client.IncompleteRead, TimeoutError, ConnectionError):
        return False
    return True


def finish_part(part: Path) -> None:
    """Forgets the note beside a finished `part`."""
    _note_of(part).unlink(missing_ok=True)


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note_of(part).unlink(missing_ok=True)


def _note_of(part: Path) -> Path:
    """Where the source's mark (ETag or date) of the bytes in `part` is kept: without it nothing is resumed."""
    return part.with_name(part.name + ".from")


def _mark(headers: Message) -> str:
    tag = headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else headers.get("Last-Modified", "")


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _starts_at(headers: Message, have: int) -> bool:
    return headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _total(headers: Message, start: int) -> int | None:
    length = headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else None


def _require_allowed(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise UserError("only https addresses are fetched", where=url, mend="correct the address in the manifest")


def _require_size(source: Source, total: int | None) -> None:
    if source.size_bytes is not None and total is not None and total != source.size_bytes:
        raise UserError(
            f"the source has another file than it should: {total} bytes, not {source.size_bytes}",
            where=source.url,
            mend="nothing was kept of it; see whether a newer mvlocal knows the new file",
        )


def _require_room(part: Path, needed: int) -> None:
    free = free_bytes(part.parent)
    if free < needed + _SPARE_BYTES:
        raise ExhaustedError(
            f"no room: {needed / 1e9:.1f} GB are needed and {free / 1e9:.1f} GB are free",
            where=str(part.parent),
            mend="free some space, or point MVLOCAL_MODELS to another disk",
        )


def _refused(url: str, error: urllib.error.HTTPError) -> UserError:
    if error.code in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
        return UserError(
            f"the source wants you to accept its licence first (it answered {error.code})",
            where=url,
            mend="accept it on the model's page, then set HF_TOKEN to your access token and run this again",
        )
    return UserError(
        f"the source has no such file (it answered {error.code})",
        where=url,
        mend="see whether a newer mvlocal knows another address, or put it by hand where models list says",
    )


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to an address that could have been asked for at first."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _require_allowed(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Redirects)
