"""`render` and the commands for one stage of it. It asks the pipeline and shows what was done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mvlocal.cli.options import AsJson, Overrides, Profile, ProjectDir, Shots, read_shot_numbers
from mvlocal.cli.progress import showing_progress
from mvlocal.cli.terminal import shown, terminal
from mvlocal.errors import UserError
from mvlocal.project import Project, find_project, project_beside
from mvlocal.studio import RenderRequest, open_studio, settings_for

if TYPE_CHECKING:
    from mvlocal.render import Rendered
    from mvlocal.survey import Survey


def register(app: typer.Typer, epilog: str) -> None:
    """Adds this module's commands."""
    app.command("render", epilog=epilog)(render)
    app.command("keyframes", epilog=epilog)(keyframes)
    app.command("skip", epilog=epilog)(skip)
    for name, until, help_text in (
        ("animate", "animate", "Make the clip of every shot (out/clips/)."),
        ("finish", "finish", "Join clips and song to the finished video (the same as render)."),
    ):
        app.command(name, epilog=epilog, help=help_text)(_stage_command(until))


def render(
    where: Annotated[Path, typer.Argument(metavar="[DIR or SONG]", help="A project, or a song file.")] = Path(),
    profile: Profile = None,
    overrides: Overrides = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the video.")] = None,
    until: Annotated[str, typer.Option("--until", metavar="STAGE", help="Stop after this stage.")] = "finish",
    shots: Shots = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would run, and why.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say which change made each task run.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the music video: everything up to the finished file. Resumes where it stopped."""
    project = project_beside(where) if where.is_file() else find_project(where)
    request = RenderRequest(
        profile=profile,
        overrides=tuple(overrides or ()),
        until=until,
        shots=read_shot_numbers(shots),
        out=out,
    )
    if dry_run or explain:
        found = _survey(project, request)
        if dry_run:
            _show_survey(found, as_json=as_json)
            return
        _explain(found)
    _render_and_tell(project, request, as_json=as_json)


def keyframes(
    where: ProjectDir = Path(),
    profile: Profile = None,
    overrides: Overrides = None,
    shots: Shots = "",
    reroll: Annotated[bool, typer.Option("--reroll", help="Make new candidates of --shots.")] = False,
    pick: Annotated[list[str] | None, typer.Option("--pick", metavar="s03=2", help="Use this candidate.")] = None,
    still: Annotated[
        list[str] | None, typer.Option("--still", metavar="s03=FILE", help="Use a picture of your own.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the still of every shot, and sheets of all candidates (out/keyframes/, out/keyframes.html)."""
    from mvlocal.choosing_stills import choose_stills, require_candidates, shot_named  # the graph comes with it

    project = find_project(where)
    numbers = read_shot_numbers(shots)
    if reroll and not numbers:
        raise UserError("of which shots?", where="--reroll", mend="write --shots 3,7-9 --reroll")
    picks = {shot_named(project, shot): _number(value) for shot, value in _pairs(pick, "--pick s03=2")}
    stills = {shot_named(project, shot): Path(value) for shot, value in _pairs(still, "--still s03=picture.png")}
    again = [shot_named(project, str(number)) for number in numbers] if reroll else []
    request = RenderRequest(profile=profile, overrides=tuple(overrides or ()), until="keyframes", shots=numbers)
    if picks or stills or again:
        require_candidates(settings_for(project, request).settings)
        choose_stills(project, picks=picks, stills=stills, reroll=again)
    _render_and_tell(project, request, as_json=as_json)


def skip(
    where: Annotated[Path, typer.Argument(metavar="DIR", help="The project folder.")],
    shot: Annotated[str, typer.Argument(metavar="SHOT", help="Such as s07.")],
    stand_in: Annotated[str, typer.Option("--with", metavar="animatic", help="Let the drawn shot stand in.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Make it after all.")] = False,
) -> None:
    """Stop one shot and leave it out; the others go on."""
    from mvlocal.choosing_stills import shot_named, skip_shot  # the graph comes with it

    if stand_in not in ("", "animatic"):
        raise UserError(f"{stand_in!r} cannot stand in", where="--with", mend="write --with animatic, or leave it out")
    project = find_project(where)
    name = shot_named(project, shot)
    asked = skip_shot(project, name, "no" if undo else "animatic" if stand_in else "leave")
    if undo:
        terminal().say(f"{name} is made again by the next render")
    elif asked:
        terminal().say(f"the running render was asked to stop {name}")
    else:
        terminal().say(f"{name} is {'drawn' if stand_in else 'left out'} from the next render on")


def _pairs(given: list[str] | None, form: str) -> list[tuple[str, str]]:
    pairs = [text.partition("=") for text in given or ()]
    for shot, equals, value in pairs:
        if not shot or not equals or not value:
            raise UserError(
                f"{shot}{equals}{value} names no shot and value", where=form.split()[0], mend=f"write {form}"
            )
    return [(shot, value) for shot, _, value in pairs]


def _number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise UserError(f"{text!r} is not a candidate's number", where="--pick", mend="write --pick s03=2")
    return int(text)


def _stage_command(until: str) -> Callable[..., None]:
    def command(
        where: ProjectDir = Path(),
        profile: Profile = None,
        overrides: Overrides = None,
        shots: Shots = "",
        as_json: AsJson = False,
    ) -> None:
        request = RenderRequest(
            profile=profile, overrides=tuple(overrides or ()), until=until, shots=read_shot_numbers(shots)
        )
        _render_and_tell(find_project(where), request, as_json=as_json)

    return command


def _render_and_tell(project: Project, request: RenderRequest, *, as_json: bool) -> None:
    from mvlocal.render import render_project  # every stage comes with it

    screen = terminal()
    screen.json_only = as_json
    with showing_progress(screen) as hear:
        done = render_project(project, request, hear)
    if as_json:
        screen.print_json(to_json(done))
        return
    screen.say(f"profile {done.profile}: {done.why}")
    screen.say(
        f"{done.duration_s:.1f} s of song, {done.shots} shots; {done.tasks_run} tasks run, "
        f"{done.tasks_cached} kept from before, in {done.seconds_total:.1f} s"
    )
    screen.result(shown(done.output))


def to_json(done: Rendered) -> dict[str, object]:
    """The document of `render --json`."""
    return {
        "output": str(done.output),
        "profile": done.profile,
        "duration_s": done.duration_s,
        "fps": done.fps,
        "shots": done.shots,
        "tasks_run": done.tasks_run,
        "tasks_cached": done.tasks_cached,
        "seconds": {"total": round(done.seconds_total, 3), "models": round(done.seconds_models, 3)},
    }


def _survey(project: Project, request: RenderRequest) -> Survey:
    from mvlocal.survey import survey  # every stage comes with it

    with open_studio(project, request) as studio:
        return survey(studio, request)


def _show_survey(found: Survey, *, as_json: bool) -> None:
    screen = terminal()
    if as_json:
        tasks = [
            {"task": one.task.id, "cached": one.cached, "why": list(one.why), "seconds": one.expected_s}
            for one in found.planned
        ]
        screen.print_json({"profile": found.profile, "complete": found.complete, "tasks": tasks})
        return
    screen.say(f"profile {found.profile}: {found.why}")
    _explain(found)
    left = [one for one in found.planned if not one.cached]
    seconds = sum(one.expected_s for one in left)
    screen.result(f"{len(left)} of {len(found.planned)} tasks would run, about {seconds:.0f} s of work")
    if not found.complete:
        screen.result("later stages follow from what these make, so they are not counted yet")


def _explain(found: Survey) -> None:
    for one in found.planned:
        if not one.cached:
            terminal().say(f"would run {one.task.id}: {'; '.join(one.why)}")
