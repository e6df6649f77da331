"""What is to be planned, and what follows from the song alone: spans, lines, acts, and what each shot may be.

It does not know what a model writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Brief, ShotKind, Transition
from mvlocal.schema.transitions import SHORTEST_S, spared_s
from mvlocal.story.checks.case import LEAST_VOICED_S
from mvlocal.story.rules import assign_lines, section_of
from mvlocal.story.scenery import acts_of
from mvlocal.story.verify import Limits
from mvlocal.story.writers.asking import template
from mvlocal.story.writers.outline import brief_lines, song_lines
from mvlocal.story.writers.quoting import data_block

ACT_NAMES = ("setup", "confrontation", "resolution")
_SHOT_CHARACTERS = 1140
"""About the longest that one shot and its lines are in a reply."""
_MOST_PHOTOS = 24
_MOST_MOTIF = 12


@dataclass(frozen=True)
class Commission:
    """The song and what is wanted of it. `spans` tile the song; `photos` are bare file names.

    `context_tokens` is what the model can read and write at once, `reply_tokens` the most it may write.
    """

    title: str
    artist: str
    brief: Brief
    song: SongMap
    spans: Sequence[tuple[float, float]]
    photos: tuple[str, ...]
    seed: int
    limits: Limits
    context_tokens: int
    reply_tokens: int
    critic: bool = True

    @cached_property
    def lines(self) -> tuple[tuple[int, ...], ...]:
        """For each span the lines sung in it."""
        return assign_lines(self.song, self.spans)

    @cached_property
    def shared(self) -> str:
        """The beginning of every prompt, the same in all of them."""
        return template(
            "shared",
            brief=data_block("BRIEF", brief_lines(self.title, self.artist, self.brief)),
            song=data_block("SONG", song_lines(self.song, self.prompt_characters // 3)),
        )

    @property
    def prompt_characters(self) -> int:
        """About how many characters a prompt may have, at two and a half a token."""
        return max(0, (self.context_tokens - self.reply_tokens) * 5 // 2)

    @property
    def batch(self) -> int:
        """How many shots fit into one reply, at three characters a token."""
        return min(8, max(1, 3 * self.reply_tokens // _SHOT_CHARACTERS))

    @property
    def batches(self) -> tuple[tuple[int, ...], ...]:
        """The numbers of the shots to be written at a time: never across a section's border."""
        found: list[list[int]] = []
        for n in range(len(self.spans)):
            if found and len(found[-1]) < self.batch and self.section(found[-1][0]) == self.section(n):
                found[-1].append(n)
            else:
                found.append([n])
        return tuple(map(tuple, found))

    @property
    def acts(self) -> tuple[tuple[int, int], ...]:
        """The first and last section of each act."""
        of_act = acts_of(self.song)
        last = len(of_act) - 1
        parts = [[n for n, act in enumerate(of_act) if act == k] or [last if k else 0] for k in range(3)]
        return tuple((part[0], part[-1]) for part in parts)

    @property
    def acts_text(self) -> str:
        """`setup: sections 0 to 3; ...`."""
        told = zip(ACT_NAMES, self.acts, strict=True)
        return "; ".join(f"{name}: sections {first} to {last}" for name, (first, last) in told)

    @property
    def choruses(self) -> int:
        """How many times a chorus comes, as far as the motif follows it."""
        return min(_MOST_MOTIF, sum(section.label == "chorus" for section in self.song.sections))

    @property
    def photo_ids(self) -> dict[str, str]:
        """Short ids of the photos that shots may show, to their file names; a long list is thinned out."""
        step = max(1, -(-len(self.photos) // _MOST_PHOTOS))
        return {f"photo-{n}": name for n, name in enumerate(self.photos[::step], start=1)}

    def section(self, n: int) -> int:
        """The section of shot `n`."""
        return section_of(self.song, self.spans[n])

    def shot_id(self, n: int) -> str:
        """`s03` for shot 2."""
        return f"s{n + 1:0{max(2, len(str(len(self.spans))))}d}"

    def kinds(self, n: int) -> tuple[ShotKind, ...]:
        """What shot `n` may be: a performance only where somebody sings."""
        start, end = self.spans[n]
        voices = [*self.song.vocals, *self.song.lyrics]
        sung = any(min(voice.end_s, end) - max(voice.start_s, start) > LEAST_VOICED_S for voice in voices)
        first: tuple[ShotKind, ...] = ("performance",) if sung else ()
        return (*first, "narrative", "detail", "landscape", "abstract")

    def transitions(self, n: int) -> tuple[Transition, ...]:
        """What may bring shot `n` in: what both shots have room for.

        The first can only come out of black, and the last is not led into by a whip.
        """
        if n == 0:
            return ("cut", "dip")
        (before, start), (_, end) = self.spans[n - 1 : n + 1]
        spared, last = spared_s(start - before, end - start), n == len(self.spans) - 1
        roomy: list[Transition] = [
            kind for kind, shortest_s in SHORTEST_S.items() if shortest_s <= spared and not (last and kind == "whip")
        ]
        return ("cut", *roomy)
