"""The proof sheet: line, reading, visual and verdict side by side, as one page that needs nothing else.

It does not know files. Every text of a person or a model is escaped; the page holds no script and no address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from mvlocal.pages.sheet import data_uri, paragraph, whole_page
from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Character, Location, Presence, Problem, Shot, ShotList, StoryBible
from mvlocal.story.clock_text import clock
from mvlocal.story.reading import Reading, read_lines
from mvlocal.story.scenery import strongest

_NO_PICTURES: Mapping[str, bytes] = {}


@dataclass(frozen=True)
class _Sheet:
    """What the page is told from."""

    bible: StoryBible
    shots: ShotList
    song: SongMap
    problems: tuple[Problem, ...]
    thumbnails: Mapping[str, bytes]

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        return read_lines([line.text for line in self.song.lyrics])

    @cached_property
    def people(self) -> Mapping[str, Character]:
        return {person.id: person for person in self.bible.characters}

    @cached_property
    def places(self) -> Mapping[str, Location]:
        return {place.id: place for place in self.bible.locations}


def proof_sheet(
    bible: StoryBible,
    shots: ShotList,
    song: SongMap,
    problems: Sequence[Problem],
    thumbnails: Mapping[str, bytes] = _NO_PICTURES,
) -> str:
    """The whole page as HTML: `problems` are the verifier's, `thumbnails` whole PNG or JPEG files by shot id.

    Raises:
        ValueError: a thumbnail is neither PNG nor JPEG.
    """
    sheet = _Sheet(bible, shots, song, tuple(problems), thumbnails)
    sung = sum(bool(shot.lyric_lines) for shot in shots.shots)
    return whole_page(
        "mvlocal.story",
        "proof",
        f"{bible.title}: proof sheet",
        title=escape(bible.title),
        artist=paragraph("artist", bible.artist) if bible.artist else "",
        logline=escape(bible.logline),
        facts=escape(
            f"{clock(song.duration_s)}, {song.tempo_bpm:.0f} bpm, {len(shots.shots)} shots ({sung} on sung lines), "
            f"{len(bible.locations)} places"
        ),
        style=escape(bible.style),
        verdict=_summary(problems),
        timeline=_timeline(sheet),
        cast="".join(map(_person, bible.characters)),
        places="".join(map(_place, bible.locations)),
        motifs=_motifs(bible),
        sections=_sections(sheet),
    )


# --- the song --------------------------------------------------------------------------------------------


def _timeline(sheet: _Sheet) -> str:
    """Acts, sections and cuts as three strips over the song's time."""
    song = sheet.song
    acts: list[tuple[float, str, str]] = []
    sections = song.sections
    for act in sheet.bible.acts:
        if act.first_section <= act.last_section < len(sections):
            length = sections[act.last_section].end_s - sections[act.first_section].start_s
            acts.append((length, act.name, ""))
    labels = [(section.end_s - section.start_s, section.label, section.label) for section in sections]
    cuts = [(shot.length_s, "", "sung" if shot.lyric_lines else "") for shot in sheet.shots.shots]
    told = "".join(
        f'<div><div class="label">{escape(act.name)}</div><p>{escape(act.turn)}</p></div>' for act in sheet.bible.acts
    )
    ends = f'<div class="clock small"><span>0:00</span><span>{clock(song.duration_s)}</span></div>'
    return f'{_strip(acts)}{_strip(labels)}{_strip(cuts, "cuts")}{ends}<div class="acts">{told}</div>'


def _strip(parts: Sequence[tuple[float, str, str]], kind: str = "") -> str:
    spans = "".join(
        f'<span class="{escape(css)}" style="flex:{max(length, 0.01):.3f} 1 0" title="{escape(text)}">'
        f"{escape(text)}</span>"
        for length, text, css in parts
    )
    return f'<div class="strip {kind}">{spans}</div>'


# --- who and where ---------------------------------------------------------------------------------------


def _person(person: Character) -> str:
    clothes = "".join(f"<li>{escape(w.id)}: {escape(w.description)}</li>" for w in person.wardrobe)
    props = f"<p class='small'>Carries: {escape(', '.join(person.props))}</p>" if person.props else ""
    age = f" ({escape(person.age)})" if person.age else ""
    return (
        f"<div><h3>{escape(person.name)}{age}</h3><p>{escape(person.appearance)}</p>"
        f"<ul class='small'>{clothes}</ul>{props}</div>"
    )


def _place(place: Location) -> str:
    swatches = "".join(f'<i style="background:{escape(colour)}"></i>' for colour in place.palette)
    return (
        f"<div><h3>{escape(place.name)}</h3><div class='swatches' aria-hidden='true'>{swatches}</div>"
        f"<p>{escape(place.description)}</p><p class='small'>{escape(place.light)}</p></div>"
    )


def _motifs(bible: StoryBible) -> str:
    if not bible.motifs:
        return ""
    told = "".join(
        f"<div><p>{escape(motif.description)}</p><ul class='small'>"
        + "".join(f"<li>{escape(change)}</li>" for change in motif.changes)
        + "</ul></div>"
        for motif in bible.motifs
    )
    return f"<h2>What returns</h2>{told}"


# --- line by line ----------------------------------------------------------------------------------------


