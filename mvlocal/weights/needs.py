"""Which weights the settings in force ask for. It does not know whether they are here."""

from __future__ import annotations

from dataclasses import dataclass

from mvlocal.config import PhotoSettings, PlannerSettings, Settings, SongSettings


@dataclass(frozen=True, slots=True)
class Need:
    """Weights that a setting asks for: their folder under `models/`, their name, and the setting."""

    folder: str
    name: str
    where: str


def song_needs(song: SongSettings) -> dict[str, Need]:
    """Weights of the song stage by what they are for: `beats`, `stems`, `lyrics`."""
    needs: dict[str, Need] = {}
    if song.beats == "beat_this":
        needs["beats"] = Need("beats", song.beats_model, "song.beats_model")
    if song.stems == "demucs":
        needs["stems"] = Need("demucs", song.stems_model, "song.stems_model")
    if song.lyrics_by == "whisper":
        needs["lyrics"] = Need("whisper", song.whisper_model, "song.whisper_model")
    return needs


def planner_needs(planner: PlannerSettings) -> list[Need]:
    """The weights of the planner, where it has such."""
    return [Need("llm", planner.model, "planner.model")] if planner.backend == "llama" else []


def photo_needs(photos: PhotoSettings) -> list[Need]:
    """The weights that find faces, where something does."""
    return [Need("faces", photos.faces_model, "photos.faces_model")] if photos.faces == "yunet" else []


def weights_needed(settings: Settings) -> list[Need]:
    """Every weight that these settings ask for, in the order of stages."""
    return [*song_needs(settings.song).values(), *photo_needs(settings.photos), *planner_needs(settings.planner)]
