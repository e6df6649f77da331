"""Which models the settings in force use, and under which licences. It does not know whether they are here."""

from __future__ import annotations

from mvlocal.config import Settings
from mvlocal.schema.provenance import UsedModel
from mvlocal.weights.manifest import Manifest, Model
from mvlocal.weights.needs import Need, weights_needed


def used_models(settings: Settings, manifest: Manifest) -> tuple[UsedModel, ...]:
    """Every model that these settings use, each once, in the order of stages.

    One that the manifest does not know (a file of the user's own) is named as the settings name it.
    """
    used: dict[str, UsedModel] = {}
    for need in weights_needed(settings):
        model = _model_of(need, manifest)
        if model is None:
            used.setdefault(
                f"{need.folder}/{need.name}", UsedModel(name=need.name, used_for=need.where, licence="see its source")
            )
        elif model.name not in used:
            used[model.name] = UsedModel(
                name=model.name, used_for=need.where, licence=model.licence, limits=model.limits
            )
    return tuple(used.values())


def _model_of(need: Need, manifest: Manifest) -> Model | None:
    place = f"{need.folder}/{need.name}"
    for model in manifest.models:
        for file in model.files:
            if file.place == place or file.place.startswith((f"{place}.", f"{place}/")):
                return model
    return None
