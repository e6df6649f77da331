"""The records: one SQLite database that says which tasks are done. It does not know where blobs lie or who
runs.

Every row carries a seal, the SHA-256 of its own text, since SQLite has no checksums of content: a row with a
flipped bit is dropped, and from a torn database the rows whose seals hold are saved.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

from mvlocal.engine.durable import Disk, disk_error
from mvlocal.engine.key import Part, Parts
from mvlocal.engine.task import Blob, Record
from mvlocal.errors import BusyError, ExhaustedError, MvlocalError, UserError

SCHEMA_VERSION = 1
_APPLICATION_ID = 0x6D766C63
_BUSY_S = 60.0
_FULL_BYTES = 1 << 16
_SCHEMA = """
CREATE TABLE records (
    key TEXT PRIMARY KEY, task_id TEXT NOT NULL, stage TEXT NOT NULL, body TEXT NOT NULL, seal TEXT NOT NULL,
    run TEXT NOT NULL
);
CREATE TABLE latest (task_id TEXT PRIMARY KEY, key TEXT NOT NULL, parts TEXT NOT NULL, seal TEXT NOT NULL);
"""
_SALVAGE_RECORDS = "SELECT key, task_id, stage, body, seal FROM records NOT INDEXED ORDER BY rowid"
_SALVAGE_LATEST = "SELECT task_id, key, parts, seal FROM latest NOT INDEXED ORDER BY rowid"


class TornError(Exception):
    """The database cannot be trusted as a whole; its file is to be set aside. Internal to the store."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record with the id of the run that made it or last found it there."""

    record: Record
    run: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All rows whose seals hold, by key, and the keys of those whose seals do not."""

    rows: Mapping[str, Row]
    bad_keys: tuple[str, ...]


class RecordBook:
    """An open database. Every change is one durable transaction or none; after a failed commit there are no
    more.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, disk: Disk, *, created: bool) -> None:
        self.path = path
        self.created = created
        self._connection = connection
        self._disk = disk
        self._failed: MvlocalError | None = None

    @classmethod
    def open(cls, path: Path, disk: Disk) -> Self:
        """Opens the database, or makes it.

        Raises:
            TornError: truncated, garbage, not ours, or inconsistent.
            UserError: from a newer version of mvlocal, or not ours to write.
        """
        try:
            connection = _connect(path)
        except sqlite3.Error as error:
            raise _named(error, path) from error
        try:
            created = _prepare(connection, path)
        except sqlite3.Error as error:
            connection.close()
            raise _torn_or_named(error, path) from error
        except UnicodeDecodeError as error:
            connection.close()
            raise TornError("its schema is damaged") from error
        except BaseException:
            connection.close()
            raise
        return cls(path, connection, disk, created=created)

    def close(self) -> None:
        """Closes the database."""
        self._connection.close()

    @contextmanager
    def change(self) -> Generator[None]:
        """One transaction, which no other process's change can interleave; durable when the body has ended.

        Raises:
            ExhaustedError: the disk is full.
            MvlocalError: the disk failed, now or at an earlier change.
        """
        if self._failed is not None:
            raise self._failed
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._commit()
        except BaseException as error:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise self._remember(error) from error
            raise

    def contents(self) -> Contents:
        """Every record, in one query."""
        rows: dict[str, Row] = {}
        bad: list[str] = []
        columns = "key, task_id, stage, body, seal, run"
        for key, task_id, stage, body, seal, run in self._rows(f"SELECT {columns} FROM records"):  # noqa: S608
            if seal == _seal(key, task_id, stage, body):
                rows[key] = Row(_record(key, task_id, stage, body), run)
            else:
                bad.append(key)
        return Contents(rows, tuple(bad))

    def latest_keys(self) -> dict[str, str]:
        """For each task id that ever ran, the key it last had."""
        return dict(cast("Iterable[tuple[str, str]]", self._rows("SELECT task_id, key FROM latest")))

    def latest_parts(self, task_id: str) -> Parts | None:
        """The parts of the key that the task id last had."""
        query = "SELECT key, parts, seal FROM latest WHERE task_id = ?"
        for key, parts, seal in self._rows(query, task_id):
            if seal == _seal(task_id, key, parts):
                return _parts(parts)
        return None

    def put(self, record: Record, parts: Parts, run: str) -> None:
        """Writes a record within a `change`, with the parts of its key."""
        body = _body(record)
        seal = _seal(record.key, record.task_id, record.stage, body)
        values = (record.key, record.task_id, record.stage, body, seal, run)
        self._connection.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?)", values)
        self.put_latest(record.task_id, record.key, parts)

    def put_latest(self, task_id: str, key: str, parts: Parts) -> None:
        """Notes within a `change` the key that a task id has now."""
        text = json.dumps({name: [part.digest, part.shown] for name, part in parts.items()})
        values = (task_id, key, text, _seal(task_id, key, text))
        self._connection.execute("INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?)", values)

    def mark_all(self, run: str) -> None:
        """Notes within a `change` that a run relies on every record there is."""
        self._connection.execute("UPDATE records SET run = ?", (run,))

    def drop(self, keys: Collection[str]) -> None:
        """Removes records within a `change`."""
        self._connection.executemany("DELETE FROM records WHERE key = ?", [(key,) for key in keys])

    def adopt(self, torn: Path) -> int:
        """Takes over, in one change, what can be saved from a torn database; returns how many records."""
        records = _salvage(torn, _SALVAGE_RECORDS, 4)
        latest = _salvage(torn, _SALVAGE_LATEST, 3)
        with self.change():
            run = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, '')"
            self._connection.executemany(run, records)
            self._connection.executemany("INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?)", latest)
        return len(records)

    def _commit(self) -> None:
        try:
            self._disk.commit(self._connection)
        except OSError as error:
            self._failed = disk_error(error, self.path)
            raise self._failed from error

    def _remember(self, error: sqlite3.Error) -> MvlocalError:
        """Names the error; after a failed read, write or sync there are no more changes.

        A sync is not tried again on this file: the kernel may have dropped what it held.
        """
        named = _named(error, self.path)
        if _name(error).startswith("SQLITE_IOERR"):
            self._failed = named
        return named

    def _rows(self, query: str, *values: str) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _named(error, self.path) from error
        except UnicodeDecodeError as error:  # SQLite quotes the damage in its message
            raise _named(sqlite3.DatabaseError("it is damaged"), self.path) from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    # A flipped byte must not end the reading of all other rows; the seal tells.
    connection.text_factory = _text
    return connection


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _prepare(connection: sqlite3.Connection, path: Path) -> bool:
    """Makes the tables when there is nothing at all (then True), and checks what is there."""
    journal = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if journal != "wal":
        raise UserError(
            "This file system cannot hold the project's database.",
            where=str(path),
            mend="Keep the project on a local disk.",
        )
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("BEGIN IMMEDIATE")
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    created = empty and connection.execute("PRAGMA user_version").fetchone()[0] == 0
    if created:
        _create(connection)
    _require_sound(connection, path)
    connection.execute("COMMIT")
    return created


