"""The rule on chains: a shot that continues another starts from its last frame, which must be fit for that."""

from __future__ import annotations

from mvlocal.schema.story import Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import among, phrases_in

_RULE = "chain-budget"


def chain_budget(case: Case) -> Found:
    """`continues` across a change of place, clothes or hour, from a faceless frame, or too many times on end."""
    links: dict[str, int] = {}
    for shot in case.shots:
        before = case.by_id.get(shot.continues) if shot.continues else None
        if before is None:
            continue
        links[shot.id] = links.get(before.id, 0) + 1
        if links[shot.id] > case.limits.chain_budget:
            yield problem(
                _RULE, "error", [before, shot],
                f"{shot.id} is link {links[shot.id]} of a chain; the budget is {case.limits.chain_budget}",
                "start it from a fresh keyframe (remove `continues`)",
            )  # fmt: skip
        for what in _breaks(before, shot):
            yield problem(
                _RULE, "error", [before, shot], f"{shot.id} continues {before.id} across {what}",
                "start it from a fresh keyframe (remove `continues`)",
            )  # fmt: skip
        yield from _faceless(before, shot)
        if case.order[shot.id] != case.order[before.id] + 1:
            yield problem(
                _RULE, "warning", [before, shot], f"{shot.id} continues {before.id}, which is not the shot before it",
                "continue the shot just before, or start from a fresh keyframe",
            )  # fmt: skip


def _breaks(before: Shot, shot: Shot) -> list[str]:
    found: list[str] = []
    if before.location != shot.location:
        found.append(f"a change of place ({before.location} to {shot.location})")
    worn = {presence.id: presence.wardrobe for presence in before.characters}
    found += [
        f"a change of clothes ({p.id}: {worn[p.id]} to {p.wardrobe})"
        for p in shot.characters
        if p.id in worn and worn[p.id] != p.wardrobe
    ]
    if before.time_of_day != shot.time_of_day or before.level != shot.level or shot.jump:
        found.append("a jump in time")
    if before.weather != shot.weather:
        found.append(f"a change of weather ({before.weather} to {shot.weather})")
    return found


def _faceless(before: Shot, shot: Shot) -> Found:
    """A likeness cannot be carried on from a frame that does not show it."""
    wanted = {presence.id for presence in shot.characters}
    if not wanted:
        return
    there = {presence.id for presence in before.characters}
    hidden = phrases_in("faceless_phrases", before.visual) or among("faceless", before.visual)
    if not wanted <= there:
        why = f"{', '.join(sorted(wanted - there))} is not in its last frame"
    elif before.kind in {"landscape", "detail", "abstract"}:
        why = f"it is a {before.kind} shot and ends on no face"
    elif before.camera.size == "extreme-wide":
        why = "it ends so wide that no face can be told"
    elif hidden:
        why = f"it ends without a face (“{hidden[0]}”)"
    else:
        return
    yield problem(
        _RULE, "error", [before, shot], f"{shot.id} cannot continue {before.id}: {why}",
        "start it from a fresh keyframe (remove `continues`)",
    )  # fmt: skip
