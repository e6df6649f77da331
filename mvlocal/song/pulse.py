"""Beat times at a given metrical level: the phase of a known tempo, followed through the song.

It does not know which level is the beat. Time is unrolled so that every beat has the same number of ticks; a
Viterbi search over the beat's offset, where walking is cheap and jumping dear, follows first the onsets and then
the song's own pattern: breaks where the loudest notes fall off the beat still carry it.
Source: the bar pointer of Whiteley, Cemgil and Godsill (2006), reduced to the offset of one beat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from mvlocal.song.features import FRAME_RATE_HZ

Reals = NDArray[np.float64]
Offsets = NDArray[np.intp]

TICKS = 48
"""Steps of a beat: divisible into halves, thirds and sixteenths."""
_PATTERN_BEATS = 2
_PATTERN_GAIN = 3.0
_JUMP = 12.0
_MOVES = np.asarray([0, 1, -1, 2, -2])
_MOVE_COSTS = np.asarray([0.0, 0.15, 0.15, 0.5, 0.5])
_FEWEST_BEATS = 8
_MOVE_BEATS = 2.0
"""Spread, in beats, of the mean by which beats move to their onsets."""


@dataclass(frozen=True, slots=True)
class Unrolled:
    """A song of n frames unrolled to `beats` beats of TICKS ticks; `at` is the frame of each tick."""

    beats: int
    at: Reals

    def rows(self, rows: Reals) -> Reals:
        """Frames (d, n) read at the ticks: (d, beats * TICKS)."""
        low = np.minimum(self.at.astype(np.intp), rows.shape[1] - 2)
        part = self.at - low
        return rows[:, low] * (1 - part) + rows[:, low + 1] * part

    def grid(self, offsets: Offsets) -> Reals:
        """Frames (k,) of the beats at these offsets in ticks, strictly increasing."""
        ticks = np.arange(self.beats) * TICKS + offsets
        frames = self.at[ticks[(ticks >= 0) & (ticks < len(self.at))]]
        usual = float(np.median(np.diff(self.at))) * TICKS
        return frames[np.concatenate([[True], np.diff(frames) > 0.4 * usual])]


def track_beats_at(envelope: Reals, rows: Reals, period: Reals) -> Reals:
    """Beat frames (k,) given an onset envelope (n,), levelled onsets (6, n) and the period in frames (n,).

    Empty for a song of fewer than eight such beats.
    """
    turns = np.concatenate([[0.0], np.cumsum(1 / period)])[: len(envelope)]
    beats = int(turns[-1])
    if beats < _FEWEST_BEATS:
        return np.zeros(0)
    song = Unrolled(beats, np.interp(np.arange(beats * TICKS) / TICKS, turns, np.arange(len(envelope))))
    peaks = ndimage.maximum_filter1d(envelope, 3)[None, :]
    offsets = _follow_offset(song.rows(peaks).reshape(beats, TICKS))
    smooth = np.sqrt(ndimage.gaussian_filter1d(np.minimum(rows, 1.5), 1.2, axis=1))
    sounds = song.rows(smooth)
    for _ in range(2):
        offsets = _follow_offset(_PATTERN_GAIN * _match_pattern(sounds, offsets))
    return song.grid(offsets)


def _match_pattern(sounds: Reals, offsets: Offsets) -> Reals:
    """How well the song's mean pattern of two beats fits each offset of each beat: (beats, TICKS)."""
    beats, length = len(offsets), _PATTERN_BEATS * TICKS
    starts = np.arange(beats) * TICKS + offsets
    starts = starts[(starts >= 0) & (starts + length < sounds.shape[1])]
    if not len(starts):
        return np.zeros((beats, TICKS))
    pattern = np.zeros((len(sounds), length))
    for tick in range(length):
        pattern[:, tick] = sounds[:, starts + tick].mean(axis=1)
    pattern -= pattern.mean(axis=1, keepdims=True)
    pattern /= np.sqrt(np.sum(pattern**2)) + 1e-9
    padded = np.pad(sounds, ((0, 0), (0, length)))
    fit = sum(
        signal.fftconvolve(row, part[::-1])[length - 1 : length - 1 + beats * TICKS]
        for row, part in zip(padded, pattern, strict=True)
    )
    usual = np.sqrt(np.mean(sounds.var(axis=1)) * pattern.size) + 1e-9
    return (np.asarray(fit) / usual).reshape(beats, TICKS)


def _follow_offset(reward: Reals) -> Offsets:
    """The best offset in ticks of every beat, unrolled past the ends of the beat: (beats,)."""
    beats = len(reward)
    here = np.arange(TICKS)
    sources = (here[None, :] - _MOVES[:, None]) % TICKS
    best = reward[0]
    back = np.zeros((beats, TICKS), np.int16)
    for beat in range(1, beats):
        options = best[sources] - _MOVE_COSTS[:, None]
        move = options.argmax(axis=0)
        stay, source = options[move, here], sources[move, here]
        top = int(best.argmax())
        jump = best[top] - _JUMP
        back[beat] = np.where(jump > stay, top, source)
        best = np.maximum(stay, jump) + reward[beat]
    path = np.empty(beats, np.intp)
    path[-1] = int(best.argmax())
    for beat in range(beats - 1, 0, -1):
        path[beat - 1] = back[beat, path[beat]]
    steps = (np.diff(path) + TICKS // 2) % TICKS - TICKS // 2
    return np.concatenate([path[:1], path[0] + np.cumsum(steps)])


def between_beats(grid: Reals, part: float) -> Reals:
    """The grid moved onward by a part of each beat, one beat shorter; as it is for 0."""
    return grid[:-1] + np.diff(grid) * part if part else grid


def refine_beats(frames: Reals, envelope: Reals) -> Reals:
    """Beats moved, as their neighbours are, to the onset peaks within 40 ms, between frames by a parabola.

    Hands jitter and slow attacks blur, beats do neither: each beat moves by the mean of a few around it.
    """
    reach = round(0.04 * FRAME_RATE_HZ)
    size = len(envelope)
    moves, heard = np.zeros(len(frames)), np.zeros(len(frames))
    for index, frame in enumerate(frames):
        low, high = max(int(frame) - reach, 1), min(int(frame) + reach + 1, size - 1)
        if high <= low:
            continue
        peak = low + int(np.argmax(envelope[low:high]))
        left, mid, right = envelope[peak - 1], envelope[peak], envelope[peak + 1]
        if mid < 0.3 or mid < left or mid < right:
            continue
        curve = left - 2 * mid + right
        moves[index] = peak + (0.5 * (left - right) / curve if curve < 0 else 0.0) - frame
        heard[index] = 1.0
    near = ndimage.gaussian_filter1d(heard, _MOVE_BEATS, mode="nearest")
    return frames + ndimage.gaussian_filter1d(moves, _MOVE_BEATS, mode="nearest") / np.maximum(near, 0.1)


def extend_to(frames: Reals, length: int) -> Reals:
    """The grid continued at its first and last periods over the quiet ends, to frames [0, length)."""
    if len(frames) < 2:
        return frames
    first = float(np.median(np.diff(frames[:5])))
    last = float(np.median(np.diff(frames[-5:])))
    before = np.arange(frames[0] - first, -0.5, -first)[::-1]
    after = np.arange(frames[-1] + last, length - 1, last)
    return np.concatenate([np.maximum(before, 0.0), frames, after])
