"""What deliveries choose: the hook, the loop, windows about subjects, thumbnails. And the checker's own judgement."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from cut_support import song_map, timeline
from hypothesis import given
from hypothesis import strategies as st

from mvlocal.edit.deliveries.check import Expected, failures_of
from mvlocal.edit.deliveries.hook import HookWish, choose_hook
from mvlocal.edit.deliveries.loop import choose_loop, choose_way, fade_weights, seam_holds, step, there_and_back
from mvlocal.edit.deliveries.recompose import blended, recomposed
from mvlocal.edit.deliveries.table import DELIVERIES, SAFE
from mvlocal.edit.deliveries.windows import MOST_TRAVEL, Glide, Window, plan_glide, window_at
from mvlocal.edit.thumbnails.choosing import StillFacts, choose_thumbnails
from mvlocal.edit.thumbnails.placing import PLACES, freest, in_window, part_of
from mvlocal.errors import SettingsError
from mvlocal.lettering.layout import safe_area
from mvlocal.schema.delivery import SoundFacts, VideoFacts
from mvlocal.schema.edit import Timeline, TimelineClip
from mvlocal.schema.song import LyricLine
from mvlocal.timing import FrameRate

WISH = HookWish(15, 30, 16)


# --- hook --------------------------------------------------------------------------------------------------


def test_the_hook_is_the_loud_chorus_from_downbeat_to_downbeat() -> None:
    hook = choose_hook(song_map(), WISH)
    assert (hook.start_s, hook.end_s) == (16.0, 32.0)
    assert any("opens with the chorus" in why for why in hook.why)
    assert any("100% chorus" in why for why in hook.why)


def test_a_hook_keeps_to_its_lengths_and_stays_on_the_grid() -> None:
    song = song_map()
    for wish in (HookWish(15, 20, 18), HookWish(15, 45, 30), HookWish(3, 8, 8)):
        hook = choose_hook(song, wish)
        assert wish.shortest_s <= hook.end_s - hook.start_s <= wish.longest_s
        assert hook.start_s in song.downbeats
        assert hook.end_s in song.downbeats or hook.end_s == song.duration_s


def test_a_line_that_is_picked_up_before_the_last_downbeat_is_left_to_what_follows() -> None:
    song = song_map()
    whole = choose_hook(song, WISH)
    sung = LyricLine(text="and then", start_s=whole.end_s - 0.3, end_s=whole.end_s + 2, confidence=1)
    hook = choose_hook(song.model_copy(update={"lyrics": (sung,)}), WISH)
    assert (hook.start_s, hook.end_s) == (whole.start_s, sung.start_s)
    assert hook.why[-1] == "ends 0.30 s before its last mark, where the next line begins"


def test_a_hook_may_be_told_where_to_start() -> None:
    assert choose_hook(song_map(), replace(WISH, from_s=33.1)).start_s == 34.0


def test_a_short_song_is_its_own_hook_and_a_song_without_beats_still_has_one() -> None:
    whole = choose_hook(song_map(20.0), WISH)
    assert (whole.start_s, whole.end_s) == (0.0, 20.0)
    free = choose_hook(song_map(beats=False), WISH)
    assert free.start_s == 16.0
    assert any("a section's start" in why for why in free.why)


def test_downbeats_too_few_to_be_bars_leave_the_beats_to_cut_on() -> None:
    song = song_map().model_copy(update={"downbeats": (0.36, 5.0, 9.0, 50.0)})
    hook = choose_hook(song, WISH)
    assert hook.start_s in song.beats
    assert any("on a beat at" in why for why in hook.why)
    assert 15 <= hook.end_s - hook.start_s <= 30
    bare = song.model_copy(update={"beats": (), "downbeats": ()})
    assert choose_hook(bare, HookWish(15, 60, 30, from_s=44.0)).end_s <= song.duration_s
    late = bare.model_copy(update={"duration_s": 300.0})
    assert choose_hook(late, HookWish(15, 60, 30, from_s=100.0)).end_s == pytest.approx(
        choose_hook(late, HookWish(15, 60, 30, from_s=100.0)).start_s + 30
    )


# --- loop --------------------------------------------------------------------------------------------------


def test_the_loop_is_one_shot_with_room_for_its_seam() -> None:
    loop = choose_loop(song_map(), long_shots(), ["s03"], 8.0)
    assert loop.source.start == 384  # the loud chorus, not the shot with somebody in it
    assert loop.span.end <= 600
    assert 3.0 <= len(loop.span) / 24 <= 8.0
    assert loop.fade == 18


def long_shots() -> Timeline:
    borders = (0, 60, 192, 384, 600, 1440)
    pairs = pairwise(borders)
    return Timeline(
        fps="24", clips=tuple(TimelineClip(shot=f"s{n:02d}", start=a, end=b) for n, (a, b) in enumerate(pairs, 1))
    )


def test_short_shots_loop_by_the_bar() -> None:
    loop = choose_loop(song_map(), timeline(joins=False).model_copy(), [], 8.0)
    assert len(loop.span) / 24 >= 3.0
    clips = tuple(TimelineClip(shot=f"s{n}", start=24 * n, end=24 * n + 24) for n in range(60))
    bars = choose_loop(song_map(), Timeline(fps="24", clips=clips), [], 8.0)
    assert bars.span.start % 48 == 0
    assert len(bars.span) % 48 == 0
    assert 16 * 24 <= bars.span.start < 32 * 24  # in the chorus


def moving(count: int, speed: float) -> list[np.ndarray[tuple[int, int], np.dtype[np.uint8]]]:
    x = np.arange(160)
    return [np.broadcast_to(128 + 100 * np.sin((x + speed * n) / 20), (90, 160)).astype(np.uint8) for n in range(count)]


def test_a_seam_is_crossfaded_where_that_hardly_shows_and_runs_back_where_it_would() -> None:
    calm, _ = choose_way(moving(60, 0.05), 12)
    assert calm == "crossfade"
    still = [np.full((90, 160), 40, np.uint8)] * 30 + [np.full((90, 160), 200, np.uint8)] * 30
    wild, why = choose_way(still, 12)
    assert wild == "there and back"
    assert "crossfade would change" in why


@pytest.mark.parametrize("fade", [6, 12, 18])
def test_a_crossfaded_loop_has_no_seam(fade: int) -> None:
    source = moving(60 + fade, 1.0)
    lead, own = source[:fade], source[fade:]
    weights = fade_weights(fade)
    loop = list(own)
    for n in range(fade):
        mixed = (1 - weights[n]) * own[len(own) - fade + n] + weights[n] * lead[n]
        loop[len(own) - fade + n] = np.rint(mixed).astype(np.uint8)
    assert seam_holds(loop)
    assert not seam_holds(own)


def test_there_and_back_has_no_seam_and_never_stands_still() -> None:
    order = there_and_back(10)
    assert len(order) == 18
    pictures = moving(10, 2.0)
    assert seam_holds([pictures[n] for n in order])
    assert all(step(pictures[a], pictures[b]) > 0 for a, b in zip(order, [*order[1:], order[0]], strict=True))


# --- windows -----------------------------------------------------------------------------------------------

WIDE, TALL = (1280, 720), (1080, 1920)


def test_an_upright_window_follows_the_subject_and_not_the_middle() -> None:
    glide = plan_glide(WIDE, TALL, [(0.7, 0.2, 0.85, 0.9)] * 3, 4.0)
    assert glide.start == glide.end
    assert glide.start.height == 720
    assert glide.start.width == pytest.approx(405)
    assert glide.start.x == pytest.approx(0.775 * 1280 - 202.5)


def test_a_subject_at_the_edge_keeps_the_window_inside() -> None:
    for box in ((0.0, 0.0, 0.05, 0.1), (0.95, 0.9, 1.0, 1.0)):
        window = plan_glide(WIDE, TALL, [box], 4.0).start
        assert 0 <= window.x <= 1280 - window.width
        assert 0 <= window.y <= 720 - window.height


def test_who_walks_across_is_followed_without_a_visible_pan() -> None:
    boxes = [(0.1 + 0.15 * n, 0.2, 0.2 + 0.15 * n, 0.9) for n in range(5)]
    fast = plan_glide(WIDE, TALL, boxes, 4.0)
    travelled = fast.end.x - fast.start.x
    assert travelled / fast.start.width == pytest.approx(MOST_TRAVEL * 4.0)
    calm = plan_glide(WIDE, TALL, [(0.4, 0.2, 0.5, 0.9), (0.42, 0.2, 0.52, 0.9)], 4.0)
    assert calm.start == calm.end
    xs = [fast.at(u).x for u in np.linspace(0, 1, 50)]
    assert xs == sorted(xs)


BOX = st.tuples(st.floats(0, 0.9), st.floats(0, 0.9), st.floats(0.05, 1), st.floats(0.05, 1)).map(
    lambda b: (b[0], b[1], min(b[0] + b[2], 1.0), min(b[1] + b[3], 1.0))
)
SIZES = st.tuples(st.integers(64, 4000), st.integers(64, 4000))


@given(SIZES, SIZES, st.lists(BOX, max_size=5), st.floats(0, 20), st.floats(0, 1))
def test_windows_never_leave_the_picture_and_keep_their_shape(
    picture: tuple[int, int],
    target: tuple[int, int],
    boxes: list[tuple[float, float, float, float]],
    length_s: float,
    u: float,
) -> None:
    window = plan_glide(picture, target, boxes, length_s).at(u)
    assert window.x >= -1e-6
    assert window.y >= -1e-6
    assert window.x + window.width <= picture[0] + 1e-6
    assert window.y + window.height <= picture[1] + 1e-6
    assert window.width / window.height == pytest.approx(target[0] / target[1])


def test_a_window_passes_through_a_dissolve_and_jumps_at_a_cut() -> None:
    made = timeline()
    glides = {
        clip.shot: Glide(Window(10.0 * n, 0, 4, 4), Window(10.0 * n + 2, 0, 4, 4)) for n, clip in enumerate(made.clips)
    }
    xs = [window_at(number, made, glides).x for number in range(70, 81)]  # the dissolve into the third shot
    assert xs == sorted(xs)
    assert 12.0 <= xs[0] < 12.5
    assert 19.5 < xs[-1] <= 20.0
    assert window_at(30, made, glides).x < 3
    assert window_at(31, made, glides).x >= 10
    assert window_at(162, made, glides).x < 33  # a whip hides the jump at its cut
    assert window_at(163, made, glides).x >= 40


def test_recomposing_keeps_colours_and_takes_what_the_window_shows() -> None:
    y, u, v = np.full((720, 1280), 60, np.uint8), np.full((360, 640), 90, np.uint8), np.full((360, 640), 170, np.uint8)
    y[:, 640:], u[:, 320:], v[:, 320:] = 180, 140, 100
    left = recomposed((y, u, v), Window(100, 0, 405, 720), (540, 960))
    right = recomposed((y, u, v), Window(800, 0, 405, 720), (270, 480))
    assert [int(p.min()) for p in left] == [int(p.max()) for p in left] == [60, 90, 170]
    assert [int(p.min()) for p in right] == [int(p.max()) for p in right] == [180, 140, 100]
    assert left[0].shape == (960, 540)
    assert left[1].shape == (480, 270)
    same = recomposed((y, u, v), Window(0, 0, 1280, 720), (1280, 720))
    assert all(np.array_equal(a, b) for a, b in zip(same, (y, u, v), strict=True))
    assert int(blended((y, u, v), (y, u, v), 0.3)[0][0, 0]) == 60


# --- thumbnails --------------------------------------------------------------------------------------------


def test_thumbnails_prefer_large_sharp_subjects_and_differ_from_each_other() -> None:
    rng = np.random.default_rng(3)
    sharp, other = (rng.integers(0, 255, (180, 320, 3), np.uint8) for _ in range(2))
    dark = np.full((180, 320, 3), 5, np.uint8)
    big = (0.2, 0.1, 0.7, 0.9)
    stills = [
        StillFacts("dark", dark, None, chorus=False),
        StillFacts("best", sharp, big, chorus=True),
        StillFacts("twin", sharp, big, chorus=True),
        StillFacts("other", np.asarray(other // 2 + 60, np.uint8), (0.4, 0.3, 0.6, 0.6), chorus=False),
    ]
    chosen = [one.shot for one in choose_thumbnails(stills, 3)]
    assert chosen[0] in ("best", "twin")
    assert "dark" not in chosen[:2]
    assert len(set(chosen)) == 3
    assert [one.shot for one in choose_thumbnails(stills[:1], 3)] == ["dark"]


AREA = (64.0, 36.0, 1216.0, 684.0)


def rows_at_each_place() -> dict[str, list[tuple[float, float, float, float]]]:
    """A title of two rows in the middle of each place, as fractions of a frame."""
    rows: dict[str, list[tuple[float, float, float, float]]] = {}
    for place in PLACES:
        left, top, right, bottom = part_of(AREA, place)
        x, y, reach = (left + right) / 2, (top + bottom) / 2, 0.4 * (right - left)
        rows[place] = [
            ((x - reach) / 1280, (y + dy) / 720, (x + reach) / 1280, (y + dy + 60) / 720) for dy in (-70, 10)
        ]
    return rows


@pytest.mark.parametrize(
    ("heads", "place"),
    [
        ([], "middle"),
        ([(0.45, 0.05, 0.55, 0.2)], "middle"),  # above the words
        ([(0.4, 0.3, 0.6, 0.7)], "left"),
        ([(0.2, 0.3, 0.5, 0.7)], "right"),
        ([(0.1, 0.2, 0.3, 0.6), (0.7, 0.2, 0.9, 0.6)], "below"),
        ([(0.1, 0.5, 0.9, 0.95)], "above"),
    ],
)
def test_a_title_stands_where_it_covers_no_face(heads: list[tuple[float, float, float, float]], place: str) -> None:
    rows = rows_at_each_place()
    assert freest(rows, dict.fromkeys(PLACES, False), heads) == place


def test_a_place_too_small_for_the_words_is_not_taken() -> None:
    rows, heads = rows_at_each_place(), [(0.4, 0.3, 0.6, 0.7)]
    cut_short = {place: place in ("left", "right") for place in PLACES}
    assert freest(rows, cut_short, heads) == "below"


@given(st.tuples(*(st.floats(0, 1) for _ in range(4))))
def test_boxes_follow_the_window_that_is_cut_out(sides: tuple[float, float, float, float]) -> None:
    box = (min(sides[0], sides[2]), min(sides[1], sides[3]), max(sides[0], sides[2]), max(sides[1], sides[3]))
    assert in_window(box, (640, 480), Window(0, 0, 640, 480)) == pytest.approx(box)
    shown = in_window(box, (640, 480), Window(160, 120, 320, 240))
    assert shown == pytest.approx(tuple(2 * side - 0.5 for side in box))


# --- table and checker -------------------------------------------------------------------------------------

GOOD = VideoFacts(
    codec="h264", profile="High", pixels="yuv420p", sizes=((1080, 1920),), rate="24", constant_rate=True, frames=480,
    starts_s=0.0, colours=(1, 1, 1, 1), kbps=7500.0, longest_gop=12, first_is_key=True, longest_b_run=2,
    edit_list=False, index_first=True, sound=SoundFacts("aac", 48_000, 2, 380.0, 20.02, 0.0),
)  # fmt: skip
DUE = Expected(DELIVERIES["reels"], "h264", (1080, 1920), FrameRate.parse("24"), 480)


def test_a_right_file_passes() -> None:
    assert failures_of(GOOD, DUE) == ()


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"edit_list": True}, "edit list"),
        ({"index_first": False}, "faststart"),
        ({"constant_rate": False}, "one length"),
        ({"rate": "25"}, "frames a second"),
        ({"frames": 479}, "479 frames"),
        ({"starts_s": 1 / 24}, "begin at"),
        ({"sizes": ((1080, 1920), (1080, 1918))}, "1080x1918"),
        ({"colours": (2, 2, 2, 1)}, "BT.709"),
        ({"codec": "h265"}, "coded as"),
        ({"profile": "Main"}, "not High"),
        ({"pixels": "yuv444p"}, "yuv444p"),
        ({"longest_b_run": 3}, "B-frames"),
        ({"longest_gop": 24}, "between key frames"),
        ({"first_is_key": False}, "between key frames"),
        ({"kbps": 11_000.0}, "kb/s"),
        ({"sound": None}, "no sound"),
        ({"sound": SoundFacts("aac", 48_000, 2, 380.0, 20.0, 0.0213)}, "sound begins"),
        ({"sound": SoundFacts("aac", 48_000, 2, 380.0, 21.0, 0.0)}, "sound lasts"),
        ({"sound": SoundFacts("mp3", 48_000, 2, 320.0, 20.0, 0.0)}, "not AAC"),
        ({"sound": SoundFacts("aac", 44_100, 2, 380.0, 20.0, 0.0)}, "44100"),
        ({"sound": SoundFacts("aac", 48_000, 1, 380.0, 20.0, 0.0)}, "1 channels"),
        ({"sound": SoundFacts("aac", 48_000, 2, 512.0, 20.0, 0.0)}, "384"),
    ],
)
def test_every_fault_is_found(wrong: dict[str, object], word: str) -> None:
    found = failures_of(replace(GOOD, **wrong), DUE)  # type: ignore[arg-type]
    assert any(word in one for one in found), found


def test_limits_of_length_and_silence_are_held() -> None:
    short = failures_of(replace(GOOD, frames=48, sound=None), replace(DUE, frames=48))
    assert any("3 to 900 s" in one for one in short)
    canvas = Expected(DELIVERIES["canvas"], "h264", (1080, 1920), FrameRate.parse("24"), 480)
    assert {one.split(",")[0] for one in failures_of(GOOD, canvas)} == {
        "it lasts 20.00 s; canvas takes 3 to 8 s", "it has sound",
    }  # fmt: skip


def test_the_table_is_as_the_formats_say() -> None:
    youtube = DELIVERIES["youtube"]
    masters = ((1280, 720), (1920, 1080), (2560, 1440), (1080, 1920), (7680, 4320))
    assert [youtube.size_for(w, h) for w, h in masters] == [
        (1920, 1080), (1920, 1080), (2560, 1440), (1920, 1080), (3840, 2160),
    ]  # fmt: skip
    rates = {
        (size, fps): youtube.kbps_for(size, FrameRate.parse(fps)) for size in youtube.sizes for fps in ("30", "60")
    }
    assert rates[(1920, 1080), "30"] == 8_000
    assert rates[(1920, 1080), "60"] == 12_000
    assert (rates[(2560, 1440), "30"], rates[(2560, 1440), "60"]) == (16_000, 24_000)
    assert 35_000 <= rates[(3840, 2160), "30"] <= 45_000
    assert 53_000 <= rates[(3840, 2160), "60"] <= 68_000
    for name in ("shorts", "reels", "tiktok", "canvas"):
        assert DELIVERIES[name].sizes == ((1080, 1920),)
    limits = {name: (DELIVERIES[name].shortest_s, DELIVERIES[name].longest_s) for name in ("reels", "tiktok", "canvas")}
    assert limits == {"reels": (3, 900), "tiktok": (3, 600), "canvas": (3, 8)}
    assert DELIVERIES["square"].sizes == ((1080, 1080),)


def test_upright_words_stand_where_platforms_leave_room() -> None:
    safe = safe_area(1080, 1920)
    assert (safe.left, safe.top, safe.right, safe.bottom) == (108, 384, 972, 1536)
    assert tuple(round(share * side) for share, side in zip(SAFE, (1080, 1920, 1080, 1920), strict=True)) == (
        108, 384, 972, 1536,
    )  # fmt: skip


def test_a_length_that_a_platform_refuses_is_refused_before_anything_is_made() -> None:
    DELIVERIES["reels"].require_length(700.0)
    with pytest.raises(SettingsError, match=r"tiktok takes 3 to 600 s, and this would last 700\.0 s"):
        DELIVERIES["tiktok"].require_length(700.0)


def test_deliveries_that_differ_in_name_and_limits_are_one_file() -> None:
    assert DELIVERIES["reels"].making == DELIVERIES["tiktok"].making
    assert DELIVERIES["reels"].making != DELIVERIES["square"].making


def test_a_rate_that_a_platform_refuses_is_refused_with_the_mend() -> None:
    DELIVERIES["tiktok"].require_fit((1080, 1920), FrameRate.parse("24000/1001"))
    DELIVERIES["prores"].require_fit((1280, 720), FrameRate.parse("12"))
    with pytest.raises(SettingsError, match="23 to 60") as refused:
        DELIVERIES["tiktok"].require_fit((1080, 1920), FrameRate.parse("12"))
    assert "video.fps" in refused.value.mend
    with pytest.raises(SettingsError, match="256x120"):
        DELIVERIES["dnxhr"].require_fit((128, 128), FrameRate.parse("24"))
