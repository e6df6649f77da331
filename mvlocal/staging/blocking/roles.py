"""What each person in a shot does, and where that was read: the plan, the visual, a lyric line, the kind, a feeling.

It does not know where anybody stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mvlocal.schema.story import Character, Presence, Shot
from mvlocal.staging.blocking.context import BlockingContext
from mvlocal.staging.blocking.lexicon import lexicon
from mvlocal.staging.blocking.words import Deed, read_text, tokens_of
from mvlocal.staging.plates.registry import PLACES
from mvlocal.staging.rig.actions import require_action

TOGETHER: Mapping[str, str] = {"embrace": "breathe", "hold-hands": "reach", "dance-slow": "dance"}
"""Actions that take two, and what somebody alone does instead."""
_STRENGTH: Mapping[str, int] = {
    "stand": 0, "breathe": 0, "lean": 1, "look-up": 1, "look-back": 1, "turn": 1, "reach": 1, "point": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Role:
    """One person's part. `told`: the text that the action was read from, which may say where they go; `strength`: 0
    for what everybody does anyway, 2 for what makes the shot; `firm`: the plan asked for it outright."""

    presence: Presence
    character: Character
    action: str
    why: str
    told: str = ""
    strength: int = 0
    firm: bool = False
    partner: str | None = None


def cast_roles(shot: Shot, context: BlockingContext) -> tuple[Role, ...]:
    """The role of everybody in the shot, in the plan's order.

    Raises:
        PlanError: the plan asks for an action that is not there; names the nearest.
    """
    if not shot.characters:
        return tuple(_seated(role, shot, context) for role in _strangers(shot))
    people = [context.character(presence.id) for presence in shot.characters]
    roles = [_role(shot, context, n, people) for n in range(len(people))]
    return _paired(tuple(_seated(role, shot, context) for role in roles))


def _role(shot: Shot, context: BlockingContext, n: int, people: Sequence[Character]) -> Role:
    presence, person = shot.characters[n], people[n]
    if presence.action:
        action = planned_action(presence.action, shot.id)
        return Role(presence, person, action, f"{action}: the plan says so", shot.visual, 2, firm=True)
    seen = _best(_in_visual(shot, n, people))
    singing = shot.kind == "performance" and person.sings and bool(shot.lyric_lines)
    if seen is not None and not (singing and _strength(seen) < 2):
        why = f"{seen.action}: '{seen.words}' in the visual"
        return Role(presence, person, seen.action, why, shot.visual, _strength(seen))
    heard = None if singing else _in_lines(shot, context, n, people)
    if heard is not None:
        number, text, deed = heard
        why = f"{deed.action}: '{deed.words}' in line {number}"
        return Role(presence, person, deed.action, why, text, _strength(deed))
    return _otherwise(shot, presence, person, singing)


def _strangers(shot: Shot) -> tuple[Role, ...]:
    """People whom only the visual names, doing something: `a small dark figure runs`, `children bow`."""
    tokens = tokens_of(shot.visual)
    for noun, count in _people_in(tokens):
        deed = _best(deed for deed in read_text(shot.visual, "en", ((noun, noun),)).deeds if deed.who == noun)
        if deed is None:
            continue
        at = tokens.index(noun)
        looks = " ".join(tokens[max(0, at - 2) : at + 1])
        why = f"{deed.action}: '{deed.words}' in the visual"
        return tuple(
            Role(
                Presence(id=f"somebody-{n + 1}", wardrobe="own"),
                Character(id=f"somebody-{n + 1}", name=noun, appearance=looks, wardrobe=(), sings=False),
                deed.action, why, shot.visual, _strength(deed),
            )
            for n in range(count)
        )  # fmt: skip
    return ()


def _people_in(tokens: Sequence[str]) -> list[tuple[str, int]]:
    people = lexicon().people
    found: list[tuple[str, int]] = []
    for token in tokens:
        count = 1 if token in people["one"] else 2 if token in people["two"] else 3 if token in people["more"] else 0
        if count:
            found.append((token, 2 if count == 3 and "two" in tokens else count))
    return found


def _otherwise(shot: Shot, presence: Presence, person: Character, singing: bool) -> Role:
    """From the shot's kind, then from the feeling."""
    if singing:
        number = shot.lyric_lines[0] + 1
        return Role(presence, person, "sing", f"sing: a performance of line {number}", shot.visual, 2)
    for word in tokens_of(presence.emotion):
        action = lexicon().emotions.get(word)
        if action is not None:
            return Role(presence, person, action, f"{action}: {person.name} is '{presence.emotion}'", shot.visual)
    heard = f"line {shot.lyric_lines[0] + 1} is heard over it" if shot.lyric_lines else "nothing else is said"
    return Role(presence, person, "stand", f"stand: a {shot.kind} shot, {heard}", shot.visual)


