"""The sentence of each shot: what is seen, chosen from what the line says and never said twice.

It does not know cameras, photos or documents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from mvlocal.schema.story import ShotKind
from mvlocal.story import vocabulary
from mvlocal.story.fitting import fits
from mvlocal.story.reading import Reading
from mvlocal.story.retelling import Again, told_again
from mvlocal.story.scenery import Scene, strongest
from mvlocal.story.telling import Teller
from mvlocal.story.vocabulary import Hint, ImageText, Place

_STATED = "stated"
_IDEA = "an image for it"
_GESTURE = "sung"
_FRAME = "the frame of the story"
_MEMORY = 12
"""For so many shots no turn of phrase comes back."""


@dataclass(frozen=True, slots=True)
class Visual:
    """One shot's sentence, what kind of shot it makes, who is in it, and how it came about."""

    text: str
    kind: ShotKind
    hint: Hint
    place: Place
    singer: bool
    other: bool
    portrait: bool
    source: str
    depicts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """What is wanted of one shot. `lines` are (index, reading) in song order; `perform` asks for singing."""

    scene: Scene
    home: Place
    lines: Sequence[tuple[int, Reading]]
    literalness: float
    new_places: bool
    length_s: float
    perform: bool
    number: int
    needs_singer: bool = False
    motif: str = ""
    motif_hint: Hint = ""


