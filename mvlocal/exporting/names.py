"""What can be exported, by name, and what a person asked for. It imports little: a command's help names them too."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from mvlocal.edit.deliveries.table import DELIVERIES
from mvlocal.errors import UserError

TIMELINES = ("otio", "xml", "edl", "markers")
"""Hand-over that lists clips or markers on frames: it needs the plan."""
TEXTS = ("srt", "vtt", "lrc", "ass", "midi")
"""Hand-over that needs the song alone."""
CLIPS = "clips"
THUMBNAILS = "thumbnails"
NAMES = (*DELIVERIES, *TIMELINES, *TEXTS, CLIPS, THUMBNAILS)
_OTHER_NAMES = {"fcpxml7": "xml", "fcp7": "xml", "mid": "midi", "resolve": "markers", "thumbnail": THUMBNAILS}


def read_names(given: Sequence[str]) -> tuple[str, ...]:
    """The names asked for, in the order of the table; commas part them too; `all` means every one.

    Raises:
        UserError: none was given, or one is not known.
    """
    asked = [part.strip().casefold() for text in given for part in text.split(",") if part.strip()]
    asked = [_OTHER_NAMES.get(name, name) for name in asked]
    for name in asked:
        if name not in (*NAMES, "all"):
            near = difflib.get_close_matches(name, (*NAMES, *_OTHER_NAMES, "all"), n=1)
            mend = f"did you mean {near[0]}?" if near else f"choose from: {', '.join(NAMES)}, all"
            raise UserError(f"there is no delivery or hand-over called {name!r}", where="--to", mend=mend)
    if not asked:
        raise UserError("nothing to export was named", where="--to", mend=f"choose from: {', '.join(NAMES)}, all")
    return NAMES if "all" in asked else tuple(name for name in NAMES if name in asked)
