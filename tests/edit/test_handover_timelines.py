"""Timelines for editors, read back by OpenTimelineIO: the same cuts, media, transitions and markers."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import opentimelineio as otio
import pytest
from cut_support import cut_list, song_map, timeline

from mvlocal.edit.handover.cmx_edl import cut_list_to_edl
from mvlocal.edit.handover.cut_list import CutList, Media, Show, cut_list_of, markers_of, one_line
from mvlocal.edit.handover.fcp7_xml import cut_list_to_fcp7_xml
from mvlocal.edit.handover.otio import cut_list_to_otio
from mvlocal.edit.handover.resolve_markers import cut_list_to_resolve_markers, merged
from mvlocal.edit.handover.timecode import timecode
from mvlocal.errors import SettingsError
from mvlocal.timing import FrameRate, FrameSpan

RATES = ("24", "25", "24000/1001", "30000/1001", "30", "60")


def clips_of(track: Any) -> list[Any]:
    return [one for one in track if isinstance(one, otio.schema.Clip)]


def expected(cut: CutList) -> list[tuple[str, int, int, int]]:
    """(name, first frame of media, record in, record out) of every clip."""
    return [(clip.name, clip.media.start, clip.span.start, clip.span.end) for clip in cut.clips]


def read_cuts(track: Any) -> list[tuple[str, int, int, int]]:
    found: list[tuple[str, int, int, int]] = []
    for clip in clips_of(track):
        placed = clip.range_in_parent()
        start = round(placed.start_time.value)
        found.append(
            (clip.name, round(clip.source_range.start_time.value), start, start + round(placed.duration.value))
        )
    return found


@pytest.mark.parametrize("fps", RATES)
def test_otio_gives_back_the_cut_list_and_the_markers(fps: str) -> None:
    cut = cut_list(fps)
    read: Any = otio.adapters.read_from_string(cut_list_to_otio(cut), "otio_json")
    pictures, song = read.tracks
    assert (pictures.kind, song.kind) == ("Video", "Audio")
    assert read_cuts(pictures) == expected(cut)
    rate = float(Fraction(fps))
    assert read.global_start_time == otio.opentime.RationalTime(3600 * round(rate), rate)
    for clip, told in zip(clips_of(pictures), cut.clips, strict=True):
        held = clip.media_reference.available_range
        assert (held.start_time.value, held.duration.value) == (0, told.media.frames)
        assert clip.media_reference.target_url == f"clips/{told.name}.mp4"
        assert clip.source_range.start_time.rate == rate
    markers = [(m.metadata["mvlocal"]["kind"], m.name, m.marked_range.start_time.value, m.marked_range.duration.value)
               for m in read.tracks.markers]  # fmt: skip
    assert markers == [(m.kind, m.name, m.span.start, len(m.span)) for m in cut.markers]
    assert {m.metadata["mvlocal"]["kind"]: m.color for m in read.tracks.markers} == {
        "section": "GREEN", "lyric": "YELLOW", "downbeat": "RED", "beat": "BLUE",
    }  # fmt: skip
    (whole,) = clips_of(song)
    assert whole.media_reference.target_url == "../my%20song.wav"
    assert whole.source_range.duration.value == cut.frames


def test_otio_transitions_stand_about_their_cuts() -> None:
    read: Any = otio.adapters.read_from_string(cut_list_to_otio(cut_list()), "otio_json")
    found = [(one.transition_type, one.metadata["mvlocal"]["kind"], one.in_offset.value, one.out_offset.value)
             for one in read.tracks[0] if isinstance(one, otio.schema.Transition)]  # fmt: skip
    assert found == [("SMPTE_Dissolve", "dissolve", 5, 6), ("Custom_Transition", "whip", 3, 3)]
    assert isinstance(read.tracks[0][2], otio.schema.Transition)  # between the second clip and the third


@pytest.mark.parametrize("fps", RATES)
def test_fcp7_xml_gives_back_the_cut_list_and_the_markers(fps: str) -> None:
    cut = cut_list(fps, joins=False)
    text = cut_list_to_fcp7_xml(cut)
    read: Any = otio.adapters.read_from_string(text, "fcp_xml")
    pictures = next(track for track in read.tracks if track.kind == "Video")
    assert read_cuts(pictures) == expected(cut)
    assert [(m.name, m.marked_range.start_time.value, m.marked_range.duration.value) for m in read.tracks.markers] == [
        (m.name, m.span.start, len(m.span)) for m in cut.markers
    ]
    root = fromstring(text)
    value = Fraction(fps)
    for rate in root.iter("rate"):
        assert rate.findtext("timebase") == str(round(value))
        assert rate.findtext("ntsc") == ("TRUE" if value.denominator == 1001 else "FALSE")
    shape = root.find(".//sequence/media/video/format/samplecharacteristics")
    assert shape is not None
    assert (shape.findtext("width"), shape.findtext("height")) == ("1280", "720")
    assert not root.findall(".//video/track/clipitem/file/media/audio")
    assert root.findall(".//audio/track/clipitem/file/media/audio")
    assert {m.findtext("comment") for m in root.findall(".//sequence/marker")} == {
        "section",
        "lyric",
        "downbeat",
        "beat",
    }


def test_fcp7_xml_keeps_transitions() -> None:
    read: Any = otio.adapters.read_from_string(cut_list_to_fcp7_xml(cut_list()), "fcp_xml")
    pictures = next(track for track in read.tracks if track.kind == "Video")
    assert sum(isinstance(one, otio.schema.Transition) for one in pictures) == 2
    names = [clip.name for clip in clips_of(pictures)]
    assert names == [clip.name for clip in cut_list().clips]


@pytest.mark.parametrize("fps", RATES)
def test_edl_is_frame_exact_and_starts_at_hour_one(fps: str) -> None:
    cut = cut_list(fps, joins=False)
    text = cut_list_to_edl(cut)
    assert "FCM: NON-DROP FRAME" in text
    assert re.search(r"^001 .* 01:00:00:00 \S+$", text, re.MULTILINE)
    rate = float(Fraction(fps))
    read: Any = otio.adapters.read_from_string(text, "cmx_3600", rate=rate)
    found: list[tuple[str, int, int, int]] = []
    for clip in clips_of(read.tracks[0]):
        start = round(clip.range_in_parent().start_time.value)
        found.append(
            (clip.name, round(clip.source_range.start_time.value), start, start + round(clip.duration().value))
        )
    assert found == expected(cut)


def test_edl_dissolves_begin_before_the_cut_and_others_are_cuts_with_a_comment() -> None:
    rows = [line for line in cut_list_to_edl(cut_list()).splitlines() if re.match(r"\d{3} ", line)]
    assert [row.split() for row in rows[1:4]] == [
        # the second clip ends where the dissolve begins, frame 70
        ["002", "S02", "V", "C", "00:00:00:12", "00:00:02:03", "01:00:01:07", "01:00:02:22"],
        ["003", "S02", "V", "C", "00:00:02:03", "00:00:02:03", "01:00:02:22", "01:00:02:22"],
        ["003", "S03", "V", "D", "011", "00:00:00:07", "00:00:01:13", "01:00:02:22", "01:00:04:04"],
    ]
    text = cut_list_to_edl(cut_list())
    assert "* FROM CLIP NAME: s02\n* TO CLIP NAME: s03" in text
    assert "* MVLOCAL TRANSITION: whip 3+3 FRAMES" in text
    assert [row.split()[3] for row in rows] == ["C", "C", "C", "D", "C", "C"]
    read: Any = otio.adapters.read_from_string(text, "cmx_3600", rate=24)
    (dissolve,) = [one for one in read.tracks[0] if isinstance(one, otio.schema.Transition)]
    assert dissolve.in_offset.value + dissolve.out_offset.value == 11


def test_edl_reels_are_short_plain_and_each_its_own() -> None:
    cut = cut_list(joins=False)
    names = ("a-very-long-shot-name", "a-very-long-shot-tail", "s_1", "s1", "s-1")
    clips = tuple(type(clip)(name, clip.span, clip.media) for name, clip in zip(names, cut.clips, strict=True))
    text = cut_list_to_edl(CutList("Ö!", cut.rate, 2, 2, clips, (), (), "x"))
    reels = [line.split()[1] for line in text.splitlines() if re.match(r"\d{3} ", line)]
    assert reels == ["AVERYLON", "AVERYLO2", "S1", "S12", "S13"]
    assert text.startswith("TITLE: O!\n")


def test_resolve_markers_are_as_the_format_shows_them() -> None:
    text = cut_list_to_resolve_markers(cut_list())
    events = re.findall(
        r"^(\d{3,})  001      V     C        (\S+) (\S+) (\S+) (\S+)\n \|C:ResolveColor(\w+) \|M:([^|\n]*) \|D:(\d+)$",
        text, re.MULTILINE,
    )  # fmt: skip
    wanted = merged(cut_list().markers)
    assert len(events) == len(wanted)
    rate = FrameRate.parse("24")
    for event, marker in zip(events, wanted, strict=True):
        start = timecode(marker.span.start, rate, 1)
        assert event[1] == event[3] == start
        assert event[2] == event[4] == timecode(marker.span.start + 1, rate, 1)
        assert (event[6], int(event[7])) == (marker.name.replace("|", "/"), len(marker.span))
    # one marker a frame, in the colour of the most telling one
    assert len({event[1] for event in events}) == len(events)
    assert events[0][5:] == ("Green", "verse 1 / Bar 1", "200")
    assert next(event for event in events if "Rain" in event[6])[5] == "Yellow"


def test_markers_stand_on_the_frames_nearest_to_the_song() -> None:
    song, rate = song_map(), FrameRate.parse("30000/1001")
    markers = markers_of(song, rate, 1798)
    beats = [marker.span.start for marker in markers if marker.kind in ("beat", "downbeat")]
    assert beats == [rate.frame_at(t) for t in song.beats]
    assert [m.name for m in markers if m.kind == "section"] == ["verse 1", "chorus 1", "verse 2", "outro 1"]
    assert [m.name for m in markers if m.kind == "lyric"][2] == "Ünder the | bridge"
    assert max(marker.span.end for marker in markers) <= 1798


def test_a_cut_whose_media_hold_the_transitions_lists_plain_cuts() -> None:
    made = timeline()
    media = {clip.shot: Media("../video.mp4", 200, clip.start) for clip in made.clips}
    cut = cut_list_of(made, Show("", 2, 2, (), song_map(), "s.wav", media, joined=True))
    assert cut.joins == ()
    assert cut.title == "untitled"
    read: Any = otio.adapters.read_from_string(cut_list_to_otio(cut), "otio_json")
    assert [clip.source_range.start_time.value for clip in clips_of(read.tracks[0])] == [0, 31, 75, 100, 163]


def test_timecode_counts_frames_and_refuses_what_it_cannot_count() -> None:
    ntsc = FrameRate.parse("29.97")
    assert timecode(107_999, ntsc) == "00:59:59:29"
    assert timecode(108_000, ntsc, 1) == "02:00:00:00"
    assert timecode(23 * 3600 * 24, FrameRate.parse("24"), 1) == "00:00:00:00"
    with pytest.raises(SettingsError, match="60 frames"):
        timecode(0, FrameRate.parse("120"))


def test_one_line_is_one_line() -> None:
    assert one_line("a\r\nb\x00c\t" + "d" * 500) == ("a b c " + "d" * 500)[:200]


def test_files_of_a_cut_open_from_disk(tmp_path: Path) -> None:
    for name, text in (("cut.otio", cut_list_to_otio(cut_list())), ("cut.xml", cut_list_to_fcp7_xml(cut_list()))):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert otio.adapters.read_from_file(str(tmp_path / name)) is not None
    assert FrameSpan(0, 200).end == cut_list().frames
