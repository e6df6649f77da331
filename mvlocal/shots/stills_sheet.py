"""What a sheet of stills shows: every shot with its words and its candidates, each with its scores, and which is used.

It knows neither files nor how a sheet is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PARTS = ("agreement", "likeness", "framing", "soundness")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate: its number, seed, score and parts (0 to 1), what is wrong with it; `picture` is a whole JPEG."""

    number: int
    seed: int
    score: float
    parts: Mapping[str, float]
    faults: tuple[str, ...]
    chosen: bool
    picture: bytes


@dataclass(frozen=True, slots=True)
class ShotStills:
    """One shot. `own` is a still of the user's (a whole JPEG), where there is one; without either nothing is made."""

    shot: str
    clock: str
    visual: str
    lyric: str = ""
    prompt: str = ""
    negative: str = ""
    picked: bool = False
    candidates: Sequence[Candidate] = ()
    own: bytes | None = None


@dataclass(frozen=True, slots=True)
class StillsSheet:
    """The whole sheet. `judges` name who judged: `{"agreement": "clip"}`."""

    title: str
    shots: Sequence[ShotStills]
    judges: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def count_words(self) -> str:
        """How many there are."""
        candidates = sum(len(shot.candidates) for shot in self.shots)
        made = sum(1 for shot in self.shots if shot.candidates or shot.own is not None)
        own = sum(shot.own is not None for shot in self.shots)
        picked = sum(shot.picked for shot in self.shots)
        words = f"{made} of {len(self.shots)} shots, {candidates} stills made"
        words += f", {own} of your own" if own else ""
        return words + (f", {picked} picked by you" if picked else "")

    @property
    def judged_words(self) -> str:
        """Who judged what, and what nobody did."""
        who = [f"{part} by {self.judges[part]}" for part in ("agreement", "likeness") if part in self.judges]
        who.append("framing by the faces found" if self.judges.get("faces") else "")
        nobody = [part for part in ("agreement", "likeness") if part not in self.judges]
        nobody += [] if self.judges.get("faces") else ["framing"]
        said = "Judged: " + ", ".join([*filter(None, who), "sharpness and clipping"]) + "."
        return said + (f" Nobody judged {' or '.join(nobody)}." if nobody else "")


def candidates_of(
    scores: Mapping[str, Any], made: Mapping[str, Mapping[str, Any]], pictures: Mapping[str, bytes], chosen: str
) -> list[Candidate]:
    """The candidates of a shot, from the notes of their making (by name) and of the choice."""
    return [
        Candidate(
            number=int(name.removeprefix("c")),
            seed=int(made[name]["seed"]),
            score=float(score["score"]),
            parts={part: float(score["parts"][part]) for part in PARTS if part in score["parts"]},
            faults=tuple(str(fault["kind"]) for fault in score["faults"]),
            chosen=name == chosen,
            picture=pictures[name],
        )
        for name, score in scores.items()
    ]
