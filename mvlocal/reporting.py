"""The account of a finished video: its tags, the tasks that complete it, and what lies beside it (account, report).

It does not know how pages are laid out or files are signed.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, cast

import av
from pydantic import BaseModel

from mvlocal.config import Settings
from mvlocal.edit import stage as edit_stage
from mvlocal.edit.timeline import shots_to_timeline
from mvlocal.engine.hashing import digest_of
from mvlocal.engine.task import Json, Record, Task
from mvlocal.files import write_atomically
from mvlocal.machine import find_gpu, usable_cores
from mvlocal.media.thumbnail import thumbnail_of
from mvlocal.pipeline import Story
from mvlocal.provenance.disclosure import SOURCE_TYPES, Making, disclosure_of, making_of, source_type_of
from mvlocal.provenance.models import used_models
from mvlocal.provenance.signing import manifest_of
from mvlocal.provenance.stage import TASK_ID as SIGNED
from mvlocal.provenance.stage import sign_tasks
from mvlocal.provenance.tags import settings_digest, settings_in_force, tags_of
from mvlocal.report.facts import ChainDrift, Likeness, ReportFacts, Setting, ShotFacts, StageTime, Told
from mvlocal.report.page import report_page
from mvlocal.report.stage import LOUDNESS, PLOT, song_account_tasks
from mvlocal.schema.provenance import Account, SongLoudness
from mvlocal.schema.song import SongMap
from mvlocal.schema.story import ApprovedPlan
from mvlocal.staging.stage import BOARD
from mvlocal.studio import Studio
from mvlocal.weights.manifest import read_manifest
from mvlocal.weights.needs import weights_needed

PACKAGES = ("av", "numpy", "opencv-python-headless", "pillow", "librosa")
LEARNT = ("torch", "diffusers", "transformers", "peft")
"""Packages whose versions change generated pictures."""
STAGE_ORDER = ("analyze", "plan", "train", "prompts", "candidates", "keyframes", "animate", "finish")
PICTURE_WIDTH = 352


def master_tags(studio: Studio, plan: ApprovedPlan, ending: str, *, trained: bool) -> dict[str, str]:
    """What stands in the master's own tags."""
    return tags_of(studio.settings, version("mvlocal"), _disclosure(studio.settings, plan, trained=trained), ending)


def closing_tasks(studio: Studio, plan: ApprovedPlan, song: SongMap, ending: str, *, trained: bool) -> list[Task]:
    """What completes a video beside its master: loudness and plot of the song, and a signature where one is wanted.

    Raises:
        MissingError: a signature is wanted, and nothing here can sign.
        SettingsError, InputError: certificate and key are not both there, or cannot go into this container.
    """
    settings = studio.settings
    making = _making(settings, plan, trained=trained)
    source = SOURCE_TYPES + source_type_of(making)
    manifest = manifest_of(settings.title, version("mvlocal"), source, disclosure_of(making))
    return [
        *song_account_tasks(studio.song_file, song, settings.title),
        *sign_tasks(settings.provenance, studio.project.root, edit_stage.TASK_ID, ending, manifest),
    ]


def closing_ids(tasks: Sequence[Task]) -> list[str]:
    """The tasks whose records a finished video needs: the video's own first."""
    ids = {task.id for task in tasks}
    video = SIGNED if SIGNED in ids else edit_stage.TASK_ID
    return [video, *(name for name in (edit_stage.TASK_ID, LOUDNESS, PLOT) if name in ids and name != video)]


def write_account(
    studio: Studio, story: Story, plan: ApprovedPlan, tasks: Sequence[Task], video: Path, *, trained: bool
) -> Account:
    """Writes what lies beside a finished video: `<video>.json` and `out/report.html`."""
    records = records_of(studio, tasks)
    account = _account(studio, plan, records, trained=trained)
    write_atomically(video.with_name(f"{video.name}.json"), account.model_dump_json(by_alias=True, indent=1) + "\n")
    report = studio.project.out / "report.html"
    report.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(report, report_page(_facts(studio, story, plan, account, records, video)))
    return account


def records_of(studio: Studio, tasks: Sequence[Task]) -> dict[str, Record]:
    """The latest records by task id: of these tasks, and of what came before them (the song, the plan)."""
    ids = {task.id for task in tasks}
    shots = {task.stage for task in tasks} - {"analyze", "plan"}
    kept = studio.store.records()
    found = {name: kept[key] for name, key in studio.store.latest_keys().items() if key in kept}
    return {name: record for name, record in found.items() if name in ids or record.stage not in shots}


def _making(settings: Settings, plan: ApprovedPlan, *, trained: bool) -> Making:
    photos = any(shot.photo is not None for shot in plan.shots)
    models = used_models(settings, read_manifest()) if weights_needed(settings) else ()
    pictures = tuple(one.name for one in models if one.used_for.startswith(("keyframes.", "clips.")))
    return making_of(settings, photos=photos, trained=trained, models=pictures)


def _disclosure(settings: Settings, plan: ApprovedPlan, *, trained: bool) -> str:
    return disclosure_of(_making(settings, plan, trained=trained))


