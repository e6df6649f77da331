"""Who of a story is played by whom of the cast, and which LoRAs a shot asks for. It knows no files and no models."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from mvlocal.schema.story import Character, Shot, StoryBible


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the cast, as the settings have it.

    `photos` is a folder and `lora` a file of the person's own (empty: one is trained on the photos). `checkpoint` is
    the step to take; 0: the best one is.
    """

    name: str
    trigger: str
    notes: str = ""
    photos: str = ""
    lora: str = ""
    lora_weight: float = 1.0
    checkpoint: int = 0


@dataclass(frozen=True, slots=True)
class LoraOfShot:
    """A LoRA that a shot asks for, by the member's name, and how strongly it acts."""

    member: str
    weight: float


def cast_of_bible(bible: StoryBible, members: Sequence[Member]) -> dict[str, Member]:
    """Who plays whom, by the character's id.

    A member plays the character with the member's trigger word, else the one whose id or name is the member's name.
    The first member, where that finds nobody, plays the first character who sings and whom nobody else plays.
    """
    played: dict[str, Member] = {}
    for fits in (_same_trigger, _same_name):
        for member in members:
            if member in played.values():
                continue
            found = next((one for one in bible.characters if one.id not in played and fits(one, member)), None)
            if found is not None:
                played[found.id] = member
    if members and members[0] not in played.values():
        lead = next((one for one in bible.characters if one.sings and one.id not in played), None)
        if lead is not None:
            played[lead.id] = members[0]
    return played


def loras_for(shot: Shot, bible: StoryBible, members: Sequence[Member]) -> tuple[LoraOfShot, ...]:
    """The LoRAs of just those who are in the shot, in the order of `members`.

    With n of them each weight is divided by the square root of n: changes that have nothing to do with each other add
    up like lengths at right angles, so that together they stay as strong as one alone.
    """
    played = cast_of_bible(bible, members)
    seen = {played[presence.id] for presence in shot.characters if presence.id in played}
    there = [member for member in members if member in seen]
    return tuple(LoraOfShot(member.name, round(member.lora_weight / sqrt(len(there)), 4)) for member in there)


def with_triggers(bible: StoryBible, members: Sequence[Member]) -> StoryBible:
    """The bible with the trigger words of its cast; whoever has no LoRA has none, since no model would know it."""
    played = cast_of_bible(bible, members)
    characters = tuple(
        one.model_copy(update={"trigger": played[one.id].trigger if one.id in played else ""})
        for one in bible.characters
    )
    return bible.model_copy(update={"characters": characters})


def nobody_plays(bible: StoryBible, members: Sequence[Member]) -> tuple[Member, ...]:
    """Members who are nobody in this story."""
    played = cast_of_bible(bible, members)
    return tuple(member for member in members if member not in played.values())


def _same_trigger(character: Character, member: Member) -> bool:
    return character.trigger.casefold() == member.trigger.casefold()


def _same_name(character: Character, member: Member) -> bool:
    return _slug(member.name) in (_slug(character.id), _slug(character.name))


def _slug(text: str) -> str:
    """Letters and digits alone, in small ASCII."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "", plain) or text
