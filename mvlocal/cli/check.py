"""`status`, `doctor` and `store`: what is done, what runs here, and whether stored work is sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mvlocal.cli.options import AsJson, Overrides, Profile, ProjectDir
from mvlocal.cli.terminal import shown, terminal
from mvlocal.errors import BusyError, CheckFailed
from mvlocal.project import Project, find_project
from mvlocal.studio import RenderRequest, default_output, open_studio

if TYPE_CHECKING:
    from mvlocal.survey import StageStatus
    from mvlocal.watching import NowMaking


def register(app: typer.Typer, epilog: str) -> None:
    """Adds this module's commands."""
    app.command("status", epilog=epilog)(status)
    app.command("doctor", epilog=epilog)(doctor)
    store = typer.Typer(help="The artefact store of a project.", no_args_is_help=True, epilog=epilog)
    store.command("verify", epilog=epilog)(store_verify)
    store.command("gc", epilog=epilog)(store_gc)
    app.add_typer(store, name="store")


def status(
    where: ProjectDir = Path(),
    profile: Profile = None,
    overrides: Overrides = None,
    as_json: AsJson = False,
) -> None:
    """Say what is done, what is left, and about how long that takes here."""
    from mvlocal.survey import stages_of, survey  # every stage comes with it
    from mvlocal.watching import read_now

    screen = terminal()
    request = RenderRequest(profile=profile, overrides=tuple(overrides or ()))
    project = find_project(where)
    try:
        with open_studio(project, request) as studio:
            found = survey(studio, request)
            stages = stages_of(found)
            output = default_output(studio)
    except BusyError:
        now = read_now(project.now_file)
        if now is None:
            raise
        _show_now(project, now, as_json=as_json)
        return
    if as_json:
        document = {
            "profile": found.profile,
            "stages": [_stage_json(stage) for stage in stages],
            "output": str(output),
        }
        screen.print_json(document)
        return
    screen.result(f"profile {found.profile}: {found.why}")
    for stage in stages:
        left = "done" if stage.done == stage.total else f"about {stage.seconds_left:.0f} s left"
        counted = f"{stage.done}/{stage.total}" if stage.known else "not planned yet"
        screen.result(f"  {stage.name:<10} {counted:<16} {left if stage.known else ''}".rstrip())
    screen.result(f"{shown(output)}{'' if output.exists() else ' (not made yet)'}")


def _show_now(project: Project, now: NowMaking, *, as_json: bool) -> None:
    """What a run that holds the project is making."""
    screen = terminal()
    if as_json:
        stages = [{"name": name, "done": done, "total": total} for name, (done, total) in now.stages.items()]
        tasks = [{"task": task, "done": share, "note": note} for task, (share, note) in now.tasks.items()]
        screen.print_json({"profile": now.profile, "stages": stages, "running": tasks})
        return
    screen.result(f"profile {now.profile}: running now")
    for name, (done, total) in now.stages.items():
        screen.result(f"  {name:<10} {done}/{total}")
    for task, (share, note) in now.tasks.items():
        preview = project.previews / f"{task.rpartition('/')[2].partition('.')[0]}.jpg"
        seen = f" ({shown(preview)})" if preview.is_file() else ""
        screen.result(f"  making {task}: {share:.0%}{f', {note}' if note else ''}{seen}")


def _stage_json(stage: StageStatus) -> dict[str, object]:
    return {
        "name": stage.name,
        "done": stage.done,
        "total": stage.total,
        "seconds_left": round(stage.seconds_left, 1),
    }


def doctor(
    where: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A project to check as well.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what runs here, what is missing, and the exact mend."""
    from mvlocal.doctor import examine  # asks every library whether it is there

    screen = terminal()
    findings = examine(where)
    ok = all(finding.ok or not finding.needed for finding in findings)
    if as_json:
        checks = [
            {
                "name": finding.name,
                "ok": finding.ok,
                "needed": finding.needed,
                "found": finding.found,
                "mend": finding.mend,
            }
            for finding in findings
        ]
        screen.print_json({"ok": ok, "checks": checks})
    else:
        for finding in findings:
            mark = "ok     " if finding.ok else "MISSING" if finding.needed else "absent "
            screen.result(f"{mark} {finding.name:<18} {finding.found}")
            if finding.mend and not finding.ok:
                screen.result(f"        mend: {finding.mend}")
    if not ok:
        raise typer.Exit(CheckFailed.exit_code)


def store_verify(where: ProjectDir = Path(), as_json: AsJson = False) -> None:
    """Check every stored file against its hash."""
    screen = terminal()
    with open_studio(find_project(where), RenderRequest()) as studio:
        problems = studio.store.verify(set_aside=True)
    if as_json:
        listed = [{"task": p.task_id, "path": str(p.path), "what": p.what} for p in problems]
        screen.print_json({"ok": not problems, "problems": listed})
    else:
        for problem in problems:
            screen.result(f"{problem.what}: {problem.path} (of {problem.task_id or 'an unknown task'})")
        screen.result(
            f"{len(problems)} damaged; the next render makes them again" if problems else "every stored file is sound"
        )
    if problems:
        raise typer.Exit(CheckFailed.exit_code)


def store_gc(where: ProjectDir = Path(), as_json: AsJson = False) -> None:
    """Remove stored files that neither the current plan nor an export made before needs."""
    from mvlocal.survey import collect_garbage  # every stage comes with it

    screen = terminal()
    request = RenderRequest()
    with open_studio(find_project(where), request) as studio:
        report = collect_garbage(studio, request)
    if as_json:
        screen.print_json({"records": report.records, "files": report.blobs, "bytes": report.bytes})
        return
    screen.result(f"removed {report.blobs} files, {report.bytes / 1e6:.1f} MB")