def _sections(sheet: _Sheet) -> str:
    """Every shot under its section's heading, and between them the lines that no shot depicts."""
    shown: set[int] = set()
    parts: list[str] = []
    skipped = {skip.line: skip.why for skip in sheet.shots.skipped}
    rows: list[tuple[float, int, str]] = []
    for shot in sheet.shots.shots:
        rows.append((shot.start_s, shot.section, _row(sheet, shot, shown)))
        shown |= set(shot.lyric_lines)
    for n, line in enumerate(sheet.song.lyrics):
        if n not in shown:
            section = sheet.song.section_at(line.start_s)
            rows.append((line.start_s, section, _skipped(sheet, n, skipped.get(n, ""))))
    last = -1
    for _, section, html in sorted(rows, key=lambda row: row[0]):
        if section != last and section < len(sheet.song.sections):
            last = section
            start = clock(sheet.song.sections[section].start_s)
            parts.append(f"<h2>{escape(sheet.song.sections[section].label)} <span class='none'>{start}</span></h2>")
        parts.append(html)
    return "".join(parts)


def _row(sheet: _Sheet, shot: Shot, shown: set[int]) -> str:
    lines = [n for n in shot.lyric_lines if n < len(sheet.song.lyrics)]
    sung = "".join(_line(sheet, n, again=n in shown) for n in lines) or '<p class="none">no words</p>'
    picture = sheet.thumbnails.get(shot.id)
    image = f'<div><img src="{data_uri(picture)}" alt="{escape(shot.visual)}"></div>' if picture else ""
    why = paragraph("why", shot.why) if shot.why else ""
    found = [problem for problem in sheet.problems if shot.id in problem.shots]
    return (
        f'<section class="row{" pictured" if picture else ""}" id="{escape(shot.id)}">'
        f'<div class="time"><b>{escape(shot.id)}</b>{clock(shot.start_s)}<br> {shot.length_s:.1f} s</div>'
        f"<div>{sung}</div><div>{paragraph('visual', shot.visual)}{why}{_facts(sheet, shot)}{_verdict(found)}</div>"
        f"{image}"
        "</section>"
    )


def _line(sheet: _Sheet, n: int, *, again: bool) -> str:
    line, reading = sheet.song.lyrics[n], sheet.readings[n]
    if again:
        return paragraph("sung-line none", f"{line.text} (goes on)")
    parts = [("who", reading.who), ("does", reading.action), ("what", reading.object)]
    place = strongest(reading) or ""
    told = [f"{name}: {text}" for name, text in [*parts, ("where", place)] if text]
    account = "; ".join(told) if told else reading.account
    filmable = "can be filmed" if reading.filmable else "cannot be filmed as it stands"
    return paragraph("sung-line", line.text) + paragraph("how", f"{clock(line.start_s)} · {account} · {filmable}")


def _facts(sheet: _Sheet, shot: Shot) -> str:
    place = sheet.places.get(shot.location)
    parts = [
        shot.kind, shot.camera.words, place.name if place else shot.location, f"{shot.time_of_day}, {shot.weather}",
    ]  # fmt: skip
    parts += [_who(sheet, presence) for presence in shot.characters]
    if shot.level != "present":
        parts.append(shot.level)
    if shot.jump:
        parts.append(shot.jump)
    if shot.transition != "cut":
        parts.append(f"comes in by a {shot.transition}")
    if shot.continues:
        parts.append(f"goes on from {shot.continues}")
    if shot.photo:
        parts.append(f"photo {shot.photo}")
    world = "; ".join(shot.changes)
    after = paragraph("facts", f"then: {world}") if world else ""
    return paragraph("facts", " · ".join(parts)) + after


def _who(sheet: _Sheet, presence: Presence) -> str:
    person = sheet.people.get(presence.id)
    told = [person.name if person else presence.id, f"wears {presence.wardrobe}"]
    told += [presence.position] if presence.position else []
    told += [f"with {', '.join(presence.props)}"] if presence.props else []
    return ", ".join(told)


def _skipped(sheet: _Sheet, n: int, why: str) -> str:
    line = sheet.song.lyrics[n]
    reason = why or "nothing depicts it, and nothing says why"
    return (
        f'<section class="row"><div class="time"><b>skipped</b>{clock(line.start_s)}</div>'
        f'<div>{_line(sheet, n, again=False)}</div><div><p class="none">{escape(reason)}</p></div></section>'
    )


def _summary(problems: Sequence[Problem]) -> str:
    """The verifier's word on the whole plan, and what it finds beside single shots."""
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    if not problems:
        return paragraph("verdict", "The plan holds together.")
    word = paragraph(
        f"verdict {'error' if errors else 'warning'}",
        f"{errors} {'error' if errors == 1 else 'errors'} and {warnings} "
        f"{'warning' if warnings == 1 else 'warnings'}: each stands beside its shot.",
    )
    general = [found for found in problems if not found.shots]
    return word + (_verdict(general) if general else "")


def _verdict(found: Sequence[Problem]) -> str:
    if not found:
        return paragraph("verdict", "holds together")
    return "".join(
        paragraph(
            f"verdict {problem.severity}",
            f"{problem.rule}: {_stopped(problem.message)} Mend: {_stopped(problem.mend)}",
        )
        for problem in found
    )


def _stopped(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
