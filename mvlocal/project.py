"""The user's project folder: where things lie, how it is found, and how a new one is made.

It does not know what any stage does with the files.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from mvlocal.config import Settings
from mvlocal.errors import InputError, UserError

SETTINGS_NAME = "mvlocal.yaml"
LYRICS_ENDINGS = (".lrc", ".txt", ".srt", ".vtt", ".ass")


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder; every path that mvlocal uses in it."""

    root: Path

    @property
    def settings_file(self) -> Path:
        return self.root / SETTINGS_NAME

    @property
    def state(self) -> Path:
        """Store, lock and memory of what was generated: safe to delete."""
        return self.root / ".mvlocal"

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def bible_file(self) -> Path:
        return self.root / "story" / "bible.yaml"

    @property
    def shots_file(self) -> Path:
        return self.root / "story" / "shots.yaml"

    @property
    def picks_file(self) -> Path:
        """What a person chose for the stills."""
        return self.root / "story" / "picks.yaml"

    @property
    def ladder_file(self) -> Path:
        """What was given up to fit the GPU's memory."""
        return self.state / "ladder.json"

    @property
    def previews(self) -> Path:
        """Pictures of what is being made."""
        return self.state / "preview"

    @property
    def now_file(self) -> Path:
        """What a run is making."""
        return self.state / "now.json"

    def resolve(self, name: str) -> Path:
        """A path from the settings: absolute, or relative to the project folder."""
        return (self.root / Path(name).expanduser()).absolute()


@dataclass(frozen=True, slots=True)
class NewProject:
    """What a new project starts from. Paths are the user's own files."""

    root: Path
    song: Path
    lyrics: Path | None = None
    photos: Path | None = None
    title: str = ""
    artist: str = ""
    brief: str = ""
    copy: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])


def find_project(folder: Path) -> Project:
    """Opens the project in `folder`.

    Raises:
        UserError: there is no folder, or no `mvlocal.yaml` in it.
    """
    if not folder.exists():
        raise UserError(
            f"there is no folder {folder.name!r}",
            where=str(folder),
            mend=f"make a project: mvlocal new {folder} --song FILE",
        )
    if not (folder / SETTINGS_NAME).is_file():
        raise UserError(
            f"no {SETTINGS_NAME} here, so this is not a project",
            where=str(folder),
            mend=f"make one: mvlocal new {folder} --song FILE",
        )
    return Project(folder.absolute())


def project_beside(song: Path) -> Project:
    """The project for a bare song file: `<song>-video/` beside it, made now when it is not there yet.

    Lyrics with the song's own name (`song.lrc`, `song.txt` ...) are taken along.

    Raises:
        InputError: the song is missing, or the place cannot be written.
    """
    _require_file(song, "song")
    root = song.absolute().parent / f"{song.stem}-video"
    if (root / SETTINGS_NAME).is_file():
        return Project(root)
    lyrics = next((p for e in LYRICS_ENDINGS if (p := song.with_suffix(e)).is_file()), None)
    return create_project(NewProject(root=root, song=song, lyrics=lyrics))


def create_project(new: NewProject) -> Project:
    """Makes the folder and a commented `mvlocal.yaml`. Large files stay where they are unless `copy` is set.

    Raises:
        InputError: song, lyrics or photos are missing.
        UserError: the folder holds a project already, or cannot be written.
    """
    _require_file(new.song, "song")
    if new.lyrics is not None:
        _require_file(new.lyrics, "lyrics")
    if new.photos is not None and not new.photos.is_dir():
        raise InputError("the photos folder is missing", where=str(new.photos), mend="check the path")
    project = Project(new.root.absolute())
    if project.settings_file.exists():
        raise UserError(
            "there is a project here already",
            where=str(project.settings_file),
            mend=f"render it (mvlocal render {new.root}), or choose another folder",
        )
    try:
        (project.root / "photos").mkdir(parents=True, exist_ok=True)
        text = _settings_text(project, new)
        project.settings_file.write_text(text, encoding="utf-8")
    except OSError as cause:
        raise UserError(
            f"cannot write the project folder: {cause.strerror or cause}",
            where=str(project.root),
            mend="choose a folder that you may write to",
        ) from cause
    return project


def _require_file(path: Path, what: str) -> None:
    if not path.exists():
        raise InputError(f"there is no {what} called {path.name!r}", where=str(path), mend="check the path")
    if path.is_dir():
        raise InputError(f"the {what} is a folder, not a file", where=str(path), mend="name the file itself")


def _settings_text(project: Project, new: NewProject) -> str:
    song = _place(project, new.song, new.song.name, copy=new.copy)
    lyrics = _place(project, new.lyrics, new.lyrics.name, copy=new.copy) if new.lyrics else ""
    if new.photos is not None and new.copy and new.photos.absolute() != project.root / "photos":
        shutil.copytree(new.photos, project.root / "photos", dirs_exist_ok=True)
    photos = "photos" if new.photos is None or new.copy else _reference(project, new.photos)
    given = {
        ("profile",): "auto",
        ("title",): new.title or _title_from_name(new.song),
        ("artist",): new.artist,
        ("song", "file"): song,
        ("song", "lyrics"): lyrics,
        ("photos", "folder"): photos,
        ("brief", "text"): new.brief,
    }
    head = [
        "# Settings of this music video. Lines that begin with '#' show the defaults; take the '#' away to",
        "# change one. Then:  mvlocal render   (only what a change touches is made again)",
        "",
    ]
    return "\n".join([*head, *_settings_lines(given)]) + "\n"


def _title_from_name(song: Path) -> str:
    return " ".join(song.stem.replace("_", " ").replace("-", " ").split()).title()


def _place(project: Project, source: Path, name: str, *, copy: bool) -> str:
    if not copy:
        return _reference(project, source)
    target = project.root / name
    if source.absolute() != target:
        shutil.copyfile(source, target)
    return name


def _reference(project: Project, path: Path) -> str:
    """Relative when the file lies in the project or beside it (so both move together), else absolute."""
    absolute = path.absolute()
    relative = os.path.relpath(absolute, project.root)
    return relative if relative.count("..") <= 1 else str(absolute)


def _settings_lines(given: Mapping[tuple[str, ...], str]) -> Iterator[str]:
    """Every setting with its description: the given ones live, the others as commented defaults."""
    defaults = Settings()
    for name, info in Settings.model_fields.items():
        value = getattr(defaults, name)
        if not isinstance(value, BaseModel):
            yield _setting_line((name,), value, info.description, given)
        elif name != "machine":  # that group belongs to profiles
            lines = [
                "  " + _setting_line((name, key), getattr(value, key), below.description, given)
                for key, below in type(value).model_fields.items()
            ]
            live = any(keys[0] == name for keys in given)
            yield ""
            yield f"{name}:" if live else f"# {name}:"
            yield from (line if live else "# " + line.replace("# ", "", 1) for line in lines)


def _setting_line(
    keys: tuple[str, ...], default: object, description: str | None, given: Mapping[tuple[str, ...], str]
) -> str:
    mark = "" if keys in given else "# "
    comment = f"  # {description}" if description else ""
    return f"{mark}{keys[-1]}: {_yaml_scalar(given.get(keys, default))}".rstrip() + comment


def _yaml_scalar(value: object) -> str:
    """A value as YAML 1.2 writes it: plain words bare, the rest as JSON, which YAML contains."""
    if value is None:
        return ""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_./-]*", value):
        return value if value.lower() not in ("true", "false", "null") else json.dumps(value)
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
