"""The writers' room: all passes in order, then the verifier, bounded repair, and the critic.

It does not know which model writes, nor where plans are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from mvlocal.errors import PlanError
from mvlocal.schema.story import Problem, Shot, ShotList, SkippedLine, StoryBible
from mvlocal.story.verify import verify
from mvlocal.story.writers import replies
from mvlocal.story.writers.asking import Desk
from mvlocal.story.writers.bible import write_bible, write_turns
from mvlocal.story.writers.commission import Commission
from mvlocal.story.writers.critic import criticise
from mvlocal.story.writers.joins import with_sound_joins
from mvlocal.story.writers.shots import rewrite_shots, write_shots

ROUNDS = 3
"""How many times the verifier's findings go back to the model."""
_GIVEN = frozenset({"coverage", "shot-length", "cut-on-beat", "lyric-order", "lyric-coverage"})
"""Rules on what the song and the cut fix: no rewriting can mend those."""


@dataclass(frozen=True, slots=True)
class Written:
    """The plan, what the critic still says of it, and what could not be done (what, where, mend)."""

    bible: StoryBible
    shots: ShotList
    remarks: tuple[Problem, ...] = ()
    warnings: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Draft:
    bible: StoryBible
    shots: tuple[Shot, ...]
    heard: dict[int, replies.Heard]
    skipped: tuple[SkippedLine, ...]

    def errors(self, job: Commission) -> list[Problem]:
        return [problem for problem in self._errors_of(self.shots, job) if problem.rule not in _GIVEN]

    def joined(self, job: Commission) -> Self:
        """The draft with plain cuts where shots cannot be joined as the model wants."""
        shots = with_sound_joins(self.shots, lambda shots: self._errors_of(shots, job))
        return replace(self, shots=tuple(shots))

    def _errors_of(self, shots: Sequence[Shot], job: Commission) -> list[Problem]:
        listed = ShotList(shots=tuple(shots), skipped=self.skipped)
        found = verify(self.bible, listed, job.song, job.limits)
        return [problem for problem in found if problem.severity == "error"]


def write_story(desk: Desk, job: Commission) -> Written:
    """Plans the whole song: exactly one shot a span.

    A join that cannot hold is a plain cut, as most are. What else the verifier still holds against the plan after
    `ROUNDS` repairs stays in it for the person to see.

    Raises:
        PlanError: the model gave no usable reply to one of the passes; names it.
    """
    bible = write_bible(desk, job)
    shots, heard = write_shots(desk, job, bible)
    draft = _Draft(bible, shots, heard, _skipped(job, shots)).joined(job)
    warnings: list[tuple[str, str, str]] = []
    draft = _repaired(desk, job, draft, warnings)
    remarks: tuple[Problem, ...] = ()
    if job.critic:
        try:
            draft, remarks = _criticised(desk, job, draft)
        except PlanError as error:
            what = f"the critic could not read the plan to its end: {error.what}"
            warnings.append((what, error.where, error.mend))
    return Written(draft.bible, ShotList(shots=draft.shots, skipped=draft.skipped), remarks, tuple(warnings))


def _skipped(job: Commission, shots: Sequence[Shot]) -> tuple[SkippedLine, ...]:
    covered = {line for shot in shots for line in shot.lyric_lines}
    why = "it is over before a shot of its own can begin; the shot there shows its neighbour"
    return tuple(SkippedLine(line=n, why=why) for n in range(len(job.song.lyrics)) if n not in covered)


def _repaired(desk: Desk, job: Commission, draft: _Draft, warnings: list[tuple[str, str, str]]) -> _Draft:
    """The draft after the verifier's errors went back to the model, the best of the rounds."""
    errors = draft.errors(job)
    for attempt in range(1, ROUNDS + 1):
        if not errors:
            break
        try:
            tried = _rewritten(desk, job, draft, errors, attempt)
        except PlanError as error:
            what = f"not every fault of the plan could be repaired: {error.what}"
            warnings.append((what, error.where, error.mend))
            break
        left = tried.errors(job)
        if len(left) <= len(errors):
            draft, errors = tried, left
    return draft


def _rewritten(desk: Desk, job: Commission, draft: _Draft, problems: Sequence[Problem], attempt: int) -> _Draft:
    """The draft with the shots that `problems` name written anew, and the arc where it is at fault."""
    arc = [_told(problem) for problem in problems if problem.rule == "arc" and not problem.shots]
    if arc:
        draft = replace(draft, bible=write_turns(desk, job, draft.bible, arc, attempt))
    reasons: dict[str, list[str]] = {}
    for problem in problems:
        if problem.shots:
            # The last shot a rule names is the one that contradicts what came before it.
            reasons.setdefault(problem.shots[-1], []).append(_told(problem))
    if not reasons:
        return draft
    shots = rewrite_shots(desk, job, draft.bible, draft.shots, draft.heard, reasons, str(attempt))
    return replace(draft, shots=shots).joined(job)


def _told(problem: Problem) -> str:
    return f"{problem.rule}: {problem.message} Mend: {problem.mend}"


def _criticised(desk: Desk, job: Commission, draft: _Draft) -> tuple[_Draft, tuple[Problem, ...]]:
    """One reading, one rewriting of what it names where that brings no new error, and what is still said then."""
    remarks = criticise(desk, job, draft.bible, draft.shots, 1)
    if not remarks:
        return draft, ()
    reasons = {name: [_told(r) for r in remarks if name in r.shots] for r in remarks for name in r.shots}
    try:
        shots = rewrite_shots(desk, job, draft.bible, draft.shots, draft.heard, reasons, "after the critique")
        better = replace(draft, shots=shots).joined(job)
        if len(better.errors(job)) > len(draft.errors(job)):
            return draft, remarks
        return better, criticise(desk, job, better.bible, better.shots, 2)
    except PlanError:
        return draft, remarks  # the plan as it was read stands, and the remarks are true of it
