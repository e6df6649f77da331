"""What a long song comes back to when all has been told: each image again at another spot and in another light.

It does not know what has been used, or what fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, zip_longest

from mvlocal.story import vocabulary
from mvlocal.story.scenery import Scene
from mvlocal.story.senses import senses, words_of
from mvlocal.story.telling import spots_for
from mvlocal.story.vocabulary import ImageText, Place


@dataclass(frozen=True, slots=True)
class Again:
    """An image with the clause that makes it another, where it came from, and how often all has been told before."""

    image: ImageText
    clause: str
    source: str
    lap: int


def told_again(rows: Sequence[tuple[str, Sequence[ImageText]]], place: Place, scene: Scene) -> Iterator[Again]:
    """(source, images) row by row in turn: every image at every spot with every clause and every two of them.

    Within a lap no sentence comes twice, and of one row no two in turn share image, spot or clause. It never ends where
    there is an image; a lap is a few thousand sentences, more than hours of song ask of one place.
    """
    for lap in count() if any(images for _, images in rows) else ():
        laps = [_lap(images, source, lap, place, scene) for source, images in rows]
        for turn in zip_longest(*laps):
            yield from (again for again in turn if again is not None)


def _lap(images: Sequence[ImageText], source: str, lap: int, place: Place, scene: Scene) -> Iterator[Again]:
    placed = tuple(_at_spots(images, place))
    clauses = _clauses(place, scene)
    lights = vocabulary.images().lights
    for few, close in zip(_one_and_two(clauses), _one_and_two(lights), strict=True):
        for turn in range(max(len(few), len(close))):
            for n, image in enumerate(placed):
                fitting = close if image.hint == "close" else few
                if turn < len(fitting):
                    yield Again(image, fitting[(turn + n) % len(fitting)], source, lap)


def _at_spots(images: Sequence[ImageText], place: Place) -> Iterator[ImageText]:
    """Each image at each of its spots; one without a spot once."""
    for turn in range(len(place.spots)):
        for n, image in enumerate(images):
            if "{spot}" not in image.text:
                if turn == 0:
                    yield image
                continue
            spots = spots_for(image.text, place)
            if turn < len(spots):
                text = image.text.replace("{spot}", spots[(turn + n) % len(spots)])
                yield ImageText(text, image.hint, image.place)


def _clauses(place: Place, scene: Scene) -> tuple[str, ...]:
    """What can be said of the place, its weather and its light, and names no place beside it."""
    images = vocabulary.images()
    weather = images.weather.get(scene.weather, ()) if place.setting != "indoors" else ()
    rows = zip_longest(place.tails, weather, images.lights)
    return tuple(clause for clause in chain.from_iterable(rows) if clause and not _names_another(clause, place))


def _names_another(clause: str, place: Place) -> bool:
    kinds, own = senses().groups["places"], words_of(place.description)
    return any(kinds.get(word, place.kind) != place.kind and word not in own for word in words_of(clause))


def _one_and_two(clauses: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The clauses, and every two of them."""
    size = len(clauses)
    gaps = range(1, (size + 1) // 2)
    return clauses, [f"{clauses[n]}, {clauses[(n + gap) % size]}" for gap in gaps for n in range(size)]
