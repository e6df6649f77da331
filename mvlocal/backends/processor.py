"""Readies a worker for networks that run on the processor: so many threads, and memory kept between steps.

It does not know any network.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

KEPT_BYTES = 1 << 30
"""Memory that a network has freed is kept for its next step, up to so much; every GiB given back would have to be
cleared by the system again."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""`M_TRIM_THRESHOLD` and `M_MMAP_THRESHOLD` of glibc's malloc.h."""


def ready_processor(threads: int) -> None:
    """To be called before a network is loaded that will run on the processor, with `threads` threads."""
    import torch

    torch.set_num_threads(threads)
    _keep_memory()


@cache
def _keep_memory() -> None:
    """Once a process; where the C library is another than glibc, memory goes as that one has it."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
            mallopt(option, KEPT_BYTES)
