"""The rule on wording: what an image or video model is asked for must mean something to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mvlocal.schema.story import Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import among, denied, phrases_in, senses, sentences_of, words_of

_HYGIENE = "prompt-hygiene"
_SHORT = frozenset({"INT", "EXT", "POV", "LED", "UFO", "USA"})
"""Capitals that are no words on a wall."""
_LIGHTS = frozenset({"dark", "gold", "golden", "silver"})


def prompt_hygiene(case: Case) -> Found:
    """Looks in a motion prompt, camera words the backend cannot do, relative words, writing in the picture."""
    for shot in case.shots:
        yield from _looks_in_motion(case, shot)
        yield from _camera(case, shot)
        yield from _relative(shot)
        yield from _writing(shot)


def _looks_in_motion(case: Case, shot: Shot) -> Found:
    looks = among("appearance", shot.motion)
    words = words_of(shot.motion)
    colours = [word for word in words if word in senses().groups["colours"] and word not in _LIGHTS]
    names = [name for person in case.bible.characters for name in case.called[person.id] if name in words]
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


def _camera(case: Case, shot: Shot) -> Found:
    if shot.camera.move not in case.limits.moves:
        yield problem(
            _HYGIENE, "error", [shot], f"{shot.id} asks for {shot.camera.move}, which this backend cannot do",
            f"choose from {', '.join(sorted(case.limits.moves))}",
        )  # fmt: skip
    words = [*_camera_phrases(shot), *_camera_words(shot)]
    if words:
        yield problem(
            _HYGIENE, "error", [shot], f"{shot.id} asks the camera for “{words[0]}”, which this backend cannot do",
            f"use a move it can do: {', '.join(sorted(case.limits.moves))}",
        )  # fmt: skip


def _camera_phrases(shot: Shot) -> tuple[str, ...]:
    return phrases_in("camera_phrases", shot.motion) + phrases_in("camera_phrases", shot.visual)


def _camera_words(shot: Shot) -> list[str]:
    """In the motion every camera word counts; in the visual only next to the word camera (a crane is also a bird)."""
    found = [word for word in among("camera_unable", shot.motion) if word != "arc"]
    words = words_of(shot.visual)
    if "camera" in words or "shot" in words:
        found += among("camera_unable", shot.visual)
    return found


def _relative(shot: Shot) -> Found:
    words = [word for text in (shot.visual, shot.motion) for word in relative_in(text)]
    if words:
        yield problem(
            _HYGIENE, "error" if shot.continues else "warning", [shot],
            f"{shot.id} says “{words[0]}”, which means nothing to a model that sees this shot alone",
            "say what is there, not how it compares",
        )  # fmt: skip


def relative_in(text: str) -> tuple[str, ...]:
    """Words that compare with what another shot showed (`again`, `older than before`)."""
    return (*phrases_in("relative_phrases", text), *_relative_words(text))


def _relative_words(text: str) -> Iterator[str]:
    known = senses().families["relative"]
    for words in map(words_of, sentences_of(text)):
        for n, word in enumerate(words):
            follows = words[n + 1] if n + 1 < len(words) else ""
            if known.has(word) and not denied(words, n) and not (word == "same" and follows == "time"):
                yield word


def _writing(shot: Shot) -> Found:
    words = [word for text in (shot.visual, shot.motion) for word in writing_in(text)]
    if words:
        yield problem(
            _HYGIENE, "error", [shot], f"{shot.id} asks for writing in the picture (“{words[0]}”)",
            "image models cannot write: show the thing without its words, or add a caption in the edit",
        )  # fmt: skip


def writing_in(text: str) -> tuple[str, ...]:
    """What in `text` asks for legible writing in the picture."""
    quoted = ("words in quotes",) if any(mark in text for mark in '“”"«»') else ()
    capitals = [word for word in re.findall(r"\b[A-Z]{3,}\b", text) if word not in _SHORT]
    return (*phrases_in("writing_phrases", text), *among("writing", text), *quoted, *capitals)
