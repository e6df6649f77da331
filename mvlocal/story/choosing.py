"""The visual of every span, in song order: when to sing, where the story has got to, what is given up.

It does not know cameras, photos or documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Brief, CameraMove
from mvlocal.story.bible import motif_noun
from mvlocal.story.lines import section_of
from mvlocal.story.moves import EVERY_MOVE
from mvlocal.story.people import Cast, gives_up
from mvlocal.story.reading import Reading
from mvlocal.story.scenery import Scenery, stable
from mvlocal.story.senses import names_of
from mvlocal.story.telling import Teller
from mvlocal.story.visuals import Moment, Shelf, Visual
from mvlocal.story.vocabulary import Hint


@dataclass(frozen=True, slots=True)
class StoryInput:
    """What the planner works from. `spans` tile the song; `photos` are bare file names."""

    title: str
    artist: str
    brief: Brief
    song: SongMap
    spans: Sequence[tuple[float, float]]
    photos: tuple[str, ...] = ()
    seed: int = 0
    moves: frozenset[CameraMove] = EVERY_MOVE


def choose_visuals(
    given: StoryInput,
    readings: Sequence[Reading],
    scenery: Scenery,
    cast: Cast,
    lines: Sequence[tuple[int, ...]],
) -> list[Visual]:
    """One visual a span; `given.song` is in the form its words tell, `lines` are those of each span."""
    avoid = frozenset(word for phrase in given.brief.avoid for word in phrase.lower().split())
    shelf = Shelf(Teller(cast.called, avoid), dict(scenery.places), frame=stable(given.seed, "frame"))
    visuals: list[Visual] = []
    since = 1
    motif = motif_noun(given.song, readings)
    choruses = 0
    place = ""
    for number, span in enumerate(given.spans):
        section = section_of(given.song, span)
        label = given.song.sections[section].label
        literalness = given.brief.literalness_by_section.get(label, given.brief.literalness)
        scene = scenery.scenes[section]
        later = set(lines[number + 1]) if number + 1 < len(lines) else set[int]()
        here = [n for n in lines[number] if n not in later] or lines[number]
        sung = [(n, readings[n]) for n in here]
        starts = number == 0 or section_of(given.song, given.spans[number - 1]) != section
        choruses += starts and label == "chorus"
        arrived = not starts and section + 1 < len(scenery.scenes) and place == scenery.scenes[section + 1].place
        home = scenery.places[place if arrived else scene.place]
        gem = any(r.stated and r.stated.text not in shelf.used for _, r in sung)
        want = bool(sung) and _wants_singing(literalness, label == "chorus", since - 8 * gem)
        hint: Hint = ("wide", "close", "")[min(choruses, 3) - 1] if label == "chorus" else ""
        moment = Moment(
            scene, home, sung, literalness, True, span[1] - span[0], want, number,
            needs_singer=number in {0, len(given.spans) - 1},
            motif=motif if label == "chorus" else "", motif_hint=hint,
        )  # fmt: skip
        first, last = number == 0, number == len(given.spans) - 1 and number > 0
        framing = (first and not sung) or (last and not gem)
        made = shelf.opening(moment, ending=last) if framing else shelf.visual(moment)
        place = made.place.id
        for index in made.depicts:
            gone = gives_up(readings[index])
            if gone and made.source == "stated":
                shelf.given_up |= {word for name in names_of("props", gone) for word in (name, name + "s")}
        since = 0 if made.kind == "performance" else since + 1
        visuals.append(made)
    return visuals


def _wants_singing(literalness: float, chorus: bool, since: int) -> bool:
    """Every third shot or so in a chorus, rarer elsewhere; hardly ever at full literalness."""
    gap = 3 if chorus else 5
    if literalness >= 0.85:
        gap = 8
    elif literalness < 0.35:
        gap -= 1
    return since >= gap
