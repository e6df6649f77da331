"""What the settings of `train` leave open: optimizer, learning rate, layers. It trains nothing."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from mvlocal.errors import MissingError

PACKAGES = {"adamw8bit": "bitsandbytes", "prodigy": "prodigyopt"}
"""What must be installed for an optimizer that torch does not have."""
RATES = {"adamw": 1e-4, "adamw8bit": 1e-4, "prodigy": 1.0}
TARGETS = {
    "attention": ("to_q", "to_k", "to_v", "to_out.0"),
    "transformer": ("to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2"),
}
"""Endings of the names of the UNet's layers that are trained. The text encoders stay as they are."""


def choose_optimizer(asked: str, device: str) -> str:
    """The optimizer for a device (`cpu`, `cuda:0`); `auto` takes the leanest that is installed.

    Raises:
        MissingError: the one asked for is not installed, or does not run on this device.
    """
    on_gpu = device.startswith("cuda")
    if asked == "auto":
        return "adamw8bit" if on_gpu and _installed(PACKAGES["adamw8bit"]) else "adamw"
    package = PACKAGES.get(asked)
    if package and not _installed(package):
        raise MissingError(
            f"the optimizer {asked} needs the package {package}, not installed here",
            where="train.optimizer",
            mend=f"pip install {package}, or train.optimizer: adamw",
        )
    if asked == "adamw8bit" and not on_gpu:
        raise MissingError(
            "8-bit AdamW runs on an NVIDIA GPU only, and this trains on the CPU",
            where="train.optimizer",
            mend="train.optimizer: adamw",
        )
    return asked


def _installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True
