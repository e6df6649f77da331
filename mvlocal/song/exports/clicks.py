"""A click on every beat over the song itself, to judge a beat grid by ear. It neither reads nor writes files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.song import SongMap

Samples = NDArray[np.float32]

_BEAT_HZ, _DOWNBEAT_HZ = 1000.0, 1600.0
_CLICK_S, _FADE_S = 0.04, 0.008
_SONG_GAIN, _BEAT_GAIN, _DOWNBEAT_GAIN = 0.6, 0.3, 0.4


def add_clicks(blocks: Iterable[Samples], sample_rate_hz: int, song_map: SongMap) -> Iterator[Samples]:
    """The song's consecutive blocks (n, channels) in [-1, 1], softer, with a click on every beat, in every channel.

    A downbeat's click is higher and louder. A click begins on the sample nearest to its beat; the sum stays within
    full scale.
    """
    downbeats = set(song_map.downbeats)
    beat, downbeat = _click(_BEAT_HZ, sample_rate_hz), _click(_DOWNBEAT_HZ, sample_rate_hz)
    clicks = [
        (round(t * sample_rate_hz), _DOWNBEAT_GAIN * downbeat if t in downbeats else _BEAT_GAIN * beat)
        for t in song_map.beats
    ]
    first = done = 0
    for block in blocks:
        out = _SONG_GAIN * block
        last = first + len(block)
        while done < len(clicks) and clicks[done][0] + len(beat) <= first:
            done += 1
        for start, click in clicks[done:]:
            if start >= last:
                break
            begin, end = max(start, first), min(start + len(click), last)
            out[begin - first : end - first] += click[begin - start : end - start, None]
        first = last
        yield out


def _click(pitch_hz: float, sample_rate_hz: int) -> Samples:
    t = np.arange(round(_CLICK_S * sample_rate_hz)) / sample_rate_hz
    return (np.sin(2 * np.pi * pitch_hz * t) * np.exp(-t / _FADE_S)).astype(np.float32)
