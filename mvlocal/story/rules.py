"""The deterministic planner: no model, the same song and seed always give the same story.

It does not know files, settings or how shots are made; it is honest about what it is in the logline's plainness.
"""

from __future__ import annotations

from dataclasses import replace

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import ShotList, SkippedLine, StoryBible
from mvlocal.story.bible import plan_bible
from mvlocal.story.choosing import StoryInput, choose_visuals
from mvlocal.story.form import form_of
from mvlocal.story.lines import assign_lines, section_of
from mvlocal.story.people import plan_cast
from mvlocal.story.reading import read_lines
from mvlocal.story.scenery import plan_scenery
from mvlocal.story.shooting import make_shots

__all__ = ["StoryInput", "assign_lines", "plan_by_rules", "section_of"]


def plan_by_rules(given: StoryInput) -> tuple[StoryBible, ShotList]:
    """Plans the whole song: exactly one shot a span, each sung line in some shot or skipped with a reason."""
    song = form_of(given.song)
    readings = read_lines([line.text for line in song.lyrics])
    scenery = plan_scenery(song, readings, given.brief.text, given.seed)
    cast = plan_cast(given.artist, readings, scenery.scenes[0].mood, given.seed)
    lines = assign_lines(song, given.spans)
    visuals = choose_visuals(replace(given, song=song), readings, scenery, cast, lines)
    shots = make_shots(given, song, readings, scenery, cast, lines, visuals)
    bible = plan_bible(given.title, given.brief, song, readings, scenery, cast, shots, given.seed)
    bible = _on_sections(bible, song, given.song)
    covered = {index for shot in shots for index in shot.lyric_lines}
    skipped = tuple(
        SkippedLine(line=n, why="it is over before a shot of its own can begin; the shot there shows its neighbour")
        for n in range(len(song.lyrics))
        if n not in covered
    )
    return bible, ShotList(shots=tuple(shots), skipped=skipped)


def _on_sections(bible: StoryBible, form: SongMap, song: SongMap) -> StoryBible:
    """The acts counted in the song's own sections instead of the form's passages."""

    def section(passage: int) -> int:
        part = form.sections[passage]
        return song.section_at(0.5 * (part.start_s + part.end_s))

    acts = tuple(
        act.model_copy(update={"first_section": section(act.first_section), "last_section": section(act.last_section)})
        for act in bible.acts
    )
    return bible.model_copy(update={"acts": acts})
