"""Title cards: the song's title and artist over its first seconds, and the end card over its last.

It does not know what the picture shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mvlocal.errors import SettingsError
from mvlocal.lettering.card_layout import ARTIST, CREDIT, MADE, TITLE, CardPlan, CardPlanner, CardStyle
from mvlocal.lettering.fonts import FontBook
from mvlocal.lettering.layout import Box
from mvlocal.timing import Seconds

MADE_WITH = "made with mvlocal"
HEAD_DIM, END_DIM = 0.28, 0.52
"""How much the picture darkens behind the cards."""
FEW_CREDITS = 6
"""So many are read in the usual time of an end card."""
CREDIT_S, LONGEST_END_S = 0.5, 12.0
"""Each further one takes its time, up to a longest card."""
_SCALES = (1.0, 0.92, 0.85, 0.78, 0.7, 0.62, 0.55)
_MOST_IN_ROW = 4
_BETWEEN = " · "
COVER_SPAN, COVER_AT_S = (0.0, 10.0), 6.0
"""A cover is a card in the middle of its time."""


def head_span(duration_s: Seconds) -> tuple[Seconds, Seconds]:
    """When the head card stands in a song of `duration_s`: a breath after its start, for some five seconds."""
    return min(0.5, 0.02 * duration_s), min(5.5, 0.22 * duration_s)


def end_span(duration_s: Seconds, credits: int = 0) -> tuple[Seconds, Seconds]:  # noqa: A002 - the field's word
    """When the end card stands: the last five seconds, less in a short song, longer where many credits are read."""
    wanted = min(5.0 + CREDIT_S * max(credits - FEW_CREDITS, 0), LONGEST_END_S)
    return duration_s - min(wanted, 0.22 * duration_s), duration_s


def plan_head_card(
    size: tuple[int, int], title: str, artist: str, span: tuple[Seconds, Seconds], book: FontBook
) -> CardPlan:
    """The card that opens a song, for frames of `size` (width, height, both even); nothing to say, nothing drawn."""
    return CardPlanner(size, span, book, HEAD_DIM).plan([(TITLE, title), (ARTIST, artist)])


def plan_cover(size: tuple[int, int], title: str, artist: str, book: FontBook, area: Box | None = None) -> CardPlan:
    """Title and artist on a still, within `area` of it: draw it at second `COVER_AT_S`."""
    return CardPlanner(size, COVER_SPAN, book, HEAD_DIM, area).plan([(TITLE, title), (ARTIST, artist)])


def plan_end_card(
    size: tuple[int, int],
    title: str,
    artist: str,
    credits: Sequence[str],  # noqa: A002 - the field's word
    span: tuple[Seconds, Seconds],
    book: FontBook,
) -> CardPlan:
    """The card that closes a song: title, artist, credits, and what it was made with.

    Credits stand one a row; where they are too many for that, smaller, and several in a row, as posters have them.

    Raises:
        SettingsError: they are too many, or too long, for any of that.
    """
    return CardPlanner(size, span, book, END_DIM).plan(end_card_texts(size, title, artist, credits, book))


def end_card_texts(
    size: tuple[int, int],
    title: str,
    artist: str,
    credits: Sequence[str],  # noqa: A002 - the field's word
    book: FontBook,
) -> list[tuple[CardStyle, str]]:
    """The rows of an end card, arranged so that all of them stand on it. Only widths are measured, nothing is drawn.

    Raises:
        SettingsError: more than a few credits, which no arrangement holds.
    """
    for lines in _arranged(credits):
        texts = [(TITLE, title), (ARTIST, artist), *lines, (MADE, MADE_WITH)]
        if CardPlanner(size, (0.0, 1.0), book, END_DIM).holds(texts):
            return texts
    if len(credits) <= FEW_CREDITS:  # one of them is too long for a row: it is cut, with a warning
        return [(TITLE, title), (ARTIST, artist), *((CREDIT, credit) for credit in credits), (MADE, MADE_WITH)]
    raise SettingsError(
        f"{len(credits)} credits do not fit an end card of {size[0]}x{size[1]}",
        where="master.credits",
        mend=f"shorten them, or name fewer ({FEW_CREDITS} always stand), or set words.titles=false",
    )


def _arranged(credits: Sequence[str]) -> Iterator[list[tuple[CardStyle, str]]]:  # noqa: A002 - the field's word
    """Ways to set the credits, the most legible first."""
    if len(credits) <= FEW_CREDITS:
        yield [(CREDIT, credit) for credit in credits]
    for scale in _SCALES:
        style = CREDIT.scaled(scale)
        for count in range(1, _MOST_IN_ROW + 1):
            rows = [credits[n : n + count] for n in range(0, len(credits), count)]
            yield [(style, _BETWEEN.join(row)) for row in rows]
