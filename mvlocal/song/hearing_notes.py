"""What the reader of a song map should know about how it was heard. It hears nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

Note = tuple[str, str, str]
"""A warning: what, where, mend."""

SILENT: Note = ("the song is silent: there are no beats or sections to cut on", "", "check that it is the right file")
NO_PULSE: Note = ("no steady pulse was heard, so there are no beats to cut on", "", "mark beats by hand")
NO_WORDS: Note = (
    "there are no lyrics, and nothing here writes them down: the song is treated as instrumental",
    "lyrics",
    "give lyrics if someone sings",
)
HARDLY_SUNG: Note = (
    "hardly any singing was heard: the times of the lyrics are guesses",
    "",
    "give the lyrics as LRC",
)


def note_unplaced(unplaced: Sequence[str]) -> tuple[Note, ...]:
    """A note if lines have no place."""
    if not unplaced:
        return ()
    count = "1 lyric line has" if len(unplaced) == 1 else f"{len(unplaced)} lyric lines have"
    what = f"{count} no place in the song; the first is {unplaced[0][:60]!r}"
    return ((what, "lyrics", "check that lyrics and song belong together"),)
