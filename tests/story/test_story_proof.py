from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from io import BytesIO

import pytest
from PIL import Image
from story_plans import LIMITS, Plan, plan_named, plan_song
from story_songs import song_of

from mvlocal.schema.story import ShotList, SkippedLine
from mvlocal.story.proof import proof_sheet
from mvlocal.story.verify import verify

EVIL = "<script>alert(1)</script>\"'&<img src=x onerror=y>"
VOID = {"meta", "img", "br", "link", "input"}


class _Page(HTMLParser):
    """Collects tags, attributes and text, and checks that tags close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _sheet(plan: Plan) -> str:
    return proof_sheet(plan.bible, plan.shots, plan.song, verify(plan.bible, plan.shots, plan.song, LIMITS))


def _picture(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 4), (200, 80, 40)).save(out, kind)
    return out.getvalue()


def test_every_line_stands_with_its_reading_its_visual_and_its_verdict() -> None:
    plan = plan_named("night-train")
    page = _Page(_sheet(plan))
    for line in plan.song.lyrics:
        assert line.text in page.text
    for shot in plan.shots.shots:
        assert shot.visual in page.text
        assert shot.camera.words in page.text
    assert "who: the singer; does: drop; what: key" in page.text
    assert "then: ilse-marren drops key" in page.text
    assert "The plan holds together." in page.text
    assert all(act.turn in page.text for act in plan.bible.acts)
    assert all(place.description in page.text for place in plan.bible.locations)


def test_the_page_needs_nothing_else_and_runs_nothing() -> None:
    html = _sheet(plan_named("night-train"))
    page = _Page(html)
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert not re.search(r"https?:|//|url\(|@import", html)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"href", "srcset"}]


def test_what_a_person_wrote_never_becomes_markup() -> None:
    song = song_of([("verse", 8, 0.5, (EVIL, "I walk along the river", EVIL, "a dog barks"))])
    plan = plan_song(song, artist=EVIL)
    bible = plan.bible.model_copy(update={"title": EVIL, "logline": EVIL, "style": EVIL})
    shots = tuple(shot.model_copy(update={"visual": EVIL, "why": EVIL, "motion": EVIL}) for shot in plan.shots.shots)
    listed = ShotList(shots=shots, skipped=(SkippedLine(line=0, why=EVIL),))
    html = proof_sheet(bible, listed, song, verify(bible, listed, song, LIMITS), {shots[0].id: _picture("PNG")})
    page = _Page(html)
    assert "script" not in page.tags
    assert page.tags.count("img") == 1
    assert "onerror" not in dict(page.attributes)
    assert EVIL in page.text
    assert html.count("<script") == 0


def test_a_line_that_is_left_out_stands_with_its_reason() -> None:
    plan = plan_named("sea")
    gone = plan.shots.shots[3].lyric_lines[0]
    shots = tuple(
        shot.model_copy(update={"lyric_lines": tuple(n for n in shot.lyric_lines if n != gone)})
        for shot in plan.shots.shots
    )
    listed = ShotList(shots=shots, skipped=(SkippedLine(line=gone, why="it is over too soon"),))
    text = _Page(proof_sheet(plan.bible, listed, plan.song, ())).text
    assert plan.song.lyrics[gone].text in text
    assert "it is over too soon" in text
    unsaid = _Page(proof_sheet(plan.bible, ShotList(shots=shots), plan.song, ())).text
    assert "nothing depicts it, and nothing says why" in unsaid


def test_findings_stand_beside_their_shots() -> None:
    plan = plan_named("sea")
    shots = list(plan.shots.shots)
    shots[2] = shots[2].model_copy(update={"location": "ballroom"})
    listed = ShotList(shots=tuple(shots))
    html = proof_sheet(plan.bible, listed, plan.song, verify(plan.bible, listed, plan.song, LIMITS))
    row = html.split(f'id="{shots[2].id}"')[1].split("</section>")[0]
    assert "unknown-reference" in row
    assert "holds together" not in row
    assert "The plan holds together." not in html


@pytest.mark.parametrize(("kind", "media"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_thumbnail_is_carried_in_the_page(kind: str, media: str) -> None:
    plan = plan_named("sea")
    picture = _picture(kind)
    html = proof_sheet(plan.bible, plan.shots, plan.song, (), {plan.shots.shots[1].id: picture})
    sources = [value for name, value in _Page(html).attributes if name == "src"]
    assert sources == [f"data:{media};base64,{base64.b64encode(picture).decode()}"]


def test_what_is_no_picture_is_refused() -> None:
    plan = plan_named("sea")
    with pytest.raises(ValueError, match="neither PNG nor JPEG"):
        proof_sheet(plan.bible, plan.shots, plan.song, (), {plan.shots.shots[0].id: b"<svg onload=x>"})
