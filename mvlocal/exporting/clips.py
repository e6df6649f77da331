"""Hands every shot over to editors as a clip of its own, with handles where there is more of it.

It does not know timelines' formats, nor how shots are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mvlocal.edit.handover.cut_list import Media
from mvlocal.edit.handover.stage import Spliced, splice_task
from mvlocal.engine.task import OutputOf, Task
from mvlocal.exporting.work import Work, master_of, timeline_of, url_of
from mvlocal.schema.edit import Timeline
from mvlocal.shots.drawn.handles import stage as handle_stage
from mvlocal.studio import export
from mvlocal.timing import FrameSpan


@dataclass(frozen=True, slots=True)
class PlannedClips:
    """The project without words, its tasks up to the master, and by shot: the frames of its clip, and who makes it."""

    bare: Work
    shared: list[Task]
    spans: dict[str, FrameSpan]
    clips: dict[str, Task]

    @property
    def tasks(self) -> list[Task]:
        return [*self.shared, *self.clips.values()]


def planned_clips(work: Work, *, dry: bool = False) -> PlannedClips:
    """Every shot's separate clip with all its tasks; `dry` runs nothing."""
    bare = work.at(work.size, words=False)
    tasks = bare.tasks(dry=dry)
    master = master_of(tasks)
    timeline = timeline_of(master)
    spans = {clip.shot: _around(work, timeline, clip.shot) for clip in timeline.clips}
    return PlannedClips(bare, tasks, spans, _clip_tasks(bare, timeline, spans, master))


def separate_clips(work: Work, timeline: Timeline, folder: Path) -> Mapping[str, Media]:
    """Makes every clip with handles as `clips/<shot>.mp4` in `folder`, without words."""
    planned = planned_clips(work)
    records = planned.bare.run(planned.tasks, [task.id for task in planned.clips.values()])
    media: dict[str, Media] = {}
    for clip in timeline.clips:
        span = planned.spans[clip.shot]
        target = folder / "clips" / f"{clip.shot}.mp4"
        export(work.studio, records[planned.clips[clip.shot].id], "main", target)
        media[clip.shot] = Media(url_of(target, folder), len(span), clip.start - span.start)
    return media


def _around(work: Work, timeline: Timeline, shot: str) -> FrameSpan:
    """The frames that a shot's separate clip holds: handles within the song where shots are drawn, else as far as its
    transitions already reach."""
    clip = next(one for one in timeline.clips if one.shot == shot)
    span = timeline.handles_of(shot).around(FrameSpan(clip.start, clip.end))
    if not work.drawn:
        return span
    handles = work.studio.settings.deliver.handles
    return FrameSpan(
        min(span.start, max(clip.start - handles, 0)), max(span.end, min(clip.end + handles, timeline.frames))
    )


def _clip_tasks(bare: Work, timeline: Timeline, spans: Mapping[str, FrameSpan], master: Task) -> dict[str, Task]:
    settings = bare.studio.settings
    if not bare.drawn:
        return {
            clip.shot: splice_task(settings, Spliced(clip, timeline.handles_of(clip.shot), _segment(master, clip.shot)))
            for clip in timeline.clips
        }
    scene = bare.scene(timeline)
    return {shot.id: handle_stage.handle_task(scene, shot, spans[shot.id]) for shot in bare.plan.shots}


def _segment(master: Task, shot: str) -> str:
    """The task that makes a shot's finished segment."""
    given = master.inputs[f"clip.{shot}"]
    if not isinstance(given, OutputOf):
        raise TypeError(f"the segment of {shot} is no task's output")
    return given.task_id
