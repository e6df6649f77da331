"""`analyze`, `plan` and `verify`. They ask the pipeline and show what it found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mvlocal.cli.options import AsJson, Overrides, Profile, ProjectDir
from mvlocal.cli.progress import showing_progress
from mvlocal.cli.terminal import shown, terminal
from mvlocal.errors import CheckFailed
from mvlocal.project import find_project
from mvlocal.studio import RenderRequest

if TYPE_CHECKING:
    from mvlocal.listen import Listening
    from mvlocal.schema.song import Section, SongMap
    from mvlocal.schema.story import Problem, ShotList


def register(app: typer.Typer, epilog: str) -> None:
    """Adds this module's commands."""
    app.command("analyze", epilog=epilog)(analyze)
    app.command("plan", epilog=epilog)(plan)
    app.command("verify", epilog=epilog)(verify)


def analyze(
    where: Annotated[Path, typer.Argument(metavar="SONG or DIR", help="A song file, or a project.")],
    lyrics: Annotated[Path | None, typer.Option("--lyrics", help="Lyrics for a bare song.")] = None,
    as_json: AsJson = False,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the song map.")] = None,
    export: Annotated[
        list[Path] | None,
        typer.Option(
            "--export",
            metavar="FILE",
            help="Audacity .txt, reaper.csv, audition.csv, .lrc, .mid (tempo map) or clicks.wav.",
        ),
    ] = None,
) -> None:
    """Hear the song: beats, downbeats, sections, energy, vocals and timed lyrics."""
    from mvlocal.listen import export_song_map, listen, plot_song  # the pipeline comes with it

    screen = terminal()
    screen.json_only = as_json
    with showing_progress(screen) as hear:
        heard = listen(where, lyrics, hear)
    if plot is not None:
        plot_song(heard, plot)
        screen.say(f"wrote {shown(plot)}")
    for target in export or ():
        export_song_map(heard, target)
        screen.say(f"wrote {shown(target)}")
    if as_json:
        screen.print_json(json.loads(heard.song_map.to_json()))
        return
    _show_song(heard)


def _show_song(heard: Listening) -> None:
    song, screen = heard.song_map, terminal()
    screen.say(
        f"{heard.song_file.name}: {song.duration_s:.1f} s, {song.tempo_bpm:.1f} bpm, "
        f"{song.beats_per_bar}/4, {len(song.beats)} beats, {len(song.downbeats)} bars"
    )
    for section in song.sections:
        bar = "#" * round(section.energy * 20)
        screen.say(f"  {_clock(section.start_s)}  {section.label:<10} {bar:<20} {_lines_in(song, section)}")
    for text in song.unplaced_lyrics:
        screen.warn(f"a lyric line has no place in the song: {text!r}")


def _lines_in(song: SongMap, section: Section) -> str:
    lines = [line.text for line in song.lyrics if section.start_s <= line.start_s < section.end_s]
    return f"{lines[0]} ..." if len(lines) > 1 else "".join(lines)


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:05.2f}"


def plan(
    where: ProjectDir = Path(),
    profile: Profile = None,
    overrides: Overrides = None,
    rewrite: Annotated[bool, typer.Option("--rewrite", help="Replace your edits; locked shots stay.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the story: bible and shot list, for you to edit."""
    from mvlocal.render import story_of  # every stage comes with it

    screen = terminal()
    screen.json_only = as_json
    project = find_project(where)
    request = RenderRequest(profile=profile, overrides=tuple(overrides or ()), until="plan", rewrite=rewrite)
    with showing_progress(screen) as hear:
        story = story_of(project, request, hear, sheets=True)
    if as_json:
        screen.print_json(
            {
                "bible": json.loads(story.bible.to_json()),
                "shots": json.loads(story.shots.to_json())["shots"],
                "edited": [str(path) for path in story.edited],
                "problems": [problem.model_dump(mode="json") for problem in story.problems],
            }
        )
        return
    screen.say(f"{story.bible.title}: {story.bible.logline}")
    screen.say(f"{len(story.shots.shots)} shots, {len(story.bible.locations)} places")
    for path in story.edited:
        screen.say(f"your edits in {shown(path)} are kept (--rewrite replaces them)")
    _show_problems(story.problems, story.shots)
    screen.result(shown(project.bible_file))
    screen.result(shown(project.shots_file))
    for sheet in (project.out / "story.html", project.out / "storyboard.pdf"):
        if sheet.exists():
            screen.result(shown(sheet))


def verify(
    where: Annotated[Path, typer.Argument(metavar="DIR or BIBLE.yaml", help="A project, or its bible.")] = Path(),
    profile: Profile = None,
    overrides: Overrides = None,
    as_json: AsJson = False,
) -> None:
    """Find contradictions in the plan before any frame is made."""
    from mvlocal.plan_files import judge_files, project_of_bible
    from mvlocal.render import story_of  # every stage comes with it

    screen = terminal()
    screen.json_only = as_json
    request = RenderRequest(profile=profile, overrides=tuple(overrides or ()), until="plan")
    project = project_of_bible(where) if where.suffix in (".yaml", ".yml") else find_project(where)
    if project is None:
        shots, problems = judge_files(where)
        screen.say("no song is at hand: lyrics and beats were not checked")
    else:
        with showing_progress(screen) as hear:
            story = story_of(project, request, hear)
        shots, problems = story.shots, story.problems
    errors = sum(problem.severity == "error" for problem in problems)
    ok = errors == 0
    if as_json:
        screen.print_json({"ok": ok, "problems": [problem.model_dump(mode="json") for problem in problems]})
    else:
        _show_problems(problems, shots)
        places = "1 place" if errors == 1 else f"{errors} places"
        screen.result(f"{len(shots.shots)} shots hold together" if ok else f"the plan contradicts itself in {places}")
    if not ok:
        raise typer.Exit(CheckFailed.exit_code)


def _show_problems(problems: tuple[Problem, ...], shots: ShotList) -> None:
    from mvlocal.story.verify import report

    for line in report(problems, shots.shots).splitlines():
        terminal().result(line)
