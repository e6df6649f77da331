"""The shipped weights of the drawn figures' base, and the code that made them: they change together or not at all."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from safetensors import safe_open

SCRIPTS = Path(__file__).parent.parent.parent / "scripts"


@pytest.fixture(scope="module")
def figures() -> Any:
    if str(SCRIPTS) not in sys.path:
        sys.path.insert(0, str(SCRIPTS))
    return import_module("tiny_models.figures")


def test_the_shipped_base_was_made_by_the_code_beside_it(figures: Any) -> None:
    with safe_open(str(figures.TRAINED), framework="pt") as file:
        made_by = file.metadata().get("recipe")
    assert made_by == figures.recipe_digest(), (
        f"{figures.TRAINED.name} was trained by other code or constants than those beside it: train it again with "
        "`cd scripts && python -m tiny_models.figures` (some minutes), or undo the change"
    )


@pytest.mark.parametrize(("name", "value"), [("SEED", 32), ("STEPS", 1201), ("RATE", 1e-3)])
def test_another_recipe_has_another_digest(figures: Any, name: str, value: float) -> None:
    before = figures.recipe_digest()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, name, value)
        assert figures.recipe_digest() != before
    assert figures.recipe_digest() == before
