"""Draws how likenesses hold over a video, one line a person. It measures nothing."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mvlocal.cast.drift import LOW_SHARE, Drift

_INK, _SOFT, _FAINT, _PAPER = "#23211e", "#6d675f", "#dcd6cb", "#fbfaf7"
_COLOURS = ("#2f6f8f", "#b3592b", "#5b7f3a", "#8a4f86", "#8d6210", "#41699c")
_MOST_NAMED = 4


def draw_drift(drifts: Sequence[Drift], duration_s: float) -> bytes:
    """The series as a PNG of 1600 pixels' width, over the song from 0 to `duration_s`.

    Of each person's shots below the level the lowest four are named.

    Raises:
        ValueError: there are no series.
    """
    if not drifts:
        raise ValueError("there is no series to draw")
    figure = Figure(figsize=(10, 3.6), dpi=160, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.06, 0.11, 0.91, 0.71), facecolor=_PAPER)
    for number, drift in enumerate(drifts):
        _draw_one(axes, drift, _COLOURS[number % len(_COLOURS)], duration_s)
    _dress(axes, drifts, duration_s)
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=_PAPER)
    return out.getvalue()


def _draw_one(axes: Axes, drift: Drift, colour: str, duration_s: float) -> None:
    times = [point.time_s for point in drift.points]
    values = [point.likeness for point in drift.points]
    trend = "" if drift.slope_a_minute is None else f", {drift.slope_a_minute:+.3f} a minute"
    axes.axhline(drift.level, color=colour, linewidth=0.9, linestyle=(0, (5, 3)), alpha=0.8)
    axes.axhspan(drift.level * LOW_SHARE, drift.level, color=colour, alpha=0.05, linewidth=0)
    axes.plot(times, values, color=colour, linewidth=1.6, marker="o", markersize=3.6, label=f"{drift.name}{trend}")
    low = sorted((point for point in drift.points if point.shot in drift.low), key=lambda point: point.likeness)
    for point in [point for point in low if point.likeness < LOW_SHARE * drift.level][:_MOST_NAMED]:
        late = point.time_s > 0.94 * duration_s
        axes.annotate(
            point.shot, (point.time_s, point.likeness), xytext=(-7 if late else 7, -3), textcoords="offset points",
            ha="right" if late else "left", va="top", fontsize=7.5, color=_INK,
        )  # fmt: skip


def _dress(axes: Axes, drifts: Sequence[Drift], duration_s: float) -> None:
    axes.set_xlim(0, max(duration_s, 1.0))
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.08 * (high - low), high)
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(_clock))
    axes.tick_params(colors=_SOFT, labelsize=8, length=0)
    axes.grid(axis="y", color=_FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(_FAINT)
    axes.set_title(
        "Likeness to the photos (dashed: what the photos reach among themselves)", loc="left", fontsize=9, color=_SOFT,
        pad=24,
    )  # fmt: skip
    axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 0.99), ncols=min(len(drifts), 4), frameon=False, fontsize=8.5,
        labelcolor=_INK, borderaxespad=0.2, handlelength=1.6,
    )  # fmt: skip


def _clock(at: float, _place: int | None) -> str:
    return f"{int(at) // 60}:{int(at) % 60:02d}"
