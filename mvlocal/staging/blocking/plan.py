"""Blocks a plan: every shot of it becomes a staging, in order, so that scenes keep their sides and places their state.

Pure and quick: no drawing, no files. It does not know how stagings are drawn.
"""

from __future__ import annotations

import difflib
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from mvlocal.errors import PlanError
from mvlocal.schema.song import SongMap
from mvlocal.schema.staging import FigureStaging, Look, Mark, PhotoStaging, Pulse, Staging, Traits
from mvlocal.schema.story import Location, Shot, StoryBible
from mvlocal.staging.blocking.context import BlockingContext
from mvlocal.staging.blocking.frame import Frame
from mvlocal.staging.blocking.lexicon import lexicon
from mvlocal.staging.blocking.marks import mark_out, sides_after
from mvlocal.staging.blocking.roles import Role, cast_roles
from mvlocal.staging.blocking.things import set_things
from mvlocal.staging.blocking.words import language_of, lemmas_of, tokens_of
from mvlocal.staging.blocking.world import after, motif_states
from mvlocal.staging.figures.traits import tell_apart, traits_of
from mvlocal.staging.geometry import CLOSE, side_of
from mvlocal.staging.plates.registry import PLACES

_GOLDEN = 0.618034


def block_plan(
    bible: StoryBible, shots: Sequence[Shot], song: SongMap, *, aspect: float, look: Look = "shadow"
) -> tuple[Staging, ...]:
    """Blocks `shots` in their order for frames `aspect` wide to one high. The same plan gives the same stagings;
    another aspect is staged anew, not cropped.

    Raises:
        PlanError: a shot asks for an action, person, wardrobe or place that is not there; names the shot.
    """
    context = context_of(bible, song, aspect=aspect, look=look)
    motifs = motif_states(bible, song, shots)
    found: list[Staging] = []
    for n, shot in enumerate(shots):
        if n and _new_scene(shots[n - 1], shot):
            context = replace(context, sides={})
        context = replace(context, world=after(context.world, shot.needs), motifs=motifs[n])
        staging, sides = _blocked(shot, context)
        found.append(staging)
        context = replace(context, world=after(context.world, shot.changes), sides=sides)
    return tuple(found)


def context_of(bible: StoryBible, song: SongMap, *, aspect: float, look: Look = "shadow") -> BlockingContext:
    """The context of a plan's first shot."""
    language = song.language or language_of(" ".join(line.text for line in song.lyrics), None) or None
    return BlockingContext(bible, song, aspect, look, _traits(bible), language)


def block_shot(shot: Shot, context: BlockingContext) -> Staging:
    """Blocks one shot.

    Raises:
        PlanError: as `block_plan`.
    """
    return _blocked(shot, context)[0]


def _traits(bible: StoryBible) -> dict[tuple[str, str], Traits]:
    """Everybody in each set of clothes, told apart in the first of them."""
    firsts = [traits_of(person, person.wardrobe[0] if person.wardrobe else None) for person in bible.characters]
    found: dict[tuple[str, str], Traits] = {}
    for person, traits, told in zip(bible.characters, firsts, tell_apart(firsts), strict=True):
        changed = {
            name: getattr(told, name) for name in Traits.model_fields if getattr(told, name) != getattr(traits, name)
        }
        found[person.id, ""] = told
        for clothes in person.wardrobe:
            found[person.id, clothes.id] = traits_of(person, clothes).model_copy(update=changed)
    return found


def _looks(role: Role, context: BlockingContext) -> Traits:
    """Traits of somebody in the bible, or of a stranger whom only the visual names."""
    known = context.traits.get((role.character.id, role.presence.wardrobe))
    return traits_of(role.character, None) if known is None else known


def _new_scene(before: Shot, shot: Shot) -> bool:
    return before.location != shot.location or bool(shot.jump) or before.level != shot.level


def _blocked(shot: Shot, context: BlockingContext) -> tuple[Staging, Mapping[str, float]]:
    _refuse_unknown(shot, context)
    location = context.location(shot)
    roles = cast_roles(shot, context)
    frame = Frame(shot.camera.size, context.aspect, PLACES[location.kind], len(roles))
    ways = mark_out(shot, roles, frame, context.sides, location.seed)
    things = set_things(shot, roles, ways, frame, context)
    ashore = _ashore(shot, location)
    figures = tuple(
        FigureStaging(
            character=role.character.id,
            traits=_looks(role, context),
            action=role.action,
            start=ashore(way.start),
            end=ashore(way.end),
            facing_deg=way.facing_deg,
            phase=round(n * _GOLDEN % 1.0, 4),
            holds=held,
            partner=role.partner,
            emotion=role.presence.emotion,
            why=role.why,
        )
        for n, (role, way, held) in enumerate(zip(roles, ways, things.held, strict=True))
    )
    staging = Staging(
        shot=shot.id,
        aspect=context.aspect,
        location=location.id,
        place=location.kind,
        seed=location.seed,
        look=context.look,
        time_of_day=shot.time_of_day,
        weather=shot.weather,
        level=shot.level,
        state=context.world.of(location.id),
        camera=shot.camera,
        figures=figures,
        props=tuple(prop.model_copy(update={"at": ashore(prop.at)}) for prop in things.loose),
        photo=_photo(shot, location, context.look),
        length_s=shot.length_s,
        pulse=pulse_at(context.song, shot.start_s, shot.end_s),
        energy=_energy(context.song, shot),
        why=_why(shot, location, roles, things.why, context),
    )
    return staging, sides_after(roles, ways, context.sides)


