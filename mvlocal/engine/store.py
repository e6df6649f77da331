"""The store: what tasks made, kept by content, with a record for each finished task; the record alone means
done.

It does not know what is in the files, in which order tasks run or what still matters to the user.

Layout under the root: `blobs/ab/cdef....mp4`, `records.db`, `tmp/<run>/` for unfinished files, `set-aside/`
for what turned out damaged. One process at a time commits (the project lock sees to that); any may read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from mvlocal.engine.blobs import BlobFiles, free_name
from mvlocal.engine.durable import Disk, disk_errors
from mvlocal.engine.key import Parts
from mvlocal.engine.records import RecordBook, Row, TornError
from mvlocal.engine.task import Blob, Record
from mvlocal.engine.workspace import RunFolder, clear_dead_runs
from mvlocal.errors import MvlocalError
from mvlocal.events import BlobSetAside, Emit, Warned, ignore

_DATABASE = "records.db"
_REBUILT = "records.rebuilt.db"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something `Store.verify` found: the task whose work it is ("" when unknown), the file, and what is
    wrong.
    """

    task_id: str
    path: Path
    what: str


@dataclass(frozen=True, slots=True)
class GcReport:
    """What `Store.gc` removed."""

    records: int
    blobs: int
    bytes: int


@dataclass(frozen=True, slots=True)
class StoreSize:
    """How much the store holds; `bytes` counts blobs, `set_aside_bytes` what was set aside."""

    records: int
    blobs: int
    bytes: int
    set_aside_bytes: int


class Store:
    """A content-addressed store in one folder. Open it with `Store.open`; a context manager."""

    def __init__(self, root: Path, book: RecordBook, blobs: BlobFiles, emit: Emit) -> None:
        self.root = root
        self._book = book
        self._blobs = blobs
        self._emit = emit

    @classmethod
    def open(cls, root: Path, *, emit: Emit = ignore, disk: Disk | None = None) -> Self:
        """Opens the store at `root`, or makes it; clears what dead runs left unfinished.

        A torn database is set aside and a new one begun with the records that can be proved sound; `emit`
        hears so.

        Raises:
            UserError: made by a newer mvlocal, or the folder cannot be written.
            ExhaustedError: the disk is full.
            MvlocalError: the disk failed, or the database is torn while another run uses it.
        """
        disk = disk or Disk()
        with disk_errors(root):
            for name in ("blobs", "tmp", "set-aside"):
                (root / name).mkdir(parents=True, exist_ok=True)
            alive = clear_dead_runs(root / "tmp")
            blobs = BlobFiles(root / "blobs", root / "set-aside", disk)
            book = _open_book(root, disk, emit, alive=bool(alive))
            disk.sync_folder(root)
        return cls(root, book, blobs, emit)

    def close(self) -> None:
        """Closes the database."""
        self._book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # Reading

    def records(self) -> dict[str, Record]:
        """Every record by key, in one query; rows that were damaged are dropped and told of."""
        return {key: row.record for key, row in self._rows().items()}

    def latest_keys(self) -> dict[str, str]:
        """For each task id that ever ran, the key it last had."""
        return self._book.latest_keys()

    def latest_parts(self, task_id: str) -> Parts | None:
        """The parts of the key that the task id last had, to explain a difference."""
        return self._book.latest_parts(task_id)

    def mean_seconds(self, stage: str) -> float | None:
        """Mean time of the stage's finished tasks on record, in seconds; None when there are none."""
        return mean_seconds(self.records().values()).get(stage)

    def path_of(self, blob: Blob) -> Path:
        """Where the blob's file lies. Says nothing of its content."""
        return self._blobs.path_of(blob)

    def present(self, blob: Blob) -> bool:
        """Whether a file of the right size lies there."""
        return self._blobs.present(blob)

    def fault(self, blob: Blob) -> str:
        """What is wrong with the blob, whose whole content is hashed; empty when nothing is."""
        return self._blobs.fault(blob)

    # Writing

    def run(self) -> RunFolder:
        """A folder for one run's unfinished files; while it is open, `gc` spares what the run uses."""
        return RunFolder.open(self.root / "tmp")

    def commit(self, record: Record, parts: Parts, sources: Mapping[str, Path], run: str) -> None:
        """Publishes a task's outputs (files already forced to the disk and hashed), then its record.

        Raises:
            ExhaustedError: the disk is full.
            MvlocalError: the disk failed. In both cases nothing is recorded, and nothing recorded is lost.
        """
        # Within the transaction, so that no gc runs between a blob found in place and its record.
        with self._book.change(), disk_errors(self.root):
            for name, blob in record.outputs.items():
                self._blobs.put(blob, sources[name])
            self._book.put(record, parts, run)

    def claim(self, run: str) -> dict[str, Record]:
        """Every record by key, as `records`; first all of them are marked as a live run's, so that `gc` spares them.

        Marking only what the run turns out to use would leave a moment in which `gc` takes what was just read.
        """
        with self._book.change():
            self._book.mark_all(run)
        return self.records()

    def note_keys(self, keys: Mapping[str, tuple[str, Parts]]) -> None:
        """Notes which key each task id has now: key -> (task id, the key's parts)."""
        if keys:
            with self._book.change():
                for key, (task_id, parts) in keys.items():
                    self._book.put_latest(task_id, key, parts)

    def withdraw(self, keys: Collection[str]) -> None:
        """Drops records that turned out to be made from something else than their keys say."""
        if keys:
            with self._book.change():
                self._book.drop(keys)

    def set_aside(self, record: Record, blob: Blob, reason: str, emit: Emit | None = None) -> None:
        """Moves a bad blob out of the way and drops the record, so that the task runs again; tells of it."""
        with self._book.change(), disk_errors(self.root):
            self._blobs.set_aside(blob)
            self._book.drop([record.key])
        (emit or self._emit)(BlobSetAside(record.task_id, blob.digest, reason))

    # Care

    def verify(self, *, set_aside: bool = False, progress: Callable[[float], None] | None = None) -> list[Problem]:
        """Checks every record and hashes every blob; what is found bad is set aside too when asked.

        `progress` hears the fraction done (0 to 1).
        """
        contents = self._book.contents()
        problems = [Problem("", self._book.path, f"the record {key[:12]} is damaged") for key in contents.bad_keys]
        owners = [(row.record, blob) for row in contents.rows.values() for blob in row.record.outputs.values()]
        owned = {self.path_of(blob) for _, blob in owners}
        strays = [blob for blob in self._blobs.all() if self.path_of(blob) not in owned]
        done, total = 0, max(1, sum(blob.size for _, blob in owners) + sum(blob.size for blob in strays))
        for record, blob in [*owners, *((None, blob) for blob in strays)]:
            if reason := self.fault(blob):
                problems.append(Problem(record.task_id if record else "", self.path_of(blob), reason))
                if set_aside:
                    self._put_away(record, blob, reason)
            done += blob.size
            if progress:
                progress(done / total)
        if set_aside and contents.bad_keys:
            self.withdraw(contents.bad_keys)
        return problems

    def gc(self, live_keys: Collection[str]) -> GcReport:
        """Removes records that are not live, blobs that no record names, and what was set aside.

        Records that a live run found or made are spared, whatever `live_keys` says: safe during a render.
        """
        live = set(live_keys)
        alive = clear_dead_runs(self.root / "tmp")
        with self._book.change():
            dead = [key for key, row in self._book.contents().rows.items() if not _is_live(key, row, live, alive)]
            self._book.drop(dead)
        with self._book.change(), disk_errors(self.root):
            # A second transaction: blobs go only when the loss of their records is durable, and while no
            # commit can find one in place.
            rows = self._book.contents().rows.values()
            named = {self.path_of(blob) for row in rows for blob in row.record.outputs.values()}
            unnamed = [blob for blob in self._blobs.all() if self.path_of(blob) not in named]
            for blob in unnamed:
                self._blobs.remove(blob)
            for path in (self.root / "set-aside").iterdir():
                path.unlink(missing_ok=True)
        return GcReport(len(dead), len(unnamed), sum(blob.size for blob in unnamed))

    def size(self) -> StoreSize:
        """Counts records and blobs and their bytes."""
        blobs = list(self._blobs.all())
        aside = sum(path.lstat().st_size for path in (self.root / "set-aside").iterdir())
        return StoreSize(len(self.records()), len(blobs), sum(blob.size for blob in blobs), aside)

    def _rows(self) -> Mapping[str, Row]:
        contents = self._book.contents()
        if contents.bad_keys:
            self.withdraw(contents.bad_keys)
            count = len(contents.bad_keys)
            self._emit(
                Warned(
                    f"{count} damaged record{'s were' if count > 1 else ' was'} dropped; that work is made again.",
                    str(self._book.path),
                    "Check the disk if this happens again.",
                )
            )
        return contents.rows

    def _put_away(self, record: Record | None, blob: Blob, reason: str) -> None:
        if record is not None:
            self.set_aside(record, blob, reason)
        else:
            with disk_errors(self.root):
                self._blobs.set_aside(blob)


