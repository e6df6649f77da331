"""Gathers settings from profile, project file, environment and command line, and says where each came from.

Later sources win: defaults, profile, `mvlocal.yaml`, `MVLOCAL_...` environment, `--set`. It does not know
what any setting does.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from mvlocal.config import Settings
from mvlocal.errors import SettingsError
from mvlocal.machine import Gpu
from mvlocal.strict_yaml import Keys, YamlFile, read_yaml, validate

ENVIRONMENT_PREFIX = "MVLOCAL_"
NOT_SETTINGS = frozenset({"MVLOCAL_MODELS"})
"""Variables of ours that belong to the machine and not to a project."""
AUTO_ORDER = ("rtx-24gb", "rtx-16gb", "rtx-12gb", "rtx-8gb")
"""Profiles that `auto` tries, fullest first; `animatic` runs anywhere."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings in force, the profile's name, and one sentence on why it was chosen."""

    settings: Settings
    profile: str
    why: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Where settings may come from, besides defaults."""

    project_file: Path | None = None
    profile: str | None = None
    overrides: Sequence[str] = ()
    environment: Mapping[str, str] | None = None


def profiles_folder() -> Path:
    """The folder with the shipped profiles: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


def profile_names() -> list[str]:
    """Names of the shipped profiles."""
    return sorted(path.stem for path in profiles_folder().glob("*.yaml"))


def resolve(sources: Sources, gpu: Gpu | None, missing_backends: Mapping[str, str]) -> Resolved:
    """Gathers and validates all settings.

    `missing_backends` maps `"group.backend"` such as `"keyframes.sdxl"` to why it cannot run here; only
    `profile: auto` uses it, to choose.

    Raises:
        SettingsError: an unknown key, wrong type or value, with file, line and column (or the option).
    """
    data: dict[str, Any] = {}
    places: dict[Keys, str] = {}
    environment = os.environ if sources.environment is None else sources.environment
    if sources.project_file is not None:
        file = read_yaml(sources.project_file)
        validate(Settings, file.data, file)
        _merge(data, places, file.data, file.places)
    for keys, value, where in _from_environment(environment):
        _put(data, places, keys, value, where)
    for text in sources.overrides:
        keys, value = _from_override(text)
        _put(data, places, keys, value, f"--set {text}")
    wanted = sources.profile or _text(data.get("profile")) or "auto"
    if wanted == "auto":
        name, why = choose_profile(gpu, missing_backends)
    else:
        name, why = wanted, "asked for"
    base = _read_profile(name, sources.project_file)
    merged: dict[str, Any] = {}
    merged_places: dict[Keys, str] = {}
    _merge(merged, merged_places, base.data, base.places)
    _merge(merged, merged_places, data, places)
    merged["profile"] = Path(name).stem if name.endswith((".yaml", ".yml")) else name
    return Resolved(validate(Settings, merged, merged_places), merged["profile"], why)


def choose_profile(gpu: Gpu | None, missing_backends: Mapping[str, str]) -> tuple[str, str]:
    """The fullest profile that this machine can run, and one sentence saying why."""
    if gpu is None:
        return "animatic", "no NVIDIA GPU was found, so the drawn animatic is the fullest that runs here"
    reasons: list[str] = []
    for name in AUTO_ORDER:
        settings = load_profile(name)
        if settings.machine.vram_gib > gpu.vram_gib + 0.5:
            continue
        blocked = [key for key in backends_of(settings) if key in missing_backends]
        if not blocked:
            return name, f"{gpu.name} has {gpu.vram_gib:.0f} GiB of VRAM"
        if not reasons:
            reasons = [f"{name} fits {gpu.name} ({gpu.vram_gib:.0f} GiB), but {missing_backends[blocked[0]]}"]
    why = reasons[0] if reasons else f"{gpu.name} has only {gpu.vram_gib:.0f} GiB of VRAM"
    return "animatic", f"{why}; the drawn animatic is the fullest that runs here"


def backends_of(settings: Settings) -> list[str]:
    """The backends that `settings` name, as `group.name`."""
    return [
        f"beats.{settings.song.beats}",
        *([f"stems.{settings.song.stems}"] if settings.song.stems != "none" else []),
        *([f"lyrics.{settings.song.lyrics_by}"] if settings.song.lyrics_by != "rules" else []),
        f"planner.{settings.planner.backend}",
        *_makers_of(settings),
        *_judges_of(settings),
        *_finishers_of(settings),
    ]


