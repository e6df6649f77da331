"""The third pass and its repair: shots some at a time, each time with the world as folded so far.

It does not judge what is written; the verifier does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Camera, CameraMove, Presence, Shot, ShotKind, StoryBible, Transition
from mvlocal.schema.transitions import SHORTEST_S
from mvlocal.story.reading import clean
from mvlocal.story.world import first_world, fold
from mvlocal.story.writers import replies
from mvlocal.story.writers.asking import Ask, Desk, Slot, template
from mvlocal.story.writers.bible import opening_of
from mvlocal.story.writers.commission import Commission
from mvlocal.story.writers.outline import line_text, shot_text, world_lines
from mvlocal.story.writers.quoting import data_block

NO_PHOTO = "none"
_BEFORE = 3


def write_shots(desk: Desk, job: Commission, bible: StoryBible) -> tuple[tuple[Shot, ...], dict[int, replies.Heard]]:
    """All shots in song order, and each sung line as it was read.

    Raises:
        PlanError: the model gave no usable reply for some shots; names them.
    """
    shots: list[Shot] = []
    heard: dict[int, replies.Heard] = {}
    for batch in job.batches:
        fresh = [line for n in batch for line in job.lines[n] if line not in heard]
        found = desk.ask(_ask(job, bible, shots, batch, list(dict.fromkeys(fresh))))
        heard |= {line: found[f"line-{line}"] for line in fresh}
        for n in batch:
            shots.append(shot_of(job, n, found[job.shot_id(n)], heard, shots[-1] if shots else None))
    return tuple(shots), heard


def rewrite_shots(
    desk: Desk,
    job: Commission,
    bible: StoryBible,
    shots: Sequence[Shot],
    heard: Mapping[int, replies.Heard],
    reasons: Mapping[str, Sequence[str]],
    attempt: str,
) -> tuple[Shot, ...]:
    """The shots with those that `reasons` names (by id) written anew, and no other touched.

    Raises:
        PlanError: the model gave no usable reply.
    """
    wanted = [n for n, shot in enumerate(shots) if shot.id in reasons]
    result = list(shots)
    for start in range(0, len(wanted), job.batch):
        batch = wanted[start : start + job.batch]
        found = desk.ask(_repair_ask(job, bible, result, batch, reasons, attempt))
        for n in batch:
            result[n] = shot_of(job, n, found[shots[n].id], heard, result[n - 1] if n else None)
    return tuple(result)


def _ask(job: Commission, bible: StoryBible, shots: Sequence[Shot], batch: Sequence[int], fresh: Sequence[int]) -> Ask:
    world, before = _past(bible, shots)
    prompt = template(
        "shots",
        takes=_opening(job, bible),
        world=world,
        before=before,
        shots=data_block("SHOTS", [_wanted_text(job, n) for n in batch]),
    )
    slots = {f"line-{line}": Slot(replies.Heard) for line in fresh} | _slots(job, bible, batch)
    return Ask(f"section {job.section(batch[0])}, {_named(job, batch)}", prompt, slots)


def _repair_ask(
    job: Commission,
    bible: StoryBible,
    shots: Sequence[Shot],
    batch: Sequence[int],
    reasons: Mapping[str, Sequence[str]],
    attempt: str,
) -> Ask:
    world, before = _past(bible, shots[: batch[0]])
    faults = [f"{shots[n].id}: {reason}" for n in batch for reason in reasons[shots[n].id]]
    stand = [text for n in batch for text in (_wanted_text(job, n), shot_text(shots[n]))]
    prompt = template(
        "repair",
        takes=_opening(job, bible),
        world=world,
        before=before,
        shots=data_block("SHOTS", stand),
        reasons=data_block("REASONS", faults),
    )
    return Ask(f"repair {attempt}, {_named(job, batch)}", prompt, _slots(job, bible, batch))


def _past(bible: StoryBible, shots: Sequence[Shot]) -> tuple[str, str]:
    """The world after `shots`, and the last of them, as blocks of data."""
    world = fold(bible, shots).after[-1] if shots else first_world(bible)
    last = [shot_text(shot) for shot in shots[-_BEFORE:]]
    return data_block("WORLD", world_lines(world)), data_block("BEFORE", last or ["this is the beginning"])


def _named(job: Commission, batch: Sequence[int]) -> str:
    ids = [job.shot_id(n) for n in batch]
    return f"shot {ids[0]}" if len(ids) == 1 else f"shots {ids[0]} to {ids[-1]}"


def _wanted_text(job: Commission, n: int) -> str:
    start, end = job.spans[n]
    section = job.song.sections[job.section(n)]
    literal = job.brief.literalness_by_section.get(section.label, job.brief.literalness)
    sung = "; ".join(line_text(line, job.song.lyrics[line]) for line in job.lines[n]) or "no words"
    where = f"section {job.section(n)} ({section.label})"
    ways = job.transitions(n)
    joined = "" if len(ways) == len(SHORTEST_S) + 1 else f"comes in by {' or '.join(ways)} only; "
    return f"{job.shot_id(n)}: {end - start:.1f} s of {where}, literalness {literal:.2f}; {joined}{sung}"


def _opening(job: Commission, bible: StoryBible) -> str:
    """The beginning of every prompt for shots, the same in all of them."""
    photos = data_block("PHOTOS", [f"{name}: {file}" for name, file in job.photo_ids.items()], 120)
    return template("takes", bible=opening_of(job, bible), photos=photos, links=str(job.limits.chain_budget))


def _slots(job: Commission, bible: StoryBible, batch: Sequence[int]) -> dict[str, Slot]:
    ids = {
        "places": [place.id for place in bible.locations],
        "dressed": [f"{person.id}/{worn.id}" for person in bible.characters for worn in person.wardrobe],
        "props": bible.props,
        "moves": sorted(job.limits.moves),
        "facts": _facts(bible),
        "photos": [NO_PHOTO, *job.photo_ids],
        # The same for all of them, so that their shape is told once; what a shot has no room for stands beside it.
        "transitions": list(dict.fromkeys(kind for n in batch for kind in job.transitions(n))),
    }
    return {job.shot_id(n): Slot(replies.Take, {**ids, "kinds": job.kinds(n)}) for n in batch}


def _facts(bible: StoryBible) -> list[str]:
    """Every change of the world that a shot may state."""
    found: list[str] = []
    for person in bible.characters:
        found += [f"{person.id} at {place.id}" for place in bible.locations]
        found += [f"{person.id} wears {worn.id}" for worn in person.wardrobe]
        found += [f"{person.id} {does} {prop}" for prop in bible.props for does in ("carries", "drops")]
    return found


def shot_of(
    job: Commission,
    n: int,
    take: replies.Take,
    heard: Mapping[int, replies.Heard],
    before: Shot | None,
) -> Shot:
    """The document of shot `n`: what the model wrote, and what the song and the cut fix."""
    start, end = job.spans[n]
    people = _presences(take)
    changes = [*take.changes, *([f"{take.place} is {take.place_becomes}"] if take.place_becomes else [])]
    return Shot(
        id=job.shot_id(n),
        start_s=start,
        end_s=end,
        section=job.section(n),
        kind=cast("ShotKind", take.kind),
        lyric_lines=job.lines[n],
        visual=take.visual,
        why=_why(job.song, job.lines[n], heard),
        characters=people,
        props=tuple(dict.fromkeys(prop for person in people for prop in person.props)),
        location=take.place,
        time_of_day=take.time,
        weather=take.weather,
        camera=Camera(size=take.size, angle=take.angle, move=cast("CameraMove", take.move)),
        motion=take.motion,
        continues=before.id if before is not None and take.continues else None,
        transition=cast("Transition", take.transition),
        photo=job.photo_ids.get(take.photo),
        level=take.level,
        jump=take.jump if before is not None else "",
        changes=tuple(dict.fromkeys(changes)),
        free_cut=start != 0 and start not in set(job.song.beats),
    )


def _presences(take: replies.Take) -> tuple[Presence, ...]:
    found: list[Presence] = []
    for person in take.people:
        who, _, worn = person.dressed.partition("/")
        found.append(
            Presence(
                id=who,
                wardrobe=worn,
                position=person.position,
                emotion=person.emotion,
                props=tuple(dict.fromkeys(person.holds)),
            )
        )
    return tuple(found)


def _why(song: SongMap, lines: Sequence[int], heard: Mapping[int, replies.Heard]) -> str:
    """The sung lines and how each was read, for the proof sheet."""
    parts: list[str] = []
    for line in lines:
        read = heard[line]
        account = f"{read.who} / {read.action} / {read.object} / {read.place}"
        manner = "can be filmed" if read.filmable else "cannot be filmed as it stands"
        parts.append(f"“{clean(song.lyrics[line].text, 80)}” ({account}): {manner}")
    return clean("; ".join(parts), 900) or "no words here: the story goes on without them"
