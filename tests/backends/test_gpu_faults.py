"""Faults of a device are told apart by what libraries say, in each of their spellings."""

from __future__ import annotations

import pytest

from mvlocal.backends.gpu_faults import fault_of, guarded
from mvlocal.backends.pool import worker_pool
from mvlocal.errors import OutOfVram

MEMORY = (
    "CUDA out of memory. Tried to allocate 2.50 GiB",
    "CUDA_ERROR_OUT_OF_MEMORY: out of memory",
    "torch.OutOfMemoryError",
    "CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
    "failed to allocate 3 GiB",
    "DefaultCPUAllocator: can't allocate memory: you tried to allocate 40 bytes",
    "DefaultCPUAllocator: cant allocate memory",
    "[Errno 12] Cannot allocate memory",
    "std::bad_alloc",
    "Unable to allocate 2.1 GiB for an array with shape (9, 9)",
    "vkAllocateMemory failed: ErrorOutOfDeviceMemory",
    "insufficient memory",
)
DEVICE = (
    "CUDA error: an illegal memory access was encountered",
    "CUDA error: device-side assert triggered",
    "CUDA error: unspecified launch failure",
    "CUDA error: misaligned address",
    "cudaErrorLaunchFailure",
    "CUDA error: an illegal instruction was encountered",
    "GPU is lost. Reboot the system to recover this GPU",
    "GPU has fallen off the bus",
    "CUDA error: unknown error",
    "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
    "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED",
    "CUDA error: CUBLAS_STATUS_INTERNAL_ERROR",
    "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR",
    "CUDA error: driver shutting down",
    "CUDA error: no kernel image is available for execution on the device",
)


def test_every_spelling_of_memory_and_of_a_lost_device() -> None:
    for said in MEMORY:
        assert fault_of(RuntimeError(said)) == "memory", said
    for said in DEVICE:
        assert fault_of(RuntimeError(said)) == "device", said
    assert fault_of(MemoryError()) == "memory"
    for other in ("expected 4 channels, got 3", "no such file", "index 3 is out of range"):
        assert fault_of(RuntimeError(other)) is None, other


def test_the_cause_of_an_error_is_read_too() -> None:
    error = ValueError("the pipeline failed")
    error.__cause__ = RuntimeError(MEMORY[0])
    assert fault_of(error) == "memory"
    error.__cause__.__cause__ = error  # a circle ends
    assert fault_of(error) == "memory"


def test_memory_that_runs_out_empties_the_pool_and_other_errors_pass() -> None:
    def ask(said: str) -> None:
        worker_pool().use("something", object)
        raise RuntimeError(said)

    for said in MEMORY:
        with pytest.raises(OutOfVram) as caught:
            guarded(lambda said=said: ask(said), task_id="animate/s01", what="animating s01")
        assert caught.value.where == "animate/s01"
        assert worker_pool().names == ()
    with pytest.raises(RuntimeError, match="expected 4 channels"):
        guarded(lambda: ask("expected 4 channels"), task_id="animate/s01", what="animating s01")
    worker_pool().clear()
