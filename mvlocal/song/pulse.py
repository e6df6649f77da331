"""Beat times at a given metrical level by dynamic programming over period and phase.

It does not know which level is the beat. Source: Ellis (2007) and the state spaces of Krebs et al. (2015),
joined: a beat scores by its onset, a step by how far its period strays from the tempo path.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mvlocal.song.features import FRAME_RATE_HZ

Reals = NDArray[np.float64]

_STRAYS = np.exp(np.linspace(-0.13, 0.13, 13))
_EMPTY_BEAT = 0.25


def track_levels(envelopes: list[Reals], periods: list[Reals], tightness: float = 1.0) -> list[Reals]:
    """Beat frames (k,), fractional, for each pair of envelope (n,) and period path (n,), all of one length."""
    rows = np.stack(envelopes)
    paths = np.stack(periods)
    levels, frames = rows.shape
    states = len(_STRAYS)
    lengths = np.maximum(np.round(paths[:, :, None] * _STRAYS), 2).astype(np.int64)  # (L, n, S)
    gap = np.log(_STRAYS)[:, None] - np.log(_STRAYS)[None, :]
    strain = tightness * 60.0 * gap**2  # (S to, S from)
    stray = tightness * 8.0 * np.log(_STRAYS) ** 2
    reward = np.zeros((levels, frames, states))
    best = np.zeros((levels, frames, states))
    origin = np.zeros((levels, frames, states), dtype=np.int8)
    level_axis, state_axis = np.arange(levels)[:, None], np.arange(states)[None, :]
    for t in range(frames):
        before = t - lengths[:, t]
        fresh = before < 0
        past = best[level_axis, np.maximum(before, 0), state_axis]
        reward[:, t] = (rows[:, t] - _EMPTY_BEAT)[:, None] - stray + np.where(fresh, 0.0, past)
        options = reward[:, t][:, None, :] - strain[None]
        origin[:, t] = np.argmax(options, axis=2)
        best[:, t] = np.max(options, axis=2)
    return [_trace(reward[i], origin[i], lengths[i]) for i in range(levels)]


def _trace(reward: Reals, origin: NDArray[np.int8], lengths: NDArray[np.int64]) -> Reals:
    frames = len(reward)
    tail = max(frames - int(lengths[-1].max()), 0)
    t, state = np.unravel_index(int(np.argmax(reward[tail:])), reward[tail:].shape)
    t, state = int(t) + tail, int(state)
    beats = [t]
    while True:
        t -= int(lengths[t, state])
        if t < 0:
            return np.asarray(beats[::-1], np.float64)
        # the state that led to this beat was chosen when the step onward was scored
        state = int(origin[t, state])
        beats.append(t)


def refine_beats(frames: Reals, envelope: Reals) -> Reals:
    """Beats moved to the onset peak within 40 ms, between frames by a parabola; beats without one stay put."""
    reach = round(0.04 * FRAME_RATE_HZ)
    size = len(envelope)
    out = frames.copy()
    for index, frame in enumerate(frames):
        low, high = max(int(frame) - reach, 1), min(int(frame) + reach + 1, size - 1)
        if high <= low:
            continue
        peak = low + int(np.argmax(envelope[low:high]))
        left, mid, right = envelope[peak - 1], envelope[peak], envelope[peak + 1]
        if mid < 0.3 or mid < left or mid < right:
            continue
        curve = left - 2 * mid + right
        out[index] = peak + (0.5 * (left - right) / curve if curve < 0 else 0.0)
    return _steady(out)


def _steady(frames: Reals) -> Reals:
    """A third of the way to a local straight line: hands jitter, beats do not."""
    if len(frames) < 5:
        return frames
    smooth = ndimage.convolve1d(frames, np.asarray([-3, 12, 17, 12, -3]) / 35, mode="nearest")
    smooth[:2], smooth[-2:] = frames[:2], frames[-2:]
    return frames + (smooth - frames) * 0.5


def bridge_slips(grid: Reals, longest_beats: int = 72) -> Reals:
    """The grid with slips undone: where it slides off, runs beside itself and slides back onto the same clock.

    A break without drums often carries its loudest notes off the beat. If the beats before and after share tempo
    and phase, what lies between is counted straight through.
    """
    if len(grid) < 24:
        return grid
    steps = np.diff(grid)
    usual = _usual_steps(steps)
    slip = steps / usual - 1
    window = 8
    gone = np.convolve(slip, np.ones(window), mode="same")
    slides = _runs(np.abs(gone) > 0.14)
    out = grid
    for (first, left), (right, last) in pairwise(slides):
        before, after = max(first - window // 2, 0), min(last + window // 2 + 1, len(grid) - 1)
        if not 8 <= right - left <= longest_beats:
            continue
        span = grid[after] - grid[before]
        count = span / float(np.median(usual[before:after]))
        whole = round(count)
        there, back = float(slip[first:left].sum()), float(slip[right:last].sum())
        returns = abs((there + back + 0.5) % 1 - 0.5) < 0.12 and min(abs(there), abs(back)) > 0.12
        steady = abs(usual[max(before - 4, 0)] / usual[min(after + 4, len(usual) - 1)] - 1) < 0.03
        if whole >= 12 and abs(count - whole) < 0.12 and returns and steady:
            kept = (out < grid[before] - 1e-6) | (out > grid[after] + 1e-6)
            out = np.sort(np.concatenate([out[kept], _count_through(grid, before, after, whole)]))
    return out


def _count_through(grid: Reals, before: int, after: int, count: int, reach: int = 20) -> Reals:
    """`count` + 1 beats from `before` to `after` on a cubic through the beats on both sides, so drift goes on."""
    left = np.arange(max(before - reach, 0), before + 1)
    right = np.arange(after, min(after + reach, len(grid) - 1) + 1)
    number = np.concatenate([left - before, right - after + count]) / count
    curve = np.polynomial.Polynomial.fit(number, np.concatenate([grid[left], grid[right]]), 3)
    inside = curve(np.arange(count + 1) / count)
    ends = np.linspace(grid[before] - inside[0], grid[after] - inside[-1], count + 1)
    return inside + ends


def _usual_steps(steps: Reals, reach: int = 65) -> Reals:
    """The period around each step without the steps that slide: frames are whole, their mean is not."""
    middle = ndimage.median_filter(steps, min(reach, len(steps)), mode="nearest")
    calm = (np.abs(steps / middle - 1) <= np.maximum(0.025, 1.01 / middle)).astype(np.float64)
    size = min(reach, len(steps))
    total = ndimage.uniform_filter1d(steps * calm, size, mode="nearest")
    return total / np.maximum(ndimage.uniform_filter1d(calm, size, mode="nearest"), 1e-6)


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of True as (first, one past the last)."""
    edges = np.diff(np.concatenate([[0], flags.astype(int), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def extend_to(frames: Reals, length: int) -> Reals:
    """The grid continued at its first and last periods over the quiet ends, to frames [0, length)."""
    if len(frames) < 2:
        return frames
    first = float(np.median(np.diff(frames[:5])))
    last = float(np.median(np.diff(frames[-5:])))
    before = np.arange(frames[0] - first, -0.5, -first)[::-1]
    after = np.arange(frames[-1] + last, length - 1, last)
    return np.concatenate([np.maximum(before, 0.0), frames, after])
