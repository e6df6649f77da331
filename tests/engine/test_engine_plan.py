"""Plans: what is cached, what would run and why; and that planning a large graph stays fast."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from engine_support import Events, flip_bit, task

from mvlocal.engine.executor.serial import SerialExecutor
from mvlocal.engine.plan import stage_plans
from mvlocal.engine.scheduler import plan_graph, run_graph
from mvlocal.engine.store import Store
from mvlocal.engine.task import Task
from mvlocal.errors import InputError
from mvlocal.events import StagePlan


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    path.write_text("la la")
    return path


def chain(song: Path, text: str = "sea", version: int = 1) -> list[Task]:
    return [
        task("map", stage="analyze", file=song),
        task("shot", stage="plan", text=text, version=version, after="map"),
        task("clip", stage="animate", after="shot"),
    ]


def whys(tasks: list[Task], store: Store) -> dict[str, tuple[str, ...]]:
    return {planned.task.id: planned.why for planned in plan_graph(tasks, store) if not planned.cached}


def test_a_new_graph(store: Store, song: Path) -> None:
    plan = plan_graph(chain(song), store)
    assert [planned.why for planned in plan] == [
        ("new",),
        ("inputs.in0: map runs first",),
        ("inputs.in0: shot runs first",),
    ]
    assert [planned.key is None for planned in plan] == [False, True, True]
    assert stage_plans(plan)[0] == StagePlan("analyze", 1, 0, 1.0)


def test_every_rebuild_is_explained(store: Store, song: Path) -> None:
    def make(tasks: list[Task]) -> None:
        run_graph(tasks, store=store, executor=SerialExecutor(), wanted=["clip"])

    make(chain(song))
    assert whys(chain(song), store) == {}
    later = ("inputs.in0: shot runs first",)
    assert whys(chain(song, "pier"), store) == {"shot": ('params.text: "sea" -> "pier"',), "clip": later}
    assert whys(chain(song, version=2), store) == {"shot": ("version: 1 -> 2",), "clip": later}
    make(chain(song, "pier"))
    make(chain(song))  # cached, and from now on what the next change is compared with
    assert whys(chain(song, "moor"), store)["shot"] == ('params.text: "sea" -> "moor"',)
    song.write_text("la la la")
    assert whys(chain(song), store)["map"] == ("inputs.file: the content changed",)
    make(chain(song))
    store.gc([])
    assert whys(chain(song), store)["map"] == ("its record was removed or its files were damaged",)


def test_damage_is_explained(store: Store, song: Path) -> None:
    records = run_graph(chain(song), store=store, executor=SerialExecutor(), wanted=["clip"])
    store.path_of(records["clip"].outputs["main"]).unlink()
    assert whys(chain(song), store) == {"clip": ("its files are missing or damaged",)}
    flip_bit(store.path_of(next(r for r in store.records().values() if r.task_id == "shot").outputs["main"]))
    store.verify(set_aside=True)
    assert whys(chain(song), store)["shot"] == ("its record was removed or its files were damaged",)


def test_planning_writes_nothing_and_names_a_missing_file(store: Store, song: Path) -> None:
    song.unlink()
    with pytest.raises(InputError, match="no such file") as error:
        plan_graph(chain(song), store)
    assert error.value.where == str(song)
    assert store.size().records == 0


def test_only_what_is_wanted_is_planned(store: Store, song: Path) -> None:
    assert [planned.task.id for planned in plan_graph(chain(song), store, wanted=["shot"])] == ["map", "shot"]


T = TypeVar("T")


def timed(took_s: dict[str, float], name: str, call: Callable[[], T]) -> T:
    start_s = time.perf_counter()
    result = call()
    took_s[name] = time.perf_counter() - start_s
    return result


def test_two_thousand_tasks(fast_path: Path, song: Path, events: Events) -> None:
    def graph(text: str = "") -> list[Task]:
        tasks = [task("map", file=song)]
        for number in range(500):
            tasks.append(task(f"a{number}", after="map", text=f"shot {number}{text}", file=song))
            before = [f"c{number - 1}"] if number % 10 else []
            tasks.append(task(f"b{number}", after=[f"a{number}", *before], shot={"words": ["x"] * 20}))
            tasks.append(task(f"c{number}", after=f"b{number}"))
            tasks.append(task(f"d{number}", after=f"c{number}", phase=1))
        return [*tasks, task("film", after=[f"d{number}" for number in range(500)])]

    with Store.open(fast_path / "store") as store:
        run_graph(graph(), store=store, executor=SerialExecutor(), wanted=["film"], emit=events)
        assert len(events.ran()) == 2002
        took_s: dict[str, float] = {}
        plan = timed(took_s, "cached", lambda: plan_graph(graph(), store, wanted=["film"]))
        assert all(planned.cached for planned in plan)
        plan = timed(took_s, "changed", lambda: plan_graph(graph("!"), store, wanted=["film"]))
        assert sum(planned.cached for planned in plan) == 1
        timed(took_s, "run", lambda: run_graph(graph(), store=store, executor=SerialExecutor(), wanted=["film"]))
    print(took_s)
    assert max(took_s.values()) < 1.5