def _makers_of(settings: Settings) -> list[str]:
    """Who makes stills and moves them: the theatre, or models."""
    stills, motion = settings.keyframes.backend, settings.clips.backend
    drawn = stills == "animatic"
    return [
        *([f"keyframes.{stills}"] if drawn else [f"prompts.{stills}", f"stills.{stills}"]),
        f"clips.{motion}" if motion == "animatic" else f"motion.{motion}",
    ]


def _judges_of(settings: Settings) -> list[str]:
    """Who describes photos and looks at generated pictures; drawn ones are as they are."""
    if settings.keyframes.backend == "animatic":
        return []
    cast = settings.cast
    return [
        *([f"captions.{cast.captions}"] if cast.captions == "blip" else []),
        f"likeness.{cast.likeness}",
        *([f"agreement.{cast.agreement}"] if cast.agreement != "none" else []),
    ]


def _finishers_of(settings: Settings) -> list[str]:
    """Who finishes generated clips; drawn ones are finished as they are."""
    if settings.clips.backend == "animatic":
        return []
    chosen = settings.finish
    between = [f"interpolate.{chosen.interpolate}"] if chosen.interpolate != "none" else []
    return [*between, f"upscale.{chosen.upscale}"]


def load_profile(name: str) -> Settings:
    """A shipped profile (or a YAML file) on top of the defaults.

    Raises:
        SettingsError: no such profile, or one that does not validate.
    """
    file = _read_profile(name, None)
    return validate(Settings, {**file.data, "profile": name}, file)


def _read_profile(name: str, project_file: Path | None) -> YamlFile:
    if name.endswith((".yaml", ".yml")):
        path = Path(name)
        if not path.is_absolute() and not path.exists() and project_file is not None:
            path = project_file.parent / name
        file = read_yaml(path)
    else:
        path = profiles_folder() / f"{name}.yaml"
        if name not in profile_names():
            near = difflib.get_close_matches(name, [*profile_names(), "auto"], n=1, cutoff=0.4)
            mend = f"did you mean {near[0]!r}?" if near else f"choose from: auto, {', '.join(profile_names())}"
            raise SettingsError(f"there is no profile called {name!r}", where="profile", mend=mend)
        file = read_yaml(path)
    if "profile" in file.data:
        raise SettingsError(
            "a profile cannot name a profile", where=file.place_of(("profile",)), mend="remove that line"
        )
    return file


def leaves(model: type[BaseModel] = Settings, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every single setting, such as `("video", "width")`."""
    for name, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from leaves(info.annotation, (*above, name))
        else:
            yield (*above, name)


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    known = {ENVIRONMENT_PREFIX + "_".join(path).upper(): path for path in leaves()}
    for variable in sorted(environment):
        if not variable.startswith(ENVIRONMENT_PREFIX) or variable in NOT_SETTINGS:
            continue
        if variable not in known:
            near = difflib.get_close_matches(variable, known, n=1, cutoff=0.5)
            raise SettingsError(
                f"unknown setting {variable}",
                where="environment",
                mend=f"did you mean {near[0]}?" if near else "unset it",
            )
        yield known[variable], _scalar(environment[variable], variable), f"environment {variable}"


def _from_override(text: str) -> tuple[tuple[str, ...], Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise SettingsError(f"--set {text!r} is not a.b=c", where="--set", mend="write --set video.width=1920")
    keys = tuple(part.strip() for part in name.split("."))
    return keys, _scalar(value, f"--set {text}")


def _scalar(text: str, where: str) -> Any:
    """A value as YAML 1.2 reads it (`24`, `true`, `[1, 2]`), plain containers only."""
    try:
        value = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError) as cause:
        raise SettingsError(f"cannot read the value {text[:60]!r}", where=where, mend="quote it") from cause
    return "" if value is None else value


def _put(data: dict[str, Any], places: dict[Keys, str], keys: tuple[str, ...], value: Any, where: str) -> None:
    current = data
    for key in keys[:-1]:
        below = current.get(key)
        if not isinstance(below, dict):
            below = current[key] = {}
        current = below
    current[keys[-1]] = value
    places[keys] = where


def _merge(
    data: dict[str, Any], places: dict[Keys, str], more: Mapping[str, Any], more_places: Mapping[Keys, str]
) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(data.get(key), dict):
            _merge(data[key], {}, value, {})
        else:
            data[key] = {**value} if isinstance(value, dict) else value
    places.update(more_places)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
