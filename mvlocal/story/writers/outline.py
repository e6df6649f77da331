"""The song, the brief, the bible and the world as lines of data for a prompt.

It does not know how prompts are put together. Times are seconds of the song.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mvlocal.schema.song import LyricLine, SongMap
from mvlocal.schema.story import Brief, Shot, StoryBible
from mvlocal.story.world import WorldState
from mvlocal.story.writers.quoting import quoted

_MOST_SECTIONS = 60
_MOST_LINE = 160


def song_lines(song: SongMap, budget: int) -> list[str]:
    """The sections with their sung lines, about `budget` characters of them; what is left out is counted."""
    shown = song.sections[:_MOST_SECTIONS]
    share = max(_MOST_LINE, budget // len(shown))
    lines: list[str] = []
    for n, section in enumerate(shown):
        lines.append(
            f"section {n}: {section.label}, {section.start_s:.1f} to {section.end_s:.1f} s, energy {section.energy:.2f}"
        )
        lines += _sung(song, section.start_s, section.end_s, share)
    if len(song.sections) > len(shown):
        lines.append(f"({len(song.sections) - len(shown)} more sections; they come with their shots)")
    return lines


def _sung(song: SongMap, start_s: float, end_s: float, budget: int) -> Iterator[str]:
    inside = [n for n, line in enumerate(song.lyrics) if start_s <= line.start_s < end_s]
    for count, n in enumerate(inside):
        text = line_text(n, song.lyrics[n])
        budget -= len(text)
        if budget < 0 and count:
            yield f"({len(inside) - count} more lines here; they come with their shots)"
            return
        yield text


def line_text(n: int, line: LyricLine) -> str:
    """`line 3: Rain on the yellow station clock`."""
    return f"line {n}: {quoted(line.text, _MOST_LINE)}"


def brief_lines(title: str, artist: str, brief: Brief) -> list[str]:
    """What the artist wants."""
    lines = [f"title: {title or 'untitled'}", f"artist: {artist or 'unnamed'}"]
    lines += [f"wish: {brief.text}"] if brief.text else []
    lines += [f"style: {brief.style}"] if brief.style else []
    lines.append(f"literalness: {brief.literalness:.2f} (0 free, 1 word for word)")
    lines += [f"literalness in a {label}: {value:.2f}" for label, value in brief.literalness_by_section.items()]
    lines += [f"avoid: {thing}" for thing in brief.avoid]
    return lines


def bible_lines(bible: StoryBible) -> list[str]:
    """The bible with every id that a shot may name."""
    lines = [f"logline: {bible.logline}", f"style: {bible.style}"]
    lines += [f"act {act.name} (sections {act.first_section} to {act.last_section}): {act.turn}" for act in bible.acts]
    for person in bible.characters:
        carried = f" Carries {', '.join(person.props)}." if person.props else ""
        lines.append(f"person {person.id}: {person.name}. {person.appearance}{carried}")
        lines += [f"clothes {person.id}/{worn.id}: {worn.description}" for worn in person.wardrobe]
    lines += [f"place {at.id} ({at.kind}): {at.description} Light: {at.light}" for at in bible.locations]
    lines.append(f"things: {', '.join(bible.props) or 'none'}")
    for motif in bible.motifs:
        lines += [f"motif: {motif.description}", *motif.changes]
    return lines


def world_lines(world: WorldState) -> list[str]:
    """Who is where, in what clothes, with what; the hour and the weather."""
    lines: list[str] = []
    for who in sorted({*world.at, *world.wears, *world.carries}):
        carried = ", ".join(sorted(world.carries.get(who, ()))) or "nothing"
        at, worn = world.at.get(who, "not seen yet"), world.wears.get(who, "not seen yet")
        lines.append(f"{who}: at {at}, wears {worn}, carries {carried}")
    lines += [f"{what} is {state}" for what, state in sorted(world.states.items())]
    if world.time is not None:
        lines.append(f"it is {world.time}, {world.weather}, level {world.level}")
    return lines


def shot_text(shot: Shot, limit: int = 240) -> str:
    """One shot on one line."""
    people = ", ".join(f"{p.id}/{p.wardrobe}" + (f" with {' and '.join(p.props)}" if p.props else "")
                       for p in shot.characters)  # fmt: skip
    return (
        f"{shot.id} ({shot.kind}, {shot.camera.words}; {shot.location}, {shot.time_of_day}, {shot.weather}, "
        f"{shot.level}{'; ' + shot.jump if shot.jump else ''}{_joined(shot)}; {people or 'nobody'}): "
        f"{quoted(shot.visual, limit)}" + (f" [{'; '.join(shot.changes)}]" if shot.changes else "")
    )


def _joined(shot: Shot) -> str:
    """What joins a shot to the one before, where it is more than a cut."""
    continues = f"; continues {shot.continues}" if shot.continues else ""
    return continues + (f"; {shot.transition}" if shot.transition != "cut" else "")


def shots_lines(shots: Sequence[Shot], budget: int) -> list[str]:
    """The whole sequence, its visuals cut so that all of it takes about `budget` characters."""
    fixed = sum(len(shot_text(shot, 1)) for shot in shots)
    limit = max(24, min(240, (budget - fixed) // max(len(shots), 1)))
    return [shot_text(shot, limit) for shot in shots]
