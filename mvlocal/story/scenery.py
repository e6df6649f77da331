"""Where and when each section plays: a few recurring places, a day that moves one way, weather by act.

It does not know shots.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mvlocal.schema.song import SectionLabel, SongMap
from mvlocal.schema.story import Location, TimeOfDay, Weather
from mvlocal.story import vocabulary
from mvlocal.story.reading import Reading
from mvlocal.story.vocabulary import Mood, Place

MAX_PLACES = 6
_JOURNEYS = frozenset({"train", "road"})
_STRONG = 3.0
_LOUDER: Mapping[Mood, Mood] = {"grief": "anger", "longing": "defiance", "calm": "defiance", "tender": "joy"}
_TIME_WORDS: Mapping[str, TimeOfDay] = {
    "dawn": "dawn", "sunrise": "dawn", "daybreak": "dawn", "morning": "morning", "noon": "noon", "midday": "noon",
    "afternoon": "afternoon", "dusk": "dusk", "sunset": "dusk", "evening": "dusk", "twilight": "dusk",
    "night": "night", "midnight": "night", "moon": "night", "star": "night", "moonlight": "night",
    "sunshine": "noon", "sunlight": "afternoon", "summer": "afternoon",
}  # fmt: skip
_DAY_ARC: tuple[TimeOfDay, ...] = ("morning", "noon", "afternoon", "dusk")
_NIGHT_ARC: tuple[TimeOfDay, ...] = ("dusk", "night", "night", "dawn")
_WEATHER_WORDS: Mapping[str, Weather] = {
    "rain": "rain", "storm": "rain", "thunder": "rain", "umbrella": "rain", "puddle": "rain", "raindrop": "rain",
    "snowflake": "snow",
    "snow": "snow", "winter": "snow", "frost": "snow", "ice": "snow", "fog": "fog", "mist": "fog", "haze": "fog",
    "wind": "wind", "breeze": "wind", "cloud": "cloudy", "grey": "cloudy", "gray": "cloudy",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when one section plays, its act (0, 1, 2) and its mood."""

    place: str
    time: TimeOfDay
    weather: Weather
    act: int
    mood: Mood


@dataclass(frozen=True, slots=True)
class Scenery:
    """One scene a section, and every place of the story by id."""

    scenes: tuple[Scene, ...]
    places: Mapping[str, Place]


def stable(*parts: object) -> int:
    """A 32-bit number that depends on `parts` alone."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


def plan_scenery(song: SongMap, readings: Sequence[Reading], wish: str, seed: int) -> Scenery:
    """Chooses places by the words of each section, then by its mood; `wish` is the brief's text."""
    lines = lines_of_sections(song)
    moods = _moods(song, readings, lines)
    votes = _votes(readings, lines)
    wished = _wished(wish)
    chosen = _choose(song, votes, moods, wished, seed)
    chosen = _destination(song, readings, lines, chosen)
    acts = acts_of(song)
    times = _times(song, readings, wish)
    weather = _weather(readings, lines, acts)
    scenes = tuple(Scene(chosen[n], times[n], weather[acts[n]], acts[n], moods[n]) for n in range(len(song.sections)))
    used = list(dict.fromkeys(chosen))
    for reading in readings:
        strong = strongest(reading)
        if strong and strong not in used and len(used) < MAX_PLACES:
            used.append(strong)
    return Scenery(scenes, {name: vocabulary.places()[name] for name in used})


def strongest(reading: Reading) -> str | None:
    """The place a line names outright, if it does."""
    if not reading.place_votes:
        return None
    name, count = max(reading.place_votes.items(), key=lambda item: item[1])
    return name if count >= _STRONG else None


def lines_of_sections(song: SongMap) -> tuple[tuple[int, ...], ...]:
    """For each section the indices of the lines that start in it."""
    found: list[list[int]] = [[] for _ in song.sections]
    for n, line in enumerate(song.lyrics):
        found[song.section_at(line.start_s + min(0.3, 0.5 * line.length_s))].append(n)
    return tuple(tuple(part) for part in found)


