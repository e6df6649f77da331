"""Visuals made into shots: framing, people, things in hand, what changes, and why.

It does not choose what is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Camera, Presence, Shot, ShotKind
from mvlocal.story.choosing import StoryInput
from mvlocal.story.framing import Want, choose_camera, motion_words
from mvlocal.story.lines import section_of
from mvlocal.story.people import EMOTIONS, FIRST, LAST, OTHER_ID, PORTABLE, Cast, gives_up
from mvlocal.story.photo_casting import give_photos
from mvlocal.story.reading import Reading, clean
from mvlocal.story.scenery import Scene, Scenery, stable
from mvlocal.story.visuals import Visual
from mvlocal.story.vocabulary import Mood, words

_POSITIONS = ("left third", "centre", "left of centre")
_OTHER_POSITION = "right third"


def make_shots(
    given: StoryInput,
    form: SongMap,
    readings: Sequence[Reading],
    scenery: Scenery,
    cast: Cast,
    lines: Sequence[tuple[int, ...]],
    visuals: Sequence[Visual],
) -> list[Shot]:
    history: list[Camera] = []
    seen: set[str] = set()
    shots: list[Shot] = []
    beats = set(given.song.beats)
    width = max(2, len(str(len(given.spans))))
    carried = set(cast.carried)
    at = ("", -1)
    for number, (span, visual) in enumerate(zip(given.spans, visuals, strict=True)):
        section = section_of(given.song, span)
        scene, label = scenery.scenes[section_of(form, span)], form.sections[section_of(form, span)].label
        camera = choose_camera(
            Want(
                visual.kind, visual.hint, label,
                new_place=visual.place.id not in seen,
                held=any(given.song.lyrics[n].length_s > 4.5 for n in lines[number]),
                last=number == len(visuals) - 1,
                salt=stable(given.seed, "camera", number),
                able=given.moves,
            ),
            history,
        )  # fmt: skip
        history.append(camera)
        seen.add(visual.place.id)
        shot = Shot(
            id=f"s{number + 1:0{width}d}",
            start_s=span[0],
            end_s=span[1],
            section=section,
            kind=visual.kind,
            lyric_lines=lines[number],
            visual=visual.text,
            why=_why(number, lines[number], readings, visual, label),
            characters=_presences(visual, scene.act, scene.mood, cast, number, carried),
            props=_props(visual.text),
            location=visual.place.id,
            time_of_day=scene.time,
            weather=scene.weather,
            camera=camera,
            jump=_jump(shots[-1], section, scene) if shots else "",
            motion=motion_words(visual.kind, camera.move, number),
            transition="cut",
            free_cut=span[0] != 0 and span[0] not in beats,
        )
        shot, carried = _with_changes(shot, visual, readings, cast, carried)
        if any(presence.id == cast.singer.id for presence in shot.characters):
            if at[1] == section and at[0] != shot.location:
                moved = f"{cast.singer.id} at {shot.location}"
                shot = shot.model_copy(update={"changes": (*shot.changes, moved)})
            at = (shot.location, section)
        shots.append(shot)
    portraits = {shot.id for shot, visual in zip(shots, visuals, strict=True) if visual.portrait}
    return give_photos(_dress(shots, cast), given.photos, portraits)


def _jump(before: Shot, section: int, scene: Scene) -> str:
    """Time that passes within one section of the song is said outright."""
    same = (before.time_of_day, before.weather) == (scene.time, scene.weather)
    return "" if same or before.section != section else f"later: {scene.time}, {scene.weather}"


def _presences(
    visual: Visual, act: int, mood: Mood, cast: Cast, number: int, carried: set[str]
) -> tuple[Presence, ...]:
    feelings = EMOTIONS[mood]
    found: list[Presence] = []
    if visual.singer:
        held = tuple(p for p in _props(visual.text) if p in carried)
        found.append(
            Presence(
                id=cast.singer.id,
                wardrobe=LAST if act == 2 else FIRST,
                position=_POSITIONS[number % 3],
                emotion=feelings[number % len(feelings)],
                props=held,
            )
        )
    if visual.other:
        found.append(Presence(id=OTHER_ID, wardrobe="grey", position=_OTHER_POSITION, emotion="unreadable"))
    return tuple(found)


def _props(text: str) -> tuple[str, ...]:
    """Portable things that the sentence shows."""
    nouns = words().nouns
    found = (nouns.get(word.strip(".,;:").removesuffix("'s")) for word in text.lower().split())
    return tuple(
        dict.fromkeys(n.lemma for n in found if n is not None and n.lemma in PORTABLE and n.kind != "clothing")
    )


def _with_changes(
    shot: Shot, visual: Visual, readings: Sequence[Reading], cast: Cast, carried: set[str]
) -> tuple[Shot, set[str]]:
    """Facts: what the singer must have in hand, and what is parted with."""
    gone = {
        prop
        for index in visual.depicts
        if visual.source == "stated" and (prop := gives_up(readings[index])) in carried and prop
    }
    held = [prop for presence in shot.characters if presence.id == cast.singer.id for prop in presence.props]
    if not gone and not held:
        return shot, carried
    needs = tuple(f"{cast.singer.id} carries {prop}" for prop in dict.fromkeys([*held, *sorted(gone)]))
    changes = tuple(f"{cast.singer.id} drops {prop}" for prop in sorted(gone))
    return shot.model_copy(update={"needs": needs, "changes": changes}), carried - gone


def _dress(shots: Sequence[Shot], cast: Cast) -> list[Shot]:
    """States the change of clothes as a fact in the first shot where it shows."""
    result: list[Shot] = []
    worn = FIRST
    for shot in shots:
        wears = next((p.wardrobe for p in shot.characters if p.id == cast.singer.id), worn)
        if wears != worn:
            shot = shot.model_copy(update={"changes": (*shot.changes, f"{cast.singer.id} wears {wears}")})
            worn = wears
        result.append(shot)
    return result


_INSTRUMENTAL: Mapping[ShotKind, str] = {
    "narrative": "the story goes on without words",
    "landscape": "the place, whole",
    "detail": "a detail of the place",
    "abstract": "only light and air",
    "performance": "",
}


def _why(number: int, lines: Sequence[int], readings: Sequence[Reading], visual: Visual, label: str) -> str:
    if not lines:
        return "the story begins" if number == 0 else f"no words here ({label}): {_INSTRUMENTAL[visual.kind]}"
    parts: list[str] = []
    for index in lines:
        reading = readings[index]
        quoted = f"“{clean(reading.text, 80)}”"
        if index in visual.depicts:
            manner = {"stated": "shown as stated", "sung": "sung to the lens, nothing shown beside it"}.get(
                visual.source, visual.source
            )
            parts.append(f"{quoted} ({reading.account}): {manner}")
        else:
            parts.append(f"{quoted} is heard over it")
    return clean("; ".join(parts), 900)
