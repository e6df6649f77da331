"""Plans made by the rules for the test songs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from story_lyrics import artist_of, song_parts
from story_songs import NIGHT_TRAIN, song_of

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Brief, ShotList, StoryBible
from mvlocal.story.cuts import CutRules, plan_cuts
from mvlocal.story.rules import StoryInput, plan_by_rules
from mvlocal.story.verify import Limits
from mvlocal.timing import FrameRate

RATE = FrameRate.parse(24)
MAX_S = 7.5
PHOTOS = ("one.jpg", "two.jpg", "three.jpg")
LIMITS = Limits(RATE, MAX_S, photos=frozenset(PHOTOS))


@dataclass(frozen=True, slots=True)
class Plan:
    """A song and what the rules made of it."""

    song: SongMap
    bible: StoryBible
    shots: ShotList


@cache
def song_named(name: str) -> SongMap:
    """A test song by name; `night-train` is the bundled example's form and words."""
    if name == "night-train":
        return song_of(NIGHT_TRAIN)
    bpm, beats, blocks = song_parts(name)
    return song_of(blocks, bpm=bpm, beats_per_bar=beats)


def plan_song(song: SongMap, *, artist: str = "Ilse Marren", photos: tuple[str, ...] = PHOTOS,
              brief: Brief | None = None, seed: int = 7) -> Plan:  # fmt: skip
    """Cuts and plans `song`."""
    spans = plan_cuts(song, CutRules(max_s=MAX_S), RATE)
    given = StoryInput("A Song", artist, brief or Brief(), song, spans, photos, seed)
    return Plan(song, *plan_by_rules(given))


@cache
def plan_named(name: str) -> Plan:
    """The plan of a test song."""
    artist = "Ilse Marren" if name == "night-train" else artist_of(name)
    return plan_song(song_named(name), artist=artist)
