"""Turns a pickled upstream file into safetensors, once, in a process of its own that unpickles tensors only.

It does not know where files come from. Run as a program it is that process: it reads with `weights_only=True`, which
refuses anything but tensors and plain containers, and ends; what a render loads is never unpickled.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

from mvlocal.errors import MissingError, UserError
from mvlocal.weights.manifest import Converter

_LIMIT_S = 1800.0
_TAIL = 300
MISSING_EXIT, REFUSED_EXIT = 3, 2


def convert_pickle(source: Path, target: Path, converter: Converter, name: str) -> None:
    """Writes the tensors of the pickled file `source` and what builds their model to the safetensors file `target`.

    `name` is the model's own name in its family (`medium`).

    Raises:
        MissingError: torch or safetensors are not installed.
        UserError: the file holds more than tensors and plain values, or not what its family's files hold.
    """
    command = [sys.executable, "-I", "-c", _start(), str(source), str(target), converter, name]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, capture_output=True, text=True, timeout=_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired as cause:
        target.unlink(missing_ok=True)
        raise UserError("converting took too long", where=str(source), mend="check the disk, then try again") from cause
    if done.returncode == 0:
        return
    target.unlink(missing_ok=True)
    said = done.stderr.strip().splitlines()[-1][:_TAIL] if done.stderr.strip() else f"exit {done.returncode}"
    if done.returncode == MISSING_EXIT:
        raise MissingError(
            f"converting {source.name} needs packages that are not installed: {said}",
            where=str(source),
            mend="uv pip install -c requirements.lock -e '.[audio]'",
        )
    raise UserError(
        f"{source.name} was not converted: {said}",
        where=str(source),
        mend="fetch it again from the source that models list names; a file that holds code is refused",
    )


def _start() -> str:
    # The child ignores the environment (-I), so it is told where our packages are.
    return f"import sys; sys.path[:] = {sys.path!r}; from mvlocal.weights.convert import main; main(sys.argv[1:])"


def main(arguments: list[str]) -> None:
    """The child process: SOURCE TARGET CONVERTER NAME."""
    source, target, converter, name = arguments
    try:
        import torch

        from mvlocal.weights.load import write_model_state
    except ImportError as cause:
        _end(str(cause), MISSING_EXIT)
    try:
        pickled: Any = torch.load(source, map_location="cpu", weights_only=True)
        tensors, metadata = _CONVERTERS[converter](pickled, name)
        write_model_state(Path(target), tensors, metadata)
    except ImportError as cause:
        _end(str(cause), MISSING_EXIT)
    except Exception as cause:  # the boundary of this process: its parent shows the reason
        _end(" ".join(str(cause).split())[:_TAIL] or type(cause).__name__, REFUSED_EXIT)


def _end(why: str, code: int) -> NoReturn:
    sys.stderr.write(why + "\n")
    raise SystemExit(code)


def _beat_this(pickled: Any, _name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """A training checkpoint: the model's tensors lie under `model.`, its arguments among the run's."""
    import inspect

    from beat_this.model.beat_tracker import BeatThis

    known = inspect.signature(BeatThis).parameters
    arguments = {key: value for key, value in pickled["hyper_parameters"].items() if key in known}
    tensors = {
        key.removeprefix("model.").replace("_orig_mod.", ""): value for key, value in pickled["state_dict"].items()
    }
    return tensors, {"klass": "beat_this.model.beat_tracker.BeatThis", "kwargs": json.dumps(arguments)}


def _whisper(pickled: Any, name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """`dims` and `model_state_dict`; which heads follow the words is a table in the package, by the model's name."""
    import whisper

    heads: bytes | None = whisper._ALIGNMENT_HEADS.get(name)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    metadata = {"klass": "whisper.model.Whisper", "kwargs": json.dumps(pickled["dims"])}
    if heads is not None:
        metadata["alignment_heads"] = heads.decode("ascii")
    return dict(pickled["model_state_dict"]), metadata


def _state_dict(pickled: Any, _name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """A bare state dict, or one under the names that upscalers' training scripts give it."""
    for key in ("params_ema", "params", "state_dict"):
        if key in pickled:
            return dict(pickled[key]), {}
    return dict(pickled), {}


_CONVERTERS = {"beat_this": _beat_this, "whisper": _whisper, "state_dict": _state_dict}
