"""Hands the cut over to editors: timelines and markers in `out/edit/`, on separate clips or on the finished video.

It does not know any of their formats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mvlocal.edit import stage as edit_stage
from mvlocal.edit.handover.cut_list import CutList, Media, Show, cut_list_of
from mvlocal.exporting.clips import separate_clips
from mvlocal.exporting.names import TIMELINES
from mvlocal.exporting.work import Exported, Work, edit_folder, master_of, slug, timeline_of, url_of
from mvlocal.files import write_atomically
from mvlocal.schema.edit import Timeline
from mvlocal.studio import default_output, export


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
        media = separate_clips(work, timeline, folder)
        made.append(Exported("clips", folder / "clips", (f"{len(media)} clips, without words", _handle_words(work))))
    listed = [name for name in names if name in TIMELINES]
    if listed and not media:
        media = _master_media(work, timeline, folder)
    if listed:
        cut = _cut_list(work, timeline, media, folder, joined="clips" not in names)
        made += [_write_timeline(work, cut, name, folder) for name in listed]
    return made


def _handle_words(work: Work) -> str:
    """How much of a shot its clip holds beyond the shot's own frames."""
    if work.drawn:
        return f"up to {work.studio.settings.deliver.handles} frames more at either end"
    return "more at an end only where a transition is; before a shot's first frame that frame stands still"


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
