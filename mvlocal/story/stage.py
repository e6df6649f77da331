"""The story stage: SongMap and brief in; bible and shots out, settled with what a person edited.

It does not know how shots are drawn.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from mvlocal.backends.base import Photo, Planner, PlanRequest
from mvlocal.backends.registry import identity_of, load_backend
from mvlocal.config import Settings
from mvlocal.engine.task import Json, OutputOf, Task, TaskContext, TaskOutputs
from mvlocal.errors import PlanError
from mvlocal.files import write_atomically
from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Brief, ShotList, StoryBible
from mvlocal.story.documents import read_bible, read_shots, write_bible, write_shots
from mvlocal.story.verify import Limits, Verdict, approve_or_report
from mvlocal.timing import FrameRate

STAGE = "plan"
VERSION = 1
TASK_ID = "plan/story"


def plan_task(settings: Settings, photos: Sequence[Photo], song: OutputOf) -> Task:
    """The task that plans the story; its outputs are `bible` and `shots`, JSON documents."""
    params: dict[str, Json] = {
        "title": settings.title,
        "artist": settings.artist,
        "brief": cast("dict[str, Json]", settings.brief.model_dump(mode="json")),
        "cuts": cast("dict[str, Json]", settings.cuts.model_dump(mode="json")),
        "fps": settings.video.fps,
        "planner": settings.planner.backend,
        "photos": [[photo.name, photo.aspect] for photo in photos],
    }
    return Task(
        id=TASK_ID,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.story.stage:run_plan",
        check="mvlocal.story.stage:check_plan",
        params=params,
        inputs={"song": song},
        identity=identity_of("planner", settings.planner.backend),
        seed=settings.seed,
        phase=1,
        expected_s=2.0,
    )


def run_plan(context: TaskContext) -> TaskOutputs:
    """Chooses the cuts, then lets the planner fill each span with a shot."""
    # Imported here: whoever only names this task (every command does) need not wait for what runs it.
    from mvlocal.story.cuts import CutRules, plan_cuts

    given: Any = context.params
    song = SongMap.from_json(context.inputs["song"].read_bytes())
    cuts = given["cuts"]
    rules = CutRules(
        min_s=cuts["min_s"],
        max_s=cuts["max_s"],
        every_beats=cuts["every_beats"],
        hold_on_drops=cuts["hold_on_drops"],
        hand_cuts=tuple(cuts["at"]),
    )
    spans = plan_cuts(song, rules, FrameRate.parse(given["fps"]))
    context.progress(0.3, f"{len(spans)} shots")
    request = PlanRequest(
        title=given["title"],
        artist=given["artist"],
        brief=Brief.model_validate_json(json.dumps(given["brief"])),
        song=song,
        spans=spans,
        photos=[Photo(name, aspect) for name, aspect in given["photos"]],
        seed=context.seed or 0,
    )

    def tell(fraction: float, note: str) -> None:
        context.progress(0.3 + 0.7 * fraction, note)

    planner: Planner = load_backend("planner", given["planner"])
    bible, shots = planner.plan_story(request, tell)
    files = {"bible": context.workdir / "bible.json", "shots": context.workdir / "shots.json"}
    files["bible"].write_text(bible.to_json(), encoding="utf-8")
    files["shots"].write_text(shots.to_json(), encoding="utf-8")
    return TaskOutputs(files, notes={"shots": len(shots.shots)})


def check_plan(name: str, path: Path) -> None:
    """Raises unless `path` holds a whole bible or shot list."""
    kind = StoryBible if name == "bible" else ShotList
    kind.from_json(path.read_bytes(), where=str(path))


@dataclass(frozen=True, slots=True)
class StoryFiles:
    """Where the two documents that a person may edit lie, and what mvlocal itself last wrote there."""

    bible: Path
    shots: Path
    memory: Path


@dataclass(frozen=True, slots=True)
class Settled:
    """The plan in force, and which of its files a person has edited."""

    bible: StoryBible
    shots: ShotList
    edited: tuple[Path, ...]


def settle(
    files: StoryFiles,
    bible: StoryBible,
    shots: ShotList,
    song: SongMap,
    *,
    rewrite: bool,
    dry: bool = False,
) -> Settled:
    """Joins the generated plan with the files in the project: a file that a person edited wins.

    A file that nobody touched since mvlocal wrote it follows the generated plan. With `rewrite`, edits give
    way, except for shots marked `locked`. With `dry`, nothing is written.

    Raises:
        PlanError: an edited file does not read (names file, line, column); a locked shot no longer fits.
    """
    if rewrite and files.shots.exists():
        shots = _keep_locked(read_shots(files.shots, song), shots, files.shots)
    bible_file = _EditableFile(files.bible, files.memory, read_bible, write_bible)
    shots_file = _EditableFile(
        files.shots,
        files.memory,
        lambda path: read_shots(path, song),
        lambda path, document: write_shots(path, document, song),
    )
    bible_in_force, bible_edited = _settle_one(bible_file, bible, rewrite=rewrite, dry=dry)
    shots_in_force, shots_edited = _settle_one(shots_file, shots, rewrite=rewrite, dry=dry)
    edited = [path for path, is_edited in ((files.bible, bible_edited), (files.shots, shots_edited)) if is_edited]
    return Settled(bible_in_force, shots_in_force, tuple(edited))


def _keep_locked(before: ShotList, after: ShotList, path: Path) -> ShotList:
    spans = {(shot.start_s, shot.end_s) for shot in after.shots}
    locked = {(shot.start_s, shot.end_s): shot for shot in before.shots if shot.locked}
    for span, shot in locked.items():
        if span not in spans:
            raise PlanError(
                f"the locked shot {shot.id} no longer fits: the cuts around it moved",
                where=str(path),
                mend=f"hold its borders with cuts.at: [{shot.start_s}, {shot.end_s}], or unlock it",
            )
    shots = tuple(locked.get((shot.start_s, shot.end_s), shot) for shot in after.shots)
    return after.model_copy(update={"shots": shots})


D = TypeVar("D", StoryBible, ShotList)


@dataclass(frozen=True, slots=True)
class _EditableFile(Generic[D]):
    path: Path
    memory: Path
    read: Callable[[Path], D]
    write: Callable[[Path, D], None]

    def recall(self) -> tuple[str, str]:
        """What mvlocal last wrote here: (hash of the file, hash of the document it was made from)."""
        known = _read_memory(self.memory).get(self.path.name, ["", ""])
        return known[0], known[1]

    def remember(self, document: D) -> None:
        known = _read_memory(self.memory)
        known[self.path.name] = [_hash(self.path.read_bytes()), _hash(document.to_json().encode())]
        write_atomically(self.memory, json.dumps(known))


def _settle_one(file: _EditableFile[D], generated: D, *, rewrite: bool, dry: bool) -> tuple[D, bool]:
    """The document in force, and whether it is a person's edit."""
    wrote, wrote_from = file.recall()
    if file.path.exists() and not rewrite:
        if _hash(file.path.read_bytes()) != wrote:
            found = file.read(file.path)
            if found != generated:
                return found, True
            if not dry:
                file.remember(generated)
            return generated, False
        if wrote_from == _hash(generated.to_json().encode()):
            return generated, False
    if dry:
        return generated, False
    file.path.parent.mkdir(parents=True, exist_ok=True)
    file.write(file.path, generated)
    file.remember(generated)
    return generated, False


def judge(settled: Settled, song: SongMap, settings: Settings, photos: frozenset[str]) -> Verdict:
    """Verifies the settled plan against the song, the settings' limits and the photos that are there."""
    limits = Limits(
        rate=settings.video.rate,
        max_shot_s=settings.cuts.max_s,
        brief=Brief.model_validate_json(settings.brief.model_dump_json()),
        photos=photos,
    )
    return approve_or_report(settled.bible, settled.shots, song, limits)


def _read_memory(path: Path) -> dict[str, list[str]]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # state is safe to delete: without it, a file that differs counts as edited


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
