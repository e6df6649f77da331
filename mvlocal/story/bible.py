"""The story bible: logline, style, acts with their turns, and motifs, told from the shots that were chosen.

It does not choose shots.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Act, Brief, Character, Motif, Shot, StoryBible
from mvlocal.story import vocabulary
from mvlocal.story.people import OTHER_ID, Cast
from mvlocal.story.reading import Reading, clean
from mvlocal.story.scenery import Scenery, lines_of_sections, locations, stable
from mvlocal.story.vocabulary import Mood

_STYLE: Mapping[Mood, str] = {
    "tender": "warm, close and unhurried; soft side light, gentle grain",
    "longing": "quiet and spacious; warm lamps against cool dark, soft contrast, fine grain",
    "grief": "bare and still; low light, deep shadow, colours almost drained",
    "anger": "hard and close; one strong light, deep blacks, quick decisive framing",
    "joy": "bright and loose; sun in the lens, clear warm colour, generous space",
    "calm": "still and wide; even light, muted colour, room around every figure",
    "wonder": "wide-eyed and luminous; glowing edges, long soft gradients",
    "fear": "watchful; narrow pools of light, long corridors of dark, slow movement",
    "defiance": "bold and frontal; low angles, strong outlines, a single warm accent",
}
_FINDS: Mapping[Mood, str] = {
    "tender": "learns to stay close",
    "longing": "stops looking back",
    "grief": "lays something down at last",
    "anger": "runs out of things to break",
    "joy": "gives in to it completely",
    "calm": "comes to rest",
    "wonder": "finds the world larger than it was",
    "fear": "turns round to face what follows",
    "defiance": "does not give way",
}
_SETUP = {
    True: (
        "{S} gives up waiting {at a} and goes on to {b}",
        "what {S} leaves behind {at a} will not fit in the hands; the way leads to {b}",
        "{S} looks back once from {a}, and is {at b} before it is clear why",
    ),
    False: (
        "{S} has been waiting {at a} and begins to move",
        "{at a} {S} is disturbed, and cannot settle to what was before",
        "{S} takes shelter {at a} and finds that it is a beginning",
    ),
}
_MIDDLE = {
    True: (
        "between {b} and {c} {S} finds out what the way is for",
        "{S} gets no answer {at b}; it is {at c} that the question turns round",
        "{S} goes as far as {c} to lose it, and finds it there first",
    ),
    False: (
        "{at b} there is no putting it off: {S} looks straight at it",
        "{at b} there is nowhere left for {S} to look but inward",
        "{at b} {S} wins what was wanted and sees the price",
    ),
}


def plan_bible(
    title: str,
    brief: Brief,
    song: SongMap,
    readings: Sequence[Reading],
    scenery: Scenery,
    cast: Cast,
    shots: Sequence[Shot],
    seed: int,
) -> StoryBible:
    """Writes the bible that goes with `shots`."""
    mood = _mood(scenery)
    people: tuple[Character, ...] = (cast.singer,)
    if any(presence.id == OTHER_ID for shot in shots for presence in shot.characters):
        people = (cast.singer, cast.other)
    used = {shot.location for shot in shots}
    props = dict.fromkeys([*cast.carried, *(prop for shot in shots for prop in shot.props)])
    return StoryBible(
        title=clean(title, 120) or "Untitled",
        artist=clean(cast.singer.name, 120) if cast.called != "the singer" or cast.singer.name != "the singer" else "",
        logline=_logline(scenery, cast, shots, mood),
        style=_style(brief, mood),
        acts=_acts(song, scenery, cast, mood, seed),
        characters=people,
        locations=tuple(place for place in locations(scenery, seed) if place.id in used),
        props=tuple(name for name in props if re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", name)),
        motifs=_motifs(song, readings, scenery, shots),
    )


def _mood(scenery: Scenery) -> Mood:
    counts: Counter[Mood] = Counter(scene.mood for scene in scenery.scenes)
    return counts.most_common(1)[0][0]


def _style(brief: Brief, mood: Mood) -> str:
    asked = clean(brief.style, 200)
    base = _STYLE[mood]
    style = f"{asked}; {base}" if asked else base
    return f"{style[0].upper()}{style[1:]}. Five colours a place, one warm accent. No legible writing in frame."


def _logline(scenery: Scenery, cast: Cast, shots: Sequence[Shot], mood: Mood) -> str:
    places = scenery.places
    first, last = places[shots[0].location], places[shots[-1].location]
    start, end = shots[0].time_of_day, shots[-1].time_of_day
    hours = f"from {start} to {end}" if start != end else f"in one {start}"
    carried = f", carrying {_articled(cast.carried[0])}" if cast.carried else ""
    way = f"goes from {first.name} to {last.name}" if first is not last else f"cannot leave {first.name}"
    return _sentence(f"{cast.called} {way}{carried}, {hours}, and {_FINDS[mood]}")


def _articled(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _acts(song: SongMap, scenery: Scenery, cast: Cast, mood: Mood, seed: int) -> tuple[Act, ...]:
    count = len(song.sections)
    of_act = [scene.act for scene in scenery.scenes]
    ranges = [[n for n in range(count) if of_act[n] == act] or [count - 1 if act else 0] for act in range(3)]
    starts = [scenery.places[scenery.scenes[part[0]].place] for part in ranges]
    ends = [scenery.places[scenery.scenes[part[-1]].place] for part in ranges]
    names = [place.name for place in starts]
    singer = cast.called
    light = scenery.scenes[-1].time
    turns = [
        _pick(_SETUP[names[0] != names[1]], seed, f"setup {names}"),
        _pick(_MIDDLE[names[1] != ends[1].name], seed, f"middle {names}"),
        f"{ends[2].at}, in the light of {light}, {singer} {_FINDS[mood]}",
    ]
    told = {
        "{S}": singer, "{a}": names[0], "{b}": names[1], "{c}": ends[1].name,
        "{at a}": starts[0].at, "{at b}": starts[1].at, "{at c}": ends[1].at,
    }  # fmt: skip
    for key, value in told.items():
        turns = [turn.replace(key, value) for turn in turns]
    kinds = ("setup", "confrontation", "resolution")
    return tuple(
        Act(name=kinds[n], first_section=ranges[n][0], last_section=ranges[n][-1], turn=_sentence(turns[n]))
        for n in range(3)
    )


def _pick(texts: Sequence[str], seed: int, what: str) -> str:
    return texts[stable(seed, what) % len(texts)]


def _motifs(song: SongMap, readings: Sequence[Reading], scenery: Scenery, shots: Sequence[Shot]) -> tuple[Motif, ...]:
    """What the chorus returns to, its most sung thing, else its place; and the shot that shows it each time."""
    choruses = [n for n, section in enumerate(song.sections) if section.label == "chorus"]
    if not choruses:
        return ()
    home = scenery.places[scenery.scenes[choruses[0]].place]
    noun = motif_noun(song, readings)
    thing = f"the {noun}" if noun else home.name
    of_section: defaultdict[int, list[Shot]] = defaultdict(list)
    for shot in shots:
        of_section[song.section_at(0.5 * (shot.start_s + shot.end_s))].append(shot)
    told: list[str] = []
    for number, section in enumerate(choruses, start=1):
        here = of_section[section]  # none where a chorus is over before a shot can begin: it returns to nothing
        shown = next((shot for shot in here if noun and _shows(shot, noun)), here[0] if here else None)
        if shown is not None:
            told.append(f"chorus {number}: {shown.camera.size}, {shown.time_of_day}: {shown.visual.rstrip('.')}")
    return (Motif(id="chorus", description=f"Every chorus returns to {thing}.", changes=tuple(told)),)


def _shows(shot: Shot, noun: str) -> bool:
    return any(noun in vocabulary.words().lemmas(word) for word in re.findall(r"[a-z]+", shot.visual.lower()))


def motif_noun(song: SongMap, readings: Sequence[Reading]) -> str:
    """The thing most sung in the choruses, empty if there is none."""
    lines = lines_of_sections(song)
    nouns = Counter(
        noun
        for section, part in zip(song.sections, lines, strict=True)
        for index in (part if section.label == "chorus" else ())
        for noun in readings[index].nouns
        if _drawn(noun)
    )
    return nouns.most_common(1)[0][0] if nouns else ""


def _drawn(noun: str) -> bool:
    found = vocabulary.words().nouns.get(noun)
    return found is not None and found.kind in {
        "thing",
        "vehicle",
        "sky",
        "nature",
        "animal",
        "building",
        "food",
        "glow",
        "clothing",
    }
