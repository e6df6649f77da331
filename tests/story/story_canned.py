"""A small song, and a writer that answers with a canned story instead of a model."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from story_songs import song_of

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Brief
from mvlocal.story.verify import Limits
from mvlocal.story.writers.commission import Commission
from mvlocal.timing import FrameRate

LINES = ("I leave the house at night", "the rain is on my letter", "The station lamps are burning", "a train comes in")


def small_song(lines: tuple[str, ...] = LINES) -> SongMap:
    """Two sections at 96 bpm; the first half of `lines` in the first."""
    half = len(lines) // 2
    return song_of((("verse", 2, 0.4, lines[:half]), ("chorus", 2, 0.8, lines[half:])))


def small_job(song: SongMap | None = None, **changes: Any) -> Commission:
    """Five shots on the beats of the small song."""
    song = song or small_song()
    cuts = [0.0, song.beats[4], song.beats[8], song.beats[11], song.beats[14], song.duration_s]
    given: dict[str, Any] = {
        "title": "The Letter", "artist": "Ilse Marren", "brief": Brief(text="a night departure"), "song": song,
        "spans": tuple(pairwise(cuts)), "photos": ("one.jpg",), "seed": 3,
        "limits": Limits(FrameRate.parse(24), 7.5, photos=frozenset(["one.jpg"])),
        "context_tokens": 16384, "reply_tokens": 3072, "critic": True,
    }  # fmt: skip
    return Commission(**{**given, **changes})


def person(position: str = "centre", holds: tuple[str, ...] = ("letter",)) -> dict[str, Any]:
    """The singer in her one set of clothes."""
    return {"dressed": "ilse-marren/first", "position": position, "emotion": "resolute", "holds": list(holds)}


def take(visual: str, place: str, camera: str, **changes: Any) -> dict[str, Any]:
    """One shot; `camera` is `size angle move`."""
    size, angle, move = camera.split()
    made: dict[str, Any] = {
        "visual": visual, "kind": "narrative", "place": place, "people": [person()], "time": "night",
        "weather": "rain", "level": "present", "jump": "", "size": size, "angle": angle, "move": move,
        "motion": "slow steps, rain falling", "changes": [], "place_becomes": "", "continues": False,
        "transition": "cut", "photo": "none",
    }  # fmt: skip
    return made | changes


def story() -> dict[str, Any]:
    """Every part of a reply by its key: a story without a fault."""
    return {
        "story": {"logline": "Ilse carries a letter through the rain to the last train.",
                  "style": "Low warm lamps against wet dark stone, soft grain."},
        "setup": {"turn": "Ilse shuts the door of the house behind her and walks out into the rain."},
        "confrontation": {"turn": "At the station the letter is wet and the platform is empty: nobody waits for her."},
        "resolution": {"turn": "The train opens its doors and Ilse steps into the light."},
        "lead": {"age": "adult", "wardrobe": ["a long dark wool coat, black boots"], "carries": ["letter"]},
        "others": {"people": []},
        "world": {
            "places": [
                {"name": "Garden street", "kind": "street", "description": "A narrow street of brick houses, one lamp.",
                 "light": "one lamp in the rain", "mood": "longing"},
                {"name": "Platform two", "kind": "station", "description": "A long platform under an iron roof.",
                 "light": "a row of hanging lamps", "mood": "wonder"},
            ],
            "things": [],
        },
        "motif": {"motif": "Every chorus returns to the lamps over the platform."},
        "chorus-1": {"change": "the lamps burn in a row over wet stone"},
        **{f"line-{n}": {"who": "the singer", "action": "walk", "object": "letter", "place": "street", "filmable": True}
           for n in range(40)},
        "s01": take("Ilse steps out of a brick house into the rain.", "garden-street", "wide eye-level static"),
        "s02": take("Ilse holds the letter under the lamp, rain on the paper.", "garden-street", "medium low push-in",
                    photo="photo-1"),
        "s03": take("The long platform under its lamps, Ilse small at the far end.", "platform-two",
                    "wide eye-level drift"),
        "s04": take("Ilse looks up at the hanging lamps, the letter in hand.", "platform-two", "close-up low static"),
        "s05": take("Ilse walks along the platform towards the light of a train.", "platform-two",
                    "full eye-level pull-out"),
        "critique": {"remarks": []},
    }  # fmt: skip


@dataclass
class CannedWriter:
    """Answers each question with the parts it asks for; `twist` may change an answer (number, parts) or its text."""

    parts: dict[str, Any] = field(default_factory=story)
    twist: Callable[[int, dict[str, Any]], dict[str, Any] | str] = lambda _n, parts: parts
    prompts: list[str] = field(default_factory=list[str])
    asked: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    seeds: list[int] = field(default_factory=list[int])

    def write_json(self, prompt: str, schema: Mapping[str, Any], seed: int, max_tokens: int) -> str:
        """The canned answer."""
        keys = tuple(schema["properties"])
        self.prompts.append(prompt)
        self.asked.append(keys)
        self.seeds.append(seed)
        answer = self.twist(len(self.asked) - 1, {key: self.parts[key] for key in keys})
        return answer if isinstance(answer, str) else json.dumps(answer)
