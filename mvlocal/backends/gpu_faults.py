"""What goes wrong on a GPU, told apart by what the libraries say: memory that ran out, and a device that is gone.

It does not decide what to try next; the pipeline does.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from typing import Literal, TypeVar

from mvlocal.backends.pool import free_device_memory, worker_pool
from mvlocal.errors import OutOfVram

T = TypeVar("T")
Fault = Literal["memory", "device"]

LOST_DEVICE_STATUS = 71
"""Exit status of a worker whose device is gone; its parent starts another one."""

_MEMORY = re.compile(
    r"out of memory|outofmemory|cuda_error_out_of_memory|cublas_status_alloc_failed|cudnn_status_alloc_failed"
    r"|failed to allocate|can'?t allocate memory|cannot allocate memory|std::bad_alloc|unable to allocate"
    r"|erroroutofdevicememory|insufficient memory",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"illegal memory access|device-side assert|unspecified launch failure|misaligned address"
    r"|cudaerrorlaunchfailure|illegal instruction was encountered|gpu is lost|has fallen off the bus"
    r"|cuda error: unknown error|cudnn_status_execution_failed|cublas_status_execution_failed"
    r"|cublas_status_internal_error|cudnn_status_internal_error|driver shutting down|no kernel image",
    re.IGNORECASE,
)


def fault_of(error: BaseException) -> Fault | None:
    """What kind of fault of the device an error is, or None where it is something else.

    Libraries raise memory faults as `torch.OutOfMemoryError`, `RuntimeError`, `MemoryError` or their own classes, so
    the text decides; the causes of an error are read too.
    """
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        said = f"{type(one).__name__}: {one}"
        if isinstance(one, MemoryError) or _MEMORY.search(said):
            return "memory"
        if _DEVICE.search(said):
            return "device"
        one = one.__cause__ or one.__context__
    return None


def guarded(work: Callable[[], T], *, task_id: str, what: str) -> T:
    """Runs `work`. Memory that runs out becomes an `OutOfVram`; a device that is gone ends this process.

    The pool is emptied first, outside of the `except` block: until it ends, the traceback holds the tensors.

    Raises:
        OutOfVram: with `where` the task's id.
    """
    try:
        return work()
    except Exception as error:
        fault, said = fault_of(error), f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        if fault is None:
            raise
    worker_pool().clear()
    free_device_memory()
    if fault == "device":
        sys.stderr.write(f"the GPU failed while {what}: {said}\n")  # the worker's log, which its parent reads
        sys.stderr.flush()
        os._exit(LOST_DEVICE_STATUS)
    raise OutOfVram(
        f"the GPU's memory ran out while {what} ({said[:200]})",
        where=task_id,
        mend="close other programs that use the GPU, or use a smaller profile; finished work is kept",
    )
