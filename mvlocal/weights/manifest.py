"""The manifest: every model that mvlocal can use, with its place, source, size, licence and what needs it.

It does not know which of them are here.
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mvlocal.errors import UserError
from mvlocal.files import stamp_of
from mvlocal.strict_yaml import read_yaml, validate

Converter = Literal["beat_this", "whisper", "state_dict"]
"""Families whose upstream files are pickled: they are converted once, in a process of their own."""

_PLACE = re.compile(r"[a-z_]+(/[A-Za-z0-9][A-Za-z0-9._-]*)+")


def _relative_place(text: str) -> str:
    if not _PLACE.fullmatch(text) or ".." in PurePosixPath(text).parts:
        raise ValueError("write a place under models/, such as whisper/medium.safetensors")
    return text


def _secure_url(text: str) -> str:
    if not text.startswith("https://"):
        raise ValueError("an address starts with https://")
    return text


Place = Annotated[str, AfterValidator(_relative_place)]
"""Where a file belongs: a path under the models folder, with `/` whatever the system."""
Url = Annotated[str, AfterValidator(_secure_url)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ModelFile(_Row):
    """One file of a model. Size and hash are those of the file at `url`, where its source publishes them.

    With `convert`, the file at `url` is a pickled one: what lies at `place` is made from it, and it is never loaded.
    """

    place: Place
    url: Url
    size_bytes: int | None = Field(default=None, gt=0)
    sha256: Sha256 | None = None
    convert: Converter | None = None


class Model(_Row):
    """One model: everything that `models list` says of it.

    `needed_by` names settings of this version; a model that none uses yet has an empty one and says in `later` what
    it will be for. `about_gb` is rough and never compared with anything.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    family: str
    files: tuple[ModelFile, ...] = Field(min_length=1)
    licence: str
    limits: str = ""
    gated: bool = False
    needed_by: tuple[str, ...] = ()
    later: str = ""
    about_gb: float | None = Field(default=None, gt=0)
    vram_gib: float | None = Field(default=None, gt=0)

    @property
    def size_bytes(self) -> int | None:
        """Bytes to fetch, or None where a file's size is not published."""
        sizes = [file.size_bytes for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    @property
    def size_text(self) -> str:
        """Its size for a reader: exact, rough, or unknown."""
        if self.size_bytes is not None:
            return f"{self.size_bytes / 1e9:.2f} GB"
        return f"about {self.about_gb:g} GB" if self.about_gb is not None else "size unknown"

    @property
    def asks_first(self) -> bool:
        """Whether its licence limits use or it is gated, so that it must be accepted first."""
        return self.gated or bool(self.limits)


class Manifest(_Row):
    """All models, in the order of the file."""

    schema_id: Literal["mvlocal.models/1"] = Field(alias="schema")
    models: tuple[Model, ...]

    def model(self, name: str) -> Model:
        """The model called `name`.

        Raises:
            UserError: there is none.
        """
        found = next((model for model in self.models if model.name == name), None)
        if found is None:
            near = difflib.get_close_matches(name, [model.name for model in self.models], n=1)
            mend = f"did you mean {near[0]!r}?" if near else "see: mvlocal models list"
            raise UserError(f"there is no model called {name!r}", where="models/manifest.yaml", mend=mend)
        return found

    def file_at(self, place: str) -> tuple[Model, ModelFile] | None:
        """The model and file that belong at `place`, if any."""
        for model in self.models:
            for file in model.files:
                if file.place == place:
                    return model, file
        return None


def manifest_path() -> Path:
    """The shipped manifest: inside an installed package, or in `models/` of a checkout."""
    inside = Path(__file__).parent / "manifest.yaml"
    return inside if inside.is_file() else Path(__file__).parent.parent.parent / "models" / "manifest.yaml"


def read_manifest(path: Path | None = None) -> Manifest:
    """Reads the manifest at `path`, or the shipped one; an unchanged file is parsed once.

    Raises:
        SettingsError: it does not say what a manifest must, with line and column.
    """
    chosen = path or manifest_path()
    return _parsed(chosen, stamp_of(chosen))


@lru_cache(maxsize=2)
def _parsed(path: Path, _stamp: tuple[int, ...]) -> Manifest:
    file = read_yaml(path)
    manifest = validate(Manifest, file.data, file)
    for kind, said in (
        ("name", [model.name for model in manifest.models]),
        ("place", [row.place for model in manifest.models for row in model.files]),
    ):
        twice = next((value for value in said if said.count(value) > 1), None)
        if twice is not None:
            raise UserError(f"the {kind} {twice!r} stands twice", where=file.source, mend="keep one of the two")
    return manifest