def _account(studio: Studio, plan: ApprovedPlan, records: Mapping[str, Record], *, trained: bool) -> Account:
    settings, master = studio.settings, records[edit_stage.TASK_ID]
    making = _making(settings, plan, trained=trained)
    loud = records[LOUDNESS].notes if LOUDNESS in records else None
    packages = PACKAGES + (LEARNT if making.generated else ())
    return Account(
        title=settings.title,
        artist=settings.artist,
        isrc=settings.master.isrc,
        credits=settings.master.credits,
        mvlocal=version("mvlocal"),
        profile=studio.resolved.profile,
        width=settings.video.width,
        height=settings.video.height,
        fps=settings.video.fps,
        frames=int(str(master.notes["frames"])),
        shots=len(plan.shots),
        source_type=source_type_of(making),
        disclosure=disclosure_of(making),
        disclosed=settings.provenance.disclosure,
        signed=SIGNED in records and bool(settings.provenance.certificate),
        video_sha256=master.outputs["main"].digest,
        plan_sha256=digest_of([cast("Json", shot.model_dump(mode="json")) for shot in plan.shots]),
        settings_sha256=settings_digest(settings),
        settings=settings_in_force(settings),
        models=used_models(settings, read_manifest()),
        versions={name: found for name in packages if (found := _version(name))},
        loudness=SongLoudness.model_validate(loud) if loud is not None else None,
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _facts(
    studio: Studio,
    story: Story,
    plan: ApprovedPlan,
    account: Account,
    records: Mapping[str, Record],
    video: Path,
) -> ReportFacts:
    out, rate = studio.project.out, studio.settings.video.rate
    timeline = shots_to_timeline(plan.shots, rate, story.song.beats)
    pictures = {shot.id: _picture(studio, records, shot.id) for shot in plan.shots}
    plot = records.get(PLOT)
    sheets = {"storyboard": "storyboard.pdf", "keyframes": "keyframes.html", "photos": "photos.html"}
    return ReportFacts(
        account=account,
        video=os.path.relpath(video, out),
        story="story.html",
        song=story.song,
        shots=tuple(
            ShotFacts(shot, rate.time_of(clip.start), pictures[shot.id])
            for shot, clip in zip(plan.shots, timeline.clips, strict=True)
        ),
        plot=studio.read(plot) if plot is not None else None,
        sheets={title: name for title, name in sheets.items() if (out / name).is_file()},
        likeness=tuple(_likeness(records)),
        drift=tuple(_drift(records)),
        settings=tuple(_settings(studio.settings)),
        times=tuple(_times(records.values())),
        warnings=tuple(_warnings(story, records.values())),
        machine=_machine(),
        why_profile=studio.resolved.why,
    )


def _picture(studio: Studio, records: Mapping[str, Record], shot: str) -> bytes | None:
    """The shot's still where it was chosen among generated ones, else its small drawing."""
    still, board = records.get(f"keyframes/{shot}"), records.get(f"{BOARD}{shot}")
    if still is not None and "chosen" in still.notes:
        return thumbnail_of(studio.store.path_of(still.outputs["image"]), PICTURE_WIDTH)
    return thumbnail_of(studio.store.path_of(board.outputs["main"]), PICTURE_WIDTH) if board is not None else None


def _likeness(records: Mapping[str, Record]) -> list[Likeness]:
    """What the judges of generated stills noted."""
    found: list[Likeness] = []
    for name, record in sorted(records.items()):
        notes: Any = record.notes
        if not name.startswith("keyframes/") or "scores" not in notes:
            continue
        for person in notes["scores"][notes["chosen"]]["likeness"]:
            values = [score["likeness"].get(person) for score in notes["scores"].values()]
            chosen = float(notes["scores"][notes["chosen"]]["likeness"][person])
            numbers = tuple(float(value) for value in values if value is not None)
            found.append(Likeness(name.partition("/")[2], str(person), numbers, chosen))
    return found


def _drift(records: Mapping[str, Record]) -> list[ChainDrift]:
    """What the motion of generated shots noted of each link."""
    found: list[ChainDrift] = []
    for name, record in sorted(records.items()):
        links: Any = record.notes.get("links")
        if name.startswith("animate/") and links:
            scores = tuple(float(link["drift"]["score"]) for link in links if "drift" in link)
            found += [ChainDrift(name.partition("/")[2], scores)] if scores else []
    return found


def _settings(settings: Settings) -> list[Setting]:
    """Every setting by its dotted name, those that are not the default marked."""
    usual = Settings()
    found: list[Setting] = []
    for name in Settings.model_fields:
        value, default = getattr(settings, name), getattr(usual, name)
        if isinstance(value, BaseModel):
            keys = type(value).model_fields
            found += [_setting(f"{name}.{key}", getattr(value, key), getattr(default, key)) for key in keys]
        else:
            found.append(_setting(name, value, default))
    return found


def _setting(name: str, value: object, default: object) -> Setting:
    shown = ", ".join(map(str, cast("tuple[object, ...]", value))) if isinstance(value, tuple) else str(value)
    return Setting(name, shown, changed=value != default)


def _times(records: Iterable[Record]) -> list[StageTime]:
    by_stage: dict[str, list[float]] = {}
    for record in records:
        by_stage.setdefault(record.stage, []).append(record.seconds)
    order = {name: number for number, name in enumerate(STAGE_ORDER)}
    stages = sorted(by_stage, key=lambda name: (order.get(name, len(order)), name))
    return [StageTime(name, len(by_stage[name]), sum(by_stage[name])) for name in stages]


def _warnings(story: Story, records: Iterable[Record]) -> list[Told]:
    told = [
        Told(problem.message, ", ".join(problem.shots), problem.mend)
        for problem in story.problems
        if problem.severity == "warning"
    ]
    told += [Told(what, where or record.task_id, mend) for record in records for what, where, mend in record.warnings]
    return list(dict.fromkeys(told))


def _machine() -> dict[str, str]:
    gpu = find_gpu()
    libraries: Any = getattr(av, "library_versions", {})
    codec = ".".join(map(str, libraries.get("libavcodec", ())))
    return {
        "system": f"{platform.system()} {platform.machine()}, {usable_cores()} cores",
        "GPU": f"{gpu.name}, {gpu.vram_gib:.0f} GiB, driver {gpu.driver}" if gpu is not None else "none",
        "Python": platform.python_version(),
        **({"libavcodec": codec} if codec else {}),
    }
