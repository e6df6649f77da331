"""One picture of a person's own video, at a moment. It does not know what it is for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from av.error import FFmpegError

from mvlocal.errors import CheckFailed, InputError
from mvlocal.media.decode import open_video
from mvlocal.media.frame import Rgb

VIDEO_ENDINGS = (".mp4", ".mov", ".mkv")


def picture_at(path: Path, at_s: float) -> Rgb:
    """The frame (H, W, 3) that a video shows `at_s` seconds after its start.

    Raises:
        InputError: it cannot be read, or ends before.
    """
    mend = f"use a whole {', '.join(VIDEO_ENDINGS)} video that is long enough, or a picture"
    try:
        with open_video(path) as container:
            stream = container.streams.video[0]
            start_s = float((stream.start_time or 0) * stream.time_base) if stream.time_base else 0.0
            shown = None
            for frame in container.decode(stream):
                ends_s = (frame.time or 0.0) - start_s + float(1 / (stream.average_rate or 25))
                if ends_s > at_s:
                    shown = frame
                    break
            if shown is None:
                raise InputError(f"the video {path.name!r} ends before {at_s:.1f} s", where=str(path), mend=mend)
            return np.asarray(shown.to_ndarray(format="rgb24"), np.uint8)
    except CheckFailed as error:
        raise InputError(error.what, where=str(path), mend=mend) from error
    except (FFmpegError, ValueError) as error:
        raise InputError(f"the video {path.name!r} cannot be read: {error}", where=str(path), mend=mend) from error
