"""The first two passes: spine, then cast and places; and the bible that the program makes of them.

It does not know shots.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from mvlocal.schema.story import Act, Character, Colours, Location, Motif, PlaceKind, StoryBible, Wardrobe
from mvlocal.story import vocabulary
from mvlocal.story.people import plan_cast
from mvlocal.story.reading import clean
from mvlocal.story.scenery import stable
from mvlocal.story.vocabulary import Mood
from mvlocal.story.writers import replies
from mvlocal.story.writers.asking import Ask, Desk, Slot, template
from mvlocal.story.writers.commission import ACT_NAMES, Commission
from mvlocal.story.writers.outline import bible_lines
from mvlocal.story.writers.quoting import data_block, quoted

_CLOTHES = ("first", "second", "third")


def write_bible(desk: Desk, job: Commission) -> StoryBible:
    """Asks for spine and cast, and makes the bible.

    Raises:
        PlanError: the model gave no usable reply.
    """
    turns = {name: Slot(replies.Turn) for name in ACT_NAMES}
    ask = f"{job.shared}\n\n{template('spine', acts=job.acts_text)}"
    spine = desk.ask(Ask("the spine", ask, {"story": Slot(replies.Story), **turns}))
    return _bible(job, spine, desk.ask(_cast_ask(job, spine)))


def opening_of(job: Commission, bible: StoryBible) -> str:
    """The beginning of every prompt once there is a bible."""
    return f"{job.shared}\n\n{data_block('BIBLE', bible_lines(bible))}"


def write_turns(desk: Desk, job: Commission, bible: StoryBible, reasons: Sequence[str], attempt: int) -> StoryBible:
    """The bible with the turns of its acts and its motif written anew.

    Raises:
        PlanError: the model gave no usable reply.
    """
    block = data_block("REASONS", reasons)
    prompt = template("turns", bible=opening_of(job, bible), reasons=block, acts=job.acts_text)
    slots = {**{name: Slot(replies.Turn) for name in ACT_NAMES}, **_motif_slots(job)}
    found = desk.ask(Ask(f"repair {attempt} of the arc", prompt, slots))
    return bible.model_copy(update={"acts": _acts(job, found), "motifs": _motifs(job, found)})


def _cast_ask(job: Commission, spine: Mapping[str, Any]) -> Ask:
    lines = [f"logline: {spine['story'].logline}", f"style: {spine['story'].style}"]
    lines += [f"{name}: {spine[name].turn}" for name in ACT_NAMES]
    lead = quoted(_singer(job).name, 60)
    looks = "there are photos, so say nothing of the face" if job.photos else "say how the singer looks"
    motif = (
        f"- motif, change: the image that every chorus returns to, and how it differs each of the {job.choruses} times."
        if job.choruses
        else ""
    )
    prompt = template(
        "cast",
        spine=f"{job.shared}\n\n{data_block('SPINE', lines)}",
        lead=f"the singer, {_called(lead)} ({looks})",
        motif=motif,
    )
    slots: dict[str, Slot] = {
        "lead": Slot(replies.Lead if job.photos else replies.DrawnLead),
        "others": Slot(replies.Others),
        "world": Slot(replies.World),
        **_motif_slots(job),
    }
    return Ask("cast and places", prompt, slots)


def _called(name: str) -> str:
    """How a visual is to name the singer: only Latin letters can be written there."""
    return name if replies.is_plain(name) else "called just that"


def _motif_slots(job: Commission) -> dict[str, Slot]:
    if not job.choruses:
        return {}
    changes = {f"chorus-{n + 1}": Slot(replies.Change) for n in range(job.choruses)}
    return {"motif": Slot(replies.Return), **changes}


def _bible(job: Commission, spine: Mapping[str, Any], cast: Mapping[str, Any]) -> StoryBible:
    story: replies.Story = spine["story"]
    world: replies.World = cast["world"]
    people = _people(job, cast["lead"], cast["others"])
    return StoryBible(
        title=clean(job.title, 120) or "Untitled",
        artist=clean(job.artist, 120),
        logline=story.logline,
        style=story.style,
        acts=_acts(job, spine),
        characters=people,
        locations=_locations(world.places, job.seed),
        props=tuple(dict.fromkeys([*(prop for person in people for prop in person.props), *world.things])),
        motifs=_motifs(job, cast),
    )


def _acts(job: Commission, found: Mapping[str, Any]) -> tuple[Act, ...]:
    told = zip(ACT_NAMES, job.acts, strict=True)
    return tuple(
        Act.model_validate({"name": name, "first_section": first, "last_section": last, "turn": found[name].turn})
        for name, (first, last) in told
    )


def _motifs(job: Commission, found: Mapping[str, Any]) -> tuple[Motif, ...]:
    if not job.choruses:
        return ()
    changes = tuple(f"chorus {n + 1}: {found[f'chorus-{n + 1}'].change}" for n in range(job.choruses))
    return (Motif(id="chorus", description=found["motif"].motif, changes=changes),)


def _singer(job: Commission) -> Character:
    """The singer as the artist's name alone gives her or him: id, name and trigger word."""
    return plan_cast(job.artist, (), "longing", job.seed).singer


def _people(job: Commission, lead: replies.Lead, others: replies.Others) -> tuple[Character, ...]:
    plain = _singer(job)
    looks = lead.looks if isinstance(lead, replies.DrawnLead) else plain.appearance
    clothes = zip(_CLOTHES, lead.wardrobe, strict=False)
    worn = tuple(Wardrobe(id=name, description=text) for name, text in clothes)
    props = tuple(dict.fromkeys(lead.carries))
    update = {"appearance": looks, "age": lead.age, "wardrobe": worn, "props": props}
    people = [plain.model_copy(update=update)]
    for n, other in enumerate(others.people, start=1):
        name = _new_id(other.name, f"person-{n}", {person.id for person in people})
        people.append(
            Character(
                id=name, name=other.name, trigger=f"mv{name.replace('-', '')}"[:30], appearance=other.looks,
                age=other.age, wardrobe=(Wardrobe(id=_CLOTHES[0], description=other.wears),),
                props=tuple(other.carries), sings=False,
            )
        )  # fmt: skip
    return tuple(people)


def _locations(places: Sequence[replies.Place], seed: int) -> tuple[Location, ...]:
    found: list[Location] = []
    for place in places:
        name = _new_id(place.name, place.kind, {other.id for other in found})
        number = stable(seed, "place", name)
        palettes = _palettes(place.kind, place.mood)
        found.append(
            Location(
                id=name, name=place.name, kind=place.kind, description=place.description, light=place.light,
                palette=palettes[number % len(palettes)], seed=number,
            )
        )  # fmt: skip
    return tuple(found)


def _palettes(kind: PlaceKind, mood: Mood) -> tuple[Colours, ...]:
    """Palettes of places of this kind and mood; of this kind; of this mood: the first that there are."""
    known = tuple(vocabulary.places().values())
    same = [place for place in known if place.kind == kind]
    fit = [place for place in same if mood in place.moods] or same or [p for p in known if mood in p.moods] or known
    return tuple(palette for place in fit for palette in place.palettes)


def _new_id(name: str, fallback: str, taken: Collection[str]) -> str:
    """An id made of the first words of `name`, unlike those taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.removeprefix("the ")).strip("-")[:24].strip("-")
    slug = slug if slug and slug[0].isalpha() else fallback
    found, n = slug, 2
    while found in taken:
        found, n = f"{slug}-{n}", n + 1
    return found
