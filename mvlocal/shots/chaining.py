"""A shot's motion, link after link: the last frame of one is the first of the next, and drift is held in a budget.

It knows no model and no file: a `MotionMaker` makes links, arrays come back. What it does to every link:

- the link's first frame shows what it starts from, so it is dropped, except in the first link;
- its colours are put right: at its start to those of the picture it starts from, so that no step shows at the joint
  (models come near that picture, never quite to it), at its end towards those of the shot's still, and in between by a
  ramp; by no more than `drift` allows;
- what drift is left at its end is measured. Over budget, the next link goes to a fresh still where the family can
  arrive at one, or else starts from it: the picture jumps there, and `jumps` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import LinkRequest, MotionMaker, Preview, Progress
from mvlocal.engine.task import Json
from mvlocal.shots.drift import Look, Rgb, corrected, correction_of, drift_of, look_of
from mvlocal.shots.pace import Pace, next_link, pace_of
from mvlocal.timing import FrameRate

Frames = NDArray[np.uint8]
"""(n, H, W, 3)."""
Anchor = Callable[[int], "Rgb | None"]
"""Gives the n-th fresh still (from 0) of the shot at the family's size, or None where there is no more."""
Likeness = Callable[[Rgb], float]
"""How like herself a person is in a picture; only differences count."""
_LAST_FEW = 3
"""Frames at the end of a link whose median says how it looks there."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What a shot's motion is made from.

    `image` is what it begins with: the shot's still, or the last frame of the shot that it continues. `reference` is
    the still that it should keep looking like (`image` where there is no other). `strengths` say how much moves, evenly
    over the shot. `last` is where the shot should arrive, where the family can. `budget` is the drift (in units of
    `Drift.score`) that is let pass. `aim`: a link goes to a fresh still, where the family can, instead of the next one
    starting from it with a jump.
    """

    image: Rgb
    length_s: Fraction
    seed: int
    strengths: Sequence[float] = (0.5,)
    reference: Rgb | None = None
    prompt: str = ""
    negative: str = ""
    last: Rgb | None = None
    budget: float = 1.0
    aim: bool = True
    precise: bool = False


@dataclass(frozen=True, slots=True)
class MotionLink:
    """One link's own frames, colours put right; `jumps` where the picture jumps before the first; plain notes on it."""

    frames: Frames
    jumps: bool
    notes: dict[str, Json]


@dataclass(frozen=True, slots=True)
class MotionResult:
    """A shot's motion: frame i shows second i / `rate` of the shot, the last one its end. `jumps` are frames before
    which the picture jumps; `links` are notes, one a link."""

    frames: Frames
    rate: FrameRate
    jumps: tuple[int, ...]
    links: tuple[dict[str, Json], ...]


def chain_links(
    maker: MotionMaker,
    chain: Chain,
    progress: Progress,
    *,
    anchor: Anchor | None = None,
    likeness: Likeness | None = None,
    preview: Preview | None = None,
) -> MotionResult:
    """All of a shot's motion at once; see `links_of`.

    Raises:
        ValueError, MvlocalError: as `links_of`.
    """
    pieces: list[Frames] = []
    jumps: list[int] = []
    notes: list[dict[str, Json]] = []
    for link in links_of(maker, chain, progress, anchor=anchor, likeness=likeness, preview=preview):
        if link.jumps:
            jumps.append(sum(map(len, pieces)))
        pieces.append(link.frames)
        notes.append(link.notes)
    rate = pace_of(chain.length_s, maker.frames, maker.rates).rate
    return MotionResult(np.concatenate(pieces), rate, tuple(jumps), tuple(notes))


def links_of(
    maker: MotionMaker,
    chain: Chain,
    progress: Progress,
    *,
    anchor: Anchor | None = None,
    likeness: Likeness | None = None,
    preview: Preview | None = None,
) -> Iterator[MotionLink]:
    """A shot's motion, link by link: together exactly the frames of its pace. Only one link is in memory.

    Raises:
        ValueError: a picture of another size than the family's, no length, or no strength.
        MvlocalError: whatever the maker raises.
    """
    work = _Work(maker, chain, progress, anchor, likeness, preview)
    while work.steps_left:
        yield work.make_next()


