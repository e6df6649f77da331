"""Which backends there are: kind and name to a factory, loaded only when asked for.

It does not know what a backend does, and never swaps one for another.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Any

from mvlocal.engine.task import Json
from mvlocal.errors import MissingError, UserError


@dataclass(frozen=True, slots=True)
class Entry:
    """A backend: `"module:factory"`, its own version (raised when its results change), and the packages
    whose versions change its results. An empty factory is a backend that this version does not have yet."""

    factory: str = ""
    version: int = 1
    packages: tuple[str, ...] = ()


NOT_YET = Entry()

BACKENDS: Mapping[str, Mapping[str, Entry]] = {
    "beats": {
        "librosa": Entry("mvlocal.backends.librosa_beats:make", 1, ("librosa", "numpy", "scipy")),
        "beat_this": NOT_YET,
    },
    "planner": {
        "rules": Entry("mvlocal.backends.rules_planner:make", 1),
        "llama": NOT_YET,
        "server": NOT_YET,
    },
    "keyframes": {
        "animatic": Entry("mvlocal.backends.animatic:create", 1, ("numpy", "opencv-python-headless", "pillow")),
        "sdxl": NOT_YET,
    },
    "clips": {
        "animatic": Entry("mvlocal.backends.animatic:create", 1, ("numpy", "opencv-python-headless")),
        "svd": NOT_YET,
        "wan": NOT_YET,
        "ltx": NOT_YET,
    },
}


def missing_backends() -> dict[str, str]:
    """Backends that cannot run here, as `"kind.name"` to one sentence saying why."""
    return {
        f"{kind}.{name}": f"this version of mvlocal has no {name} backend yet"
        for kind, entries in BACKENDS.items()
        for name, entry in entries.items()
        if not entry.factory
    }


def load_backend(kind: str, name: str) -> Any:
    """Makes the backend `name` of `kind`; the caller knows its protocol.

    Raises:
        MissingError: it is known but cannot run here.
        UserError: there is no such backend.
    """
    module, _, factory = require_backend(kind, name).factory.partition(":")
    return getattr(import_module(module), factory)()


def require_backend(kind: str, name: str) -> Entry:
    """The entry of a backend that can run here.

    Raises:
        MissingError, UserError: as `load_backend`.
    """
    entries = BACKENDS[kind]
    if name not in entries:
        near = difflib.get_close_matches(name, entries, n=1)
        mend = f"did you mean {near[0]!r}?" if near else f"choose from: {', '.join(entries)}"
        raise UserError(f"there is no {kind} backend called {name!r}", where=f"{kind}.backend", mend=mend)
    entry = entries[name]
    if not entry.factory:
        usable = ", ".join(other for other, e in entries.items() if e.factory)
        raise MissingError(
            f"this version of mvlocal has no {name} backend yet",
            where=f"{kind}.backend: {name}",
            mend=f"use {usable} here, or render with --profile animatic",
        )
    return entry


def identity_of(kind: str, name: str) -> dict[str, Json]:
    """What identifies a backend in a key: its name, its version and its packages' versions."""
    entry = require_backend(kind, name)
    packages: dict[str, Json] = {package: version(package) for package in entry.packages}
    return {"backend": name, "version": entry.version, "packages": packages}
