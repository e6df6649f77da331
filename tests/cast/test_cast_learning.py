"""Whether our training learns a likeness: LoRAs of two drawn figures, each against the base and against the other."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"
FIGURES = ("nova", "other")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # a plain diffusers pipeline is run as its users run it, with all it says
]


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the benchmark measures, with fewer steps."""
    sys.path.insert(0, str(BENCHMARKS))
    bench: Any = import_module("cast")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MVLOCAL_MODELS", str(tmp_path_factory.mktemp("models")))
        patch.setattr(bench, "STEPS", 250)
        patch.setattr(bench, "EVERY", 250)
        patch.setattr(bench, "DRAWN", 8)
        base = bench.base_in(tmp_path_factory.mktemp("base"))
        return bench.measure_learning(base, tmp_path_factory.mktemp("learning"), FIGURES)["figures"]


@pytest.mark.parametrize("name", FIGURES)
def test_the_loss_on_pictures_never_seen_falls_by_a_quarter(name: str, learned: dict[str, Any]) -> None:
    loss = learned[name]["held_out_loss"]
    assert loss["lora_lower_by"] >= 0.25
    assert loss["control_lower_by"] < loss["lora_lower_by"] / 3


@pytest.mark.parametrize("name", FIGURES)
def test_pictures_with_the_trigger_come_nearer_to_the_figure(name: str, learned: dict[str, Any]) -> None:
    distance = learned[name]["distance_from_the_figure"]
    assert distance["lora"]["latents"] < distance["base"]["latents"]
    assert distance["lora"]["colours"] < distance["base"]["colours"]
