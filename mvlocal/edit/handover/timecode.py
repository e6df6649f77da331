"""Frames as non-drop-frame timecode, hour one being the start of the video. It knows no format.

Non-drop-frame at every rate: a timecode counts frames, so 23.976 counts 24 a second and 29.97 counts 30, and runs
behind the clock by 3.6 s an hour. Drop-frame would not change a cut, only its name.
"""

from __future__ import annotations

from mvlocal.errors import SettingsError
from mvlocal.timing import FrameRate

START_HOUR = 1


def nominal(rate: FrameRate) -> int:
    """Frames that a second of timecode counts.

    Raises:
        SettingsError: more than timecode can count.
    """
    whole = round(rate.value)
    if whole > 60:
        mend = "set video.fps to 60 or less"
        raise SettingsError(f"timecode counts up to 60 frames a second, not {rate}", where="video.fps", mend=mend)
    return whole


def timecode(frame: int, rate: FrameRate, hour: int = 0) -> str:
    """`HH:MM:SS:FF` of a frame counted from `hour` hours; it wraps at 24 hours, as timecode does."""
    base = nominal(rate)
    seconds, frames = divmod(frame, base)
    hours = (seconds // 3600 + hour) % 24
    return f"{hours:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}"
