"""`models`: which weights there are, fetching them, and checking them. `fetch` alone uses the network."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from mvlocal.cli.options import AsJson
from mvlocal.cli.terminal import Terminal, shown, terminal
from mvlocal.errors import CheckFailed, MissingError, UserError
from mvlocal.weights.fetch import Progress as Told
from mvlocal.weights.fetch import fetch_model
from mvlocal.weights.inventory import Problem, State, record_weights, state_of, verify_weights
from mvlocal.weights.lock import read_lock
from mvlocal.weights.manifest import Model, read_manifest
from mvlocal.weights.places import models_folder

PLAIN_EVERY_S = 10.0
MARKS = {"ready": "ready  ", "unrecorded": "unknown", "partial": "partial", "missing": "absent "}


def register(app: typer.Typer, epilog: str) -> None:
    """Adds this module's commands."""
    models = typer.Typer(help="Weights: where they belong, licence and size.", no_args_is_help=True, epilog=epilog)
    models.command("list", epilog=epilog)(models_list)
    models.command("fetch", epilog=epilog)(models_fetch)
    models.command("verify", epilog=epilog)(models_verify)
    app.add_typer(models, name="models")


def models_list(as_json: AsJson = False) -> None:
    """List every model: whether it is here, its size and licence, and what needs it."""
    screen, manifest, lock = terminal(), read_manifest(), read_lock(models_folder())
    if as_json:
        rows = [_model_json(model, state_of(model, manifest, lock)) for model in manifest.models]
        screen.print_json({"folder": str(models_folder()), "models": rows})
        return
    screen.result(f"weights belong in {shown(models_folder())}")
    for model in manifest.models:
        use = f"for {', '.join(model.needed_by)}" if model.needed_by else f"not used yet (later: {model.later})"
        screen.result(
            f"{MARKS[state_of(model, manifest, lock)]} {model.name:<24} {model.size_text:<13} {model.licence}; {use}"
        )
        if model.limits:
            screen.result(f"        limits: {model.limits}")


def models_fetch(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Names as models list has them.")],
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="You have read and accept the licences that have limits.")
    ] = False,
    renew: Annotated[
        bool, typer.Option("--renew", help="Take a file that differs from the one that was recorded before.")
    ] = False,
) -> None:
    """Fetch weights by name into the models folder. This is the only command that uses the network."""
    screen, manifest = terminal(), read_manifest()
    chosen = [manifest.model(name) for name in dict.fromkeys(names)]
    _require_accepted(chosen, accepted=accept_licence)
    for model in chosen:
        screen.note(f"{model.name}: {model.licence}{f' ({model.limits})' if model.limits else ''}")
        with _telling(screen) as told:
            paths = fetch_model(model, manifest, told, renew=renew)
        for path in paths:
            screen.say(f"{model.name}: {shown(path)}")


def models_verify(
    as_json: AsJson = False,
    record: Annotated[
        bool, typer.Option("--record", help="Record files that you put there yourself, so that they may be loaded.")
    ] = False,
) -> None:
    """Check the weights that are there against their recorded hashes."""
    screen, manifest = terminal(), read_manifest()
    recorded = record_weights(manifest, lambda place: screen.note(f"recording {place}")) if record else []
    problems = verify_weights(manifest, lambda place: screen.note(f"reading {place}"))
    if as_json:
        rows = [{"kind": p.kind, "place": p.place, "what": p.what, "mend": p.mend} for p in problems]
        screen.print_json({"ok": not problems, "recorded": recorded, "problems": rows})
    else:
        _show_problems(screen, recorded, problems)
    if problems:
        only_missing = all(problem.kind == "missing" for problem in problems)
        raise typer.Exit(MissingError.exit_code if only_missing else CheckFailed.exit_code)


def _show_problems(screen: Terminal, recorded: list[str], problems: list[Problem]) -> None:
    for place in recorded:
        screen.result(f"recorded {place}")
    for problem in problems:
        screen.result(f"{problem.kind:<10} {problem.place}: {problem.what}")
        screen.result(f"           mend: {problem.mend}")
    screen.result(f"{len(problems)} problems" if problems else "every recorded file is what it was")


def _model_json(model: Model, state: State) -> dict[str, object]:
    return {
        "name": model.name,
        "family": model.family,
        "state": state,
        "size_bytes": model.size_bytes,
        "about_gb": model.about_gb,
        "licence": model.licence,
        "limits": model.limits,
        "gated": model.gated,
        "needed_by": list(model.needed_by),
        "later": model.later,
        "vram_gib": model.vram_gib,
        "files": [{"place": file.place, "url": file.url} for file in model.files],
    }


def _require_accepted(models: list[Model], *, accepted: bool) -> None:
    limited = [model for model in models if model.asks_first]
    if limited and not accepted:
        first = limited[0]
        raise UserError(
            f"{first.name} has a licence with limits: {first.licence}"
            + (f" ({first.limits})" if first.limits else "")
            + ("; its source wants it accepted on its page as well" if first.gated else ""),
            where=first.files[0].url,
            mend=f"read it, then: mvlocal models fetch {' '.join(m.name for m in models)} --accept-licence",
        )


@contextmanager
def _telling(screen: Terminal) -> Generator[Told]:
    """A bar on a terminal; elsewhere a line when a file starts and every ten seconds."""
    if not screen.live:
        yield _Lines(screen).hear
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen.err, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def hear(name: str, here: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=here, total=total)

        yield hear


class _Lines:
    def __init__(self, screen: Terminal) -> None:
        self._screen = screen
        self._next_s = 0.0

    def hear(self, name: str, here: int, total: int | None) -> None:
        if time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + PLAIN_EVERY_S
        share = f" of {total / 1e6:.0f}" if total else ""
        self._screen.note(f"{name}: {here / 1e6:.0f}{share} MB")
