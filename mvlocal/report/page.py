"""The report as one page: the video, how it keeps to the song, its story, and what it was made with.

It does not know files. Every text of a person or a model is escaped; the page holds no script and no address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from mvlocal.pages.sheet import data_uri, paragraph, whole_page
from mvlocal.report.beats import NEAR_S, OnBeat, measure, offset
from mvlocal.report.charts import Dot, Span, bars_chart, cut_chart, strip_chart
from mvlocal.report.facts import ReportFacts, Setting, ShotFacts, StageTime, Told
from mvlocal.timing import FrameRate, Seconds

_CLOCK_S = 60


def report_page(facts: ReportFacts) -> str:
    """The whole page as HTML."""
    account = facts.account
    sections = [
        _warnings(facts.warnings),
        _song(facts),
        _cuts(facts),
        _story(facts),
        _likeness(facts),
        _drift(facts),
        _made(facts),
        _settings(facts.settings),
        _models(facts),
        _times(facts.times),
        _versions(facts),
    ]
    return whole_page(
        "mvlocal.report",
        "report",
        f"{account.title}: report",
        title=escape(account.title or "Music video"),
        artist=paragraph("artist", account.artist) if account.artist else "",
        facts=escape(_headline(facts)),
        video=escape(quote(facts.video)),
        aspect=f"{account.width} / {account.height}",
        video_note=escape(f"The video lies beside this page: {facts.video}"),
        sections="".join(sections),
    )


def clock(t: Seconds) -> str:
    """Song time as `m:ss.s`."""
    tenths = round(10 * max(t, 0.0))
    return f"{tenths // 600}:{tenths // 10 % _CLOCK_S:02d}.{tenths % 10}"


def _headline(facts: ReportFacts) -> str:
    account = facts.account
    length = account.frames / float(FrameRate.parse(account.fps).value)
    told = [
        f"{int(length) // 60}:{int(length) % 60:02d}",
        f"{account.width} x {account.height}",
        f"{account.fps} frames a second",
        f"{account.shots} {'shot' if account.shots == 1 else 'shots'}",
        f"profile {account.profile}",
    ]
    return " · ".join(told) + (f" ({facts.why_profile})" if facts.why_profile else "")


def _section(title: str, *parts: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def _warnings(warnings: Sequence[Told]) -> str:
    if not warnings:
        return ""
    told = "".join(
        f'<div class="warn">{paragraph("what", f"{one.where}: {one.what}" if one.where else one.what)}'
        f"{paragraph('mend', one.mend) if one.mend else ''}</div>"
        for one in warnings
    )
    return _section(f"Warnings ({len(warnings)})", told)


# --- the song and the cuts -------------------------------------------------------------------------------


def _song(facts: ReportFacts) -> str:
    song, loud = facts.song, facts.account.loudness
    told = f"{song.tempo_bpm:.0f} bpm, {song.beats_per_bar} beats a bar, {len(song.beats)} beats, "
    told += f"{len(song.sections)} sections, {len(song.lyrics)} lines of lyrics"
    plot = f'<img class="plot" src="{data_uri(facts.plot)}" alt="The song over time">' if facts.plot else ""
    if loud is not None:
        told += (
            f". Loudness {loud.integrated_lufs:.1f} LUFS, range {loud.range_lu:.1f} LU, "
            f"true peak {loud.true_peak_dbtp:+.1f} dBTP; the song is as it was"
        )
    return _section("The song", plot, paragraph("note", f"{told}."))


def _cuts(facts: ReportFacts) -> str:
    song = facts.song
    cuts = [shot for shot in facts.shots if shot.cut_s > 0]
    times = [shot.cut_s for shot in cuts]
    near = max(NEAR_S, FrameRate.parse(facts.account.fps).frame_s / 2)
    beats = measure(times, song.beats, song.duration_s, near)
    bars = measure(times, song.downbeats, song.duration_s, near)
    if beats is None:
        return _section("Cuts", paragraph("note", "There is no cut, or no beat, to compare."))
    downbeats = set(song.downbeats)
    dots = [_dot(shot, song.beats, downbeats) for shot in cuts]
    spans = [Span(section.start_s, section.end_s, section.label) for section in song.sections]
    shares = [("on a beat", beats.share, beats.by_chance)]
    shares += [("on a downbeat", bars.share, bars.by_chance)] if bars is not None else []
    return _section(
        "Cuts against beats",
        paragraph("says", _said(beats, len(times), near)),
        bars_chart(shares),
        paragraph("note", "The upright mark is what cuts at random moments of this song would reach on average."),
        cut_chart(dots, spans, song.duration_s, near),
        paragraph("note", f"Each mark is a cut; the large ones lie on downbeats. The band is {1000 * near:.0f} ms."),
    )


def _said(beats: OnBeat, cuts: int, near: Seconds) -> str:
    return (
        f"{100 * beats.share:.0f}% of {cuts} cuts lie within {1000 * near:.0f} ms of a beat; at random it would be "
        f"{100 * beats.by_chance:.0f}%. Half of them are within {1000 * beats.median_s:.0f} ms, "
        f"the farthest is {1000 * beats.worst_s:.0f} ms off."
    )


def _dot(shot: ShotFacts, beats: Sequence[Seconds], downbeats: set[Seconds]) -> Dot:
    away = offset(shot.cut_s, beats)
    nearest = min(beats, key=lambda beat: abs(beat - shot.cut_s))
    return Dot(shot.cut_s, away, nearest in downbeats, f"{shot.shot.id} at {clock(shot.cut_s)}, {1000 * away:+.0f} ms")


# --- the story -------------------------------------------------------------------------------------------


def _story(facts: ReportFacts) -> str:
    links = "".join(
        f' · <a href="{escape(quote(address))}">{escape(title)}</a>' for title, address in facts.sheets.items()
    )
    proof = f'<a href="{escape(quote(facts.story))}">proof sheet</a>'
    head = f'<p class="note">Line, reading and plan side by side: {proof}{links}</p>'
    return _section("The story, shot by shot", head, f'<div class="shots">{"".join(map(_shot, facts.shots))}</div>')


def _shot(one: ShotFacts) -> str:
    shot = one.shot
    image = f'<img src="{data_uri(one.picture)}" alt="{escape(shot.visual)}" loading="lazy">' if one.picture else ""
    how = f" · {shot.transition}" if shot.transition != "cut" else ""
    return (
        f"<figure>{image}<figcaption><b>{escape(shot.id)}</b> <span>{clock(one.cut_s)}{escape(how)}</span>"
        f"<i>{escape(shot.visual)}</i></figcaption></figure>"
    )


def _likeness(facts: ReportFacts) -> str:
    if not facts.likeness:
        return ""
    people = dict.fromkeys(one.person for one in facts.likeness)
    parts: list[str] = []
    for person in people:
        rows = [(one.shot, one.values, one.chosen) for one in facts.likeness if one.person == person]
        parts += [paragraph("label", person), strip_chart(rows, 1.0, None)]
    note = "Each column is a shot, each mark a candidate; the large one was taken. 1 is the likeness of two photos."
    return _section("Likeness", *parts, paragraph("note", note))


def _drift(facts: ReportFacts) -> str:
    if not facts.drift:
        return ""
    rows = [(one.shot, one.scores, one.scores[-1]) for one in facts.drift]
    top = max(1.2, *(score for one in facts.drift for score in one.scores))
    note = "How far the picture had moved from its start at the end of each link; the line is the limit."
    return _section("Drift along chains", strip_chart(rows, top, 1.0), paragraph("note", note))


# --- what it was made with -------------------------------------------------------------------------------


def _made(facts: ReportFacts) -> str:
    account = facts.account
    where = "in the file's tags and in the account beside it" if account.disclosed else "in the account beside it"
    signed = " The file carries a signed account (C2PA)." if account.signed else ""
    credits_ = "".join(f"<li>{escape(line)}</li>" for line in account.credits)
    return _section(
        "How it was made",
        paragraph("disclosure", account.disclosure),
        paragraph("note", f"Said {where}; its digital source type is {account.source_type}.{signed}"),
        paragraph("note", f"ISRC {account.isrc}") if account.isrc else "",
        f'<ul class="small">{credits_}</ul>' if credits_ else "",
    )


def _settings(settings: Sequence[Setting]) -> str:
    changed = [one for one in settings if one.changed]
    rest = [one for one in settings if not one.changed]
    told = _rows(changed) if changed else paragraph("note", "Every setting is as it comes.")
    usual = f"<details><summary>{len(rest)} as they come</summary>{_rows(rest)}</details>" if rest else ""
    return _section("Settings in force", told, usual)


def _rows(settings: Iterable[Setting]) -> str:
    rows = "".join(
        f'<tr><td class="key">{escape(one.name)}</td><td class="value">{escape(one.value)}</td></tr>'
        for one in settings
    )
    return f'<div class="scroll"><table>{rows}</table></div>'


def _models(facts: ReportFacts) -> str:
    if not facts.account.models:
        return _section("Models and licences", paragraph("note", "No model was used."))
    rows = "".join(
        f'<tr><td class="key">{escape(one.name)}</td><td>{escape(one.used_for)}</td><td>{escape(one.licence)}'
        f"{paragraph('small', one.limits) if one.limits else ''}</td></tr>"
        for one in facts.account.models
    )
    head = "<tr><th>model</th><th>for</th><th>licence</th></tr>"
    return _section("Models and licences", f'<div class="scroll"><table>{head}{rows}</table></div>')


def _times(times: Sequence[StageTime]) -> str:
    if not times:
        return ""
    most = max(one.seconds for one in times) or 1.0
    rows = "".join(
        f'<tr><td class="key">{escape(one.name)}</td><td class="n">{one.tasks}</td>'
        f'<td class="n">{one.seconds:.1f} s</td><td class="wide"><span class="meter" '
        f'style="width:{100 * one.seconds / most:.1f}%"></span></td></tr>'
        for one in times
    )
    head = '<tr><th>stage</th><th class="n">tasks</th><th class="n">work</th><th></th></tr>'
    total = f"{sum(one.seconds for one in times):.0f} s of work in all, shared among workers."
    return _section("Time taken", f'<div class="scroll"><table>{head}{rows}</table></div>', paragraph("note", total))


def _versions(facts: ReportFacts) -> str:
    account = facts.account
    told = {**facts.machine, "mvlocal": account.mvlocal, **account.versions}
    told |= {"plan": account.plan_sha256[:16], "settings": account.settings_sha256[:16]}
    rows = [Setting(name, value, changed=False) for name, value in told.items()]
    return _section("Machine and versions", _rows(rows))
