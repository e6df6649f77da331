"""Hands the cut over to editors: captions, timelines and separate clips, in `out/edit/`.

It does not know any of their formats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mvlocal.edit import stage as edit_stage
from mvlocal.edit.handover import captions
from mvlocal.edit.handover.cut_list import CutList, Media, Show, cut_list_of
from mvlocal.edit.handover.stage import Spliced, splice_task
from mvlocal.engine.task import OutputOf, Task
from mvlocal.exporting.work import Exported, Work, edit_folder, master_of, slug, timeline_of, url_of
from mvlocal.files import write_atomically
from mvlocal.schema.edit import Timeline
from mvlocal.schema.song import SongMap
from mvlocal.shots.drawn.handles import stage as handle_stage
from mvlocal.song.exports.lrc import song_map_to_lrc
from mvlocal.song.exports.midi import song_map_to_midi
from mvlocal.studio import Studio, default_output, export
from mvlocal.timing import FrameSpan

TIMELINES = ("otio", "xml", "edl", "markers")
"""Hand-over that lists clips or markers on frames: it needs the plan."""
TEXTS = ("srt", "vtt", "lrc", "ass", "midi")
"""Hand-over that needs the song alone."""


def write_text(studio: Studio, song: SongMap, name: str) -> Exported:
    """One caption or tempo file into `out/edit/`."""
    video = studio.settings.video
    writers: dict[str, Callable[[], str | bytes]] = {
        "srt": lambda: captions.song_map_to_srt(song),
        "vtt": lambda: captions.song_map_to_vtt(song),
        "lrc": lambda: song_map_to_lrc(song),
        "ass": lambda: captions.song_map_to_ass(song, video.width, video.height, studio.settings.title),
        "midi": lambda: song_map_to_midi(song),
    }
    target = edit_folder(studio) / f"{slug(studio)}{'.mid' if name == 'midi' else f'.{name}'}"
    written = writers[name]()
    if isinstance(written, bytes):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(written)
    else:
        write_atomically(target, written)
    return Exported(name, target)


def handed_over(work: Work, names: Sequence[str]) -> list[Exported]:
    """Timelines and clips into `out/edit/`. Timelines name the separate clips where these are asked for together with
    them, else the finished video."""
    if not names:
        return []
    made: list[Exported] = []
    folder = edit_folder(work.studio)
    master = master_of(work.tasks())
    timeline = timeline_of(master)
    media: Mapping[str, Media] = {}
    if "clips" in names:
        media = _clips(work, timeline, folder)
        made.append(Exported("clips", folder / "clips", (f"{len(media)} clips, without words",)))
    listed = [name for name in names if name in TIMELINES]
    if listed and not media:
        media = _master_media(work, timeline, folder)
    if listed:
        cut = _cut_list(work, timeline, media, folder, joined="clips" not in names)
        made += [_write_timeline(work, cut, name, folder) for name in listed]
    return made


def _clips(work: Work, timeline: Timeline, folder: Path) -> Mapping[str, Media]:
    """Makes every clip with handles as `clips/<shot>.mp4`, without words."""
    bare = work.at(work.size, words=False)
    tasks = bare.tasks()
    spans = {clip.shot: _around(work, timeline, clip.shot) for clip in timeline.clips}
    extra = _clip_tasks(bare, timeline, spans, master_of(tasks))
    records = bare.run([*tasks, *extra.values()], [task.id for task in extra.values()])
    media: dict[str, Media] = {}
    for clip in timeline.clips:
        record = records[extra[clip.shot].id]
        target = folder / "clips" / f"{clip.shot}.mp4"
        export(work.studio, record, "main", target)
        media[clip.shot] = Media(url_of(target, folder), len(spans[clip.shot]), clip.start - spans[clip.shot].start)
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


def _master_media(work: Work, timeline: Timeline, folder: Path) -> Mapping[str, Media]:
    """Makes the finished video, of which every clip is a stretch."""
    tasks = work.tasks()
    record = work.run(tasks, [edit_stage.TASK_ID])[edit_stage.TASK_ID]
    target = default_output(work.studio)
    export(work.studio, record, "main", target)
    return {clip.shot: Media(url_of(target, folder), timeline.frames, clip.start) for clip in timeline.clips}


def _cut_list(work: Work, timeline: Timeline, media: Mapping[str, Media], folder: Path, *, joined: bool) -> CutList:
    show = Show(
        title=work.studio.settings.title,
        width=work.size[0],
        height=work.size[1],
        shots=work.plan.shots,
        song=work.story.song,
        song_url=url_of(work.studio.song_file, folder),
        media=media,
        joined=joined,
    )
    return cut_list_of(timeline, show)


def _write_timeline(work: Work, cut: CutList, name: str, folder: Path) -> Exported:
    # Imported here: OpenTimelineIO looks for its plugins when it is loaded.
    from mvlocal.edit.handover.cmx_edl import cut_list_to_edl
    from mvlocal.edit.handover.fcp7_xml import cut_list_to_fcp7_xml
    from mvlocal.edit.handover.otio import cut_list_to_otio
    from mvlocal.edit.handover.resolve_markers import cut_list_to_resolve_markers

    writers: dict[str, tuple[str, Callable[[CutList], str]]] = {
        "otio": (".otio", cut_list_to_otio),
        "xml": (".xml", cut_list_to_fcp7_xml),
        "edl": (".edl", cut_list_to_edl),
        "markers": ("-markers.edl", cut_list_to_resolve_markers),
    }
    ending, write = writers[name]
    target = folder / f"{slug(work.studio)}{ending}"
    write_atomically(target, write(cut))
    what = (
        f"{len(cut.markers)} markers" if name == "markers" else f"{len(cut.clips)} clips, {len(cut.joins)} transitions"
    )
    return Exported(name, target, (what,))
