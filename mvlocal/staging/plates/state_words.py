"""Words for what the story did to a place, matched leniently to the few states that can be drawn.

It knows nothing of how they are drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, get_args

State = Literal["flooded", "burning", "dark", "lit", "snowed-in", "overgrown", "broken", "empty", "decorated"]

STATES: tuple[State, ...] = get_args(State)

_STEMS: dict[State, str] = {
    "flooded": r"flood|drown|under ?water|submerg|waterlog|inundat|deluge|awash",
    "burning": r"burn|fire\b|wildfire|flam(?:e|ing)|ablaze|blaz(?:e|ing)|smok|smoul|smold|scorch|alight",
    "dark": r"dark|unlit|lightless|black-?out|powerless|(?:lights?|lamps?) (?:are |is |went |gone )?(?:out|off)\b",
    "lit": r"lit\b|(?:lights?|lamps?) (?:are |is )?on\b|bright|aglow|glowing|illumin|candlelit|lamplit",
    "snowed-in": r"snow|frozen|frost|icy\b|ice\b|iced\b",
    "overgrown": r"overgrow|ivy\b|vines?\b|weed|wild\b|moss|grown over|reclaim|jungle",
    "broken": r"broke|break|crack|shatter|smash|ruin|wreck|collaps|destroy|derelict|boarded|damag|torn\b",
    "empty": r"empt(?:y|ied)|bare\b|cleared|abandon|deserted|vacant|stripped|hollow",
    "decorated": r"decorat|bunting|festoon|garland|festiv|part(?:y|ies)\b|celebrat|lantern|fairy|adorn|firework"
    r"|wedding|christmas|hung with",
}
"""Beginnings of words that mean each state, as alternatives of a regular expression."""

_PATTERNS: dict[State, re.Pattern[str]] = {
    state: re.compile(rf"\b(?:{stems})", re.IGNORECASE) for state, stems in _STEMS.items()
}


@lru_cache(maxsize=256)
def state_of(words: str) -> State | None:
    """The state that `words` mean (`half under water` none, `the platform is flooded` flooded), or None."""
    plain = words.replace("_", "-").strip().lower()
    if plain in STATES:
        return plain
    return next((state for state, pattern in _PATTERNS.items() if pattern.search(plain)), None)


def states_in(words: Iterable[str]) -> frozenset[State]:
    """All states that the words mean."""
    return frozenset(state for word in words if (state := state_of(word)) is not None)


def unknown_words(words: Iterable[str]) -> tuple[str, ...]:
    """The words that mean no state that can be drawn."""
    return tuple(word for word in words if state_of(word) is None)
