"""The storyboard: every shot's board with its number, lyric, action, camera and what it changes, as pages.

It does not know how boards are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path
from typing import Any, cast

import numpy as np
from PIL import Image, ImageDraw

from mvlocal.engine.task import Json, OutputOf, Task, TaskContext, TaskOutputs
from mvlocal.lettering.fonts import FontBook, fonts_identity
from mvlocal.lettering.pen import Ink, Pen
from mvlocal.schema.song import SongMap
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import ApprovedPlan, CameraMove, Shot, ShotList, StoryBible
from mvlocal.staging.stage import BOARD, STAGE

TASK_ID, VERSION = "plan/storyboard", 2
PAGE = (1754, 1240)
"""A4 across at 150 dots an inch."""
_MARGIN, _GAP = 64, 36
_PAPER, _INK, _SOFT, _ACCENT = (250, 247, 241), (38, 34, 32), (120, 112, 104), (178, 74, 44)
_HEAD, _TEXT = 74, 176
_LYRIC_PX, _TEXT_PX, _SMALL_PX = 21.0, 18.0, 16.0
_MOST_LINES, _MOST_LETTERS = 6, 240
"""What of a shot's words is set at all: more would not find room."""

_ARROWS: Mapping[CameraMove, tuple[float, float]] = {
    "pan-left": (-1, 0),
    "pan-right": (1, 0),
    "tilt-up": (0, -1),
    "tilt-down": (0, 1),
    "drift": (0.7, -0.25),
}


@dataclass(frozen=True, slots=True)
class BoardText:
    """What stands under a board."""

    number: str
    clock: str
    lyric: str
    action: str
    camera: str
    move: CameraMove
    changes: str


def board_texts(bible: StoryBible, shots: ShotList, song: SongMap, stagings: Mapping[str, Staging]) -> list[BoardText]:
    """The words of every shot, in song order."""
    places = {location.id: location.name for location in bible.locations}
    return [_text_of(shot, places, song, stagings.get(shot.id)) for shot in shots.shots]


def _text_of(shot: Shot, places: Mapping[str, str], song: SongMap, staging: Staging | None) -> BoardText:
    sung = [song.lyrics[line].text for line in shot.lyric_lines[:_MOST_LINES] if line < len(song.lyrics)]
    lyric = " / ".join(sung)[:_MOST_LETTERS]
    acts = [f"{figure.character}: {figure.action}" for figure in staging.figures] if staging else []
    section = song.sections[shot.section].label if shot.section < len(song.sections) else ""
    camera = " · ".join([places.get(shot.location, shot.location), shot.time_of_day, shot.camera.words])
    return BoardText(
        number=shot.id,
        clock=f"{_clock(shot.start_s)}–{_clock(shot.end_s)}  {section}",
        lyric=lyric,
        action=shot.visual[:_MOST_LETTERS] + (f"  [{', '.join(acts)}]" if acts else ""),
        camera=camera,
        move=shot.camera.move,
        changes="; ".join(shot.changes)[:_MOST_LETTERS],
    )


