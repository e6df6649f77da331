"""Transitions: where they stand, what they look like, and that they join without coding a shot again."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvlocal.edit.stage import segments_of
from mvlocal.edit.timeline import shots_to_timeline
from mvlocal.edit.transitions import Planes, black_like, blend, times_of
from mvlocal.errors import TaskError
from mvlocal.media.decode import decode_frames, frame_hashes
from mvlocal.media.encode import VideoEncoder, X264Settings
from mvlocal.media.frame import Yuv420
from mvlocal.media.mux import Segment, assemble
from mvlocal.media.segments import ShotEncoder, ShotFrames
from mvlocal.pipeline import RenderRequest, open_studio
from mvlocal.project import Project
from mvlocal.render import render_project, story_of
from mvlocal.schema.edit import Handles, Timeline, TimelineClip, TimelineJoin
from mvlocal.schema.song import EnergyCurve, Section, SongMap
from mvlocal.schema.story import Camera, Presence, Shot, ShotList, Transition
from mvlocal.schema.transitions import SHORTEST_S, beat_near, transition_s
from mvlocal.story.transitions import APART_S, ONE_IN, place_transitions
from mvlocal.survey import survey
from mvlocal.timing import FrameRate, FrameSpan

RATE = FrameRate.parse(24)
KINDS: tuple[Transition, ...] = ("dissolve", "dip", "whip", "match")
BEATS = [0.5 * n for n in range(400)]
X264 = X264Settings(preset="ultrafast", threads=1)


def shot(number: int, start_s: float, end_s: float, kind: Transition = "cut", **more: object) -> Shot:
    return Shot(
        id=f"s{number:02d}", start_s=start_s, end_s=end_s, section=0, kind="narrative", visual="a man walks",
        location="street", time_of_day="night", camera=Camera(size="wide"), transition=kind,
    ).model_copy(update=more)  # fmt: skip


def planes(value: int, width: int = 64, height: int = 36) -> Planes:
    luma = np.full((height, width), value, np.uint8)
    luma[:, width // 2] = 235
    half = (height // 2, width // 2)
    return luma, np.full(half, 100, np.uint8), np.full(half, 150, np.uint8)


# --- where they stand ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bpm", [40, 60, 96, 128, 174, 240])
def test_a_transition_lasts_a_beat_or_halves_or_doubles_of_it(kind: Transition, bpm: float) -> None:
    length = transition_s(kind, 60 / bpm)
    assert SHORTEST_S[kind] <= length <= 1.0
    assert np.log2(length / (60 / bpm)) == pytest.approx(round(np.log2(length / (60 / bpm))))


def test_a_transition_is_centred_on_its_cut_and_changes_no_length() -> None:
    shots = [shot(1, 0, 4), shot(2, 4, 8, "dissolve"), shot(3, 8, 12)]
    timeline = shots_to_timeline(shots, RATE, BEATS)
    assert timeline.joins == (TimelineJoin(shot="s02", kind="dissolve", start=90, end=102),)
    assert timeline.frames == 288
    assert timeline.handles_of("s01") == Handles(tail=FrameSpan(90, 102))
    assert timeline.handles_of("s02").around(FrameSpan(96, 192)) == FrameSpan(90, 192)
    assert timeline.handles_of("s03") == Handles()
    assert Handles.of_json(timeline.handles_of("s02").to_json()) == timeline.handles_of("s02")


@given(
    st.lists(st.tuples(st.floats(0.05, 9), st.sampled_from(("cut", *KINDS))), min_size=1, max_size=20),
    st.sampled_from(["24", "25", "30000/1001", "60"]),
    st.floats(30, 260),
)
@settings(max_examples=150, deadline=None)
def test_every_plan_has_a_timeline_in_which_each_shot_is_seen(
    told: list[tuple[float, Transition]], fps: str, bpm: float
) -> None:
    at, shots = 0.0, list[Shot]()
    for number, (length, kind) in enumerate(told, start=1):
        shots.append(shot(number, at, at + length, kind))
        at += length
    rate = FrameRate.parse(fps)
    beats = [60 / bpm * n for n in range(int(at * bpm / 60) + 2)]
    timeline = shots_to_timeline(shots, rate, beats)  # the document itself refuses windows that do not fit
    segments = segments_of(timeline, _Names())
    assert [s.span.start for s in segments] == [0, *(s.span.end for s in segments[:-1])]
    assert segments[-1].span.end == timeline.frames == rate.frame_at(at)
    assert all(len(s.span) for s in segments)
    for clip in timeline.clips:
        body = next(s for s in segments if s.path.name == f"clip.{clip.shot}")
        assert len(body.span) >= (clip.end - clip.start) / 3 - 1
        assert body.span.start - body.skip == clip.start


class _Names(dict[str, Path]):
    def __missing__(self, name: str) -> Path:
        return Path(name)


def test_the_tempo_near_the_cut_counts_and_a_song_without_beats_has_a_usual_one() -> None:
    assert beat_near([0, 1, 2, 3, 3.5, 4, 4.5, 5, 5.5], 4.6) == 0.5
    assert beat_near([0, 1, 2, 3, 3.5, 4, 4.5], 0.2) == 1
    assert beat_near([], 3.0) == beat_near([1.0], 3.0) == 0.5


def test_timelines_of_the_first_version_are_read_and_wrong_windows_refused() -> None:
    old = '{"schema":"mvlocal.timeline/1","fps":"24","clips":[{"shot":"s01","start":0,"end":9}]}'
    assert Timeline.from_json(old) == Timeline(fps="24", clips=(TimelineClip(shot="s01", start=0, end=9),))
    clips = tuple(TimelineClip(shot=f"s0{n}", start=24 * n, end=24 * n + 24) for n in range(3))
    for start, end in ((24, 30), (18, 24), (18, 48), (0, 30)):
        with pytest.raises(ValueError, match="transition"):
            Timeline(fps="24", clips=clips, joins=(TimelineJoin(shot="s01", kind="dip", start=start, end=end),))
    overlapping = [TimelineJoin(shot=s, kind="dip", start=a, end=b) for s, a, b in (("s01", 18, 40), ("s02", 40, 50))]
    with pytest.raises(ValueError, match="transition"):
        Timeline(fps="24", clips=clips, joins=tuple(overlapping))


# --- what they look like ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_transition_begins_as_one_shot_and_ends_as_the_other(kind: Transition) -> None:
    gone, come = planes(60), planes(180)
    subjects = ((0.5, 0.5), (0.5, 0.5))
    for u, shown in ((0.0, gone), (1.0, come)):
        for made, whole in zip(blend(kind, gone, come, u, subjects), shown, strict=True):
            assert np.abs(made.astype(int) - whole).max() <= 1
    with pytest.raises(ValueError, match="cut"):
        blend("cut", gone, come, 0.5, subjects)


def test_a_dissolve_never_goes_back_and_a_dip_is_black_at_the_cut() -> None:
    gone, come = planes(60), planes(180)
    light = [int(blend("dissolve", gone, come, u, ((0, 0), (0, 0)))[0][0, 0]) for u in times_of(24)]
    assert light == sorted(light)
    assert light[0] < 70 < 115 < light[11] <= light[12] < 125
    for made, black in zip(blend("dip", gone, come, 0.5, ((0, 0), (0, 0))), black_like(gone), strict=True):
        assert np.array_equal(made, black)


def test_a_whip_smears_along_its_way_and_fills_the_frame() -> None:
    gone = (np.tile((np.arange(64) % 8 < 4) * 160 + 40, (36, 1)).astype(np.uint8), *planes(0)[1:])
    still, smeared = (blend("whip", gone, gone, u, ((0, 0), (0, 0)))[0] for u in (0.0, 0.5))
    assert np.diff(still.astype(int), axis=1).std() > 5 * np.diff(smeared.astype(int), axis=1).std()
    assert smeared.min() >= 40  # no border shows


def test_a_match_lays_one_subject_on_the_other() -> None:
    gone, come = (np.full((72, 128), 40, np.uint8) for _ in range(2))
    gone[30:42, 26:38] = come[30:42, 90:102] = 235
    half = np.full((36, 64), 128, np.uint8)
    subjects = ((32 / 128, 0.5), (96 / 128, 0.5))
    middle = blend("match", (gone, half, half), (come, half, half), 0.5, subjects)[0].astype(float) - 40
    columns = middle.sum(axis=0)
    assert abs((columns * np.arange(128)).sum() / columns.sum() - 63.5) < 2
    assert columns[[20, 108]].max() < 0.2 * columns.max()


# --- segments --------------------------------------------------------------------------------------------


def picture(value: int, number: int) -> Yuv420:
    frame = Yuv420.empty(64, 48)
    frame.y[:] = value
    frame.y[:, number % 64] = 235
    return frame


def test_a_shot_is_cut_at_its_windows_without_coding_it_again(tmp_path: Path) -> None:
    from small_song import write_song

    rate = FrameRate.parse("30000/1001")
    clips = (TimelineClip(shot="s01", start=0, end=40), TimelineClip(shot="s02", start=40, end=90))
    timeline = Timeline(fps=str(rate), clips=clips, joins=(TimelineJoin(shot="s02", kind="dip", start=34, end=47),))
    files: dict[str, Path] = {}
    for clip, value in zip(clips, (60, 160), strict=True):
        folder = tmp_path / clip.shot
        folder.mkdir()
        frames = ShotFrames(64, 48, rate, FrameSpan(clip.start, clip.end), timeline.handles_of(clip.shot))
        with ShotEncoder(folder, frames, X264) as encoder:
            for number in range(frames.around.start, frames.around.end):
                encoder.keep(number, picture(value + 10, number))
                encoder.write(number, picture(value, number))
        files[f"clip.{clip.shot}"] = encoder.files["main"]
        handle = list(decode_frames(encoder.files["tail" if clip.shot == "s01" else "head"]))
        assert len(handle) == 13
        assert abs(int(handle[0].y[0, 0]) - value - 10) <= 2
    with VideoEncoder(tmp_path / "join.mp4", 64, 48, rate, X264) as encoder:
        for number in range(34, 47):
            encoder.write(picture(200, number))
    files["join.s02"] = tmp_path / "join.mp4"
    out = tmp_path / "video.mkv"
    assemble(segments_of(timeline, files), write_song(tmp_path / "song.wav", 3.003), out, rate=rate)
    whole = frame_hashes(out)
    assert whole[:34] == frame_hashes(files["clip.s01"])[:34]
    assert whole[34:47] == frame_hashes(files["join.s02"])
    assert whole[47:] == frame_hashes(files["clip.s02"])[7:]
    wrong = [Segment(files["clip.s01"], FrameSpan(0, 30)), Segment(files["clip.s02"], FrameSpan(30, 70), skip=9)]
    with pytest.raises(TaskError, match="cannot be cut before frame 9"):
        assemble(wrong, tmp_path / "song.wav", out, rate=rate)


def test_one_shots_transition_makes_its_neighbours_and_their_join_and_nothing_else(rendered: Project) -> None:
    listed = story_of(rendered, RenderRequest()).shots.shots
    plain = render_project(rendered, RenderRequest())
    before = frame_hashes(plain.output)
    second = listed[1]
    text = rendered.shots_file.read_text(encoding="utf-8")
    rendered.shots_file.write_text(text.replace(f"- id: {second.id}\n", f"- id: {second.id}\n    transition: dip\n"))
    with open_studio(rendered, RenderRequest()) as studio:
        told = {one.task.id for one in survey(studio, RenderRequest()).planned if not one.cached}
    first = listed[0].id
    assert told - {"plan/storyboard"} == {
        f"animate/{first}", f"animate/{second.id}", f"join/{second.id}", "finish/master",
    }  # fmt: skip
    after = frame_hashes(render_project(rendered, RenderRequest()).output)
    cut = RATE.frame_at(second.start_s)
    assert len(after) == len(before)
    changed = [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    window = range(cut - 12, cut + 12)
    assert changed
    # Beyond the window only what x264 decides anew about a key frame at its border may differ.
    assert {n for n in changed if n < window.start} == set()
    shown = [float(frame.y.mean()) for frame in decode_frames(rendered.out / plain.output.name)]
    assert min(shown[cut - 1 : cut + 1]) < 0.5 * shown[cut - 13]


# --- the story's reasons ---------------------------------------------------------------------------------


def song_of(*sections: tuple[str, float]) -> SongMap:
    parts = [Section(start_s=20 * n, end_s=20 * n + 20, label=label, energy=energy)  # type: ignore[arg-type]
             for n, (label, energy) in enumerate(sections)]  # fmt: skip
    return SongMap(
        duration_s=20 * len(parts), tempo_bpm=120, beats_per_bar=4, beats=(), downbeats=(), sections=tuple(parts),
        energy=EnergyCurve(step_s=1, values=(0.5,)),
    )  # fmt: skip


def listed(**changes: dict[str, object]) -> ShotList:
    """Sixteen shots of five seconds over four sections, alone in the street; `changes` by shot id."""
    shots = [shot(n + 1, 5 * n, 5 * n + 5, section=n // 4) for n in range(16)]
    return ShotList(shots=tuple(one.model_copy(update=changes.get(one.id, {})) for one in shots))


def placed(song: SongMap, shots: ShotList) -> dict[str, str]:
    return {one.id: one.transition for one in place_transitions(shots, song).shots if one.transition != "cut"}


SINGER = (Presence(id="singer", wardrobe="first"),)
EVEN = song_of(("verse", 0.5), ("chorus", 0.5), ("verse", 0.5), ("chorus", 0.5))


def test_a_story_without_reasons_is_told_in_cuts() -> None:
    assert placed(EVEN, listed()) == {}


def test_each_reason_has_its_transition() -> None:
    assert placed(EVEN, listed(s06={"level": "memory"})) == {"s06": "dissolve"}  # and back again too soon: a cut
    assert placed(EVEN, listed(s06={"jump": "later: dawn, clear"})) == {"s06": "dissolve"}
    quieter = song_of(("chorus", 0.9), ("break", 0.3), ("verse", 0.3), ("verse", 0.3))
    assert placed(quieter, listed()) == {"s05": "dip"}
    louder = song_of(("verse", 0.3), ("chorus", 0.9), ("chorus", 0.9), ("chorus", 0.9))
    assert placed(louder, listed()) == {}
    together = {f"s{n:02d}": {"characters": SINGER} for n in (4, 5)}
    assert placed(louder, listed(**together)) == {"s05": "whip"}
    elsewhere = {"s10": {"characters": SINGER}, "s11": {"characters": SINGER, "location": "bridge"}}
    assert placed(EVEN, listed(**elsewhere)) == {"s11": "match"}


def test_transitions_are_few_and_apart_and_never_where_a_shot_goes_on() -> None:
    every = {f"s{n:02d}": {"level": "memory" if n % 2 else "present"} for n in range(1, 17)}
    found = placed(EVEN, listed(**every))
    assert 1 <= len(found) <= 16 // ONE_IN
    starts = sorted(5 * (int(name[1:]) - 1) for name in found)
    assert all(b - a >= APART_S for a, b in pairwise(starts))
    assert placed(EVEN, listed(s06={"level": "memory", "continues": "s05"}, s07={"level": "memory"})) == {
        "s08": "dissolve"
    }
    own = listed(s03={"transition": "whip"})
    assert placed(EVEN, own) == {"s03": "whip"}
    assert place_transitions(place_transitions(own, EVEN), EVEN) == place_transitions(own, EVEN)
