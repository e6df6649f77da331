"""Which weights the settings in force ask for. It does not know whether they are here."""

from __future__ import annotations

from dataclasses import dataclass

from mvlocal.config import (
    CastSettings,
    ClipSettings,
    FinishSettings,
    KeyframeSettings,
    PhotoSettings,
    PlannerSettings,
    Settings,
    SongSettings,
)


@dataclass(frozen=True, slots=True)
class Need:
    """Weights that a setting asks for: their folder under `models/`, their name, and the setting.

    With an `index` they are a folder of files that holds a file of this name; else they are one file.
    """

    folder: str
    name: str
    where: str
    index: str = ""


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


def stills_needs(keyframes: KeyframeSettings) -> dict[str, Need]:
    """The weights that generate stills, by what for; guides of no weight need none."""
    if keyframes.backend != "sdxl":
        return {}
    needs = _checkpoint_needs("checkpoint", "model", keyframes.model, "config", keyframes.config)
    if keyframes.refiner:
        needs |= _checkpoint_needs("refiner", "refiner", keyframes.refiner, "refiner_config", keyframes.refiner_config)
    files = {
        "vae": ("vae", "vae", keyframes.vae),
        "unet": ("diffusion_models", "unet", keyframes.unet),
        "lora": ("loras", "schedule_lora", keyframes.lora_of_schedule),
    }
    needs |= {kind: Need(folder, name, f"keyframes.{key}") for kind, (folder, key, name) in files.items() if name}
    for guide in ("pose", "depth", "lines"):
        if getattr(keyframes, f"guide_{guide}") > 0:
            name = str(getattr(keyframes, f"{guide}_model"))
            needs[f"control-{guide}"] = Need("controlnet", name, f"keyframes.{guide}_model", "config.json")
    if keyframes.style_from:
        needs["style"] = Need("ipadapter", keyframes.style_model, "keyframes.style_model")
        encoder = keyframes.style_encoder
        needs["style-encoder"] = Need("clip_vision", encoder, "keyframes.style_encoder", "config.json")
    return needs


def _checkpoint_needs(kind: str, key: str, name: str, config_key: str, config: str) -> dict[str, Need]:
    """A diffusers folder, or one file and the folder of its configuration."""
    index = "model_index.json"
    if not config:
        return {kind: Need("checkpoints", name, f"keyframes.{key}", index)}
    return {
        kind: Need("checkpoints", name, f"keyframes.{key}"),
        f"{kind}-config": Need("checkpoints", config, f"keyframes.{config_key}", index),
    }


def motion_needs(clips: ClipSettings) -> list[Need]:
    """The diffusers folder of the motion family, and the unet of SVD's 4-step schedule where that is used."""
    if clips.backend == "animatic":
        return []
    folder = Need("diffusers", clips.model_name, "clips.model", "model_index.json")
    few = Need("diffusion_models", clips.few_model, "clips.few_model")
    return [folder, few] if clips.backend == "svd" and clips.schedule == "few" else [folder]


def cast_needs(settings: Settings) -> dict[str, Need]:
    """Who looks at generated pictures, by what for: `likeness`, `agreement`. Nobody looks at drawn ones."""
    cast = settings.cast
    if settings.keyframes.backend == "animatic":
        return {}
    needs = {"likeness": Need("clip_vision", cast.likeness_folder, "cast.likeness_model", "config.json")}
    if cast.agreement != "none":
        needs["agreement"] = Need("clip_vision", cast.agreement_model, "cast.agreement_model", "config.json")
    return needs


def caption_needs(cast: CastSettings) -> list[Need]:
    """The weights that describe photos, where a model does."""
    return [Need("blip", cast.caption_model, "cast.caption_model", "config.json")] if cast.captions == "blip" else []


def training_needs(settings: Settings) -> list[Need]:
    """Every weight from photos to a chosen LoRA: who looks at photos, the base that is trained on, and who judges."""
    base = stills_needs(settings.keyframes)
    return [
        *photo_needs(settings.photos),
        *_describing(settings),
        *cast_needs(settings).values(),
        *(base[kind] for kind in ("checkpoint", "checkpoint-config", "vae") if kind in base),
    ]


def finish_needs(finish: FinishSettings) -> dict[str, list[Need]]:
    """Weights that finish generated clips, by what they are for: `interpolate`, `upscale`."""
    needs: dict[str, list[Need]] = {}
    if finish.interpolate == "rife":
        files = ("flownet.param", "flownet.bin")
        needs["interpolate"] = [Need("rife", f"{finish.rife_model}/{file}", "finish.rife_model") for file in files]
    if finish.upscale == "realesrgan":
        needs["upscale"] = [Need("upscale_models", finish.upscale_model, "finish.upscale_model")]
    return needs


def _describing(settings: Settings) -> list[Need]:
    """Nobody is trained, so that no photo is described, where pictures are drawn."""
    drawn = settings.keyframes.backend == "animatic"
    return [] if drawn or not settings.cast.train else caption_needs(settings.cast)


def _finishing(settings: Settings) -> list[Need]:
    """Drawn clips are finished as they are."""
    if settings.clips.backend == "animatic":
        return []
    return [need for needs in finish_needs(settings.finish).values() for need in needs]


def weights_needed(settings: Settings) -> list[Need]:
    """Every weight that these settings ask for, in the order of stages."""
    return [
        *song_needs(settings.song).values(),
        *photo_needs(settings.photos),
        *planner_needs(settings.planner),
        *_describing(settings),
        *cast_needs(settings).values(),
        *stills_needs(settings.keyframes).values(),
        *motion_needs(settings.clips),
        *_finishing(settings),
    ]
