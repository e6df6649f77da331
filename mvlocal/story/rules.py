"""The deterministic planner: no model, the same song and seed always give the same story.

It does not know files, settings or how shots are made; it is honest about what it is in the logline's plainness.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import (
    Brief,
    Camera,
    Presence,
    Shot,
    ShotKind,
    ShotList,
    SkippedLine,
    StoryBible,
)
from mvlocal.story.bible import motif_noun, plan_bible
from mvlocal.story.form import form_of
from mvlocal.story.framing import Want, choose_camera, motion_words
from mvlocal.story.people import EMOTIONS, FIRST, LAST, OTHER_ID, PORTABLE, Cast, gives_up, plan_cast
from mvlocal.story.reading import Reading, clean, read_lines
from mvlocal.story.scenery import Scene, Scenery, plan_scenery, stable
from mvlocal.story.visuals import Moment, Shelf, Visual
from mvlocal.story.vocabulary import Hint, Mood, places, words

_POSITIONS = ("left third", "centre", "left of centre")
_OTHER_POSITION = "right third"


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


def plan_by_rules(given: StoryInput) -> tuple[StoryBible, ShotList]:
    """Plans the whole song: exactly one shot a span, each sung line in some shot or skipped with a reason."""
    song = form_of(given.song)
    readings = read_lines([line.text for line in song.lyrics])
    scenery = plan_scenery(song, readings, given.brief.text, given.seed)
    cast = plan_cast(given.artist, readings, scenery.scenes[0].mood, given.seed)
    lines = assign_lines(song, given.spans)
    visuals = _choose_visuals(replace(given, song=song), readings, scenery, cast, lines)
    shots = _make_shots(given, song, readings, scenery, cast, lines, visuals)
    bible = plan_bible(given.title, given.brief, song, readings, scenery, cast, shots, given.seed)
    bible = _on_sections(bible, song, given.song)
    covered = {index for shot in shots for index in shot.lyric_lines}
    skipped = tuple(
        SkippedLine(line=n, why="it is over before a shot of its own can begin; the shot there shows its neighbour")
        for n in range(len(song.lyrics))
        if n not in covered
    )
    return bible, ShotList(shots=tuple(shots), skipped=skipped)


def assign_lines(song: SongMap, spans: Sequence[tuple[float, float]]) -> tuple[tuple[int, ...], ...]:
    """For each span the lines sung in it: those mostly within it, and one that fills most of it.

    Indices never go down from one span to the next. At most four lines a span.
    """
    starts = [start for start, _ in spans]
    found: list[list[int]] = [[] for _ in spans]
    for index, line in enumerate(song.lyrics):
        first = max(0, bisect_right(starts, line.start_s) - 1)
        shares: list[tuple[float, int]] = []
        k = first
        while k < len(spans) and spans[k][0] < max(line.end_s, line.start_s + 0.01):
            inside = min(line.end_s, spans[k][1]) - max(line.start_s, spans[k][0])
            shares.append((inside, k))
            if inside > 0.55 * (spans[k][1] - spans[k][0]) and inside > 0.25 * line.length_s:
                found[k].append(index)
            k += 1
        if shares:
            best = max(shares)[1]
            if index not in found[best] and len(found[best]) < 4:
                found[best].append(index)
    return _in_order(found)


def _in_order(found: Sequence[list[int]]) -> tuple[tuple[int, ...], ...]:
    highest = -1
    result: list[tuple[int, ...]] = []
    for part in found:
        kept = tuple(n for n in sorted(set(part)) if n >= highest)
        highest = max((highest, *kept))
        result.append(kept)
    return tuple(result)


def section_of(song: SongMap, span: tuple[float, float]) -> int:
    """The section that a span belongs to: the one at its middle."""
    return song.section_at(0.5 * (span[0] + span[1]))


def _choose_visuals(
    given: StoryInput,
    readings: Sequence[Reading],
    scenery: Scenery,
    cast: Cast,
    lines: Sequence[tuple[int, ...]],
) -> list[Visual]:
    avoid = frozenset(word for phrase in given.brief.avoid for word in phrase.lower().split())
    shelf = Shelf(cast.called, dict(scenery.places), avoid)
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
                shelf.given_up |= {gone, gone + "s"}
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


def _on_sections(bible: StoryBible, form: SongMap, song: SongMap) -> StoryBible:
    """The acts counted in the song's own sections instead of the form's passages."""

    def section(passage: int) -> int:
        part = form.sections[passage]
        return song.section_at(0.5 * (part.start_s + part.end_s))

    acts = tuple(
        act.model_copy(update={"first_section": section(act.first_section), "last_section": section(act.last_section)})
        for act in bible.acts
    )
    return bible.model_copy(update={"acts": acts})


def _make_shots(
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
    return _give_photos(_dress(shots, cast), given.photos, portraits)


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


def _give_photos(shots: Sequence[Shot], photos: Sequence[str], portraits: set[str]) -> list[Shot]:
    """Spreads the photos: to shots of the singer's face, and to shots of what a photo's file name says it shows.

    Never one photo twice running; framed anew when it returns; none named for another place or thing; none in the
    first shot, where the title stands.
    """
    last_size: dict[str, str] = {}
    last_used: dict[str, int] = {}
    result: list[Shot] = []
    for number, shot in enumerate(shots):
        scores = {
            name: _suits(name, shot, shots)
            for name in photos
            if last_used.get(name, -9) < number - 1 and last_size.get(name) != shot.camera.size
        }
        least = 0 if shot.id in portraits else _SHOWN
        fit = [name for name in scores if number and scores[name] >= least]
        if fit:
            name = min(fit, key=lambda one: (-scores[one], last_used.get(one, -9), photos.index(one)))
            last_size[name], last_used[name] = shot.camera.size, number
            shot = shot.model_copy(update={"photo": name})
        result.append(shot)
    return result


_SHOWN = 4


def _suits(photo: str, shot: Shot, shots: Sequence[Shot]) -> int:
    """How a photo's file name agrees with a shot: thing shown (4), place (1), neutral (0), of elsewhere (-2)."""
    nouns, known = words().nouns, places()
    stem = re.findall(r"[a-z]+", photo.rsplit(".", 1)[0].lower())
    named = {nouns[word].lemma for word in stem if word in nouns}
    shown = {nouns[word].lemma for word in re.findall(r"[a-z]+", shot.visual.lower()) if word in nouns}
    if named & shown:
        return _SHOWN
    if named & (known[shot.location].words | {known[shot.location].kind, shot.location}):
        return 1
    elsewhere = {place for other in shots for place in (other.location, known[other.location].kind)}
    things = {noun for other in shots for noun in other.props} | elsewhere
    belongs = named & things or any(named & known[place].words for place in elsewhere & set(known))
    return -2 if belongs else 0
