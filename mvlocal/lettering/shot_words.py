"""What is written over one shot, between plain JSON (as tasks carry it) and a Lettering, and the fonts it uses.

It does not know what a shot is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mvlocal.lettering.fonts import fonts_identity
from mvlocal.lettering.notes import Note
from mvlocal.lettering.overlay import Lettering
from mvlocal.lettering.styles import CaptionStyle
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


def fonts_of(lettering: Lettering) -> dict[str, Any]:
    """The identity of every font that these words use, for a key."""
    texts = lettering.texts()
    if not any(texts):
        return {}
    return {**fonts_identity(texts, user=lettering.font, language=lettering.language)}
