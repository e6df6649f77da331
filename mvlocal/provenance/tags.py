"""What stands in a video file's own tags. It does not know containers beyond their endings."""

from __future__ import annotations

from mvlocal.config import Settings
from mvlocal.engine.hashing import digest_of
from mvlocal.engine.task import Json

ELSEWHERE = ("run", "machine", "deliver", "provenance", "profile")
"""Groups of settings that change nothing in a master's pictures or sound."""


PRIVATE = {
    "song": ("file", "lyrics", "markers"),
    "photos": ("folder", "subjects"),
    "planner": ("embedder", "address", "allow_host", "api_key_env", "server_model"),
    "words": ("font",),
    "finish": ("lut",),
}
"""Settings that name files, folders or machines of the user: nobody else's business."""


def settings_in_force(settings: Settings) -> dict[str, Json]:
    """The settings that make the video, as plain JSON; what says where things lie or run is left out."""
    plain = settings.model_dump(mode="json")
    kept: dict[str, Json] = {}
    for name, value in plain.items():
        if name not in ELSEWHERE:
            hidden = PRIVATE.get(name, ())
            kept[name] = {key: one for key, one in value.items() if key not in hidden} if hidden else value
    return kept


def settings_digest(settings: Settings) -> str:
    """SHA-256 of the settings that make the video."""
    return digest_of(settings_in_force(settings))


def tags_of(settings: Settings, version: str, disclosure: str, ending: str) -> dict[str, str]:
    """The tags of a master that ends in `ending`; empty ones are left out.

    MP4 holds only a few names, so that credits and ISRC stand in its description, and MOV has only the comment for
    them; Matroska has room for all.
    """
    master = settings.master
    said = disclosure if settings.provenance.disclosure else ""
    made = f"Made with mvlocal {version}, profile {settings.profile}, settings {settings_digest(settings)[:16]}."
    credited = "; ".join(master.credits)
    isrc = f"ISRC {master.isrc}" if master.isrc else ""
    who = "; ".join(part for part in (credited, isrc) if part)
    tags = {
        "title": settings.title,
        "artist": settings.artist,
        "comment": " ".join(part for part in (said, made, who if ending == ".mov" else "") if part),
        "description": who if ending != ".mov" else "",
    }
    if ending == ".mkv":
        tags |= {"ISRC": master.isrc, "CREDITS": credited, "DISCLOSURE": said}
    return {name: text for name, text in tags.items() if text}
