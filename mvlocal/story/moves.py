"""Which camera moves each clip backend can really do, so that none is planned that cannot be made.

It does not know the backends themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from mvlocal.schema.story import CameraMove

EVERY_MOVE: frozenset[CameraMove] = frozenset(get_args(CameraMove))
_MOVES: Mapping[str, frozenset[CameraMove]] = {
    "animatic": EVERY_MOVE,
    "svd": EVERY_MOVE,  # words do not reach it: its moves are a camera pass when clips are finished
    "wan": EVERY_MOVE,
    "ltx": EVERY_MOVE,
}


def moves_of(clips: str) -> frozenset[CameraMove]:
    """The moves that the clip backend of this name can do; every move for one that is not listed."""
    return _MOVES.get(clips, EVERY_MOVE)
