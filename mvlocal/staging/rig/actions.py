"""The actions by name: what each does, which motion moves it, and its numbers, read from `data/actions.yaml`.

It knows no motion from the inside.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from mvlocal.errors import PlanError
from mvlocal.staging.rig.cue import Cue
from mvlocal.staging.rig.motions import MOTIONS, Motion
from mvlocal.strict_yaml import parse_yaml


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that somebody does.

    `about`: a few words for people. `motion`: the function of `motions.MOTIONS` that moves it, with `values` for its
    numbers. `carried`: the body moves with its seat, boat or ladder; its feet are not planted while it travels.
    `stays`: it is done on one spot, where the way begins.
    `lively`: how much breath and sway are laid over it.
    """

    name: str
    about: str
    motion: str
    values: Mapping[str, float]
    carried: bool = False
    stays: bool = False
    lively: float = 1.0

    def move(self, cue: Cue) -> Motion:
        """What the body does at this moment."""
        return MOTIONS[self.motion](cue)


_KEYS = {"about", "motion", "carried", "stays", "lively"}


@cache
def read_actions() -> Mapping[str, Action]:
    """All actions, in the data file's order.

    Raises:
        PlanError: the data file names an unknown motion, or an entry lacks `about` or `motion`.
    """
    text = resources.files("mvlocal.staging").joinpath("data", "actions.yaml").read_text(encoding="utf-8")
    file = parse_yaml(text, source="actions.yaml", error=PlanError)
    return {name: _action(name, body, file.place_of((name,))) for name, body in file.data.items()}


def _action(name: str, body: dict[str, Any], where: str) -> Action:
    if not {"about", "motion"} <= body.keys() or body["motion"] not in MOTIONS:
        raise PlanError(
            f"the action {name!r} needs `about` and a `motion` that exists",
            where=where,
            mend=f"known motions: {', '.join(sorted(MOTIONS))}",
        )
    values = {key: float(value) for key, value in body.items() if key not in _KEYS}
    return Action(
        name,
        str(body["about"]),
        body["motion"],
        values,
        carried=bool(body.get("carried")),
        stays=bool(body.get("stays")),
        lively=float(body.get("lively", 1)),
    )


class _Actions(Mapping[str, Action]):
    """Read when first looked at."""

    def __getitem__(self, name: str) -> Action:
        return read_actions()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(read_actions())

    def __len__(self) -> int:
        return len(read_actions())


ACTIONS: Mapping[str, Action] = _Actions()


def require_action(name: str, where: str) -> Action:
    """The action called `name`.

    Raises:
        PlanError: there is none; names the nearest.
    """
    if name in ACTIONS:
        return ACTIONS[name]
    near = difflib.get_close_matches(name.lower().replace(" ", "-").replace("_", "-"), ACTIONS, n=1, cutoff=0.5)
    mend = f"did you mean {near[0]}?" if near else f"known: {', '.join(ACTIONS)}"
    raise PlanError(f"there is no action {name!r}", where=where, mend=mend)
