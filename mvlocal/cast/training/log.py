"""The log of a training: a row a step, as CSV. It does not know what was trained."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

HEADER = ("step", "loss", "learning_rate", "seconds", "held_out_loss")


@dataclass(frozen=True, slots=True)
class LogRow:
    """One step (from 1): its loss, learning rate and seconds; at checkpoints also the loss of the held-out pictures.

    Step 0 is the base before any training, measured on held-out pictures alone.
    """

    step: int
    loss: float | None
    learning_rate: float
    seconds: float
    held_out_loss: float | None = None


def rows_to_csv(rows: Sequence[LogRow]) -> str:
    """The log's text, with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows:
        writer.writerow(
            (row.step, _text(row.loss), f"{row.learning_rate:.6g}", f"{row.seconds:.4f}", _text(row.held_out_loss))
        )
    return out.getvalue()


def csv_to_rows(text: str) -> list[LogRow]:
    """What `rows_to_csv` wrote, to the digits that it wrote.

    Raises:
        ValueError: it is no such text.
    """
    lines = list(csv.reader(io.StringIO(text)))
    if not lines or tuple(lines[0]) != HEADER:
        raise ValueError("it has another header")
    return [
        LogRow(int(step), _number(loss), float(rate), float(seconds), _number(held_out))
        for step, loss, rate, seconds, held_out in lines[1:]
    ]


def smoothed(losses: Sequence[float], over: int) -> list[float]:
    """The mean of each loss and up to `over` - 1 before it."""
    return [sum(losses[max(0, n - over + 1) : n + 1]) / min(n + 1, over) for n in range(len(losses))]


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"


def _number(text: str) -> float | None:
    return float(text) if text else None