def _create(connection: sqlite3.Connection) -> None:
    for statement in _SCHEMA.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _require_sound(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
        raise TornError("it is not a database of mvlocal")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise UserError(
            f"This project was last used with a newer mvlocal (its store has version {version}, "
            f"this program knows {SCHEMA_VERSION}).",
            where=str(path),
            mend="Update mvlocal, or delete the store to make everything anew.",
        )
    if version < 1:
        raise TornError(f"its schema version is {version}")
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise TornError(found)
    connection.execute("SELECT key, task_id, stage, body, seal, run FROM records LIMIT 1").fetchall()
    connection.execute("SELECT task_id, key, parts, seal FROM latest LIMIT 1").fetchall()


def _torn_or_named(error: sqlite3.Error, path: Path) -> Exception:
    """At opening, an error that is not the disk's, a lock's or a permission's means a torn file."""
    name = _name(error)
    ours_to_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_NOMEM")):
        return _named(error, path)
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")) and not ours_to_write:
        return _named(error, path)
    return TornError(str(error))


def _named(error: sqlite3.Error, path: Path) -> MvlocalError:
    name = _name(error)
    # SQLite calls it an I/O error when there is no room for its shared memory.
    if name.startswith("SQLITE_FULL") or (name.startswith("SQLITE_IOERR") and _is_full(path)):
        return ExhaustedError(
            "The disk is full.",
            where=str(path),
            mend="Free some space, then run the same command again; finished work is kept.",
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return BusyError(
            "Another process is changing the store.",
            where=str(path),
            mend="Wait until it is done, then try again.",
        )
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
        return UserError(
            f"The store's database cannot be written ({error}).",
            where=str(path),
            mend="Check the owner and permissions of the project folder.",
        )
    return MvlocalError(
        f"The store's database failed ({error}).",
        where=str(path),
        mend="Check the disk, then run the same command again; finished work is kept.",
    )


def _is_full(path: Path) -> bool:
    return shutil.disk_usage(path.parent).free < _FULL_BYTES


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", None) or ""


def _salvage(torn: Path, query: str, sealed: int) -> list[tuple[str, ...]]:
    """Rows whose seals hold: read from the front, then from the back, each until the damage stops it."""
    saved: dict[str, tuple[str, ...]] = {}
    for order in ("ASC", "DESC"):
        with suppress(sqlite3.Error, UnicodeDecodeError):
            connection = _connect(torn)
            try:
                for row in connection.execute(f"{query} {order}"):
                    if all(isinstance(value, str) for value in row) and row[sealed] == _seal(*row[:sealed]):
                        saved[row[0]] = row
            finally:
                connection.close()
    return list(saved.values())


def _seal(*texts: str) -> str:
    joined = "".join(f"{len(text)}:{text}" for text in texts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def _body(record: Record) -> str:
    outputs = {name: [blob.digest, blob.size, blob.suffix] for name, blob in record.outputs.items()}
    body = {
        "outputs": outputs,
        "notes": record.notes,
        "warnings": record.warnings,
        "seconds": record.seconds,
    }
    return json.dumps(body, allow_nan=False)


def _record(key: str, task_id: str, stage: str, body: str) -> Record:
    said = json.loads(body)
    outputs = {name: Blob(digest, size, suffix) for name, (digest, size, suffix) in said["outputs"].items()}
    warnings = tuple((what, where, mend) for what, where, mend in said["warnings"])
    return Record(key, task_id, stage, outputs, said["notes"], warnings, said["seconds"])


def _parts(text: str) -> dict[str, Part]:
    return {name: Part(digest, shown) for name, (digest, shown) in json.loads(text).items()}
