"""Rules on wording: what an image or video model is asked for, and whether a place or person is told as registered."""

from __future__ import annotations

from collections.abc import Iterator

from mvlocal.schema.story import Location, Problem, Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import among, denied, phrases_in, senses, stem, words_of
from mvlocal.story.vocabulary import words as lexicon

_HYGIENE, _DRIFT, _RISK = "prompt-hygiene", "description-drift", "risk"


def prompt_hygiene(case: Case) -> Found:
    """Looks in a motion prompt, camera words the backend cannot do, relative words, writing in the picture."""
    for shot in case.shots:
        yield from _looks_in_motion(case, shot)
        yield from _camera(case, shot)
        yield from _relative(shot)
        yield from _writing(shot)


def _looks_in_motion(case: Case, shot: Shot) -> Found:
    looks = among("appearance", shot.motion)
    colours = [word for word in words_of(shot.motion) if word in senses().groups["colours"] and word not in _LIGHTS]
    names = [
        name for person in case.bible.characters for name in case.called[person.id] if name in words_of(shot.motion)
    ]
    if looks or colours:
        yield problem(
            _HYGIENE, "error", [shot], f"the motion of {shot.id} describes looks (“{(*looks, *colours)[0]}”)",
            "keep to movement there; looks belong to the bible",
        )  # fmt: skip
    elif names:
        yield problem(
            _HYGIENE, "warning", [shot], f"the motion of {shot.id} names somebody (“{names[0]}”)",
            "say what moves without the name",
        )  # fmt: skip


_LIGHTS = frozenset({"dark", "gold", "golden", "silver"})


def _camera(case: Case, shot: Shot) -> Found:
    if shot.camera.move not in case.limits.moves:
        yield problem(
            _HYGIENE, "error", [shot], f"{shot.id} asks for {shot.camera.move}, which this backend cannot do",
            f"choose from {', '.join(sorted(case.limits.moves))}",
        )  # fmt: skip
    text = f"{shot.motion} {shot.visual}"
    words = [*phrases_in("camera_phrases", text), *_camera_words(shot)]
    if words:
        yield problem(
            _HYGIENE, "error", [shot], f"{shot.id} asks the camera for “{words[0]}”, which this backend cannot do",
            f"use a move it can do: {', '.join(sorted(case.limits.moves))}",
        )  # fmt: skip


def _camera_words(shot: Shot) -> list[str]:
    """In the motion every camera word counts; in the visual only next to the word camera (a crane is also a bird)."""
    found = [word for word in among("camera_unable", shot.motion) if word != "arc"]
    words = words_of(shot.visual)
    if "camera" in words or "shot" in words:
        found += among("camera_unable", shot.visual)
    return found


def _relative(shot: Shot) -> Found:
    text = f"{shot.visual} {shot.motion}"
    words = [*phrases_in("relative_phrases", text), *_relative_words(text)]
    if words:
        yield problem(
            _HYGIENE, "error" if shot.continues else "warning", [shot],
            f"{shot.id} says “{words[0]}”, which means nothing to a model that sees this shot alone",
            "say what is there, not how it compares",
        )  # fmt: skip


def _relative_words(text: str) -> Iterator[str]:
    words = words_of(text)
    for n, word in enumerate(words):
        follows = words[n + 1] if n + 1 < len(words) else ""
        if word in senses().sets["relative"] and not denied(words, n) and not (word == "same" and follows == "time"):
            yield word


def _writing(shot: Shot) -> Found:
    text = f"{shot.visual} {shot.motion}"
    words = [*phrases_in("writing_phrases", text), *among("writing", text)]
    quoted = any(mark in shot.visual for mark in '“”"«»')
    if words or quoted:
        what = words[0] if words else "words in quotes"
        yield problem(
            _HYGIENE, "error", [shot], f"{shot.id} asks for writing in the picture (“{what}”)",
            "image models cannot write: show the thing without its words, or add a caption in the edit",
        )  # fmt: skip


def description_drift(case: Case) -> Found:
    """A place or a person told in words that differ from the registry."""
    for shot in case.shots:
        place = case.locations.get(shot.location)
        if place is not None:
            yield from _place_drift(shot, place)
        for presence in shot.characters:
            person = case.characters.get(presence.id)
            if person is not None and len(shot.characters) == 1:
                yield from _person_drift(shot, f"{person.appearance} {person.age}", person.id)


def _place_drift(shot: Shot, place: Location) -> Found:
    registered = words_of(f"{place.name} {place.description} {place.light}")
    texts = [shot.visual, shot.world_before, shot.world_after]
    for words in map(words_of, texts):
        for n in _heads(words, place):
            odd = _odd_attributes(words, n, registered)
            if odd and not denied(words, n):
                yield problem(
                    _DRIFT, "warning", [shot],
                    f"{shot.id} tells {place.id} as “{odd} {words[n]}”; the bible has: {place.description[:140]}",
                    "use the bible's words for the place, or change the bible",
                )  # fmt: skip
                return


def _heads(words: tuple[str, ...], place: Location) -> list[int]:
    """Where `words` name the place itself: by its name's noun or by another word for it."""
    groups = senses().groups["places"]
    named = words_of(place.name)
    nouns = {stem(word) for word in named} & {stem(w) for w in (*groups, *_STRUCTURE)} | {stem(w) for w in named[-1:]}
    kin = {groups[word] for word in words_of(place.name) if word in groups} or {place.kind}
    heads = [n for n, word in enumerate(words) if stem(word) in nouns or groups.get(word) in kin]
    parts = {word for word in words_of(place.description) if word in _STRUCTURE or word in lexicon().nouns}
    structure = {stem(word) for word in parts if word not in groups and word not in _NOT_PARTS}
    if place.kind in _WALLED:
        structure |= {"wall", "floor", "ceiling"}
    return heads + [n for n, word in enumerate(words) if stem(word) in structure and n not in heads]


