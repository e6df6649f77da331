"""The sheet of stills as one page that needs nothing else. It does not know files.

Every text of a person's is escaped; the page holds no script and no address.
"""

from __future__ import annotations

from html import escape

from mvlocal.pages.sheet import data_uri, paragraph, whole_page
from mvlocal.shots.stills_sheet import Candidate, ShotStills, StillsSheet


def stills_page(sheet: StillsSheet) -> str:
    """The whole page as HTML."""
    return whole_page(
        "mvlocal.shots",
        "keyframes",
        f"{sheet.title}: stills",
        title=escape(sheet.title),
        count=escape(sheet.count_words),
        judged=escape(sheet.judged_words),
        shots="".join(_shot(shot) for shot in sheet.shots),
    )


def _shot(shot: ShotStills) -> str:
    lyric = paragraph("soft", f"“{shot.lyric}”") if shot.lyric else ""
    prompt = f'<p class="prompt"><b>prompt</b> {escape(shot.prompt)}</p>' if shot.prompt else ""
    negative = f'<p class="prompt"><b>not</b> {escape(shot.negative)}</p>' if shot.negative else ""
    return (
        f'<section class="shot"><h3><b>{escape(shot.shot)}</b>{escape(shot.visual)}</h3>'
        f'<div class="words"><div><p class="facts">{escape(shot.clock)}</p>{lyric}</div>'
        f"<div>{prompt}{negative}</div></div>"
        f'<div class="grid">{_pictures(shot)}</div></section>'
    )


def _pictures(shot: ShotStills) -> str:
    if shot.own is not None:
        return (
            f'<figure class="chosen"><img src="{data_uri(shot.own)}" alt="{escape(shot.shot)}: your own">'
            '<figcaption><p class="name">your own still</p></figcaption></figure>'
        )
    if not shot.candidates:
        return '<figure><div class="none">not made yet</div></figure>'
    return "".join(_candidate(shot, one) for one in shot.candidates)


def _candidate(shot: ShotStills, one: Candidate) -> str:
    how = ("picked" if shot.picked else "used") if one.chosen else ""
    bars = "".join(
        f'<span>{escape(part)}</span><div class="bar"><i style="width:{100 * value:.0f}%"></i></div>'
        f"<span>{value:.2f}</span>"
        for part, value in one.parts.items()
    )
    faults = "".join(paragraph("fault", f"fault: {fault}") for fault in one.faults)
    return (
        f'<figure class="{"chosen" if one.chosen else "other"}">'
        f'<img src="{data_uri(one.picture)}" alt="{escape(shot.shot)}: candidate {one.number}">'
        f'<figcaption><p class="name"><span>{one.number} {how}</span><span>{one.score:.2f}</span></p>{faults}'
        f'<div class="bars">{bars}</div><p class="facts">seed {one.seed}</p></figcaption></figure>'
    )