def mean_seconds(records: Iterable[Record]) -> dict[str, float]:
    """Mean time of each stage's records, in seconds."""
    times: dict[str, list[float]] = {}
    for record in records:
        times.setdefault(record.stage, []).append(record.seconds)
    return {stage: sum(seconds) / len(seconds) for stage, seconds in times.items()}


def _is_live(key: str, row: Row, live: set[str], alive: set[str]) -> bool:
    return key in live or row.run in alive


def _open_book(root: Path, disk: Disk, emit: Emit, *, alive: bool) -> RecordBook:
    path, rebuilt = root / _DATABASE, root / _REBUILT
    if rebuilt.exists() and not path.exists():
        disk.rename(rebuilt, path)  # killed between the two last steps of `_begin_anew`
    try:
        book = RecordBook.open(path, disk)
    except TornError as error:
        if alive:
            raise MvlocalError(
                f"The store's database is damaged ({error}) while another run uses it.",
                where=str(path),
                mend="Stop that run, then try again: the database is then set aside and rebuilt.",
            ) from error
        return _begin_anew(root, disk, emit, str(error))
    if book.created and any((root / "blobs").iterdir()):
        emit(Warned("The store's database was missing or empty: finished work is made again.", str(path)))
    return book


def _begin_anew(root: Path, disk: Disk, emit: Emit, reason: str) -> RecordBook:
    """Builds a new database beside the torn one, and only when it is complete lets them change places."""
    path, rebuilt = root / _DATABASE, root / _REBUILT
    _remove_database(rebuilt)
    book = RecordBook.open(rebuilt, disk)
    try:
        saved = book.adopt(path)
    finally:
        book.close()
    torn = free_name(root / "set-aside", "records", ".db")
    for ending in ("-shm", "-wal", ""):
        old = path.with_name(path.name + ending)
        if old.exists():
            disk.rename(old, torn.with_name(torn.name + ending))
    disk.rename(rebuilt, path)
    emit(
        Warned(
            f"The store's database was damaged ({reason}); it was set aside and a new one begun with the "
            f"{saved} records that are provably sound. What is missing is made again.",
            str(torn),
            "Check the disk if this happens again.",
        )
    )
    return RecordBook.open(path, disk)


def _remove_database(path: Path) -> None:
    for ending in ("-shm", "-wal", ""):
        path.with_name(path.name + ending).unlink(missing_ok=True)
