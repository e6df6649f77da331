"""Keys: what is in them, what is not, and how a difference is explained."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_support import task

from mvlocal.engine.key import explain_difference, key_of, part_digests, parts_of
from mvlocal.engine.task import Resources, Task

TASK = Task(
    id="shot-1",
    stage="keyframes",
    version=3,
    run="package.module:function",
    params={"width": 1280, "shot": {"text": "sea", "words": [1, 2]}},
    identity={"backend": "animatic", "threads": 2},
    seed=7,
)
INPUTS = {"song": "ab" * 32}


def _key(changed: Task, inputs: dict[str, str] = INPUTS) -> str:
    return key_of(part_digests(changed, inputs))


def test_golden_key() -> None:
    assert _key(TASK) == "0f660e7e26d1f664317282fd3893d9f754b26cc7aa44116ecff173e1a5a1c80a"


def test_parts_are_named() -> None:
    assert list(part_digests(TASK, INPUTS)) == [
        *("stage", "version", "run", "seed", "params.shot", "params.width", "inputs.song"),
        *("identity.backend", "identity.threads"),
    ]


@pytest.mark.parametrize(
    ("changed", "inputs", "said"),
    [
        (replace(TASK, stage="clips"), INPUTS, ['stage: "keyframes" -> "clips"']),
        (replace(TASK, version=4), INPUTS, ["version: 3 -> 4"]),
        (replace(TASK, run="package.other:function"), INPUTS, ['run: "package.module:function" -> "package.other:f']),
        (replace(TASK, seed=None), INPUTS, ["seed: 7 -> null"]),
        (replace(TASK, params={**TASK.params, "width": 1280.0}), INPUTS, ["params.width: 1280 -> 1280.0"]),
        (
            replace(TASK, params={**TASK.params, "shot": {"text": "pier", "words": [1, 2], "new": True}}),
            INPUTS,
            ["params.shot.new: (none) -> true", 'params.shot.text: "sea" -> "pier"'],
        ),
        (replace(TASK, params={"width": 1280}), INPUTS, ["params.shot is gone"]),
        (replace(TASK, identity={**TASK.identity, "threads": 4}), INPUTS, ["identity.threads: 2 -> 4"]),
        (replace(TASK, identity={**TASK.identity, "x": 4}), INPUTS, ["identity.x is new"]),
        (TASK, {"song": "cd" * 32}, ["inputs.song: the content changed"]),
    ],
)
def test_each_part_changes_the_key_and_is_named(changed: Task, inputs: dict[str, str], said: list[str]) -> None:
    assert _key(changed, inputs) != _key(TASK)
    lines = explain_difference(parts_of(TASK, INPUTS), parts_of(changed, inputs))
    assert len(lines) == len(said)
    assert all(line.startswith(start) for line, start in zip(lines, said, strict=True))


@pytest.mark.parametrize(
    "changed",
    [
        replace(TASK, id="shot-2"),
        replace(TASK, phase=5),
        replace(TASK, resources=Resources(gpu=True, vram_gib=8.0)),
        replace(TASK, silence_s=5.0, expected_s=60.0),
        replace(TASK, check="package.module:check"),
        replace(TASK, params=dict(reversed(TASK.params.items()))),
    ],
)
def test_what_does_not_change_pixels_is_not_in_the_key(changed: Task) -> None:
    assert _key(changed) == _key(TASK)
    assert explain_difference(parts_of(TASK, INPUTS), parts_of(changed, INPUTS)) == []


def test_long_values_are_explained_without_them() -> None:
    old, new = parts_of(task("a", text="x" * 5000), {}), parts_of(task("a", text="y" * 5000), {})
    assert explain_difference(old, new) == ["params.text changed"]


def test_many_differences_are_counted() -> None:
    old = parts_of(task("a", shot={str(number): 1 for number in range(9)}), {})
    new = parts_of(task("a", shot={str(number): 2 for number in range(9)}), {})
    assert explain_difference(old, new)[-1] == "params.shot: and 4 more values"


def test_a_bad_parameter_names_task_and_part() -> None:
    with pytest.raises(ValueError, match=r"task 'a', params.x: value is nan"):
        part_digests(task("a", x=float("nan")), {})
