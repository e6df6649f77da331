"""Measures how loud a song is, as broadcasters and platforms do. It changes nothing.

Source: EBU R128 and ITU-R BS.1770 by FFmpeg's `ebur128` filter (integrated, range, true peak).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av import AudioFrame
from av.error import BlockingIOError as NotReady
from av.error import EOFError as NoMore
from av.filter import Graph

from mvlocal.media.cut_sound import RATE_HZ, SoundCut, cut_sound

WHOLE = SoundCut()


@dataclass(frozen=True, slots=True)
class Loudness:
    """`integrated_lufs` (-70 is silence), `range_lu`, and `true_peak_dbtp`."""

    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float


def measure_loudness(song: Path, cut: SoundCut = WHOLE) -> Loudness:
    """The loudness of a song, or of a cut of it, as 48 kHz stereo.

    Raises:
        InputError: not a song, cut or damaged.
    """
    graph = Graph()
    source = graph.add_abuffer(sample_rate=RATE_HZ, format="flt", layout="stereo")
    meter = graph.add("ebur128", "metadata=1:peak=true")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    last: dict[str, str] = {}
    peak = 0.0
    written = 0
    for samples in cut_sound(song, cut):
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), "flt", "stereo")
        frame.sample_rate, frame.pts = RATE_HZ, written
        written += len(samples)
        source.push(frame)
        peak = max(peak, _drained(graph, last))
    source.push(None)
    peak = max(peak, _drained(graph, last))
    return Loudness(
        float(last.get("lavfi.r128.I", -70.0)),
        float(last.get("lavfi.r128.LRA", 0.0)),
        round(20 * float(np.log10(max(peak, 1e-7))), 2),
    )


def _drained(graph: Graph, last: dict[str, str]) -> float:
    """Takes what the meter has ready into `last`; returns the highest true peak in it, of full scale."""
    peak = 0.0
    while True:
        try:
            frame = graph.pull()
        except (NotReady, NoMore):
            return peak
        last |= dict(frame.metadata)
        peak = max([peak, *(float(text) for name, text in last.items() if "true_peak" in name)])