@dataclass(slots=True)
class Shelf:
    """What the story may draw on and what it has used: one for a whole plan."""

    teller: Teller
    places: dict[str, Place]
    frame: int = 0
    seen_places: set[str] = field(default_factory=set[str])
    recent: list[frozenset[str]] = field(default_factory=list[frozenset[str]])
    used: set[str] = field(default_factory=set[str])
    told: set[str] = field(default_factory=set[str])
    given_up: set[str] = field(default_factory=set[str])
    counts: Counter[str] = field(default_factory=Counter[str])
    returns: dict[tuple[object, ...], Iterator[Again]] = field(
        default_factory=dict[tuple[object, ...], Iterator[Again]]
    )

    def visual(self, moment: Moment) -> Visual:
        """The first candidate that fits and has not been used; where all has been, one comes back changed."""
        for image, source, lines in chain(self._for_lines(moment), self._for_place(moment)):
            if image.text in self.used:
                continue
            place = self._place_for(image, moment, lines, source)
            if place is None or not self._fits(image, moment, place) or (source != _STATED and self._echoes(image)):
                continue
            made = self._make(image, source, moment, place, lines)
            if made is not None:
                return made
        return self._again(moment)

    def opening(self, moment: Moment, *, ending: bool = False) -> Visual:
        """The singer arrives in (or leaves) the story, small in a wide frame."""
        texts = vocabulary.images().endings if ending else vocabulary.images().openings
        for n in range(len(texts)):
            index = (self.frame + n) % len(texts)
            if not self._fits(texts[index], moment, moment.home):
                continue
            made = self._make(texts[index], _FRAME, moment, moment.home, ())
            if made is not None:
                self.frame = index  # the ending of this number answers the opening
                return made
        return self.visual(moment)

    def _for_lines(self, moment: Moment) -> Iterator[tuple[ImageText, str, tuple[int, ...]]]:
        gestures = vocabulary.images().gestures[moment.scene.mood]
        turn = self.counts["gesture"]
        rotated = [gestures[(turn + n) % len(gestures)] for n in range(len(gestures))]
        sung = tuple(index for index, _ in moment.lines)
        if moment.perform and moment.lines:
            for gesture in rotated:
                if gesture.hint == "perform":
                    yield gesture, _GESTURE, sung
        pair = self._pair(moment)
        if pair is not None:
            yield pair, _STATED, sung
        rows = [list(self._for_line(index, reading, moment)) for index, reading in moment.lines]
        rows.sort(key=lambda row: not any(source == _STATED for _, source, _ in row))
        for n in range(max(map(len, rows), default=0)):
            for row in rows:
                if n < len(row):
                    yield row[n]
        if moment.lines:
            for gesture in rotated:
                yield gesture, _GESTURE, sung

    def _for_line(
        self, index: int, reading: Reading, moment: Moment
    ) -> Iterator[tuple[ImageText, str, tuple[int, ...]]]:
        stated = [(reading.stated, _STATED, (index,))] if reading.stated else []
        returning = moment.motif in reading.nouns
        images = sorted(reading.ideas, key=lambda image: returning and image.hint != moment.motif_hint)
        ideas = [(image, _IDEA, (index,)) for image in images]
        if reading.strong_idea:
            yield from ideas[:1]
        if moment.literalness >= 0.35:
            yield from stated
            yield from ideas
        else:
            yield from ideas
            yield from stated

    def _pair(self, moment: Moment) -> ImageText | None:
        """Two stated lines told in one longer shot: `...; then ...`."""
        if len(moment.lines) < 2 or moment.length_s < 3.0 or moment.literalness < 0.35:
            return None
        (_, first), (_, second) = moment.lines[:2]
        if first.stated is None or second.stated is None or first.strong_idea or second.strong_idea:
            return None
        a, b = first.stated, second.stated
        places = {strongest(first), strongest(second)} - {None}
        fresh = a.text not in self.used and b.text not in self.used
        if len(places) > 1 or not fresh or len(a.text) + len(b.text) > 120:
            return None
        return ImageText(f"{a.text}; then {b.text}", a.hint if a.hint == b.hint else "")

    def _for_place(self, moment: Moment) -> Iterator[tuple[ImageText, str, tuple[int, ...]]]:
        """Shots without a line: the place whole, a detail of it, the singer passing through."""
        place = moment.home
        wides = [ImageText(text.rstrip("."), "wide") for text in place.wides]
        details = [ImageText(text.rstrip("."), "close") for text in place.details]
        between = list(vocabulary.images().between)
        rows = [wides, between, details]
        turn = self.counts["place"]
        self.counts["place"] += 1
        if place.id not in self.seen_places:
            turn = 0
        for n in range(9):
            row = rows[(turn + n) % 3]
            offset = moment.number
            for k in range(len(row)):
                yield row[(offset + k) % len(row)], "the place", ()
        for other in self.places.values():
            if other.kind != place.kind:
                for text in (*other.wides, *other.details):
                    hint: Hint = "wide" if text in other.wides else "close"
                    yield ImageText(text.rstrip("."), hint, other.kind), "the place", ()

    def _place_for(self, image: ImageText, moment: Moment, lines: Sequence[int], source: str) -> Place | None:
        if image.place is not None and image.place != moment.home.kind:
            return next((place for place in self.places.values() if place.kind == image.place), None)
        if source in {_STATED, _IDEA} and lines:
            for index, reading in moment.lines:
                named = strongest(reading)
                if index in lines and named in self.places and not moment.perform:
                    return self.places[named]
        return moment.home

    def _fits(self, image: ImageText, moment: Moment, place: Place) -> bool:
        text = image.text.lower()
        words = set(re.findall(r"[a-z]+", text))
        if words & self.teller.avoid or (words & self.given_up and "{s}" in text):
            return False
        if moment.needs_singer and "{s}" not in text:
            return False
        if place.id not in self.seen_places and moment.new_places and image.hint == "close":
            return False
        return fits(image, moment.scene, place)

    def _make(self, image: ImageText, source: str, moment: Moment, place: Place, lines: Sequence[int]) -> Visual | None:
        if image.text in self.used:
            return None
        self.used.add(image.text)
        if source == _STATED:
            self.used |= {reading.stated.text for index, reading in moment.lines if index in lines and reading.stated}
        if source == _GESTURE:
            self.counts["gesture"] += 1
        return self._finish(image, source, moment, place, lines)

    def _echoes(self, image: ImageText) -> bool:
        """Whether a turn of phrase of the last few sentences comes back in this one."""
        turns = _turns(image.text)
        return any(not turns.isdisjoint(before) for before in self.recent[-_MEMORY:])

    def _finish(self, image: ImageText, source: str, moment: Moment, place: Place, lines: Sequence[int]) -> Visual:
        self.seen_places.add(place.id)
        self.recent.append(_turns(image.text))
        every = 0 if source == "the place" else {_STATED: 2, _GESTURE: 2, _FRAME: 1}.get(source, 4)
        text = self.teller.tell(image, place, moment.scene, every=every)
        self.told.add(text.rstrip(".").lower())
        singer, other = "{S" in image.text, "{O" in image.text
        return Visual(
            text=text,
            kind=_kind(image, singer or other, moment),
            hint=image.hint,
            place=place,
            singer=singer,
            other=other,
            portrait="{S}" in image.text and image.hint != "close",
            source=source,
            depicts=tuple(lines),
        )

    def _again(self, moment: Moment) -> Visual:
        """Everything has been used: an image comes back at another spot and in another light, until it is new."""
        place, scene, sings = moment.home, moment.scene, bool(moment.lines) and moment.perform
        key = (place.id, scene.time, scene.weather, scene.mood, bool(moment.lines), sings, moment.needs_singer)
        if key not in self.returns:
            self.returns[key] = told_again(self._rows(moment, sings=sings), place, scene)
        lap: int | None = None
        for again in self.returns[key]:
            image = ImageText(f"{again.image.text}, {again.clause}", again.image.hint)
            lap = again.lap if lap is None else lap
            known = not again.lap and self.teller.named(image.text).lower() in self.told
            if not known and (self._suits(image, again, moment) or again.lap > lap + 1):
                sung = again.source == _GESTURE
                return self._finish(image, again.source, moment, place, tuple(n for n, _ in moment.lines if sung))
        return self._finish(vocabulary.images().between[0], _FRAME, moment, place, ())  # the brief avoids all else

    def _rows(self, moment: Moment, *, sings: bool) -> list[tuple[str, list[ImageText]]]:
        """The images that can come back here, by where they come from: gestures alone where somebody sings."""
        images, place = vocabulary.images(), moment.home
        wides = [ImageText(text.rstrip("."), "wide") for text in place.wides]
        details = [ImageText(text.rstrip("."), "close") for text in place.details]
        rows = [("the place", wides), ("the place", list(images.between)), ("the place", details)]
        gestures = [(_GESTURE, list(images.gestures[moment.scene.mood]))] if moment.lines else []
        fitting = [
            (source, [image for image in row if self._fits(image, moment, place)])
            for source, row in (gestures if sings else [*gestures, *rows])
        ]
        return [(source, row) for source, row in fitting if row]

    def _suits(self, image: ImageText, again: Again, moment: Moment) -> bool:
        clause_fits = self.teller.tail_fits(again.clause, again.image.text, moment.scene)
        return clause_fits and self._fits(image, moment, moment.home)


@lru_cache(maxsize=4096)
def _turns(text: str) -> frozenset[str]:
    """The runs of four words that make up a sentence, placeholders left out."""
    words = re.findall(r"[a-z]+", re.sub(r"\{[^}]*\}", " ", text.lower()))
    return frozenset(" ".join(words[n : n + 4]) for n in range(len(words) - 3))


def _kind(image: ImageText, people: bool, moment: Moment) -> ShotKind:
    if image.hint == "perform" and moment.lines:
        return "performance"
    if people:
        return "narrative"
    if image.hint == "close":
        return "detail"
    if image.hint == "wide":
        return "abstract" if moment.home.kind == "void" else "landscape"
    return "narrative"