_LIT = frozenset({"dark", "gold", "silver", "black"})
"""What light alone can make of a thing."""
_WALLED = frozenset({"room", "train", "window", "stage", "street", "station"})
_NOT_PARTS = frozenset({"light", "glass", "wood", "stone", "iron", "gold", "silver", "paper", "water", "city", "one"})
_STRUCTURE = (
    "wall", "walls", "floor", "ceiling", "stairs", "door", "roof", "rooftop", "bench", "table", "bed",
    "seat", "seats", "curtain", "curtains", "canopy", "banister", "counter", "columns", "column", "desk",
    "pews", "parapet", "lighthouse", "tree", "sand", "rail", "railing", "tiles", "cobbles", "boards",
)  # fmt: skip


def _odd_attributes(words: tuple[str, ...], n: int, registered: tuple[str, ...]) -> str:
    """A colour, material or condition said of word `n` that the registry does not have."""
    for word in words[max(0, n - 3) : n]:
        for family in ("colours", "materials", "conditions"):
            table = senses().groups[family]
            sense = table.get(word)
            if sense is None or sense in _LIT:
                continue
            known = {table[other] for other in registered if other in table}
            same_family_for_it = known if family != "conditions" else known & {sense} or known
            if sense in known or (family == "conditions" and sense in {"empty", "wet"}):
                continue
            if family in {"colours", "materials"} or same_family_for_it:
                between = words[words.index(word) + 1 : n]
                if all(
                    w in senses().groups["colours"] or w in senses().groups["materials"] or len(between) <= 1
                    for w in between
                ):
                    return word
    return ""


_FEATURES = {"hair": "hair", "eyes": "eyes", "beard": "beard", "skin": "skin", "moustache": "beard"}
_LENGTHS = frozenset(
    {"long", "short", "cropped", "shaved", "curly", "straight", "braided", "shoulder-length", "wavy", "bald"}
)
_AGES = {
    "teenage": "young", "teenager": "young", "child": "young", "girl": "young", "boy": "young", "elderly": "old",
    "aged": "old", "old": "old", "young": "young", "middle-aged": "middle",
}  # fmt: skip


def _person_drift(shot: Shot, registered: str, who: str) -> Found:
    words, known = words_of(shot.visual), words_of(registered)
    colours = senses().groups["colours"]
    for n, word in enumerate(words):
        if word not in _FEATURES or denied(words, n) or word not in {*known, "beard", "moustache", "hair", "eyes"}:
            continue
        before = words[max(0, n - 3) : n]
        said = {colours.get(w, w) for w in before if w in colours or w in _LENGTHS}
        at = [k for k, w in enumerate(known) if w == word]
        mine = {colours.get(w, w) for k in at for w in known[max(0, k - 4) : k] if w in colours or w in _LENGTHS}
        clash = (said and mine and not said <= mine) or (
            word in {"beard", "moustache"} and at == [] and "hair" in known
        )
        if clash:
            yield problem(
                _DRIFT, "warning", [shot],
                f"{shot.id} tells {who} with “{' '.join([*before[-2:], word])}”; the bible has: {registered[:140]}",
                "leave looks to the bible",
            )  # fmt: skip
            return
    fair = [w for w in words if w in {"blonde", "blond", "brunette", "redhead", "bald", "redheaded", "dark-haired"}]
    if fair and "hair" in known and not {colours.get(w, w) for w in fair} & {colours.get(w, w) for w in known}:
        yield problem(
            _DRIFT, "warning", [shot], f"{shot.id} tells {who} as “{fair[0]}”; the bible has: {registered[:140]}",
            "leave looks to the bible",
        )  # fmt: skip


def risk(case: Case) -> Found:
    """What image and video models do badly: hands on instruments, crowds, mirrors, small text."""
    for shot in case.shots:
        words = among("risk_instruments", shot.visual)
        if words and among("risk_playing", shot.visual):
            yield _risk(
                shot, f"hands on an instrument (“{words[0]}”)", "frame the face or the silhouette, hands out of frame"
            )
        crowd = among("risk_crowds", shot.visual)
        if crowd:
            yield _risk(
                shot,
                f"a crowd (“{crowd[0]}”)",
                "a few backs out of focus in the foreground, or only their sound and light",
            )
        mirror = among("risk_mirrors", shot.visual)
        if mirror:
            yield _risk(
                shot, f"a mirror (“{mirror[0]}”)", "look past the mirror's frame, or show the face without the mirror"
            )
        text = among("risk_text", shot.visual)
        phrases = phrases_in("risk_phrases", shot.visual)
        if phrases:
            yield _risk(shot, f"what cannot be drawn well (“{phrases[0]}”)", "show one clear thing in the place of it")
        if text:
            yield _risk(shot, f"small text (“{text[0]}”)", "keep it out of focus or seen from behind")


def _risk(shot: Shot, what: str, safer: str) -> Problem:
    return problem(_RISK, "warning", [shot], f"{shot.id} shows {what}, which models draw badly", f"safer: {safer}")
