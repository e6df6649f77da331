"""`story/picks.yaml`: a person's choices of stills, read strictly and written so that comments stay.

It does not know which shots or candidates there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from mvlocal.errors import PlanError
from mvlocal.files import write_atomically
from mvlocal.schema.picks import Picks, ShotPick
from mvlocal.strict_yaml import read_yaml, round_trip_yaml, validate

_HEAD = """\
What you chose for the stills: `mvlocal keyframes` writes this, and you may edit it.
pick: the candidate to use (see out/keyframes.html); reroll: how often to make new ones;
still: a picture of your own, by its path in the project; skip: leave, or animatic (the drawn shot stands in).
"""


def read_picks(path: Path) -> Picks:
    """The choices; none where there is no file.

    Raises:
        PlanError: names file, line and column, and the nearest known key for an unknown one.
    """
    if not path.exists():
        return Picks()
    file = read_yaml(path, error=PlanError)
    return validate(Picks, file.data, file, error=PlanError)


def change_picks(path: Path, changes: Mapping[str, ShotPick]) -> Picks:
    """Writes these shots' choices into the file and leaves the rest of it, comments too, as it is; returns them all.

    Raises:
        PlanError: the file that is there cannot be read.
    """
    picks = read_picks(path)
    tree = read_yaml(path, error=PlanError).tree if path.exists() else CommentedMap()
    if not tree:
        tree.yaml_set_start_comment(_HEAD)
    shots: Any = tree.setdefault("shots", CommentedMap())
    for shot, pick in changes.items():
        chosen = pick.model_dump(mode="json", exclude_defaults=True)
        if not chosen:
            shots.pop(shot, None)
            continue
        line = CommentedMap(chosen)
        line.fa.set_flow_style()
        shots[shot] = line
    text = StringIO()
    round_trip_yaml().dump(tree, text)
    write_atomically(path, text.getvalue())
    return Picks(shots={**{k: v for k, v in picks.shots.items() if k not in changes}, **_chosen(changes)})


def _chosen(changes: Mapping[str, ShotPick]) -> dict[str, ShotPick]:
    return {shot: pick for shot, pick in changes.items() if pick != ShotPick()}
