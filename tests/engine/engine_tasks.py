"""Tiny task functions for the engine's tests; they run in workers, looked up by name."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import cast

from mvlocal.engine.task import Json, TaskContext, TaskOutputs
from mvlocal.errors import InputError

_calls = 0


def _write(context: TaskContext, name: str, content: bytes) -> Path:
    path = context.workdir / name
    path.write_bytes(content)
    return path


def text(context: TaskContext) -> TaskOutputs:
    """Joins its inputs' content, its `text` and its seed."""
    parts = [context.inputs[name].read_bytes() for name in sorted(context.inputs)]
    said = str(context.params.get("text", "")).encode()
    seed = b"" if context.seed is None else str(context.seed).encode()
    time.sleep(float(str(context.params.get("sleep_s", 0))))
    return TaskOutputs({"main": _write(context, "out.txt", b"|".join([*parts, said, seed]))})


def imported(context: TaskContext) -> TaskOutputs:
    """Notes which of the modules `names` this process had imported before."""
    names = cast("list[str]", context.params["names"])
    found: list[Json] = [name for name in names if name in sys.modules]
    return TaskOutputs({"main": _write(context, "out.txt", b"")}, {"imported": found})


def two(context: TaskContext) -> TaskOutputs:
    """Two outputs, notes and a warning."""
    files = {"left": _write(context, "left.txt", b"left"), "right": _write(context, "right.bin", b"right")}
    return TaskOutputs(files, {"count": 2, "list": [1, 2.5, None]}, (("odd", "here", "do that"),))


def bulk(context: TaskContext) -> TaskOutputs:
    """`size` bytes that follow from the task's text and inputs."""
    seed = str(context.params.get("text", "")).encode()
    for name in sorted(context.inputs):
        seed += context.inputs[name].read_bytes()
    block = hashlib.sha256(seed).digest()
    size = int(str(context.params["size"]))
    time.sleep(float(str(context.params.get("sleep_s", 0))))
    return TaskOutputs({"main": _write(context, "out.bin", (block * (size // 32 + 1))[:size])})


def log_run(context: TaskContext) -> TaskOutputs:
    """Like `bulk`, and adds a line to the file in `log` when it starts."""
    with Path(str(context.params["log"])).open("a") as log:
        log.write(context.task_id + "\n")
    return bulk(context)


def count_calls(context: TaskContext) -> TaskOutputs:
    """Says how many calls this worker has seen, and which process it is."""
    global _calls
    _calls += 1
    said = {"calls": _calls, "pid": os.getpid(), "heavy": "numpy" in sys.modules}
    return TaskOutputs({"main": _write(context, "out.json", json.dumps(said).encode())}, said)


def wait_for(context: TaskContext) -> TaskOutputs:
    """Says it runs (file `ready`), waits for the file `go`, then does as `text`."""
    Path(str(context.params["ready"])).touch()
    while not Path(str(context.params["go"])).exists():
        time.sleep(0.01)
    return text(context)


def sleep(context: TaskContext) -> TaskOutputs:
    """Silent for `sleep_s` seconds; says first where it runs, in the file `pids`."""
    with Path(str(context.params["pids"])).open("a") as pids:
        pids.write(f"{os.getpid()}\n")
    time.sleep(float(str(context.params["sleep_s"])))
    return text(context)


def sleep_once(context: TaskContext) -> TaskOutputs:
    """Hangs the first time, works the second."""
    mark = Path(str(context.params["mark"]))
    if not mark.exists():
        mark.touch()
        time.sleep(600)
    return text(context)


def lively(context: TaskContext) -> TaskOutputs:
    """Takes long but reports all the while."""
    for step in range(20):
        time.sleep(0.1)
        context.progress(step / 20, "working")
    return text(context)


def die(context: TaskContext) -> TaskOutputs:
    """Ends its worker by the signal in `signal`, unless the file `mark` exists already."""
    mark = Path(str(context.params["mark"]))
    if not mark.exists():
        if context.params.get("once"):
            mark.touch()
        print("last words", flush=True)
        os.kill(os.getpid(), int(str(context.params["signal"])))
        time.sleep(10)
    return text(context)


def leave(context: TaskContext) -> TaskOutputs:
    """Ends its worker as `os._exit` does."""
    os._exit(3)


def quit_python(context: TaskContext) -> TaskOutputs:
    """Raises SystemExit, as a careless library does."""
    sys.exit(5)


def refuse(context: TaskContext) -> TaskOutputs:
    """Raises one of our own errors."""
    raise InputError("The song is silent.", where="song.wav", mend="Give another song.")


def bug(context: TaskContext) -> TaskOutputs:
    """Raises what nobody expected."""
    empty: dict[str, int] = {}
    return TaskOutputs({"main": Path(str(empty["no such key"]))})


def disk_full(context: TaskContext) -> TaskOutputs:
    """Fails as a full disk makes it."""
    raise OSError(int(str(context.params["errno"])), os.strerror(int(str(context.params["errno"]))))


def no_memory(context: TaskContext) -> TaskOutputs:
    """Fails as a full memory makes it."""
    raise MemoryError


def linked(context: TaskContext) -> TaskOutputs:
    """Hands on its input as a link instead of a file of its own."""
    path = context.workdir / "out.txt"
    if context.params.get("hard"):
        path.hardlink_to(context.inputs["in0"])
    else:
        path.symlink_to(context.inputs["in0"])
    return TaskOutputs({"main": path})


def elsewhere(context: TaskContext) -> TaskOutputs:
    """Hands over a file that is not in its workdir."""
    return TaskOutputs({"main": context.inputs["in0"]})


def bad_notes(context: TaskContext) -> TaskOutputs:
    """Notes that are not plain JSON."""
    return TaskOutputs({"main": _write(context, "out.txt", b"x")}, {"path": Path("x")})  # type: ignore[dict-item]


def edits(context: TaskContext) -> TaskOutputs:
    """Edits the file in `path` while it runs: to `to`, and back again to `back` when that is given."""
    mark = Path(str(context.params.get("mark", "/nonexistent")))
    target = Path(str(context.params["path"]))
    if not mark.exists():
        target.write_text(str(context.params["to"]))
        if "back" in context.params:
            mark.touch()
            read = text(context)
            target.write_text(str(context.params["back"]))
            return read
    return text(context)


def random_bytes(context: TaskContext) -> TaskOutputs:
    """Never the same twice."""
    return TaskOutputs({"main": _write(context, "out.bin", os.urandom(16))})


def require_text(name: str, path: Path) -> None:
    """A check: the file must not hold the word `bad`."""
    if b"bad" in path.read_bytes():
        raise InputError("This output is bad.", where=name)


def ignore_terminate(context: TaskContext) -> TaskOutputs:
    """Ends only by SIGKILL."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return sleep(context)
