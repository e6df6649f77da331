from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mvlocal.backends.base import LinkRequest, Preview, Progress
from mvlocal.engine.task import Json
from mvlocal.errors import OutOfVram
from mvlocal.shots.chaining import Chain, chain_links, link_seed, links_of
from mvlocal.shots.drift import look_of
from mvlocal.shots.pace import next_link, pace_of
from mvlocal.timing import FrameRate

Picture = NDArray[np.uint8]
SEVEN, SIX = FrameRate(Fraction(7)), FrameRate(Fraction(6))


def scene(width: int = 96, height: int = 64, seed: int = 3) -> Picture:
    """A coloured picture with soft shapes and fine grain, neither near black nor near white."""
    random = np.random.default_rng(seed)
    soft = cv2.resize(random.uniform(60, 190, (5, 7, 3)), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(soft + random.normal(0, 4, soft.shape), 0, 255).astype(np.uint8)


class Mover:
    """Makes links that show the request's picture, changed a little more with each frame by `change(frame, i)`.

    Frame i of a link has one column of marks whose grey says which frame of the whole run it is.
    """

    name = "mover"
    takes_words = True

    def __init__(
        self,
        change: Callable[[Picture, int], Picture] = lambda frame, _i: frame,
        *,
        frames: int = 25,
        takes_last: bool = False,
        rates: Sequence[FrameRate] = (SEVEN, SIX),
    ) -> None:
        self.frames, self.width, self.height = frames, 96, 64
        self.rates, self.rate = rates, rates[0]
        self.takes_last = takes_last
        self.notes: Mapping[str, Json] = {"decoded_in": "float32"}
        self.asked: list[LinkRequest] = []
        self._change = change

    def make_link(self, request: LinkRequest, progress: Progress, preview: Preview | None = None) -> Picture:
        self.asked.append(request)
        frames = [request.image]
        for i in range(1, request.frames):
            frames.append(self._change(frames[0], i))
            progress(i / request.frames, "frame")
        if request.last is not None:
            frames[-1] = request.last
        return np.stack(frames)


def brighter(by: float) -> Callable[[Picture, int], Picture]:
    """Frames that brighten: frame i of a link by `by` * i levels."""
    return lambda frame, i: np.clip(frame.astype(float) + by * i, 0, 255).astype(np.uint8)


def sliding(frame: Picture, i: int) -> Picture:
    return np.roll(frame, i, axis=1)


def silent(_done: float, _note: str) -> None:
    pass


@pytest.mark.parametrize(
    "length_s", [Fraction(1, 24), Fraction(1), Fraction(7, 2), Fraction(97, 24), Fraction(1001, 125), 15]
)
@pytest.mark.parametrize("most", [2, 14, 25, 81])
def test_frames_span_the_shot_exactly_and_no_frame_is_doubled(length_s: Fraction, most: int) -> None:
    maker = Mover(sliding, frames=most)
    result = chain_links(maker, Chain(scene(), Fraction(length_s), seed=1), silent)
    assert len(result.frames) == pace_of(Fraction(length_s), most, maker.rates).frames
    assert (len(result.frames) - 1) / result.rate.value == length_s
    assert sum(int(str(link["frames"])) for link in result.links) == len(result.frames)
    # The mover slides by one pixel a frame, so across every joint each frame is the one before, slid by one.
    for before, after in zip(result.frames, result.frames[1:], strict=False):
        assert np.abs(np.roll(before, 1, axis=1).astype(int) - after).max() <= 1


@given(st.fractions(Fraction(1, 60), 60, max_denominator=2002), st.integers(2, 121))
@settings(max_examples=300, deadline=None)
def test_any_length_is_shared_out_among_links(length_s: Fraction, most: int) -> None:
    pace = pace_of(length_s, most, (SEVEN, SIX))
    assert (pace.frames - 1) / pace.rate.value == length_s
    assert pace.rate >= SIX or pace.frames == 2
    left, links = pace.frames - 1, 0
    while left:
        frames = next_link(left, most)
        assert 2 <= frames <= most
        left -= frames - 1
        links += 1
    assert links == -(-(pace.frames - 1) // (most - 1))
    assert links <= -(-(length_s * 7) // (most - 1)) + 1


def test_a_shot_a_little_too_long_for_one_link_runs_slower_instead() -> None:
    pace = pace_of(Fraction(39, 10), 25, (SEVEN, SIX))
    assert pace.frames == 25
    assert pace.rate.value == Fraction(240, 39)
    assert pace.told == SIX
    assert pace_of(Fraction(41, 10), 25, (SEVEN, SIX)).frames == 30


def test_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match="no pace"):
        pace_of(Fraction(0), 25, (SEVEN,))


def test_each_link_starts_from_the_one_before_with_a_seed_of_its_own() -> None:
    maker = Mover(sliding)
    result = chain_links(maker, Chain(scene(), Fraction(10), seed=5, prompt="she turns", negative="blur"), silent)
    assert [one.seed for one in maker.asked] == [link_seed(5, n) for n in range(3)]
    assert len({one.seed for one in maker.asked}) == 3
    assert all(one.prompt == "she turns" and one.negative == "blur" and one.last is None for one in maker.asked)
    shown = 0
    for request, link in zip(maker.asked[1:], result.links, strict=False):
        shown += int(str(link["frames"]))
        assert np.array_equal(request.image, result.frames[shown - 1])
    json.dumps(result.links)


def test_words_stay_away_from_a_family_that_takes_none() -> None:
    maker = Mover()
    maker.takes_words = False
    chain_links(maker, Chain(scene(), Fraction(1), seed=5, prompt="she turns", negative="blur"), silent)
    assert maker.asked[0].prompt == ""
    assert maker.asked[0].negative == ""


def test_a_clip_that_does_not_drift_is_left_as_it_is() -> None:
    maker = Mover(sliding)
    result = chain_links(maker, Chain(scene(), Fraction(10), seed=1), silent, anchor=lambda _n: pytest.fail("asked"))
    assert np.array_equal(result.frames[30], np.roll(scene(), 30, axis=1))
    assert all(link["corrected"] == 0 and not link["over_budget"] for link in result.links)


def test_planted_brightening_is_measured_and_put_right() -> None:
    maker = Mover(brighter(0.8))
    still = scene()
    result = chain_links(maker, Chain(still, Fraction(12), seed=1), silent)
    start = look_of(still)
    plain = look_of(brighter(0.8)(still, 24)).lightness - start.lightness
    assert plain > 6
    drift = [dict(link["drift"]) for link in result.links]  # type: ignore[arg-type]
    assert all(abs(one["lightness"] - plain) < 1.5 for one in drift)
    ends = np.cumsum([int(str(link["frames"])) for link in result.links]) - 1
    for end in ends:
        assert abs(look_of(result.frames[end]).lightness - start.lightness) < 1.0
    assert not any(link["over_budget"] for link in result.links)
    assert result.jumps == ()


def test_corrections_show_no_step_at_the_joints() -> None:
    def off(frame: Picture, i: int) -> Picture:
        return brighter(0.5)(frame, i + 12)  # as SVD: even the frames near its start are not what it was given

    maker = Mover(off)
    result = chain_links(maker, Chain(scene(), Fraction(12), seed=1), silent)
    steps = np.abs(np.diff([look_of(frame).lightness for frame in result.frames]))
    joints = np.cumsum([int(str(link["frames"])) for link in result.links])[:-1]
    inside = np.delete(steps, [0, *(joints - 1)])
    assert inside.max() < 1.0


def test_the_first_frame_is_brought_to_the_picture_that_it_shows() -> None:
    class Late(Mover):
        def make_link(self, request: LinkRequest, progress: Progress, preview: Preview | None = None) -> Picture:
            made = super().make_link(request, progress, preview)
            return brighter(1.0)(made, 5)

    result = chain_links(Late(sliding), Chain(scene(), Fraction(8), seed=1), silent)
    levels = np.array([look_of(frame).lightness for frame in result.frames])
    assert np.abs(levels - look_of(scene()).lightness).max() < 0.5
    assert float(str(result.links[0]["joint"])) > 0.2


def test_what_is_beyond_correction_jumps_to_a_fresh_still() -> None:
    maker, fresh = Mover(brighter(2.8)), [scene(seed=8), scene(seed=9)]
    asked: list[int] = []

    def anchor(n: int) -> Picture | None:
        asked.append(n)
        return fresh[n] if n < len(fresh) else None

    result = chain_links(maker, Chain(scene(), Fraction(16), seed=1), silent, anchor=anchor)
    assert (len(result.frames) - 1) / result.rate.value == 16
    assert all(link["over_budget"] for link in result.links[:-1])
    assert asked == list(range(len(result.links) - 1))
    assert len(result.jumps) == 2
    assert [link["jumps"] for link in result.links].count(True) == 2
    for jump, still in zip(result.jumps, fresh, strict=True):
        wanted, seen = look_of(still), look_of(result.frames[jump])
        assert abs(seen.sharpness / wanted.sharpness - 1) < 0.35
        assert np.corrcoef(result.frames[jump].ravel(), still.ravel())[0, 1] > 0.97


def test_a_family_that_arrives_goes_to_the_fresh_still_without_a_jump() -> None:
    maker = Mover(brighter(2.4), takes_last=True)
    result = chain_links(maker, Chain(scene(), Fraction(12), seed=1), silent, anchor=lambda _n: scene(seed=8))
    assert result.jumps == ()
    assert [link["aimed"] for link in result.links] == [False, True, False, True][: len(result.links)]
    assert maker.asked[1].last is not None
    jumping = chain_links(
        Mover(brighter(2.4), takes_last=True),
        Chain(scene(), Fraction(12), seed=1, aim=False),
        silent,
        anchor=lambda _n: scene(seed=8),
    )
    assert jumping.jumps != ()


def test_a_shot_arrives_at_its_last_picture_in_its_last_link_only() -> None:
    goal = scene(seed=4)
    maker = Mover(sliding, takes_last=True)
    chain_links(maker, Chain(scene(), Fraction(9), seed=1, last=goal), silent)
    assert [one.last is not None for one in maker.asked] == [False, False, True]
    unable = Mover(sliding)
    chain_links(unable, Chain(scene(), Fraction(2), seed=1, last=goal), silent)
    assert unable.asked[0].last is None


def test_likeness_that_is_lost_spends_the_budget() -> None:
    maker = Mover(sliding)
    still = scene()

    def likeness(picture: Picture) -> float:
        return 0.9 if np.array_equal(picture, still) else 0.5

    result = chain_links(
        maker, Chain(still, Fraction(7), seed=1), silent, likeness=likeness, anchor=lambda n: still if n == 0 else None
    )
    assert dict(result.links[0]["left"])["likeness_lost"] == pytest.approx(0.4)  # type: ignore[arg-type]
    assert result.links[0]["anchored"] is True
    assert result.jumps == (int(str(result.links[0]["frames"])),)


def test_a_continued_shot_keeps_to_its_own_still() -> None:
    darker = brighter(-8)(scene(), 1)
    result = chain_links(Mover(sliding), Chain(darker, Fraction(3), seed=1, reference=scene()), silent)
    levels = [look_of(frame).lightness for frame in result.frames]
    assert levels[0] == pytest.approx(look_of(darker).lightness, abs=0.3)
    assert levels[-1] == pytest.approx(look_of(scene()).lightness, abs=0.5)
    assert np.abs(np.diff(levels)).max() < 0.6


def test_links_follow_the_strengths_of_the_shot() -> None:
    maker = Mover()
    chain_links(maker, Chain(scene(), Fraction(10), seed=1, strengths=[0.0, 1.0]), silent)
    strengths = [one.strength for one in maker.asked]
    assert strengths == sorted(strengths)
    assert strengths[0] == pytest.approx(1 / 6, abs=0.03)
    assert strengths[-1] == pytest.approx(5 / 6, abs=0.03)


def test_progress_rises_to_the_end_and_links_come_one_by_one() -> None:
    told: list[float] = []
    links = links_of(Mover(), Chain(scene(), Fraction(10), seed=1), lambda done, _note: told.append(done))
    first = next(links)
    assert len(first.frames) == 25
    assert 0.2 < told[-1] < 0.4
    assert len(list(links)) == 2
    assert told == sorted(told)
    assert told[-1] <= 1


def test_memory_that_runs_out_passes_through() -> None:
    def full(_frame: Picture, _i: int) -> Picture:
        raise OutOfVram("full", where="animate/s01")

    with pytest.raises(OutOfVram):
        chain_links(Mover(full), Chain(scene(), Fraction(1), seed=1), silent)
