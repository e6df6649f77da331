"""The stills as a person meets them: `out/keyframes.html` and `out/keyframes.png`, written when something changed.

They are there as soon as a run's last still is, while clips are made. It does not know how stills are made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self

from mvlocal.call_sheet import Shooting
from mvlocal.engine.hashing import digest_of
from mvlocal.engine.scheduler import plan_graph
from mvlocal.engine.task import Record, Task
from mvlocal.events import Event, TaskDone
from mvlocal.files import write_atomically
from mvlocal.media.image import save_png
from mvlocal.media.thumbnail import thumbnail_of
from mvlocal.schema.story import Shot
from mvlocal.shots.choice.stage import SCORES
from mvlocal.shots.stage import KEYFRAMES
from mvlocal.shots.stills.stage import CANDIDATES
from mvlocal.shots.stills_page import stills_page
from mvlocal.shots.stills_sheet import Candidate, ShotStills, StillsSheet, candidates_of
from mvlocal.shots.words.stage import PROMPTS
from mvlocal.stills_picture import draw_stills
from mvlocal.studio import Studio

THUMBNAIL_PX = 420
STAGES = (PROMPTS, CANDIDATES, SCORES, KEYFRAMES)


class StillFiles:
    """Writes both sheets of what is made, where stills are generated and any changed since the last time.

    A context manager: leaving it waits for what is being written.
    """

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._beside = ThreadPoolExecutor(max_workers=1)
        self._writing: Future[None] | None = None
        self._shooting: Shooting | None = None
        self._tasks: Sequence[Task] = ()
        self._waits_for: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._beside.shutdown()

    def expect(self, shooting: Shooting, tasks: Sequence[Task]) -> None:
        """Says which tasks come next."""
        self._shooting, self._tasks = shooting, tasks
        self._waits_for = {task.id for task in tasks if task.stage == KEYFRAMES}

    def hear(self, event: Event) -> None:
        """Begins to write when the last still was made."""
        if isinstance(event, TaskDone) and event.task_id in self._waits_for:
            self._waits_for.remove(event.task_id)
            if not self._waits_for and not event.cached:
                self._begin()

    def finish(self) -> None:
        """Writes what is not written yet.

        Raises:
            MvlocalError: a sheet cannot be written.
        """
        self._wait()
        self._begin()
        self._wait()

    def _begin(self) -> None:
        """Reads here what there is to tell, and writes it in another thread."""
        shooting = self._shooting
        if shooting is None or shooting.crew.stills is None:
            return
        self._wait()
        records = _records(self._studio, self._tasks)
        self._writing = self._beside.submit(_write, self._studio, shooting, records)

    def _wait(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()


def _write(studio: Studio, shooting: Shooting, records: Mapping[str, Record]) -> None:
    page, picture = studio.project.out / "keyframes.html", studio.project.out / "keyframes.png"
    memory = studio.project.state / "keyframes.sheet"
    made_from = digest_of([*sorted(record.key for record in records.values())])
    if page.is_file() and picture.is_file() and memory.is_file() and memory.read_text("utf-8") == made_from:
        return
    sheet = _sheet(studio, shooting, records)
    write_atomically(page, stills_page(sheet))
    save_png(picture, draw_stills(sheet))
    write_atomically(memory, made_from)


def _records(studio: Studio, tasks: Sequence[Task]) -> dict[str, Record]:
    """The records of everything about stills that is done, by task id."""
    wanted = [task.id for task in tasks if task.stage in STAGES]
    known = studio.store.records()
    planned = plan_graph(tasks, studio.store, wanted=wanted)
    return {
        one.task.id: known[one.key] for one in planned if one.cached and one.key in known and one.task.stage in STAGES
    }


def _sheet(studio: Studio, shooting: Shooting, records: Mapping[str, Record]) -> StillsSheet:
    shots = [_shot(studio, shooting, shot, records) for shot in shooting.scene.plan.shots]
    judges = next((_notes(one)["judges"] for one in records.values() if "judges" in one.notes), {})
    bible = shooting.scene.plan.bible
    return StillsSheet(f"{bible.title} — {bible.artist}" if bible.artist else bible.title, shots, judges)


def _shot(studio: Studio, shooting: Shooting, shot: Shot, records: Mapping[str, Record]) -> ShotStills:
    lines = shooting.scene.song.lyrics
    choice = records.get(f"{KEYFRAMES}/{shot.id}")
    words = _words(studio, shot, records)
    notes = _notes(choice) if choice is not None else {}
    own = (
        thumbnail_of(studio.store.path_of(choice.outputs["image"]), THUMBNAIL_PX)
        if choice and not notes.get("scores")
        else None
    )
    return ShotStills(
        shot=shot.id,
        clock=f"{_clock(shot.start_s)}–{_clock(shot.end_s)} · {shot.camera.words}",
        visual=shot.visual,
        lyric=" / ".join(lines[line].text for line in shot.lyric_lines if line < len(lines)),
        prompt=words.get("prompt", ""),
        negative=words.get("negative", ""),
        picked=bool(notes.get("picked")),
        candidates=_candidates(studio, shot, notes, records) if notes.get("scores") else (),
        own=own,
    )


def _candidates(studio: Studio, shot: Shot, notes: Mapping[str, Any], records: Mapping[str, Record]) -> list[Candidate]:
    rounds = [one for task_id, one in records.items() if task_id.split(".")[0] == f"{CANDIDATES}/{shot.id}"]
    made = {row["name"]: row for one in rounds for row in _notes(one)["candidates"]}
    pictures = {
        name: thumbnail_of(studio.store.path_of(blob), THUMBNAIL_PX)
        for one in rounds
        for name, blob in one.outputs.items()
        if name in notes["scores"]
    }
    return candidates_of(notes["scores"], made, pictures, notes["chosen"])


def _words(studio: Studio, shot: Shot, records: Mapping[str, Record]) -> dict[str, str]:
    prompts = records.get(PROMPTS)
    blob = prompts.outputs.get(f"{shot.id}.text") if prompts is not None else None
    return json.loads(studio.store.path_of(blob).read_text(encoding="utf-8")) if blob is not None else {}


def _notes(record: Record) -> Any:
    return record.notes


def _clock(t: float) -> str:
    tenths = round(t * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
