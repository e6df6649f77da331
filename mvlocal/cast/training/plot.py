"""The plot of a training: losses and learning rate over the steps. It does not know what was trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from mvlocal.cast.training.log import LogRow, smoothed

_OVER = 50
"""Steps that the smoothed line is the mean of, at the most."""
_INK, _PALE, _LINE, _HELD_OUT = "#22262b", "#d5dae0", "#2f6db5", "#c2571a"


def draw_plot(rows: Sequence[LogRow], title: str, path: Path) -> None:
    """Writes a PNG: the loss of every step, its mean over some, and the held-out loss at each checkpoint."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5.2), dpi=110, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    trained = [(row.step, row.loss) for row in rows if row.loss is not None]
    steps, losses = [step for step, _ in trained], [loss for _, loss in trained]
    over = max(1, min(_OVER, len(losses) // 8))
    top.plot(steps, losses, color=_PALE, linewidth=0.8, label="each step")
    top.plot(steps, smoothed(losses, over), color=_LINE, linewidth=1.8, label=f"mean of {over} steps")
    held_out = [(row.step, row.held_out_loss) for row in rows if row.held_out_loss is not None]
    if held_out:
        x, y = zip(*held_out, strict=True)
        top.plot(x, y, color=_HELD_OUT, marker="o", markersize=4, linewidth=1.4, label="held-out photos, fixed noise")
    shown = sorted(smoothed(losses, over) + [loss for _, loss in held_out])
    if shown:
        top.set_ylim(0, 1.25 * max(shown[-1], sorted(losses)[int(0.98 * (len(losses) - 1))] if losses else 0.0))
    top.set_ylabel("loss")
    top.set_title(title, loc="left", fontsize=11, color=_INK)
    top.legend(frameon=False, fontsize=9, loc="upper right")
    bottom.plot(steps, [row.learning_rate for row in rows if row.loss is not None], color=_INK, linewidth=1.2)
    bottom.set_ylabel("learning\nrate", fontsize=9)
    bottom.set_xlabel("step")
    bottom.ticklabel_format(axis="y", style="sci", scilimits=(-2, 2))
    bottom.set_ylim(bottom=0)
    for axes in (top, bottom):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=9, colors=_INK)
        axes.grid(visible=True, axis="y", color=_PALE, linewidth=0.6)
        axes.set_axisbelow(True)
    canvas.draw()
    Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy()).save(path, "PNG")
