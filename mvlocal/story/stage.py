"""The story stage: SongMap and brief in; bible and shots out, settled with what a person edited.

It does not know how shots are drawn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from mvlocal.backends.base import Photo, Planner, PlanRequest
from mvlocal.backends.registry import identity_of, load_backend
from mvlocal.config import Settings
from mvlocal.editable import EditableFile, settle_file
from mvlocal.engine.task import Json, OutputOf, Resources, Task, TaskContext, TaskOutputs
from mvlocal.errors import PlanError
from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Brief, Problem, Remarks, ShotList, StoryBible
from mvlocal.story.documents import read_bible, read_shots, write_bible, write_shots
from mvlocal.story.moves import moves_of
from mvlocal.story.verify import Limits, Verdict, approve_or_report
from mvlocal.timing import FrameRate
from mvlocal.weights import LockedWeights

STAGE = "plan"
VERSION = 3
TASK_ID = "plan/story"
MODEL_SILENCE_S = 3600.0
"""A model may be silent for long: it reads a prompt piece by piece, and a piece may take minutes on a CPU."""
_GIB = 2**30
_WORDS_OF: Mapping[str, tuple[str, ...]] = {
    "llama": ("template", "context", "max_tokens", "temperature", "critic"),
    "server": ("address", "server_model", "context", "max_tokens", "temperature", "critic"),
}
"""Settings that change what a planner writes, by planner: they count in the key."""
_WORKING = ("gpu_layers", "allow_host", "api_key_env", "timeout_s")
"""Settings that say where and how a planner works: they do not."""


@dataclass(frozen=True, slots=True)
class Writers:
    """What a planner with a model needs: its weights, where usable replies are kept, and threads to run on."""

    weights: LockedWeights | None = None
    memory: Path | None = None
    threads: int = 1


def plan_task(settings: Settings, photos: Sequence[Photo], song: OutputOf, writers: Writers | None = None) -> Task:
    """The task that plans the story; its outputs are `bible`, `shots` and the critic's `remarks`, JSON documents."""
    writers = writers or Writers()
    planner = settings.planner.backend
    params: dict[str, Json] = {
        "title": settings.title,
        "artist": settings.artist,
        "brief": cast("dict[str, Json]", settings.brief.model_dump(mode="json")),
        "cuts": cast("dict[str, Json]", settings.cuts.model_dump(mode="json")),
        "fps": settings.video.fps,
        "planner": planner,
        "moves": [*sorted(moves_of(settings.clips.backend))],
        "photos": [[photo.name, photo.aspect] for photo in photos],
        **_model_params(settings, writers),
    }
    return Task(
        id=TASK_ID,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.story.stage:run_plan",
        check="mvlocal.story.stage:check_plan",
        params=params,
        inputs={"song": song},
        identity=identity_of("planner", planner),
        seed=settings.seed,
        phase=1,
        resources=_resources(settings, writers),
        expected_s=300.0 if planner in _WORDS_OF else 2.0,
        silence_s=MODEL_SILENCE_S if planner in _WORDS_OF else 300.0,
        placement=_placement(settings, writers),
    )


def _model_params(settings: Settings, writers: Writers) -> dict[str, Json]:
    """What else counts for a planner with a model; weights count by their content, as the lock has it."""
    planner = settings.planner.backend
    if planner not in _WORDS_OF:
        return {}
    options = settings.planner.model_dump(mode="json", include=set(_WORDS_OF[planner]))
    return {"writing": options, "weights": writers.weights.sha256 if writers.weights else None}


def _placement(settings: Settings, writers: Writers) -> dict[str, Json]:
    if settings.planner.backend not in _WORDS_OF:
        return {}
    return {
        "weights": writers.weights.to_json() if writers.weights else None,
        "memory": str(writers.memory) if writers.memory else None,
        "threads": settings.planner.threads or writers.threads,
        **settings.planner.model_dump(mode="json", include=set(_WORKING)),
    }