class _Work:
    """A chain being made: what is left to do, and what the next link starts from."""

    def __init__(
        self,
        maker: MotionMaker,
        chain: Chain,
        progress: Progress,
        anchor: Anchor | None,
        likeness: Likeness | None,
        preview: Preview | None,
    ) -> None:
        if not chain.strengths:
            raise ValueError("a chain needs at least one strength")
        self._maker, self._chain = maker, chain
        self._progress, self._preview = progress, preview
        self._anchor, self._likeness = anchor, likeness
        self.pace: Pace = pace_of(chain.length_s, maker.frames, maker.rates)
        self.steps_left = self.pace.frames - 1
        reference = chain.image if chain.reference is None else chain.reference
        self._wanted: Look = look_of(reference)
        self._like = likeness(reference) if likeness is not None else 0.0
        self._start: Rgb = chain.image
        self._begins = True
        self._jumps = False
        self._aim: Rgb | None = None
        self._made = 0
        self._anchored = 0

    def make_next(self) -> MotionLink:
        """The next link, and what follows from its drift for the one after."""
        shown_first = self._begins or self._jumps
        if self._jumps:
            self.steps_left -= 1  # the fresh still takes the place of one step
        count = next_link(self.steps_left, self._maker.frames) if self.steps_left else 1
        is_end = count - 1 == self.steps_left
        target = self._aim if self._aim is not None else self._chain.last if is_end else None
        seed = link_seed(self._chain.seed, self._made)
        strength = self._strength(count)
        made = self._maker.make_link(
            LinkRequest(
                image=self._start,
                frames=max(count, 2),
                rate=self.pace.told,
                strength=strength,
                seed=seed,
                prompt=self._chain.prompt if self._maker.takes_words else "",
                negative=self._chain.negative if self._maker.takes_words else "",
                last=target if self._maker.takes_last else None,
                precise=self._chain.precise,
            ),
            self._tell,
            self._preview,
        )[:count]
        frames, measured = self._put_right(made)
        notes: dict[str, Json] = {
            "frames": count - (not shown_first),
            "seed": seed,
            "strength": round(strength, 4),
            "aimed": target is not None and self._maker.takes_last,
            "jumps": self._jumps,
            **measured,
            "maker": {**self._maker.notes},
        }
        link = MotionLink(frames if shown_first else frames[1:], self._jumps, notes)
        self.steps_left -= count - 1
        self._made += 1
        self._begins = False
        self._follow(frames[-1], notes)
        return link

    def _put_right(self, made: Frames) -> tuple[Frames, dict[str, Json]]:
        """A link's frames with their colours put right, and how far it had drifted before and after."""
        joint = look_of(made[0])
        end = _middle([look_of(frame) for frame in made[-_LAST_FEW:]])
        at_start = correction_of(joint, look_of(self._start))
        at_end = correction_of(end, self._wanted)
        steps = max(1, len(made) - 1)
        frames = np.stack(
            [corrected(frame, at_start.towards(at_end, _eased(i / steps))) for i, frame in enumerate(made)]
        )
        lost = self._like - self._likeness(frames[-1]) if self._likeness is not None else 0.0
        before = drift_of(self._wanted, end, lost)
        after = drift_of(self._wanted, _middle([look_of(frame) for frame in frames[-_LAST_FEW:]]), lost)
        notes: dict[str, Json] = {
            "joint": round(drift_of(look_of(self._start), joint).score, 3),
            "drift": {**before.to_json()},
            "left": {**after.to_json()},
            "corrected": round(max(at_start.strength, at_end.strength), 3),
            "over_budget": after.score > self._chain.budget,
        }
        return frames, notes

    def _follow(self, end: Rgb, notes: dict[str, Json]) -> None:
        """Sets what the next link starts from: this one's end, or a fresh still where the budget is spent."""
        arrived, self._aim, self._jumps, self._start = self._aim is not None, None, False, end
        notes["anchored"] = False
        if not notes["over_budget"] or not self.steps_left or self._anchor is None or arrived:
            return
        fresh = self._anchor(self._anchored)
        if fresh is None:
            return
        self._anchored += 1
        notes["anchored"] = True
        fresh = corrected(fresh, correction_of(look_of(fresh), self._wanted))
        self._wanted = look_of(fresh)
        if self._maker.takes_last and self._chain.aim:
            self._aim = fresh
        else:
            self._start, self._jumps = fresh, True

    def _strength(self, count: int) -> float:
        """How much moves in the next `count` frames: the mean of the shot's strengths over them."""
        values = np.asarray(self._chain.strengths, float)
        total = self.pace.frames - 1
        first = total - self.steps_left
        at = np.linspace(first, min(first + count - 1, total), 16) / total
        return float(np.interp(at, np.linspace(0, 1, len(values)), values).mean())

    def _tell(self, done: float, note: str) -> None:
        """The share of the whole shot that is done."""
        total = self.pace.frames - 1
        count = min(self._maker.frames - 1, self.steps_left)
        self._progress((total - self.steps_left + done * count) / total, note)


def link_seed(seed: int, index: int) -> int:
    """The seed of a shot's link (from 0), 31 bits, from the shot's."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0]) >> 1


def _eased(share: float) -> float:
    """0 to 1 with level ends, so that a ramp begins and ends unseen."""
    return share * share * (3 - 2 * share)


def _middle(looks: Sequence[Look]) -> Look:
    return Look(*np.median([astuple(look) for look in looks], axis=0).tolist())
