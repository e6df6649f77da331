"""What is written over one shot, between plain JSON (as tasks carry it) and a Lettering, and the fonts it uses.

It does not know what a shot is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mvlocal.lettering.fonts import FontBook, fonts_identity
from mvlocal.lettering.notes import Note
from mvlocal.lettering.overlay import Lettering
from mvlocal.lettering.styles import CaptionStyle
from mvlocal.lettering.titles import end_card_texts
from mvlocal.schema.song import LyricLine


def lettering_of(words: Any, lines: Sequence[LyricLine]) -> Lettering:
    """The words of a shot (captions, style, font, language, title, artist, credits, head, end, note) with its lines."""
    style: dict[str, Any] = {**words["style"], "colour": tuple(words["style"]["colour"])}
    return Lettering(
        lines=lines if words["captions"] else (),
        title=words["title"],
        artist=words["artist"],
        credits=words["credits"],
        head=tuple(words["head"]) if words["head"] else None,
        end=tuple(words["end"]) if words["end"] else None,
        notes=[Note(*words["note"])] if words["note"] else (),
        font=words["font"] or None,
        language=words["language"],
        style=CaptionStyle(**style),
    )


def require_room(size: tuple[int, int], lettering: Lettering) -> None:
    """Makes sure that an end card in frames of `size` (width, height) holds all credits.

    Raises:
        SettingsError: it does not.
    """
    if lettering.end is not None and lettering.credits:
        book = FontBook(lettering.texts(), user=lettering.font, language=lettering.language)
        end_card_texts(size, lettering.title, lettering.artist, lettering.credits, book)


def fonts_of(lettering: Lettering) -> dict[str, Any]:
    """The identity of every font that these words use, for a key."""
    texts = lettering.texts()
    if not any(texts):
        return {}
    return {**fonts_identity(texts, user=lettering.font, language=lettering.language)}