def _resources(settings: Settings, writers: Writers) -> Resources:
    if writers.weights is None:
        return Resources()
    if settings.planner.gpu_layers == 0:
        return Resources(cpu=settings.planner.threads or writers.threads)
    return Resources(gpu=True, vram_gib=1.0 + 1.1 * writers.weights.size_bytes / _GIB)


def run_plan(context: TaskContext) -> TaskOutputs:
    """Chooses the cuts, then lets the planner fill each span with a shot."""
    # Imported here: whoever only names this task (every command does) need not wait for what runs it.
    from mvlocal.story.cuts import CutRules, plan_cuts
    from mvlocal.story.transitions import place_transitions

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
        rate=FrameRate.parse(given["fps"]),
        max_shot_s=cuts["max_s"],
        moves=frozenset(given["moves"]),
    )

    def tell(fraction: float, note: str) -> None:
        context.progress(0.3 + 0.7 * fraction, note)

    planned = _planner(context).plan_story(request, tell)
    shots = place_transitions(planned.shots, song)
    documents = {"bible": planned.bible, "shots": shots, "remarks": Remarks(remarks=planned.remarks)}
    files = {name: context.workdir / f"{name}.json" for name in documents}
    for name, document in documents.items():
        files[name].write_text(document.to_json(), encoding="utf-8")
    return TaskOutputs(files, notes={"shots": len(shots.shots)}, warnings=planned.warnings)


def _planner(context: TaskContext) -> Planner:
    """The planner, with its settings and its weights where it has such."""
    name = str(context.params["planner"])
    if name not in _WORDS_OF:
        return load_backend("planner", name)
    place = context.placement
    options = {**cast("dict[str, Json]", context.params["writing"]), **place}
    memory = Path(str(place["memory"])) if place["memory"] else None
    if name == "server":
        return load_backend("planner", name, options=options, memory=memory)
    weights = LockedWeights.from_json(cast("Mapping[str, Json]", place["weights"]))
    return load_backend("planner", name, weights=weights, options=options, memory=memory)


_DOCUMENTS: Mapping[str, type[StoryBible | ShotList | Remarks]] = {
    "bible": StoryBible, "shots": ShotList, "remarks": Remarks,
}  # fmt: skip


def check_plan(name: str, path: Path) -> None:
    """Raises unless `path` holds a whole bible, shot list or list of remarks."""
    _DOCUMENTS[name].from_json(path.read_bytes(), where=str(path))


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
    bible_file = EditableFile(files.bible, files.memory, read_bible, write_bible, StoryBible.to_json)
    shots_file = EditableFile(
        files.shots,
        files.memory,
        lambda path: read_shots(path, song),
        lambda path, document: write_shots(path, document, song),
        ShotList.to_json,
    )
    bible_in_force, bible_edited = settle_file(bible_file, bible, rewrite=rewrite, dry=dry)
    shots_in_force, shots_edited = settle_file(shots_file, shots, rewrite=rewrite, dry=dry)
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


def judge(settled: Settled, song: SongMap, settings: Settings, photos: frozenset[str]) -> Verdict:
    """Verifies the settled plan against the song, the settings' limits and the photos that are there."""
    limits = Limits(
        rate=settings.video.rate,
        max_shot_s=settings.cuts.max_s,
        moves=moves_of(settings.clips.backend),
        embedder=load_backend("sentences", "minilm", folder=folder) if (folder := settings.planner.embedder) else None,
        brief=Brief.model_validate_json(settings.brief.model_dump_json()),
        photos=photos,
    )
    return approve_or_report(settled.bible, settled.shots, song, limits)


def standing_remarks(remarks: Remarks, generated: ShotList, settled: Settled) -> tuple[Problem, ...]:
    """The critic's remarks that are still about this plan: those on shots that a person edited fall away."""
    before, now = ({shot.id: shot for shot in listed.shots} for listed in (generated, settled.shots))
    return tuple(
        remark
        for remark in remarks.remarks
        if all(name in now and now[name] == before.get(name) for name in remark.shots)
    )