def _clock(t: float) -> str:
    tenths = round(t * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """How boards lie on a page: `columns` by `rows`, each `width` by `height` pixels, a row every `step` pixels."""

    columns: int
    rows: int
    width: int
    height: int
    step: int

    @property
    def boards(self) -> int:
        return self.columns * self.rows


def sheet_for(aspect: float) -> Sheet:
    """Three boards a row, or five where the frame is upright; as many rows as a page holds."""
    columns = 3 if aspect >= 1.2 else 4 if aspect > 0.8 else 5
    width = (PAGE[0] - 2 * _MARGIN - (columns - 1) * _GAP) // columns
    tallest = (PAGE[1] - 2 * _MARGIN - _HEAD) // (2 if columns < 5 else 1) - _TEXT
    height = min(round(width / aspect), tallest)
    width = round(height * aspect)
    room = PAGE[1] - 2 * _MARGIN - _HEAD
    rows = max((room + _GAP) // (height + _TEXT + _GAP), 1)
    return Sheet(columns, rows, width, height, room // rows)


def draw_pages(title: str, texts: Sequence[BoardText], boards: Mapping[str, Path], aspect: float) -> list[Image.Image]:
    """The pages, in order. `boards`: shot id to its picture; a shot without one gets an empty frame."""
    sheet = sheet_for(aspect)
    pen = Pen(FontBook([title, *(text.lyric for text in texts), *(text.action for text in texts)]))
    pages: list[Image.Image] = []
    count = max(ceil(len(texts) / sheet.boards), 1)
    for number in range(count):
        page = Image.new("RGB", PAGE, _PAPER)
        pen.block(page, title, (_MARGIN, _MARGIN + 26), (PAGE[0] - 2 * _MARGIN - 200, 1), Ink("title", 34.0, _INK))
        pen.block(
            page, f"{number + 1} / {count}", (PAGE[0] - _MARGIN - 80, _MARGIN + 26), (80, 1), Ink("note", 18.0, _SOFT)
        )
        for place, text in enumerate(texts[number * sheet.boards : (number + 1) * sheet.boards]):
            column, row = place % sheet.columns, place // sheet.columns
            cell = (PAGE[0] - 2 * _MARGIN + _GAP) // sheet.columns
            at = (_MARGIN + column * cell, _MARGIN + _HEAD + row * sheet.step)
            _draw_board(page, pen, text, boards.get(text.number), at, sheet)
        pages.append(page)
    return pages


def _draw_board(
    page: Image.Image, pen: Pen, text: BoardText, picture: Path | None, at: tuple[int, int], sheet: Sheet
) -> None:
    x, y = at
    box = (x, y, x + sheet.width, y + sheet.height)
    drawing = ImageDraw.Draw(page)
    if picture is not None:
        with Image.open(picture, formats=["PNG"]) as board:
            page.paste(board.convert("RGB").resize((sheet.width, sheet.height), Image.Resampling.LANCZOS), (x, y))
    drawing.rectangle(box, outline=_INK, width=2)
    _draw_move(drawing, text.move, box)
    y += sheet.height + 22
    pen.block(page, text.number, (x, y), (70, 1), Ink("note-bold", _TEXT_PX, _ACCENT))
    pen.block(page, text.clock, (x + 62, y), (sheet.width - 62, 1), Ink("note", _SMALL_PX, _SOFT))
    if text.lyric:
        y = pen.block(page, f"“{text.lyric}”", (x, y + 26), (sheet.width, 2), Ink("subtitle", _LYRIC_PX, _INK))
    y = pen.block(page, text.action, (x, y + 23), (sheet.width, 3), Ink("note", _TEXT_PX, _INK))
    below = f"{text.camera}" + (f"  →  {text.changes}" if text.changes else "")
    pen.block(page, below, (x, y + 21), (sheet.width, 1), Ink("note", _SMALL_PX, _SOFT))


def _draw_move(drawing: ImageDraw.ImageDraw, move: CameraMove, box: tuple[int, int, int, int]) -> None:
    """The camera's move as directors draw it: an arrow, or frames closing in or opening."""
    x0, y0, x1, y1 = box
    middle, size = ((x0 + x1) / 2, (y0 + y1) / 2), (x1 - x0)
    if move in ("push-in", "pull-out"):
        for sx, sy in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
            outer = (middle[0] + sx * size * 0.47, middle[1] + sy * (y1 - y0) * 0.45)
            inner = (middle[0] + sx * size * 0.41, middle[1] + sy * (y1 - y0) * 0.37)
            _arrow(drawing, *((outer, inner) if move == "push-in" else (inner, outer)), size * 0.018)
    elif move in _ARROWS:
        dx, dy = _ARROWS[move]
        reach = size * 0.07
        centre = (x1 - size * 0.11, y1 - (y1 - y0) * 0.1) if dx else (x1 - size * 0.05, middle[1])
        start = (centre[0] - dx * reach, centre[1] - dy * reach)
        _arrow(drawing, start, (centre[0] + dx * reach, centre[1] + dy * reach), size * 0.02)


def _arrow(drawing: ImageDraw.ImageDraw, start: tuple[float, float], end: tuple[float, float], head: float) -> None:
    a, b = np.array(start), np.array(end)
    along = (b - a) / max(float(np.hypot(*(b - a))), 1e-6)
    across = np.array([-along[1], along[0]])
    for colour, wide in (((255, 255, 255), 5), (_ACCENT, 3)):
        drawing.line([tuple(a), tuple(b - along * head)], fill=colour, width=wide)
    base = b - along * head * 1.5
    tip = [tuple(b), tuple(base + across * head * 0.7), tuple(base - across * head * 0.7)]
    drawing.polygon(tip, fill=_ACCENT, outline=(255, 255, 255))


def storyboard_task(plan: ApprovedPlan, song: SongMap, stagings: Mapping[str, Staging]) -> Task:
    """The task that lays out all boards: outputs `png` (all pages under each other) and `pdf` (a page each)."""
    texts = board_texts(plan.bible, ShotList(shots=plan.shots), song, stagings)
    aspect = next(iter(stagings.values())).aspect if stagings else 16 / 9
    title = f"{plan.bible.title} — {plan.bible.artist}" if plan.bible.artist else plan.bible.title
    words = [title, *(word for text in texts for word in (text.lyric, text.action, text.camera))]
    return Task(
        id=TASK_ID,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.storyboard:run_storyboard",
        params={"title": title, "aspect": aspect, "texts": [cast("dict[str, Json]", asdict(text)) for text in texts]},
        inputs={text.number: OutputOf(f"{BOARD}{text.number}") for text in texts},
        identity={"fonts": {**fonts_identity(words, user=None, language=song.language)}},
        phase=2,
        expected_s=2.0,
    )


def run_storyboard(context: TaskContext) -> TaskOutputs:
    """Lays out the boards as pages."""
    given: Any = context.params
    texts = [BoardText(**text) for text in given["texts"]]
    pages = draw_pages(given["title"], texts, context.inputs, given["aspect"])
    files = {"png": context.workdir / "storyboard.png", "pdf": context.workdir / "storyboard.pdf"}
    whole = Image.new("RGB", (PAGE[0], PAGE[1] * len(pages)), _PAPER)
    for number, page in enumerate(pages):
        whole.paste(page, (0, number * PAGE[1]))
    whole.save(files["png"])
    pages[0].save(files["pdf"], save_all=True, append_images=pages[1:], resolution=150)
    return TaskOutputs(files)