def _ashore(shot: Shot, location: Location) -> Callable[[Mark], Mark]:
    """Marks as they are; where the ground lies on one side only, all of them drawn together on that side."""
    if not PLACES[location.kind].one_sided or shot.camera.size in CLOSE:
        return lambda mark: mark
    side = side_of(location.seed)
    return lambda mark: mark.model_copy(update={"x": 0.42 * side + 0.4 * mark.x})


def _refuse_unknown(shot: Shot, context: BlockingContext) -> None:
    """People, clothes and places that the bible does not know."""
    where = f"story/shots.yaml, shot {shot.id}"
    places = [place.id for place in context.bible.locations]
    if shot.location not in places:
        raise PlanError(f"no location is called {shot.location!r}", where=where, mend=_one_of(shot.location, places))
    people = [person.id for person in context.bible.characters]
    for presence in shot.characters:
        if presence.id not in people:
            raise PlanError(f"nobody is called {presence.id!r}", where=where, mend=_one_of(presence.id, people))
        clothes = [one.id for one in context.character(presence.id).wardrobe]
        if (presence.id, presence.wardrobe) not in context.traits:
            raise PlanError(
                f"{presence.id} has no clothes called {presence.wardrobe!r}", where=where,
                mend=_one_of(presence.wardrobe, clothes),
            )  # fmt: skip


def _one_of(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]}?" if near else f"use one of: {', '.join(known)}"


def _photo(shot: Shot, location: Location, look: Look) -> PhotoStaging | None:
    """The picture itself, or, in the mixed look and a wide frame, something in the place that shows it."""
    if shot.photo is None:
        return None
    if look == "mixed" and shot.camera.size in ("extreme-wide", "wide", "full"):
        for stands_as in ("frame", "screen", "poster"):
            if location.kind in lexicon().surfaces[stands_as]:
                return PhotoStaging(name=shot.photo, stands_as=stands_as)
    return PhotoStaging(name=shot.photo)


def pulse_at(song: SongMap, start_s: float, end_s: float) -> Pulse:
    """The beat around a shot; none where fewer than two beats are near."""
    low, high = bisect_right(song.beats, start_s - 4.0), bisect_right(song.beats, end_s + 4.0)
    near = song.beats[low:high]
    if len(near) < 2:
        return Pulse(beats_per_bar=song.beats_per_bar)
    beat_s = median(b - a for a, b in pairwise(near))
    n = bisect_right(song.downbeats, start_s)
    candidates = song.downbeats[max(0, n - 1) : n + 1] or (near[0],)
    first = min(candidates, key=lambda beat: abs(beat - start_s))
    return Pulse(first_s=round(first - start_s, 6), beat_s=round(beat_s, 6), beats_per_bar=song.beats_per_bar)


def _energy(song: SongMap, shot: Shot) -> float:
    if shot.section < len(song.sections):
        return song.sections[shot.section].energy
    return song.energy.at((shot.start_s + shot.end_s) / 2)


def _why(
    shot: Shot, location: Location, roles: Sequence[Role], things: Sequence[str], context: BlockingContext
) -> tuple[str, ...]:
    """The place, each action, each thing: one short sentence each that names its source."""
    people = [f"{role.character.name}: {role.why}" for role in roles]
    if not roles:
        lines = ", ".join(str(n + 1) for n in shot.lyric_lines)
        seen = f"nobody: the visual is of {location.name} itself" if not things else "nobody: the visual is of things"
        people = [f"{seen}; line {lines} is heard over it" if lines else seen]
    return tuple(text[:1000] for text in (_place_why(shot, location, context), *people, *things))


def _place_why(shot: Shot, location: Location, context: BlockingContext) -> str:
    words = lexicon().places.get(location.kind, frozenset())
    for number, text, _ in context.lines(shot):
        for token in tokens_of(text):
            if lemmas_of(token) & words:
                return f"{location.id}: '{token}' in line {number}"
    for token in tokens_of(shot.visual):
        if lemmas_of(token) & words:
            return f"{location.id}: '{token}' in the visual"
    return f"{location.id}: the plan is there"
