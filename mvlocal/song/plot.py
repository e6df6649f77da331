"""The song map as one picture: waveform, beats, sections, energy, vocals and lyric lines. It hears nothing."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from mvlocal.errors import InputError
from mvlocal.schema.song import Register, SectionLabel, SongMap

_INK, _SOFT, _PAPER = "#1f2430", "#8a90a0", "#fbfaf7"
_COLOURS: dict[SectionLabel, str] = {
    "intro": "#9db4c0",
    "verse": "#7fa8d1",
    "prechorus": "#b39ddb",
    "chorus": "#f2a65a",
    "bridge": "#7bc8a4",
    "solo": "#e58f8f",
    "break": "#c9c5b9",
    "outro": "#9db4c0",
    "inst": "#d9c98a",
}
_COLUMNS = 2400
_ROWS, _LONGEST_TEXT, _MOST_NAMED = 6, 30, 4
_REGISTERS: dict[Register | None, str] = {None: "#3d6b8f", "low": "#3b4f9e", "high": "#c04f76"}
_LOST = "#b3392b"


def plot_song_map(
    song_map: SongMap, samples: NDArray[np.float32], sample_rate_hz: int, out_png: Path, title: str = ""
) -> None:
    """Draws the map over its mono `samples` (n,) in [-1, 1] and writes a PNG of 1920 pixels' width.

    Raises:
        InputError: the picture cannot be written there.
    """
    picture = song_map_png(song_map, samples, sample_rate_hz, title)
    try:
        out_png.write_bytes(picture)
    except OSError as error:
        what = f"the plot cannot be written ({error.strerror})"
        raise InputError(what, where=str(out_png), mend="give a folder that exists and may be written to") from error


def song_map_png(song_map: SongMap, samples: NDArray[np.float32], sample_rate_hz: int, title: str = "") -> bytes:
    """The same picture as the bytes of a PNG, for a page."""
    words = song_map.lyrics or song_map.unplaced_lyrics
    ratios = [1.1, 4.2, 0.55, 1.9, 0.6, *([3.0] if words else [])]
    figure = Figure(figsize=(16, 7.4 + (2.2 if words else 0.0)), dpi=120, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(len(ratios), 1, height_ratios=ratios, hspace=0.1)
    grid.update(left=0.065, right=0.985, top=0.9, bottom=0.065)
    axes = [figure.add_subplot(grid[row]) for row in range(len(ratios))]
    _write_title(figure, song_map, title)
    _draw_sections(axes[0], song_map)
    _draw_wave(axes[1], song_map, samples, sample_rate_hz)
    _draw_beats(axes[2], song_map)
    _draw_energy(axes[3], song_map)
    _draw_vocals(axes[4], song_map)
    if words:
        _draw_lyrics(axes[5], song_map)
        _name_unplaced(figure, song_map)
    for axis in axes:
        _dress(axis, song_map.duration_s, last=axis is axes[-1])
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=_PAPER)
    return out.getvalue()


def _write_title(figure: Figure, song_map: SongMap, title: str) -> None:
    minutes, seconds = divmod(round(song_map.duration_s), 60)
    pulse = f"{song_map.tempo_bpm:g} bpm, {song_map.beats_per_bar}/4" if song_map.beats else "no steady pulse"
    facts = [f"{minutes}:{seconds:02d}", pulse, f"{len(song_map.sections)} sections"]
    if song_map.lyrics:
        sure = np.mean([line.confidence for line in song_map.lyrics])
        facts.append(f"{len(song_map.lyrics)} lyric lines (confidence {sure:.2f})")
    if song_map.unplaced_lyrics:
        facts.append(f"{len(song_map.unplaced_lyrics)} unplaced")
    figure.text(0.065, 0.955, title or "Song map", fontsize=17, color=_INK, weight="bold", va="center")
    figure.text(0.985, 0.955, "   ·   ".join(facts), fontsize=11.5, color=_INK, ha="right", va="center")


def _dress(axis: Axes, duration_s: float, *, last: bool) -> None:
    axis.set_xlim(0, duration_s)
    axis.set_facecolor(_PAPER)
    axis.set_yticks([])
    for side in ("top", "left", "right", "bottom"):
        axis.spines[side].set_visible(False)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=16, steps=[1, 1.5, 2, 3, 5, 6, 10]))
    axis.xaxis.set_major_formatter(FuncFormatter(_minutes))
    axis.tick_params(axis="x", length=3 if last else 0, labelbottom=last, labelsize=10, colors=_INK)


def _minutes(seconds: float, _position: Any = None) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def _name(axis: Axes, text: str) -> None:
    axis.text(-0.008, 0.5, text, transform=axis.transAxes, ha="right", va="center", fontsize=10, color=_INK)


def _draw_sections(axis: Axes, song_map: SongMap) -> None:
    _name(axis, "sections")
    axis.set_ylim(0, 1)
    for section in song_map.sections:
        colour = _COLOURS[section.label]
        axis.axvspan(section.start_s, section.end_s, 0.08, 0.94, color=colour, lw=0)
        axis.axvline(section.start_s, color=_PAPER, lw=2)
        share = section.length_s / song_map.duration_s
        if share > 0.006 * len(section.label) + 0.003:
            middle = (section.start_s + section.end_s) / 2
            axis.text(middle, 0.5, section.label, ha="center", va="center", fontsize=11, color=_INK)


def _draw_wave(axis: Axes, song_map: SongMap, samples: NDArray[np.float32], sample_rate_hz: int) -> None:
    _name(axis, "waveform")
    axis.set_ylim(-1.02, 1.02)
    columns = min(_COLUMNS, max(len(samples), 1))
    edges = np.linspace(0, len(samples), columns + 1).astype(int)[:-1]
    low, high = np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)
    scale = max(float(np.abs(samples).max(initial=0.0)), 1e-6)
    times = edges / sample_rate_hz
    for section in song_map.sections:
        inside = (times >= section.start_s) & (times <= section.end_s + song_map.duration_s / columns)
        colour = _COLOURS[section.label]
        axis.fill_between(times[inside], low[inside] / scale, high[inside] / scale, color=colour, lw=0)
        axis.axvline(section.start_s, color=_INK, lw=0.8, alpha=0.55)
    axis.vlines(song_map.downbeats, -1, 1, color=_INK, lw=0.4, alpha=0.28)


def _draw_beats(axis: Axes, song_map: SongMap) -> None:
    _name(axis, "beats")
    axis.set_ylim(0, 1)
    thin = max(song_map.duration_s / 240, 1.0)
    axis.vlines(song_map.beats, 0.32, 0.68, color=_SOFT, lw=0.9 / thin)
    axis.vlines(song_map.downbeats, 0.05, 0.95, color="#c8553d", lw=1.4 / thin)


def _draw_energy(axis: Axes, song_map: SongMap) -> None:
    _name(axis, "energy")
    axis.set_ylim(0, 1.05)
    values = np.asarray(song_map.energy.values)
    times = np.arange(len(values)) * song_map.energy.step_s
    axis.fill_between(times, 0, values, color="#e9d8a6", lw=0)
    axis.plot(times, values, color="#b98b2f", lw=1.1)
    for section in song_map.sections:
        axis.hlines(section.energy, section.start_s, section.end_s, color=_INK, lw=1.0, alpha=0.6)


def _draw_vocals(axis: Axes, song_map: SongMap) -> None:
    _name(axis, "vocals")
    axis.set_ylim(0, 1)
    axis.axhline(0.5, color="#e4e1d8", lw=1)
    for span in song_map.vocals:
        axis.axvspan(span.start_s, span.end_s, 0.2, 0.8, color="#5b8e7d", lw=0)


def _draw_lyrics(axis: Axes, song_map: SongMap) -> None:
    """Lines on the first row where they collide with none; guesses are paler the less sure, and say how sure."""
    _name(axis, "lyrics")
    axis.set_ylim(_ROWS, -0.3)
    _name_registers(axis, song_map)
    free = [-1.0] * _ROWS
    character_s = song_map.duration_s / 215
    for line in song_map.lyrics:
        row = next((r for r in range(_ROWS) if free[r] <= line.start_s), None)
        strength = 0.3 + 0.7 * line.confidence
        place = row if row is not None else int(np.argmin(free))
        end_s = max(line.end_s, line.start_s + song_map.duration_s / 400)
        colour = _REGISTERS[line.sung_register]
        axis.hlines(place + 0.72, line.start_s, end_s, color=colour, lw=2.8, alpha=strength)
        if row is None:
            continue
        axis.vlines(line.start_s, row + 0.12, row + 0.72, color=colour, lw=0.8, alpha=strength)
        room = min(int((song_map.duration_s - line.start_s) / character_s), _LONGEST_TEXT)
        text = line.text if len(line.text) <= room else f"{line.text[: max(room - 1, 1)].rstrip()}…"
        text += "" if line.confidence == 1 else f"  {line.confidence:.0%}"
        at = line.start_s + song_map.duration_s * 0.002
        axis.text(at, row + 0.4, text, fontsize=8.4, color=_INK, alpha=strength, va="center", parse_math=False)
        free[row] = max(line.end_s, line.start_s + (len(text) + 1.5) * character_s)


def _name_registers(axis: Axes, song_map: SongMap) -> None:
    """Says under the row's name which colour is the low voice and which the high one, where there are two."""
    heard = [line.sung_register for line in song_map.lyrics]
    names: tuple[Register, ...] = ("high", "low")
    for step, name in enumerate(names):
        if name in heard:
            at = 0.34 - 0.11 * step
            axis.text(
                -0.008, at, f"{name} voice", transform=axis.transAxes, ha="right", fontsize=9, color=_REGISTERS[name]
            )


def _name_unplaced(figure: Figure, song_map: SongMap) -> None:
    """Names the first lines without a place at the foot of the picture, and counts the rest."""
    lost = song_map.unplaced_lyrics
    if not lost:
        return
    named = ", ".join(f"“{text[:_LONGEST_TEXT]}”" for text in lost[:_MOST_NAMED])
    more = f" and {len(lost) - _MOST_NAMED} more" if len(lost) > _MOST_NAMED else ""
    figure.text(0.065, 0.018, f"no place found for {named}{more}", fontsize=10, color=_LOST, parse_math=False)