def acts_of(song: SongMap) -> tuple[int, ...]:
    """The act of each section: setup to about a third, resolution from about the last quarter, in song time.

    A border moves to the start of a chorus when one is near.
    """
    count = len(song.sections)
    if count < 3:
        return tuple(range(count)) if count == 2 else (0,)
    first = _border(song, 0.3, 1, count - 2)
    second = _border(song, 0.75, first + 1, count - 1)
    return tuple(0 if n < first else 1 if n < second else 2 for n in range(count))


def _border(song: SongMap, share: float, low: int, high: int) -> int:
    def cost(n: int) -> float:
        section = song.sections[n]
        bonus = 0.08 if section.label == "chorus" else 0.0
        return abs(section.start_s / song.duration_s - share) - bonus

    return min(range(low, high + 1), key=cost)


def locations(scenery: Scenery, seed: int) -> tuple[Location, ...]:
    """The bible's registry of the places, each with a palette and a seed of its own."""
    found: list[Location] = []
    for place in scenery.places.values():
        number = stable(seed, "place", place.id)
        found.append(
            Location(
                id=place.id,
                name=place.name,
                kind=place.kind,
                description=place.description,
                light=place.light,
                palette=place.palettes[number % len(place.palettes)],
                seed=number,
            )
        )
    return tuple(found)


def _moods(song: SongMap, readings: Sequence[Reading], lines: Sequence[Sequence[int]]) -> tuple[Mood, ...]:
    whole: Counter[Mood] = Counter(reading.mood for reading in readings if reading.mood)
    fallback: Mood = whole.most_common(1)[0][0] if whole else "longing"
    found: list[Mood] = []
    for section, part in zip(song.sections, lines, strict=True):
        counts: Counter[Mood] = Counter(mood for n in part if (mood := readings[n].mood))
        if counts:
            found.append(counts.most_common(1)[0][0])
        elif section.energy > 0.75:
            found.append("joy" if fallback == "joy" else "defiance")
        else:
            found.append(fallback if section.energy > 0.3 else "calm")
    return tuple(_LOUDER.get(mood, mood) for mood in found) if _is_loud(song) else tuple(found)


def _is_loud(song: SongMap) -> bool:
    """Whether the song drives from beginning to end, so that nobody in it lies low."""
    spent = sum(section.energy * (section.end_s - section.start_s) for section in song.sections)
    return spent > 0.75 * song.duration_s


def _votes(readings: Sequence[Reading], lines: Sequence[Sequence[int]]) -> list[dict[str, float]]:
    found: list[dict[str, float]] = []
    for part in lines:
        total: defaultdict[str, float] = defaultdict(float)
        for n in part:
            for name, count in readings[n].place_votes.items():
                total[name] += count
        found.append(dict(total))
    return found


def _wished(wish: str) -> dict[str, float]:
    words = vocabulary.words()
    bag = {lemma for word in wish.lower().split() for lemma in words.lemmas(word.strip(".,;:!?"))}
    return {place.id: 3.0 for place in vocabulary.places().values() if bag & place.words}


def _choose(
    song: SongMap,
    votes: Sequence[Mapping[str, float]],
    moods: Sequence[Mood],
    wished: Mapping[str, float],
    seed: int,
) -> list[str]:
    """A place for each section: one a label, left only where a section's own words call elsewhere."""
    whole: Counter[str] = Counter()
    for part in votes:
        whole.update(part)
    primary: dict[SectionLabel, str] = {}
    order = sorted(range(len(song.sections)), key=lambda n: (not votes[n], n))
    for n in order:
        label = song.sections[n].label
        if label not in primary and votes[n]:
            same = [votes[k] for k, section in enumerate(song.sections) if section.label == label]
            primary[label] = _best(same, whole, moods[n], primary, wished, seed)
    wordless = not any(votes) and not song.lyrics
    for n in order:
        label = song.sections[n].label
        if label not in primary and (wordless or label in {"verse", "prechorus", "chorus", "bridge"}):
            primary[label] = _best([], whole, moods[n], primary, wished, seed)
    chosen: list[str | None] = []
    for n, section in enumerate(song.sections):
        home = primary.get(section.label)
        chosen.append(_own(votes[n], home, whole, primary) if home else None)
    return _spread(chosen, whole, moods, wished, seed)


