"""The rule on descriptions: a place or a person is told in the words of the registry."""

from __future__ import annotations

from mvlocal.schema.story import Location, Shot
from mvlocal.story.attributes import after, before
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import denied, group_of, senses, sentences_of, stem, words_of
from mvlocal.story.vocabulary import words as lexicon

_DRIFT = "description-drift"
_LIT = frozenset({"dark", "gold", "silver", "black"})
"""What light alone can make of a thing."""
_WALLED = frozenset({"room", "train", "window", "stage", "street", "station", "hall", "stairwell", "bar", "church"})
_NOT_PARTS = frozenset({"light", "glass", "wood", "stone", "iron", "gold", "silver", "paper", "water", "city", "one"})
_STRUCTURE = frozenset({
    "wall", "walls", "floor", "ceiling", "stairs", "steps", "door", "doors", "roof", "rooftop", "bench", "table", "bed",
    "seat", "seats", "curtain", "curtains", "canopy", "banister", "counter", "columns", "column", "desk", "pews",
    "parapet", "lighthouse", "tree", "sand", "rail", "railing", "tiles", "cobbles", "boards", "deck", "pillars",
})  # fmt: skip
_LENGTHS = frozenset({
    "long", "short", "cropped", "shaved", "curly", "straight", "braided", "shoulder-length", "wavy", "bald",
    "close-cropped",
})  # fmt: skip
_OPPOSED = (
    ({"long", "shoulder-length"}, {"short", "cropped", "shaved", "bald", "close-cropped"}),
    ({"curly", "wavy"}, {"straight"}),
)
_FAIR = frozenset({"blonde", "blond", "brunette", "redhead", "bald", "redheaded", "dark-haired"})


def description_drift(case: Case) -> Found:
    """A place or a person told in words that differ from the registry."""
    for shot in case.shots:
        place = case.locations.get(shot.location)
        if place is not None:
            yield from _place_drift(case, shot, place)
        for presence in shot.characters:
            person = case.characters.get(presence.id)
            if person is not None and len(shot.characters) == 1:
                yield from _person_drift(shot, f"{person.appearance} {person.age}", person.id)


def _place_drift(case: Case, shot: Shot, place: Location) -> Found:
    names = frozenset(name for p in shot.characters for name in (*case.called.get(p.id, ()), p.id))
    registered = words_of(f"{place.name} {place.description} {place.light}")
    texts = [shot.visual, shot.world_before, shot.world_after]
    for sentence in (sentence for text in texts for sentence in sentences_of(text)):
        words = words_of(sentence)
        for n in _heads(words, place):
            odd = _odd_attribute(sentence, n, registered, names)
            if odd and not denied(words, n):
                yield problem(
                    _DRIFT, "warning", [shot],
                    f"{shot.id} tells {place.id} as “{odd} {words[n]}”; the bible has: {place.description[:140]}",
                    "use the bible's words for the place, or change the bible",
                )  # fmt: skip
                return


def _heads(words: tuple[str, ...], place: Location) -> list[int]:
    """Where `words` name the place itself, by its name's noun or another word for it, or a part of it."""
    groups = senses().groups["places"]
    named = words_of(place.name)
    nouns = {stem(word) for word in named if word in groups or word in _STRUCTURE} | {stem(w) for w in named[-1:]}
    kin = {groups[word] for word in named if word in groups} or {place.kind}
    heads = [n for n, word in enumerate(words) if stem(word) in nouns or groups.get(word) in kin]
    parts = {word for word in words_of(place.description) if word in _STRUCTURE or word in lexicon().nouns}
    structure = {stem(word) for word in parts if word not in groups and word not in _NOT_PARTS}
    if place.kind in _WALLED:
        structure |= {"wall", "floor", "ceiling"}
    if kin & {"stairwell"}:
        structure |= {"step"}
    return heads + [n for n, word in enumerate(words) if stem(word) in structure and n not in heads]


def _odd_attribute(sentence: str, n: int, registered: tuple[str, ...], names: frozenset[str]) -> str:
    """A colour, material or condition said of word `n` that the registry does not have."""
    for word in (*before(sentence, n), *after(sentence, n, names)):
        for family in ("colours", "materials", "conditions"):
            table = senses().groups[family]
            sense = table.get(word)
            if sense is None or sense in _LIT or (family == "conditions" and sense in {"empty", "wet"}):
                continue
            known = {table[other] for other in registered if other in table}
            if sense not in known and (known or family != "conditions"):
                return word
    return ""


def _person_drift(shot: Shot, registered: str, who: str) -> Found:
    known = words_of(registered)
    for sentence in sentences_of(shot.visual):
        words = words_of(sentence)
        for n, word in enumerate(words):
            feature = group_of("features", word)
            if feature is None or denied(words, n) or (word in {"fringe", "bun", "bob"} and "hair" not in words):
                continue
            if _clashes(sentence, n, feature, known):
                yield problem(
                    _DRIFT, "warning", [shot],
                    f"{shot.id} tells {who} with “{' '.join(words[max(0, n - 2) : n + 4])}”; "
                    f"the bible has: {registered[:140]}",
                    "leave looks to the bible",
                )  # fmt: skip
                return
        fair = [word for word in words if word in _FAIR]
        if fair and "hair" in known and not {_colour(w) for w in fair} & {_colour(w) for w in known}:
            yield problem(
                _DRIFT, "warning", [shot], f"{shot.id} tells {who} as “{fair[0]}”; the bible has: {registered[:140]}",
                "leave looks to the bible",
            )  # fmt: skip
            return


def _clashes(sentence: str, n: int, feature: str, known: tuple[str, ...]) -> bool:
    """Whether what is said of feature `n` denies what is registered of it; a beard nobody has clashes as such."""
    words = words_of(sentence)
    at = [k for k, word in enumerate(known) if group_of("features", word) == feature]
    if feature == "beard" and not at:
        return any(group_of("features", word) == "hair" for word in known)
    said = set(words[max(0, n - 3) : n]) | set(after(sentence, n)) | (set(words[n : n + 6]) & _LENGTHS)
    mine = {word for k in at for word in (*known[max(0, k - 4) : k], known[k])}
    colours, own = {_colour(w) for w in said} - {""}, {_colour(w) for w in mine} - {""}
    if colours and own and not colours & own:
        return True
    return any((said & a and mine & b) or (said & b and mine & a) for a, b in _OPPOSED)


def _colour(word: str) -> str:
    return senses().groups["colours"].get(word, "")
