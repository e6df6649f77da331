"""Measures the story room and writes benchmarks/results/story.json.

Planted contradictions (recall by rule), clean plans (false errors), 20 songs planned by rules, cuts against beats and
against chance, and how time grows with length. It knows no internals beyond the rooms' public functions.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import mir_eval
import numpy as np
from facts import RESULTS, machine

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "story"))

from story_lyrics import NAMES
from story_plans import LIMITS as PLAN_LIMITS
from story_plans import MAX_S, RATE, Plan, plan_song, song_named
from story_planted import LIMITS, Plant, held_out, plants, reworded
from story_songs import Block, song_of
from story_unseen import decoys, fresh, last, last_decoys, unseen

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Brief
from mvlocal.story.cuts import CutRules, plan_cuts, rhythm
from mvlocal.story.verify import verify

NOTES = (
    "planted_unseen_1: 153 wordings in idioms, passives, pronouns, other registers, written before the word families "
    "were widened. Found by the rules as they were: 41 (0.268); at the first run after the widening: 148 (0.967). "
    "It was tuned on the two earlier sets, but by the same hand that had written this one.",
    "planted_unseen_2: 45 wordings written after that; first run 34 (0.756). It widened the families again.",
    "planted_unseen_3: 51 wordings written after the second widening; first run 41 (0.804): the honest guess for a "
    "stranger's wordings. Some kinds of its misses were mended afterwards, so its figure here is higher.",
    "innocent: of the first 42 sentences 3 raised an error before the widening and 9 at the first run after it (one "
    "word list held trunks as a garment), which was mended; of 24 more, written with planted_unseen_3, none did.",
)


def recall(planted: Iterable[Plant]) -> dict[str, Any]:
    """Found and planted by rule, and overall."""
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for plant in planted:
        told = plant.story
        limits = replace(LIMITS, moves=frozenset({"static"})) if "lacks" in plant.label else LIMITS
        total[plant.rule] += 1
        found[plant.rule] += any(p.rule == plant.rule for p in verify(told.bible, told.shots, told.song, limits))
    return {
        "planted": total.total(),
        "found": found.total(),
        "recall": round(found.total() / total.total(), 4),
        "by_rule": {rule: f"{found[rule]}/{total[rule]}" for rule in total},
    }


def false_errors(innocent: Iterable[Plant]) -> dict[str, Any]:
    """Innocent sentences that use the words of the rules: how many raise an error, or a warning."""
    judged = [verify(plant.story.bible, plant.story.shots, plant.story.song, LIMITS) for plant in innocent]
    return {
        "sentences": len(judged),
        "with_errors": sum(any(p.severity == "error" for p in found) for found in judged),
        "with_warnings": sum(any(p.severity == "warning" for p in found) for found in judged),
    }


def plans() -> dict[str, Any]:
    """Twenty songs and the example, three literalnesses, six seeds: passed at the first try?"""
    made, with_errors, with_warnings, repeats, uncovered = 0, 0, 0, 0, 0
    for seed in range(6):
        for name in ("night-train", *NAMES):
            for literalness in (0.2, 0.6, 1.0):
                plan = plan_song(song_named(name), seed=seed, brief=Brief(literalness=literalness))
                problems = verify(plan.bible, plan.shots, plan.song, PLAN_LIMITS)
                made += 1
                with_errors += any(p.severity == "error" for p in problems)
                with_warnings += any(p.severity == "warning" for p in problems)
                repeats += _repeats(plan)
                covered = {n for shot in plan.shots.shots for n in shot.lyric_lines}
                uncovered += len(plan.song.lyrics) - len(covered | {skip.line for skip in plan.shots.skipped})
    return {
        "songs": len(NAMES) + 1,
        "plans": made,
        "with_errors": with_errors,
        "with_warnings": with_warnings,
        "neighbours_framed_alike": repeats,
        "lines_neither_shown_nor_explained": uncovered,
    }


def _repeats(plan: Plan) -> int:
    shots = plan.shots.shots
    return sum(a.camera == b.camera for a, b in pairwise(shots))


def cuts() -> dict[str, Any]:
    """F of the cuts against downbeats and section borders, beside cuts at random times, as many of them."""
    rows: list[dict[str, float]] = []
    random = np.random.default_rng(0)
    for name in ("night-train", *NAMES):
        song = song_named(name)
        spans = plan_cuts(song, CutRules(max_s=MAX_S), RATE)
        mine = np.array([start for start, _ in spans[1:]])
        chance = np.sort(random.uniform(0.5, song.duration_s - 0.5, mine.size))
        borders = np.array([section.start_s for section in song.sections[1:]])
        beats = set(song.beats)
        rows.append(
            {
                "on_a_beat": float(np.mean([cut in beats for cut in mine.tolist()])),
                "chance_on_a_beat": _near(chance, np.array(song.beats)),
                "on_a_downbeat": _near(mine, np.array(song.downbeats)),
                "chance_on_a_downbeat": _near(chance, np.array(song.downbeats)),
                "f_downbeats": mir_eval.beat.f_measure(np.array(song.downbeats), mine, 0.02),
                "chance_f_downbeats": mir_eval.beat.f_measure(np.array(song.downbeats), chance, 0.02),
                "borders_cut": _near(borders, mine) if borders.size else 1.0,
                "chance_borders_cut": _near(borders, chance) if borders.size else 0.0,
                "octaves_of_change": rhythm(spans),
            }
        )
    return {key: round(float(np.mean([row[key] for row in rows])), 3) for key in rows[0]}


def _near(times: np.ndarray, marks: np.ndarray) -> float:
    return float(np.mean([np.abs(marks - t).min() <= 0.5 * RATE.frame_s for t in times]))


def growth() -> list[dict[str, float]]:
    """Seconds for cutting, planning and verifying songs of growing length."""
    rows: list[dict[str, float]] = []
    for minutes in (1, 2, 5, 10, 17):
        song = _long_song(minutes)
        started = time.perf_counter()
        plan_cuts(song, CutRules(max_s=MAX_S), RATE)
        cut = time.perf_counter()
        plan = plan_song(song)
        planned = time.perf_counter()
        verify(plan.bible, plan.shots, plan.song, PLAN_LIMITS)
        done = time.perf_counter()
        rows.append(
            {
                "minutes": minutes,
                "song_s": round(song.duration_s, 1),
                "shots": len(plan.shots.shots),
                "cut_s": round(cut - started, 4),
                "plan_s": round(planned - cut, 4),
                "verify_s": round(done - planned, 4),
            }
        )
    return rows


def _long_song(minutes: int) -> SongMap:
    """A song of verses and choruses of half a minute and a little at 120 bpm, `minutes` long within a few seconds."""
    verse = ("I walk along the river", "a dog barks at the door", "you wave from the window", "the rain comes down")
    pair: list[Block] = [("verse", 15, 0.4, verse), ("chorus", 15, 0.9, ("hold my hand", "run with me"))]
    return song_of(pair * minutes, bpm=120)


def main() -> None:
    """Runs everything, prints it and writes it down."""
    result = {
        "facts": machine(),
        "planted": recall(plants()),
        "planted_reworded_then_mended": recall(reworded()),
        "planted_held_out_then_mended": recall(held_out()),
        "planted_unseen_1": recall(unseen()),
        "planted_unseen_2": recall(fresh()),
        "planted_unseen_3": recall(last()),
        "innocent": false_errors([*decoys(), *last_decoys()]),
        "notes": NOTES,
        "plans_by_rules": plans(),
        "cuts": cuts(),
        "growth": growth(),
    }
    text = json.dumps(result, indent=1)
    print(text)
    (RESULTS / "story.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
