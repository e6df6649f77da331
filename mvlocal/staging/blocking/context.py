"""What blocking one shot needs to know beside the shot: the bible, the song, the frame, and what came before it.

It decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mvlocal.schema.song import SongMap
from mvlocal.schema.staging import Look, Traits
from mvlocal.schema.story import Character, Location, Shot, StoryBible
from mvlocal.staging.blocking.words import language_of
from mvlocal.staging.blocking.world import World


@dataclass(frozen=True, slots=True)
class BlockingContext:
    """`traits` by (character, wardrobe); `language` of the song, None where it is unknown; `world` as the shot begins;
    `motifs`: what each has become, by its id; `sides`: where in the frame (-1 left to 1 right) the scene has put people
    so far."""

    bible: StoryBible
    song: SongMap
    aspect: float
    look: Look
    traits: Mapping[tuple[str, str], Traits]
    language: str | None
    world: World = field(default_factory=World)
    motifs: Mapping[str, str] = field(default_factory=dict[str, str])
    sides: Mapping[str, float] = field(default_factory=dict[str, float])

    def character(self, name: str) -> Character:
        return next(one for one in self.bible.characters if one.id == name)

    def location(self, shot: Shot) -> Location:
        return next(one for one in self.bible.locations if one.id == shot.location)

    def lines(self, shot: Shot) -> tuple[tuple[int, str, str], ...]:
        """(number from 1, text, language) of the lyric lines that the shot depicts."""
        lyrics = self.song.lyrics
        return tuple(
            (n + 1, lyrics[n].text, language_of(lyrics[n].text, self.language))
            for n in shot.lyric_lines
            if n < len(lyrics)
        )
