"""What of the store earlier exports still need: a collection of garbage spares it as it spares the master's.

It does not make any export.
"""

from __future__ import annotations

from collections.abc import Iterator

from mvlocal.edit import stage as edit_stage
from mvlocal.edit.deliveries.table import DELIVERIES
from mvlocal.edit.deliveries.task import DELIVER
from mvlocal.edit.handover.stage import CLIPS
from mvlocal.edit.thumbnails import stage as thumbnail_stage
from mvlocal.engine.scheduler import live_keys, plan_graph
from mvlocal.engine.task import Task
from mvlocal.exporting.clips import planned_clips
from mvlocal.exporting.planning import planned_groups
from mvlocal.exporting.thumbnails import planned_thumbnails
from mvlocal.exporting.work import Work


def keys_of_exports(work: Work) -> set[str]:
    """The keys of everything that exports made before are made of, as the project now stands; it runs nothing.

    While shots are left out there is no video, and nothing to keep for one.
    """
    if not any(task.id == edit_stage.TASK_ID for task in work.tasks(dry=True)):
        return set()
    store = work.studio.store
    kept: set[str] = set()
    for tasks, wanted in _made_before(work):
        kept |= live_keys(plan_graph(tasks, store, wanted=wanted), store)
    return kept


def _made_before(work: Work) -> Iterator[tuple[list[Task], list[str]]]:
    """The tasks of each kind of export that was made once, and which of them are its ends."""
    ran = set(work.studio.store.latest_keys())
    deliveries = [one for one in DELIVERIES.values() if f"{DELIVER}{one.name}" in ran]
    for group in planned_groups(work, deliveries, dry=True):
        yield group.tasks, [one.task.id for one in group.deliveries]
    if any(name.startswith(CLIPS) for name in ran):
        planned = planned_clips(work, dry=True)
        yield planned.tasks, [task.id for task in planned.clips.values()]
    if thumbnail_stage.TASK in ran:
        tasks, task = planned_thumbnails(work, dry=True)
        yield tasks, [task.id]
