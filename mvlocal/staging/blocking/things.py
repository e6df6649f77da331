"""Which things are in a shot, in whose hands or at which mark, and in what state.

It does not know what they look like beyond the facts of the things.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from mvlocal.schema.staging import Hand, HeldProp, Mark, PropStaging
from mvlocal.schema.story import Shot
from mvlocal.staging.blocking.context import BlockingContext
from mvlocal.staging.blocking.frame import Frame
from mvlocal.staging.blocking.lexicon import lexicon
from mvlocal.staging.blocking.marks import Way
from mvlocal.staging.blocking.roles import Role, names_of
from mvlocal.staging.blocking.words import lemmas_of, read_text, tokens_of
from mvlocal.staging.geometry import CLOSE
from mvlocal.staging.plates.registry import PLACES
from mvlocal.staging.props.vocabulary import PROPS, PropFacts, states_in

_TOOLS: Mapping[str, tuple[str, ...]] = {
    "play-guitar": ("guitar", "electric-guitar", "upright-bass", "violin"),
    "read-letter": ("letter", "book", "newspaper", "map", "photograph", "envelope", "train-ticket"),
    "phone": ("mobile-phone", "telephone"),
    "drink": ("glass", "bottle", "cup"),
    "carry": ("suitcase", "bag", "lantern", "candle", "ladder", "radio", "bouquet"),
    "throw": ("stone", "ball", "key", "ring", "hat", "rose", "bottle", "paper-plane", "book"),
    "light-candle": ("match",),
    "row": ("oar",),
    "sing": (),
}
"""What an action has in hand: the first unless the words name another of the row."""
_SETS: Mapping[str, tuple[str, ...]] = {
    "play-piano": ("piano",), "drum": ("drum-kit",), "drive": ("car", "motorcycle"), "row": ("boat", "sailing-boat"),
    "open-door": ("door", "gate", "window-frame"), "light-candle": ("candle", "lantern", "campfire", "lamp"),
    "write": ("table",), "climb": ("ladder",),
}  # fmt: skip
"""What stands with an action."""
_SEATS = ("chair", "bench", "armchair", "bed", "swing")
_HANDS_FULL = frozenset({"embrace", "climb", "row", "drum", "play-piano", "drive", "clap", "dance-slow"})
_WITH_SEATS = frozenset({"train", "car", "church", "bar", "airport"})
_MOST_LOOSE = 3
_MOST = 4
_DETAIL_TALL, _DETAIL_WIDE = 0.5, 0.62
_SMALL, _TALL = 0.36, 0.75
"""Things under this height are put on a table, and over this height are seen in a medium shot."""


@dataclass(frozen=True, slots=True)
class Things:
    """What each role holds (in the roles' order), what stands by itself, and the reasons."""

    held: tuple[tuple[HeldProp, ...], ...]
    loose: tuple[PropStaging, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """`by`: which role has it, None for nobody; `told`: from the plan's lists, so that it is missed if not drawn;
    `held`: it must be in hand (an action's tool) or may not be (None: as it fits)."""

    thing: str
    why: str
    by: int | None = None
    told: bool = False
    held: bool | None = None
    state: str = ""


@lru_cache(maxsize=1024)
def thing_of(words: str) -> str | None:
    """The thing that a bible's free id or words name: `red-letter` is a letter, `fathers-old-watch` a watch."""
    name = words.lower().replace("_", "-")
    if name in PROPS:
        return name
    tokens = tokens_of(name.replace("-", " "))
    lemmas = [lemmas_of(token) for token in tokens]
    found: tuple[int, int, str] | None = None
    for phrase in (phrase for group in lexicon().tongues["en"].things.values() for phrase in group):
        size = len(phrase.parts)
        for n in range(len(tokens) - size + 1):
            if all(part & lemmas[n + k] for k, part in enumerate(phrase.parts)):
                found = max(filter(None, (found, (size, n, phrase.means))))
    return found[2] if found else None


def set_things(
    shot: Shot, roles: Sequence[Role], ways: Sequence[Way], frame: Frame, context: BlockingContext
) -> Things:
    """The things of a shot. What has no drawing, or no place in this frame, is left out, and the reason says so."""
    wanted, missing = _gathered(shot, roles, context)
    held: list[list[HeldProp]] = [[] for _ in roles]
    loose: list[PropStaging] = []
    why = list(missing)
    for one in wanted[: _MOST + len(roles)]:
        if _taken_up(one, roles, held):
            why.append(f"{one.thing}: {one.why}")
            continue
        spot = _spot(one, roles, ways, frame, loose)
        if spot is None or len(loose) >= _MOST_LOOSE:
            if one.told:
                why.append(f"{one.thing}: not drawn, for it has no place in this frame")
            continue
        loose += spot
        why.append(f"{one.thing}: {one.why}")
    return Things(tuple(tuple(row) for row in held), tuple(loose), tuple(why))


def _gathered(shot: Shot, roles: Sequence[Role], context: BlockingContext) -> tuple[list[_Wanted], list[str]]:
    """Everything asked for, each thing once: tools of actions, the plan's lists, the visual, and seats."""
    missing: list[str] = []
    wanted = [*_tools(shot, roles, context), *_listed(shot, roles, missing), *_seen(shot, roles)]
    if not roles and not wanted and shot.kind == "detail":
        wanted += _heard(shot, context)
    wanted = [*_taken_seats(roles, wanted), *_seats(shot, roles, context, wanted)]
    found: dict[str, _Wanted] = {}
    for one in wanted:
        if one.thing not in found:
            found[one.thing] = replace(one, state=_state(one.thing, shot, context))
        elif one.told and not found[one.thing].told:
            found[one.thing] = replace(found[one.thing], told=True)
    place = context.location(shot).kind
    shown = lexicon().places_show.get(place, frozenset())
    inside = PLACES[place].indoors
    fits = [one for one in found.values() if one.thing not in shown and not (inside and PROPS[one.thing].outdoors)]
    return [one for one in found.values() if one.told or one in fits], missing


def _tools(shot: Shot, roles: Sequence[Role], context: BlockingContext) -> Iterator[_Wanted]:
    texts = [shot.visual, *(text for _, text, _ in context.lines(shot))]
    named = {thing.thing for text in texts for thing in read_text(text).things}
    named |= {thing for name in shot.props if (thing := thing_of(name))}
    for n, role in enumerate(roles):
        own = {thing for name in role.presence.props if (thing := thing_of(name))} | named
        reason = f"{role.action} asks for it ({role.why})"
        for table, held in ((_TOOLS, True), (_SETS, False)):
            row = table.get(role.action, ())
            if role.action == "climb" and not own & set(row):
                continue
            thing = next((thing for thing in row if thing in own), row[0] if row else None)
            if thing is not None:
                yield _Wanted(thing, reason, n, held=held)


def _listed(shot: Shot, roles: Sequence[Role], missing: list[str]) -> Iterator[_Wanted]:
    for n, role in enumerate(roles):
        for name in role.presence.props:
            thing = thing_of(name)
            if thing is None:
                missing.append(f"{name}: not drawn, for no drawing is called anything like it")
            else:
                yield _Wanted(thing, f"{role.character.name} has {name}", n, told=True)
    for name in shot.props:
        thing = thing_of(name)
        if thing is None:
            missing.append(f"{name}: not drawn, for no drawing is called anything like it")
        else:
            yield _Wanted(thing, f"{name} is in the shot", _holder(shot, thing, roles), told=True)


def _seen(shot: Shot, roles: Sequence[Role]) -> Iterator[_Wanted]:
    names = names_of([role.character for role in roles])
    for thing in read_text(shot.visual, "en", names).things:
        facts = PROPS[thing.thing]
        scenic = facts.scenery and (roles or shot.kind != "detail")
        if scenic or (roles and facts.worn and not thing.handled):
            continue
        if thing.thing == "microphone" and not thing.handled and roles:
            yield _Wanted("microphone-stand", f"'{thing.words}' in the visual")
            continue
        yield _Wanted(thing.thing, f"'{thing.words}' in the visual", _holder(shot, thing.thing, roles))


def _heard(shot: Shot, context: BlockingContext) -> Iterator[_Wanted]:
    """A detail of nothing that can be drawn shows a thing of its line."""
    for number, text, language in context.lines(shot):
        for thing in read_text(text, language).things[:1]:
            yield _Wanted(thing.thing, f"'{thing.words}' in line {number}")


def _taken_seats(roles: Sequence[Role], wanted: Sequence[_Wanted]) -> Iterator[_Wanted]:
    """The bed or the bench that is named anyway is the one that somebody lies or sits on."""
    who = [n for n, role in enumerate(roles) if role.action in ("sit", "lie", "write")]
    for one in wanted:
        free = bool(who) and one.by is None and one.thing in _SEATS
        yield replace(one, by=who.pop(0), held=False) if free else one


def _seats(shot: Shot, roles: Sequence[Role], context: BlockingContext, wanted: Sequence[_Wanted]) -> Iterator[_Wanted]:
    """Somebody who sits has something to sit on, unless the place has seats, the ground will do or it is out of the
    picture."""
    place = context.location(shot).kind
    if shot.camera.size in CLOSE or place in _WITH_SEATS or any(one.thing in _SEATS for one in wanted):
        return
    indoors = place in ("room", "kitchen", "hall", "stage", "window")
    for n, role in enumerate(roles):
        if role.action in ("sit", "write"):
            yield _Wanted("chair" if indoors else "bench" if role.action == "sit" else "chair", "somebody sits", n,
                          held=False)  # fmt: skip
        elif role.action == "lie" and place == "room":
            yield _Wanted("bed", "somebody lies", n, held=False)


def _holder(shot: Shot, thing: str, roles: Sequence[Role]) -> int | None:
    """Who has the thing in hand: whose it is in the visual, or who does something with it there."""
    names = names_of([role.character for role in roles])
    ids = [role.character.id for role in roles]
    for named in read_text(shot.visual, "en", names).things:
        if named.thing != thing or not named.handled or not roles:
            continue
        if named.laid and named.owner == "":
            return None
        return ids.index(named.owner) if named.owner in ids else 0
    return None


def _state(thing: str, shot: Shot, context: BlockingContext) -> str:
    """States of the thing: told by facts of the world, by the motif it is, and by the visual's word before it."""
    words: list[str] = []
    for name, states in context.world.states.items():
        if thing_of(name) == thing and name in (*context.bible.props, *shot.props):
            words += states
    for motif in context.bible.motifs:
        about = f"{motif.id.replace('-', ' ')} {motif.description}"
        if thing in {one.thing for one in read_text(about).things} | {thing_of(motif.id)}:
            words += sorted(states_in(context.motifs.get(motif.id, "").replace(".", " ")))
    tokens = tokens_of(shot.visual)
    for named in read_text(shot.visual).things:
        if named.thing == thing:
            near = (*tokens[max(0, named.at - 2) : named.at], *tokens[named.at + 1 : named.at + 5])
            words += sorted(states_in(" ".join(near)))
    return ", ".join(dict.fromkeys(words))[:200]


def _taken_up(one: _Wanted, roles: Sequence[Role], held: list[list[HeldProp]]) -> bool:
    """Puts the thing into a hand where it belongs in one and one is free."""
    facts = PROPS[one.thing]
    if one.by is None or not facts.hold or one.held is False:
        return False
    role, own = roles[one.by], held[one.by]
    full = role.action in _HANDS_FULL and one.held is not True
    if full or any(prop.hand == "both" for prop in own) or len(own) > 1 or (own and facts.hands == 2):
        return False
    hand: Hand = "both" if facts.hands == 2 else "left" if own else "right"
    own.append(HeldProp(thing=one.thing, hand=hand))
    return True


def _spot(
    one: _Wanted, roles: Sequence[Role], ways: Sequence[Way], frame: Frame, loose: Sequence[PropStaging]
) -> list[PropStaging] | None:
    """The thing at a mark, with what it stands on; None where the frame has no place for it."""
    facts = PROPS[one.thing]
    if not ways:
        return [_subject(one, facts, frame, len(loose))]
    if one.held is False and one.by is not None:
        return _used(one, facts, ways[one.by], roles[one.by].action, frame)
    if frame.size in CLOSE:
        if facts.height < _TALL:
            return None
        return [_beside(one, facts, ways, frame, loose)]
    staged = _beside(one, facts, ways, frame, loose)
    indoors = frame.place.indoors
    if facts.height < _SMALL and facts.rests in ("stands", "lies") and indoors:
        table = PropStaging(thing="table", at=staged.at, why=f"{one.thing} stands on it")
        top = PROPS["table"].height
        on = staged.model_copy(update={"above": top, "at": Mark(x=staged.at.x, body=staged.at.body * 1.001)})
        there = [prop for prop in loose if prop.thing == "table"]
        if there:
            nearer = Mark(x=there[0].at.x, body=there[0].at.body * 1.001)
            return [staged.model_copy(update={"above": top, "at": nearer})]
        return [table, on]
    return [staged]


def _subject(one: _Wanted, facts: PropFacts, frame: Frame, n: int) -> PropStaging:
    """With nobody there: close, large in the middle of the picture; wide, at its size on the ground."""
    x = (0.0, 0.5, -0.5)[n % 3]
    if frame.size in CLOSE:
        tall = _DETAIL_TALL * (1.0 if n == 0 else 0.55)
        wide = _DETAIL_WIDE * frame.aspect * (1.0 if n == 0 else 0.5)
        body = min(tall / facts.height, wide / facts.width, 16.0)
        above = max(frame.place.below / frame.place.height + 0.1 / body - facts.height / 2, -1.0)
        return PropStaging(
            thing=one.thing, at=Mark(x=x, body=body), above=min(above, 12.0), state=one.state, why=one.why
        )
    body = frame.body
    room = frame.reach(body, facts.width / 2)
    side = 0.33 if n == 0 else x
    return PropStaging(thing=one.thing, at=Mark(x=min(max(side, -room), room), body=body), above=_above(facts, frame),
                       state=one.state, why=one.why)  # fmt: skip


def _above(facts: PropFacts, frame: Frame) -> float:
    """How high it hangs or flies, lower where the ceiling or the frame's edge is near."""
    most = (2.1 if frame.place.indoors else 12.0) - facts.height
    return min(facts.above, max(most, 0.0))


def _used(one: _Wanted, facts: PropFacts, way: Way, action: str, frame: Frame) -> list[PropStaging]:
    """At whoever uses it: under who sits, around a driver, before a drummer, within reach of a hand."""
    mark, step = way.start, way.start.body / frame.half
    ahead = 1 if way.facing_deg >= 0 else -1
    if one.thing == "piano":
        return [_at(one, mark.x + 0.72 * step, mark.body * 0.99, 0.0)]
    if one.thing in ("candle", "lamp") and frame.place.indoors:
        table = PropStaging(
            thing="table", at=_mark(mark.x + ahead * 0.68 * step, mark.body * 0.98), why=f"the {one.thing} stands on it"
        )
        return [table, _at(one, mark.x + ahead * 0.4 * step, mark.body * 0.985, PROPS["table"].height)]
    if one.thing in ("door", "gate"):
        return [_at(one, mark.x + (ahead * 0.36 + 0.23) * step, mark.body * 0.985, 0.0)]
    if facts.seat is not None:
        # Nobody is lifted onto a bed: it stands so much nearer that its mattress lies where they lie.
        down = 0.03 - facts.seat if action == "lie" else 0.0
        return [_at(one, mark.x, mark.body * (1.012 if facts.before else 0.985), down)]
    reach = facts.width / 2 + (0.12 if one.thing in ("table", "ladder") else 0.34)
    return [_at(one, mark.x + ahead * reach * step, mark.body * 0.99, _above(facts, frame))]


def _mark(x: float, body: float) -> Mark:
    return Mark(x=min(max(x, -2.0), 2.0), body=min(body, 16.0))


def _at(one: _Wanted, x: float, body: float, above: float) -> PropStaging:
    return PropStaging(thing=one.thing, at=_mark(x, body), above=above, state=one.state, why=one.why)


def _beside(
    one: _Wanted, facts: PropFacts, ways: Sequence[Way], frame: Frame, loose: Sequence[PropStaging]
) -> PropStaging:
    """On the ground where there is most room, a step farther back than people."""
    body = 0.93 * min(way.start.body for way in ways)
    room = frame.reach(body, facts.width / 2) if frame.size not in CLOSE else 0.8
    taken = [x for way in ways for x in (way.start.x, way.end.x)] + [prop.at.x for prop in loose]
    tries = [room * k / 6 for k in range(-6, 7)]
    x = max(tries, key=lambda x: (round(min((min(abs(x - there), 0.75) for there in taken), default=0.75), 3), -abs(x)))
    return PropStaging(thing=one.thing, at=Mark(x=x, body=body), above=_above(facts, frame), state=one.state,
                       why=one.why)  # fmt: skip
