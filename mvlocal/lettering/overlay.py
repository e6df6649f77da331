"""The seam: an overlay draws words on a frame at a song second, and these functions build them.

It does not know which shot a frame belongs to: a frame depends on song time alone, so cuts never show in the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mvlocal.lettering.captions import plan_captions
from mvlocal.lettering.fonts import FontBook, FontWarning
from mvlocal.lettering.notes import Note, plan_notes
from mvlocal.lettering.styles import PLAIN, CaptionStyle
from mvlocal.lettering.titles import MADE_WITH, plan_end_card, plan_head_card
from mvlocal.media.frame import Yuv420
from mvlocal.schema.song import LyricLine
from mvlocal.timing import Seconds

Span = tuple[Seconds, Seconds]
"""(start_s, end_s) of the song, half open."""


class Overlay(Protocol):
    """Words over a picture."""

    def draw(self, frame: Yuv420, t: Seconds) -> None:
        """Draws what stands at song second `t` onto `frame` in place; the same `t` gives the same pixels."""
        ...


@dataclass(frozen=True, slots=True)
class Lettered:
    """An overlay, and what of its text could not be set as written."""

    overlay: Overlay
    warnings: tuple[FontWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Lettering:
    """What to set; anything left out is not drawn.

    `head` and `end` say when the cards stand (see `head_span` and `end_span`). `by_word` lights words one by one
    where their times are known. `font` is a font file or an installed family that comes first; `language` (BCP 47)
    decides between Chinese, Japanese and Korean forms where the text does not. `style` is that of the lyric lines.
    """

    lines: Sequence[LyricLine] = ()
    by_word: bool = True
    title: str = ""
    artist: str = ""
    head: Span | None = None
    end: Span | None = None
    credits: Sequence[str] = ()
    notes: Sequence[Note] = ()
    font: str | None = None
    language: str | None = None
    style: CaptionStyle = PLAIN

    def texts(self) -> list[str]:
        """Every text that may be drawn, for `fonts_identity`."""
        notes = [text for note in self.notes for text in (note.shot, note.location, note.action, note.camera)]
        cards = [self.title, self.artist, *self.credits, *([MADE_WITH] if self.end else [])]
        return [*(line.text for line in self.lines), *cards, *notes]


class Stack:
    """Overlays drawn one after another."""

    def __init__(self, layers: Sequence[Overlay]) -> None:
        self._layers = tuple(layers)

    def draw(self, frame: Yuv420, t: Seconds) -> None:
        """Draws every layer in order, in place."""
        for layer in self._layers:
            layer.draw(frame, t)


class Sized:
    """Refuses frames of another size than an overlay was made for."""

    def __init__(self, layer: Overlay, width: int, height: int) -> None:
        self._layer, self._size = layer, (width, height)

    def draw(self, frame: Yuv420, t: Seconds) -> None:
        """Draws in place.

        Raises:
            ValueError: the frame has another size.
        """
        if (frame.width, frame.height) != self._size:
            made_for = "x".join(map(str, self._size))
            raise ValueError(f"this overlay was made for {made_for} frames, not {frame.width}x{frame.height}")
        self._layer.draw(frame, t)


def build_overlays(width: int, height: int, words: Lettering) -> Lettered:
    """Everything in `words` for frames of `width` x `height` pixels: cards, captions over them, then notes.

    Cheap: only widths are measured here; masks are drawn when their time comes.

    Raises:
        ValueError: a size that is not even and positive.
        SettingsError: `words.font` is neither a readable font file nor an installed family; credits that do not fit.
    """
    if width <= 0 or height <= 0 or width % 2 or height % 2:
        raise ValueError(f"frames must have even, positive sizes, not {width}x{height}")
    book = FontBook(words.texts(), user=words.font, language=words.language)
    size = (width, height)
    layers: list[Lettered] = []
    if words.head is not None:
        head = plan_head_card(size, words.title, words.artist, words.head, book)
        layers.append(Lettered(head.card, head.warnings))
    if words.end is not None:
        end = plan_end_card(size, words.title, words.artist, words.credits, words.end, book)
        layers.append(Lettered(end.card, end.warnings))
    if words.lines:
        cards = [span for span in (words.head, words.end) if span is not None]
        captions = plan_captions(
            width, height, words.lines, book, by_word=words.by_word, style=words.style, cards=cards
        )
        layers.append(Lettered(captions.captions, captions.warnings))
    if words.notes:
        notes = plan_notes(size, words.notes, book)
        layers.append(Lettered(notes.bar, notes.warnings))
    warnings = dict.fromkeys(warning for layer in layers for warning in layer.warnings)
    return Lettered(Sized(Stack([layer.overlay for layer in layers]), width, height), tuple(warnings))