def _best(
    same: Sequence[Mapping[str, float]],
    whole: Mapping[str, float],
    mood: Mood,
    taken: Mapping[SectionLabel, str],
    wished: Mapping[str, float],
    seed: int,
) -> str:
    def score(place: Place) -> float:
        own = sum(part.get(place.id, 0.0) for part in same)
        points = own + 0.25 * whole.get(place.id, 0.0) + wished.get(place.id, 0.0)
        points += 0.4 * (mood in place.moods) - 1.2 * (place.id in taken.values())
        return points + 0.2 * stable(seed, "taste", place.id) / 2**32

    return max(vocabulary.places().values(), key=score).id


def _own(votes: Mapping[str, float], home: str, whole: Mapping[str, float], primary: Mapping[SectionLabel, str]) -> str:
    """The label's home, unless this section names none of it and another place of the story more."""
    if votes.get(home, 0.0) > 0 or not votes:
        return home

    def score(name: str) -> float:
        journey = vocabulary.places()[name].kind in _JOURNEYS and name in primary.values()
        return votes.get(name, 0.0) + 0.25 * whole.get(name, 0.0) + (1.0 if journey else 0.0)

    top = max(sorted({*votes, home}), key=score)
    return top if score(top) >= score(home) + 1.0 else home


def _spread(
    chosen: Sequence[str | None],
    whole: Mapping[str, float],
    moods: Sequence[Mood],
    wished: Mapping[str, float],
    seed: int,
) -> list[str]:
    """Sections without words take the place of a neighbour: the next for an intro, else the one before."""
    result: list[str] = []
    fallback = next((name for name in chosen if name), None)
    for n, name in enumerate(chosen):
        if name:
            result.append(name)
        elif result:
            result.append(result[-1])
        else:
            result.append(fallback or _best([], whole, moods[n], {}, wished, seed))
    return result


def _destination(
    song: SongMap, readings: Sequence[Reading], lines: Sequence[Sequence[int]], chosen: list[str]
) -> list[str]:
    """An outro without words plays where the last lines arrived."""
    last_sung = max((n for n, part in enumerate(lines) if part), default=None)
    if last_sung is None or last_sung >= len(song.sections) - 1:
        return chosen
    for n in reversed(lines[last_sung][-3:]):
        arrived = strongest(readings[n])
        if arrived:
            return [*chosen[: last_sung + 1], *([arrived] * (len(chosen) - last_sung - 1))]
    return chosen


def _times(song: SongMap, readings: Sequence[Reading], wish: str) -> tuple[TimeOfDay, ...]:
    """The hour of each section; it only moves forward."""
    words = vocabulary.words()
    counts: Counter[TimeOfDay] = Counter()
    texts = [reading.text for reading in readings] + [wish] * 3
    for text in texts:
        for word in text.lower().split():
            for lemma in words.lemmas(word.strip(".,;:!?'")):
                if lemma in _TIME_WORDS:
                    counts[_TIME_WORDS[lemma]] += 1
    by_day = sum(counts[name] for name in ("morning", "noon", "afternoon"))
    arc = _DAY_ARC if by_day > counts["night"] + counts["dusk"] + counts["dawn"] else _NIGHT_ARC
    middles = [0.5 * (section.start_s + section.end_s) / song.duration_s for section in song.sections]
    borders = (0.22, 0.5, 0.8)
    return tuple(arc[sum(middle > border for border in borders)] for middle in middles)


def _weather(
    readings: Sequence[Reading], lines: Sequence[Sequence[int]], acts: Sequence[int]
) -> tuple[Weather, Weather, Weather]:
    words = vocabulary.words()
    found: list[Weather] = []
    for act in range(3):
        counts: Counter[Weather] = Counter()
        for part, of_act in zip(lines, acts, strict=True):
            for n in part if of_act == act else ():
                for word in readings[n].text.lower().split():
                    for lemma in words.lemmas(word.strip(".,;:!?'")):
                        if lemma in _WEATHER_WORDS:
                            counts[_WEATHER_WORDS[lemma]] += 1
        found.append(counts.most_common(1)[0][0] if counts else "clear")
    return found[0], found[1], found[2]