def planned_action(words: str, shot_id: str) -> str:
    """The action that a plan's words name.

    Raises:
        PlanError: none is called that; names the nearest.
    """
    action = "-".join(words.lower().replace("_", " ").replace("-", " ").split())
    return require_action(action, f"story/shots.yaml, shot {shot_id}").name


def _strength(deed: Deed) -> int:
    return _STRENGTH.get(deed.action, 2)


def _best(deeds: Iterable[Deed]) -> Deed | None:
    return max(deeds, key=lambda deed: (_strength(deed), -deed.at), default=None)


def names_of(people: Sequence[Character]) -> tuple[tuple[str, str], ...]:
    """What sentences call people: the whole name, the first, the id, and `the singer`."""
    found: dict[str, str] = {}
    for person in people:
        words = person.name.split()
        names = [person.name, person.id.replace("-", " ").replace("_", " ")]
        if words and words[0].lower() not in ("the", "a", "an", "mr", "mrs", "dr"):
            names.append(words[0])
        for name in names:
            found.setdefault(name.lower(), person.id)
    singer = next((person for person in people if person.sings), None)
    if singer is not None:
        found.setdefault("the singer", singer.id)
    return tuple(found.items())


def _in_visual(shot: Shot, n: int, people: Sequence[Character]) -> list[Deed]:
    """What the visual says this person does. Who is not named means the first; `he` or `she` the one named first."""
    deeds = read_text(shot.visual, "en", names_of(people)).deeds
    ids = {person.id for person in people}
    named = next((deed.who for deed in deeds if deed.who in ids), people[0].id)
    me = people[n].id
    return [
        deed for deed in deeds
        if deed.who in (me, "both") or (deed.who not in ids and me == (named if deed.who else people[0].id))
    ]  # fmt: skip


def _in_lines(
    shot: Shot, context: BlockingContext, n: int, people: Sequence[Character]
) -> tuple[int, str, Deed] | None:
    found: list[tuple[int, str, Deed]] = []
    for number, text, language in context.lines(shot):
        best = _best(deed for deed in read_text(text, language).deeds if _is_me(deed.who, n, people))
        if best is not None:
            found.append((number, text, best))
    return max(found, key=lambda one: (_strength(one[2]), -one[0]), default=None)


def _is_me(who: str, n: int, people: Sequence[Character]) -> bool:
    """`I` is who sings, `you` somebody else; `he` and `she` somebody else where there is one."""
    singer = next((k for k, person in enumerate(people) if person.sings), None)
    if who == "both":
        return True
    if who in ("first", ""):
        return n == singer or (singer is None and n == 0 and who == "")
    if who == "other":
        return n != singer and n == next((k for k in range(len(people)) if k != singer), None)
    return len(people) == 1 or n == next((k for k in range(len(people)) if k != singer), None)


def _seated(role: Role, shot: Shot, context: BlockingContext) -> Role:
    """The role where everybody sits: who would only stand, sits."""
    if (
        role.action in ("stand", "breathe", "lean", "lie")
        and not role.firm
        and PLACES[context.location(shot).kind].seated
    ):
        return replace(role, action="sit", why=f"sit: {context.location(shot).name} has seats ({role.why})")
    return role


def _paired(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """Whoever embraces has somebody to embrace; alone, people do the nearest thing that one can do."""
    result = list(roles)
    for n, role in enumerate(result):
        if role.action not in TOGETHER or role.partner is not None:
            continue
        free = [k for k, other in enumerate(result) if k != n and other.partner is None and _willing(other, role)]
        if not free:
            instead = TOGETHER[role.action]
            result[n] = replace(role, action=instead, why=f"{instead}: {role.why}, with nobody to do it with")
            continue
        k = min(free, key=lambda k: (result[k].action != role.action, abs(k - n)))
        result[n] = replace(role, partner=result[k].character.id)
        result[k] = replace(
            result[k], action=role.action, partner=role.character.id, strength=role.strength,
            why=result[k].why if result[k].action == role.action else f"{role.action}: with {role.character.name}",
        )  # fmt: skip
    return tuple(result)


def _willing(other: Role, role: Role) -> bool:
    return other.action == role.action or (not other.firm and other.action not in TOGETHER and other.strength < 2)
