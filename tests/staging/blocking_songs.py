"""Twenty small songs in many manners and languages, planned by the rules planner, and plans written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from mvlocal.schema.song import EnergyCurve, LyricLine, Section, SongMap
from mvlocal.schema.story import (
    Brief,
    Camera,
    Character,
    Location,
    PlaceKind,
    Presence,
    Shot,
    ShotKind,
    ShotSize,
    StoryBible,
    Wardrobe,
)
from mvlocal.story.rules import StoryInput, plan_by_rules

PALETTE = ("#0b1026", "#27335e", "#6f7fae", "#f2a65a", "#f7e9d7")
LINE_S = 5.0


@dataclass(frozen=True)
class Planned:
    """A song, its plan, and for each line the actions that a camera could see in it."""

    name: str
    language: str
    lines: tuple[str, ...]
    seen: tuple[frozenset[str], ...]
    song: SongMap
    bible: StoryBible
    shots: tuple[Shot, ...]


def song_of(lines: Sequence[str], language: str | None = "en") -> SongMap:
    """A song at 120 beats a minute with one line every five seconds between an intro and an outro of five."""
    count = len(lines)
    half, sung, end = LINE_S * (1 + count // 2), LINE_S * (1 + count), LINE_S * (2 + count)
    beats = tuple(n * 0.5 for n in range(int(end * 2)))
    parts = (("intro", 0.0, LINE_S, 0.3), ("verse", LINE_S, half, 0.5), ("chorus", half, sung, 0.9))
    sections = [Section(label=label, start_s=a, end_s=b, energy=e) for label, a, b, e in parts if b > a]  # type: ignore[arg-type]
    sections.append(Section(label="outro", start_s=sung, end_s=end, energy=0.2))
    return SongMap(
        duration_s=end,
        tempo_bpm=120,
        beats_per_bar=4,
        beats=beats,
        downbeats=beats[::4],
        sections=tuple(sections),
        energy=EnergyCurve(step_s=1, values=(0.5,)),
        lyrics=tuple(
            LyricLine(start_s=LINE_S * (n + 1) + 0.3, end_s=LINE_S * (n + 2) - 0.4, text=line, confidence=1)
            for n, line in enumerate(lines)
        ),
        language=language,
    )


@cache
def twenty_songs() -> tuple[Planned, ...]:
    path = Path(__file__).parent / "lyrics_of_twenty_songs.yaml"
    data: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    found: list[Planned] = []
    for name, body in data.items():
        rows = [row.partition("|") for row in body["lines"]]
        lines = [text.strip() for text, _, _ in rows]
        song = song_of(lines, body["language"])
        spans = [(LINE_S * n, LINE_S * (n + 1)) for n in range(len(lines) + 2)]
        bible, listed = plan_by_rules(StoryInput(name, "Mara Lund", Brief(), song, spans, seed=3))
        seen = tuple(frozenset(actions.split()) for _, _, actions in rows)
        found.append(Planned(name, body["language"], tuple(lines), seen, song, bible, listed.shots))
    return tuple(found)


def person(name: str, *, sings: bool = False, looks: str = "a person", age: str = "adult") -> Character:
    clothes = (Wardrobe(id="own", description="a plain coat"),)
    return Character(id=name, name=name.capitalize(), appearance=looks, age=age, wardrobe=clothes, sings=sings)


def bible_of(
    people: Sequence[Character] | None = None, place: PlaceKind = "street", props: tuple[str, ...] = (), **more: Any
) -> StoryBible:
    if people is None:
        people = (
            person("mara", sings=True),
            person("jon"),
            person("ilse"),
            person("tom"),
            person("ana"),
            person("eva"),
        )
    here = Location(
        id="here", name="Here", kind=place, description="a place", light="soft", palette=PALETTE, seed=7
    )  # fmt: skip
    return StoryBible(
        title="T", logline="l", style="s", acts=(), characters=tuple(people), locations=(here,), props=props, **more
    )


def shot_of(
    visual: str = "Mara stands there.",
    people: Sequence[str | Presence] = ("mara",),
    *,
    size: ShotSize = "wide",
    kind: ShotKind = "narrative",
    number: int = 1,
    **more: Any,
) -> Shot:
    present = tuple(Presence(id=one, wardrobe="own") if isinstance(one, str) else one for one in people)
    given: dict[str, Any] = {
        "id": f"s{number:02d}", "start_s": LINE_S * number, "end_s": LINE_S * (number + 1), "section": 0, "kind": kind,
        "visual": visual, "characters": present, "location": "here", "time_of_day": "dusk", "camera": Camera(size=size),
    }  # fmt: skip
    return Shot(**(given | more))
