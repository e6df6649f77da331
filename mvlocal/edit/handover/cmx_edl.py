"""The cut as a CMX3600 edit decision list, frame-exact, record time from 01:00:00:00. It knows no other format.

Source: the CMX 3600 list format (SMPTE 258M). Dissolves are `D` events; transitions that the format does not know are
cuts with a comment. All timecode is non-drop-frame.
"""

from __future__ import annotations

import re
import unicodedata

from mvlocal.edit.handover.cut_list import CutClip, CutJoin, CutList
from mvlocal.edit.handover.timecode import START_HOUR, timecode

_REEL = 8


def cut_list_to_edl(cut: CutList) -> str:
    """The text of an `.edl` file. A reel is the shot's id in capitals, at most eight letters, each its own."""
    reels = _reels(cut.clips)
    joins = {join.into: join for join in cut.joins if join.into > 0}
    lines = [f"TITLE: {_plain(cut.title)[:70]}", "FCM: NON-DROP FRAME", ""]
    for number, clip in enumerate(cut.clips):
        come, go = joins.get(number), joins.get(number + 1)
        lines += _event(cut, number, reels, (come, go))
        lines.append(f"* FROM CLIP NAME: {clip.name}" if not _is_dissolve(come) else f"* TO CLIP NAME: {clip.name}")
        lines.append(f"* SOURCE FILE: {clip.media.url}")
        if come is not None and not _is_dissolve(come):
            lines.append(f"* MVLOCAL TRANSITION: {come.kind} {come.before}+{come.after} FRAMES")
        lines.append("")
    return "\n".join(lines)


def _event(cut: CutList, number: int, reels: list[str], around: tuple[CutJoin | None, CutJoin | None]) -> list[str]:
    """The event's lines. A dissolve begins before the cut: the clip before it ends there, this one starts there."""
    come, go = around
    clip = cut.clips[number]
    early = come.before if come is not None and _is_dissolve(come) else 0
    until = clip.span.end - (go.before if go is not None and _is_dissolve(go) else 0)
    start = clip.span.start - early
    source = clip.media.start - early
    times = _times(cut, source, start, until - start)
    head = f"{number + 1:03d}"
    if come is None or not _is_dissolve(come):
        return [f"{head}  {reels[number]:<8} V     C        {times}"]
    before = cut.clips[number - 1]
    left = before.media.start + start - before.span.start
    return [
        f"{head}  {reels[number - 1]:<8} V     C        {_times(cut, left, start, 0)}",
        f"{head}  {reels[number]:<8} V     D    {come.before + come.after:03d} {times}",
        f"* FROM CLIP NAME: {before.name}",
    ]


def _times(cut: CutList, source: int, record: int, frames: int) -> str:
    """Source in and out, record in and out."""
    stamps = [timecode(source, cut.rate), timecode(source + frames, cut.rate)]
    stamps += [timecode(record + more, cut.rate, START_HOUR) for more in (0, frames)]
    return " ".join(stamps)


def _is_dissolve(join: CutJoin | None) -> bool:
    return join is not None and join.kind == "dissolve"


def _reels(clips: tuple[CutClip, ...]) -> list[str]:
    reels: list[str] = []
    for clip in clips:
        name = re.sub(r"[^A-Z0-9]", "", clip.name.upper())[:_REEL] or "CLIP"
        reel, count = name, 1
        while reel in reels:
            count += 1
            reel = f"{name[: _REEL - len(str(count))]}{count}"
        reels.append(reel)
    return reels


def _plain(text: str) -> str:
    """ASCII only, as the format has it."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or "untitled"
