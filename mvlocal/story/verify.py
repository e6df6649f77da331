"""The verifier: a plan is judged by rules, and only a plan without errors becomes an ApprovedPlan.

It does not know how a plan was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import ApprovedPlan, Problem, Shot, ShotList, StoryBible, approve
from mvlocal.story.checks.case import Case, Limits, Rule
from mvlocal.story.checks.chain import chain_budget
from mvlocal.story.checks.clock import time_continuity
from mvlocal.story.checks.editing import arc, monotony
from mvlocal.story.checks.knowing import knowledge
from mvlocal.story.checks.location import location_continuity
from mvlocal.story.checks.lyrics import lyric_coverage, lyric_order, presence
from mvlocal.story.checks.prompts import description_drift, prompt_hygiene, risk
from mvlocal.story.checks.props import prop_continuity
from mvlocal.story.checks.references import unknown_reference
from mvlocal.story.checks.timeline import coverage, cut_on_beat, shot_length
from mvlocal.story.checks.wardrobe import wardrobe_continuity

__all__ = ["RULES", "Limits", "Verdict", "approve_or_report", "report", "verify"]

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
    Rule("prompt-hygiene", "words that a model cannot use", prompt_hygiene),
    Rule("description-drift", "places and people told otherwise than registered", description_drift),
    Rule("monotony", "framing that repeats itself", monotony),
    Rule("arc", "acts and motifs that do not turn", arc),
    Rule("risk", "what models draw badly", risk),
)


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


def report(problems: Iterable[Problem]) -> str:
    """The findings as plain lines for a person: what, then the mend."""
    lines: list[str] = []
    for found in problems:
        where = f" [{', '.join(found.shots)}]" if found.shots else ""
        lines.append(f"{found.severity}: {found.rule}{where}: {found.message}")
        lines.append(f"  mend: {found.mend}")
    return "\n".join(lines)
