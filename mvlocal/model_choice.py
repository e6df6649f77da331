"""Which device and which weights the settings mean for the models that make pictures. It loads none of them."""

from __future__ import annotations

from typing import cast

from mvlocal.backends.hardware import Dtype, Hardware
from mvlocal.backends.registry import require_backend
from mvlocal.backends.sdxl.models import Checkpoint, StillModels, Style
from mvlocal.backends.sdxl.networks import StillOptions
from mvlocal.backends.sdxl.sizes import still_size
from mvlocal.cast.captioning.stage import Captioner
from mvlocal.config import KeyframeSettings, Settings
from mvlocal.errors import MissingError, SettingsError
from mvlocal.machine import Gpu, find_gpu, usable_cores
from mvlocal.weights import LockedWeights
from mvlocal.weights.folders import LockedFolder, locked_folder
from mvlocal.weights.needs import caption_needs, stills_needs
from mvlocal.weights.required import locked_need


def hardware_of(settings: Settings, gpu: Gpu | None) -> Hardware:
    """What models that make pictures run on. `gpu` is what this machine has; `auto` never chooses what is not there.

    Raises:
        MissingError: the settings ask for a GPU, and there is none.
        SettingsError: they ask for something that the device cannot do.
    """
    machine = settings.machine
    device = machine.device if machine.device != "auto" else ("cuda" if machine.vram_gib > 0 else "cpu")
    if device == "cuda" and gpu is None:
        raise MissingError(
            "these settings are for an NVIDIA GPU, and none was found",
            where="machine.device" if machine.device == "cuda" else f"profile {settings.profile}",
            mend="install its driver (mvlocal doctor), or use --profile animatic",
        )
    threads = settings.run.workers or usable_cores()
    dtype: Dtype = machine.dtype if machine.dtype != "auto" else ("float16" if device == "cuda" else "float32")
    if device == "cpu":
        if machine.compile:
            raise SettingsError("compiling is for a GPU", where="machine.compile", mend="set it to false")
        return Hardware("cpu", dtype, offload=machine.offload, threads=threads)
    vram_gib = min(machine.vram_gib or cast("Gpu", gpu).vram_gib, cast("Gpu", gpu).vram_gib)
    return Hardware("cuda", dtype, vram_gib, machine.offload, threads)


def with_captioner(settings: Settings) -> Settings:
    """The settings with `cast.captions: auto` decided: a model where its weights are here and it can run, else none.

    Raises:
        UserError: its weights are here, and not what the lock says.
    """
    if settings.cast.captions != "auto":
        return settings
    return settings.model_copy(update={"cast": settings.cast.model_copy(update={"captions": _best_captions(settings)})})


def _best_captions(settings: Settings) -> str:
    described = settings.cast.model_copy(update={"captions": "blip"})
    try:
        for need in caption_needs(described):
            locked_need(need)
        require_backend("captions", "blip")
    except MissingError:
        return "template"
    return "blip"


def captioner_of(settings: Settings) -> Captioner | None:
    """Who describes photos for their captions; None: nobody does.

    Raises:
        MissingError, UserError: as `locked_need` and `hardware_of`.
    """
    folder = next((cast("LockedFolder", locked_need(need)) for need in caption_needs(settings.cast)), None)
    return Captioner(settings.cast.captions, folder, hardware_of(settings, find_gpu())) if folder else None


def still_models(keyframes: KeyframeSettings) -> StillModels:
    """The weights that stills are generated with, each found and locked.

    Raises:
        MissingError, UserError: as `locked_need`; `require_all` names all that are missing at once.
    """
    found = {kind: locked_need(need) for kind, need in stills_needs(keyframes).items()}

    def file(kind: str) -> LockedWeights | None:
        return cast("LockedWeights | None", found.get(kind))

    controls = {
        kind.removeprefix("control-"): cast("LockedFolder", one)
        for kind, one in found.items()
        if kind.startswith("control-")
    }
    adapter = file("style")
    return StillModels(
        checkpoint=_checkpoint(found, "checkpoint"),
        unet=file("unet"),
        vae=file("vae"),
        lora=file("lora"),
        refiner=_checkpoint(found, "refiner") if "refiner" in found else None,
        controls=controls,
        style=Style(adapter, cast("LockedFolder", found["style-encoder"])) if adapter else None,
        preview=_preview_decoder(keyframes.preview),
    )


def _preview_decoder(name: str) -> LockedFolder | None:
    """The small decoder for previews, where it is here; nothing that is made depends on it."""
    try:
        return locked_folder("vae", name, where="keyframes.preview") if name else None
    except MissingError:
        return None


def still_options(settings: Settings) -> StillOptions:
    """What changes a still's pixels beside weights and hardware."""
    chosen, machine = settings.keyframes, settings.machine
    return StillOptions(
        schedule=chosen.schedule,
        steps=chosen.steps,
        guidance=chosen.guidance,
        refiner_strength=chosen.refiner_strength,
        guide_until=chosen.guide_until,
        batch=chosen.batch,
        tiles=chosen.tiles,
        compile=machine.compile,
        channels_last=machine.channels_last,
    )


def still_size_of(settings: Settings) -> tuple[int, int]:
    """Width and height of stills: as set, or SDXL's size nearest to the video's shape."""
    video, chosen = settings.video, settings.keyframes
    return still_size(video.width / video.height, chosen.width, chosen.height)


def _checkpoint(found: dict[str, LockedWeights | LockedFolder], kind: str) -> Checkpoint:
    one = found[kind]
    if isinstance(one, LockedFolder):
        return Checkpoint(one)
    return Checkpoint(cast("LockedFolder", found[f"{kind}-config"]), one)
