"""What a still says of itself: PNG texts, `parameters` as A1111 and ComfyUI read them, and `mvlocal` with the rest.

It knows no files: no path and no name of a photo ever stands in a picture.

Source: the infotext of AUTOMATIC1111's stable-diffusion-webui (prompt, `Negative prompt:`, then `Name: value` pairs).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def still_texts(given: Mapping[str, Any], texts: Mapping[str, str], seed: int) -> dict[str, str]:
    """The texts of one candidate, from its task's parameters and the words it was made of."""
    options = given["options"]
    width, height, _ = given["frame"]
    values = {
        "Steps": options.get("steps"),
        "Sampler": options.get("schedule"),
        "CFG scale": options.get("guidance"),
        "Seed": seed,
        "Size": f"{width}x{height}",
        "Model": options.get("model") or given["backend"],
    }
    said = ", ".join(f"{name}: {_plain(value)}" for name, value in values.items() if value is not None)
    lines = [texts["prompt"], *([f"Negative prompt: {texts['negative']}"] if texts["negative"] else []), said]
    ours = {
        "schema": "mvlocal.still/1",
        "shot": given["shot"],
        "seed": seed,
        "backend": given["backend"],
        "loras": given["loras"],
        "guides": given["guides"],
        "options": options,
    }
    return {"parameters": "\n".join(lines), "mvlocal": json.dumps(ours, sort_keys=True, ensure_ascii=False)}


def _plain(value: object) -> str:
    """A value that holds no comma and no line, which would end it."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return json.dumps(text) if any(char in text for char in ",\n:") else text
