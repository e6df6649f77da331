"""Makes deliveries, and puts each with what is known of it where the user finds it.

It does not know how a delivery is chosen, encoded or checked.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from mvlocal.edit.deliveries.table import Delivery
from mvlocal.engine.task import Json, Record
from mvlocal.errors import ExhaustedError
from mvlocal.exporting.planning import PlannedGroup, planned_groups
from mvlocal.exporting.work import Exported, Work, slug
from mvlocal.files import write_atomically
from mvlocal.machine import free_bytes
from mvlocal.studio import export

EDITOR_BITS_A_PIXEL = 3.6
"""ProRes 422 HQ takes the most: 176 Mb/s at 1080p24."""


def delivered(work: Work, asked: Sequence[Delivery]) -> list[Exported]:
    """Makes deliveries, those of one frame and choice of words together, since they share their shots."""
    rate = work.studio.settings.video.rate
    for delivery in asked:
        delivery.require_fit(delivery.size_for(*work.size), rate)
        _require_room(work, delivery)
    made = {one.name: one for group in planned_groups(work, asked) for one in _deliver(work, group)}
    return [made[delivery.name] for delivery in asked]


def _deliver(work: Work, group: PlannedGroup) -> list[Exported]:
    records = group.at.run(group.tasks, [one.task.id for one in group.deliveries])
    return [_deliver_out(work, one.delivery, records[one.task.id], one.why) for one in group.deliveries]


def _deliver_out(work: Work, delivery: Delivery, record: Record, why: tuple[str, ...]) -> Exported:
    """Puts a delivery and what is known of it into `out/deliveries/`."""
    target = work.studio.project.out / "deliveries" / f"{slug(work.studio)}-{delivery.name}{delivery.suffix}"
    export(work.studio, record, "main", target)
    notes = [*why, *([str(record.notes["seam"])] if "seam" in record.notes else [])]
    facts: dict[str, Json] = {
        "delivery": delivery.name,
        "title": work.studio.settings.title,
        "artist": work.studio.settings.artist,
        "bytes": target.stat().st_size,
        "why": cast("Json", notes),
        "loudness": record.notes.get("loudness"),
        "found": record.notes["facts"],
    }
    write_atomically(target.with_suffix(".json"), json.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    return Exported(delivery.name, target, (delivery.what, *notes, *_loudness_words(record)), facts)


def _loudness_words(record: Record) -> tuple[str, ...]:
    """How loud a delivery is, in a line; nothing of a silent one."""
    heard: Any = record.notes.get("loudness")
    if heard is None:
        return ()
    words = f"{heard['integrated_lufs']:.1f} LUFS, true peak {heard['true_peak_dbtp']:.1f} dBTP, "
    changed = f"changed by {heard['gain_db']:+.1f} dB" if heard["gain_db"] else "as the song is"
    return (f"{words}range {heard['range_lu']:.1f} LU, {changed}",)


def _require_room(work: Work, delivery: Delivery) -> None:
    """Editors' codings are large: says so before they are made.

    Raises:
        ExhaustedError: they cannot fit.
    """
    if not delivery.editor:
        return
    video = work.studio.settings.video
    pixels = video.width * video.height * float(video.rate.value) * work.story.song.duration_s
    need, have = int(2 * pixels * EDITOR_BITS_A_PIXEL / 8), free_bytes(work.studio.project.root)
    if have < need:
        raise ExhaustedError(
            f"{delivery.name} needs about {need / 1e9:.1f} GB of disk and {have / 1e9:.1f} GB is free",
            where=str(work.studio.project.root),
            mend="free some space, or leave it out",
        )
