"""Writes sound as WAV with 16-bit samples, block by block. It knows nothing of what sounds."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av import AudioFrame
from av.error import FFmpegError

from mvlocal.errors import InputError
from mvlocal.media.audio import LAYOUTS, Block

_FULL_16 = 1 << 15


def write_wav(blocks: Iterable[Block], path: Path) -> None:
    """Writes consecutive blocks of (n, channels) float32, full scale +-1; what exceeds it is limited.

    The file appears whole or not at all; `blocks` may raise, and then it does not.

    Raises:
        InputError: the file cannot be written there.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        _write(blocks, part)
        part.replace(path)
    except (FFmpegError, OSError) as error:
        what = f"the sound cannot be written ({error.strerror})"
        raise InputError(what, where=str(path), mend="give a folder that exists and may be written to") from error
    finally:
        with suppress(OSError):
            part.unlink()


def _write(blocks: Iterable[Block], path: Path) -> None:
    written = 0
    with av.open(str(path), "w", format="wav", options={"rf64": "auto"}) as container:
        stream = None
        for block in blocks:
            rate_hz, layout = block.sample_rate_hz, LAYOUTS[block.samples.shape[1]]
            if stream is None:
                stream = container.add_stream("pcm_s16le", rate=rate_hz, layout=layout)
            whole = np.clip(np.rint(block.samples * _FULL_16), -_FULL_16, _FULL_16 - 1).astype(np.int16)
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(whole).reshape(1, -1), "s16", layout)
            frame.sample_rate, frame.pts, frame.time_base = rate_hz, written, Fraction(1, rate_hz)
            written += len(whole)
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode(None))
