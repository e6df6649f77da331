"""The verifier: a plan is judged by rules, and only a plan without errors becomes an ApprovedPlan.

It does not know how a plan was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import ApprovedPlan, Problem, Shot, ShotList, StoryBible, approve
from mvlocal.story.bare_song import song_from_shots
from mvlocal.story.checks.arc import arc
from mvlocal.story.checks.case import Case, Limits, Rule
from mvlocal.story.checks.chain import chain_budget
from mvlocal.story.checks.clock import time_continuity
from mvlocal.story.checks.drift import description_drift
from mvlocal.story.checks.hygiene import prompt_hygiene
from mvlocal.story.checks.joining import transition
from mvlocal.story.checks.knowing import knowledge
from mvlocal.story.checks.location import location_continuity
from mvlocal.story.checks.lyrics import lyric_coverage, lyric_order
from mvlocal.story.checks.monotony import monotony
from mvlocal.story.checks.presence import presence
from mvlocal.story.checks.props import prop_continuity
from mvlocal.story.checks.references import unknown_reference
from mvlocal.story.checks.risk import risk
from mvlocal.story.checks.timeline import coverage, cut_on_beat, shot_length
from mvlocal.story.checks.wardrobe import wardrobe_continuity
from mvlocal.story.clock_text import clock

__all__ = ["NEEDS_SONG", "RULES", "Limits", "Verdict", "approve_or_report", "report", "verify", "verify_alone"]

RULES: tuple[Rule, ...] = (
    Rule("coverage", "gaps, overlaps and shots outside the song", coverage),
    Rule("shot-length", "shots shorter than a beat or longer than can be held", shot_length),
    Rule("cut-on-beat", "cuts off the beat", cut_on_beat),
    Rule("lyric-order", "lines out of order or at the wrong time", lyric_order),
    Rule("lyric-coverage", "lines that nothing depicts", lyric_coverage),
    Rule("unknown-reference", "ids that do not exist", unknown_reference),
    Rule("location-continuity", "people in two places or moved unseen", location_continuity),
    Rule("wardrobe-continuity", "clothes that change unsaid", wardrobe_continuity),
    Rule("prop-continuity", "things that appear, vanish or change", prop_continuity),
    Rule("time-continuity", "hours and weather that jump unsaid", time_continuity),
    Rule("knowledge", "acting on what happens only later", knowledge),
    Rule("presence", "people who act without being there; singing where nobody sings", presence),
    Rule("chain-budget", "continuations that cannot hold", chain_budget),
    Rule("transition", "transitions without room, reason or rest", transition),
    Rule("prompt-hygiene", "words that a model cannot use", prompt_hygiene),
    Rule("description-drift", "places and people told otherwise than registered", description_drift),
    Rule("monotony", "framing that repeats itself", monotony),
    Rule("arc", "acts and motifs that do not turn", arc),
    Rule("risk", "what models draw badly", risk),
)


NEEDS_SONG = frozenset({"cut-on-beat", "lyric-order", "lyric-coverage"})
"""Rules that say nothing of a plan whose song is not at hand."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings, errors first; `plan` only where there is no error."""

    problems: tuple[Problem, ...]
    plan: ApprovedPlan | None

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(found for found in self.problems if found.severity == "error")


def verify(bible: StoryBible, shots: ShotList | Sequence[Shot], song: SongMap, limits: Limits) -> tuple[Problem, ...]:
    """Judges a plan by every rule: errors first, then in the order of the rules and the shots.

    Time grows about linearly with the number of shots.
    """
    listed = shots.shots if isinstance(shots, ShotList) else tuple(shots)
    skipped = shots.skipped if isinstance(shots, ShotList) else ()
    case = Case(bible, listed, skipped, song, limits)
    found = [problem for rule in RULES for problem in rule.check(case)]
    unique = {(problem.rule, problem.shots, problem.message): problem for problem in found}
    return tuple(sorted(unique.values(), key=lambda problem: problem.severity != "error"))


def approve_or_report(bible: StoryBible, shots: ShotList | Sequence[Shot], song: SongMap, limits: Limits) -> Verdict:
    """`verify`, and the approved plan where nothing stands against it."""
    problems = verify(bible, shots, song, limits)
    if any(found.severity == "error" for found in problems):
        return Verdict(problems, None)
    listed = shots.shots if isinstance(shots, ShotList) else tuple(shots)
    return Verdict(problems, approve(bible, listed, problems))


def verify_alone(bible: StoryBible, shots: ShotList, limits: Limits) -> tuple[Problem, ...]:
    """Judges a plan whose song is not at hand, by every rule that needs no song (all but `NEEDS_SONG`)."""
    found = verify(bible, shots, song_from_shots(bible, shots.shots), limits)
    return tuple(problem for problem in found if problem.rule not in NEEDS_SONG)


def report(problems: Iterable[Problem], shots: Sequence[Shot] = ()) -> str:
    """The findings as plain lines for a person, by rule: the shots with their times, what is wrong, the mend."""
    starts = {shot.id: shot.start_s for shot in shots}
    by_rule: dict[str, list[Problem]] = {}
    for found in problems:
        by_rule.setdefault(found.rule, []).append(found)
    lines: list[str] = []
    for rule in (rule for rule in RULES if rule.name in by_rule):
        lines.append(f"{rule.name}: {rule.catches}")
        lines += [line for found in by_rule.pop(rule.name) for line in _told(found, starts)]
    for name, rest in by_rule.items():  # what a critic remarks beside the rules
        lines.append(name)
        lines += [line for found in rest for line in _told(found, starts)]
    return "\n".join(lines)


def _told(found: Problem, starts: Mapping[str, float]) -> Iterator[str]:
    named = (f"{name} at {clock(starts[name])}" if name in starts else name for name in found.shots)
    where = ", ".join(named)
    yield f"  {found.severity}{f' ({where})' if where else ''}: {found.message}"
    yield f"    mend: {found.mend}"
