"""The report: how near cuts are to beats, what the page tells, and that nobody's text becomes markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib import resources
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mvlocal.pages.sheet import whole_page
from mvlocal.pipeline import RenderRequest
from mvlocal.project import Project
from mvlocal.render import render_project
from mvlocal.report.beats import chance, measure, offset
from mvlocal.report.facts import ChainDrift, Likeness, ReportFacts, Setting, ShotFacts, StageTime, Told
from mvlocal.report.page import report_page
from mvlocal.schema.provenance import Account, SongLoudness, UsedModel
from mvlocal.schema.song import EnergyCurve, Section, SongMap
from mvlocal.schema.story import Camera, Shot

NASTY = "<script>alert(1)</script>\"' & <img src=x onerror=alert(2)>"
BEATS = tuple(0.25 + 0.5 * n for n in range(60))


def account(**changes: object) -> Account:
    made = Account(
        title="Harbour", mvlocal="0.1.0", profile="animatic", width=1280, height=720, fps="24", frames=720, shots=2,
        source_type="algorithmicMedia", disclosure="Drawn by a program.", video_sha256="0" * 64,
        plan_sha256="1" * 64, settings_sha256="2" * 64, settings={},
    )  # fmt: skip
    return made.model_copy(update=changes)


def song() -> SongMap:
    section = Section(start_s=0, end_s=30, label="verse", energy=0.5)
    return SongMap(
        duration_s=30, tempo_bpm=120, beats_per_bar=4, beats=BEATS, downbeats=BEATS[::4], sections=(section,),
        energy=EnergyCurve(step_s=1, values=(0.5,)),
    )  # fmt: skip


def jpeg() -> bytes:
    out = BytesIO()
    Image.new("RGB", (32, 18), (90, 60, 30)).save(out, "JPEG")
    return out.getvalue()


def shot(number: int, start_s: float, visual: str = "a lamp") -> ShotFacts:
    told = Shot(
        id=f"s{number:02d}", start_s=start_s, end_s=start_s + 4, section=0, kind="detail", visual=visual,
        location="room", time_of_day="night", camera=Camera(size="wide"),
    )  # fmt: skip
    return ShotFacts(told, start_s, jpeg())


def facts(**changes: object) -> ReportFacts:
    shots = (shot(1, 0.0), shot(2, 8.25), shot(3, 12.28))
    given: dict[str, object] = {
        "account": account(), "video": "harbour.mp4", "story": "story.html", "song": song(), "shots": shots,
    }  # fmt: skip
    return ReportFacts(**(given | changes))  # type: ignore[arg-type]


class Reader(HTMLParser):
    """Tags that are not closed, and every tag that there is."""

    VOID = frozenset({"meta", "img", "br", "rect", "path", "circle"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_cuts_are_compared_with_what_chance_would_reach() -> None:
    found = measure([8.25, 12.28, 16.0], BEATS, 30.0, 0.04)
    assert found is not None
    assert found.share == pytest.approx(2 / 3)
    assert found.by_chance == pytest.approx(60 * 0.08 / 30)
    assert found.worst_s == pytest.approx(0.25)
    assert found.times_chance == pytest.approx((2 / 3) / 0.16)
    assert measure([], BEATS, 30.0, 0.04) is None
    assert measure([1.0], [], 30.0, 0.04) is None
    assert offset(8.20, BEATS) == pytest.approx(-0.05)


@given(st.lists(st.floats(0, 60), min_size=1, max_size=40, unique=True).map(sorted), st.floats(0.001, 1.0))
def test_chance_is_the_share_of_moments_near_a_beat(beats: list[float], near: float) -> None:
    moments = np.linspace(0, 60, 24_001)
    hits = np.abs(moments[:, None] - np.asarray(beats)).min(axis=1) <= near
    assert chance(beats, 60.0, near) == pytest.approx(hits.mean(), abs=0.004 + 0.0002 * len(beats))


def test_the_page_tells_what_was_made() -> None:
    loud = SongLoudness(integrated_lufs=-9.3, range_lu=5.2, true_peak_dbtp=0.4)
    model = UsedModel(name="sdxl-base", used_for="keyframes.model", licence="OpenRAIL", limits="read it")
    page = report_page(
        facts(
            account=account(
                loudness=loud, models=(model,), signed=True, isrc="QZAB12600001", credits=("Written by Ada",)
            ),
            likeness=(Likeness("s01", "ilse", (0.4, 0.8), 0.8),),
            drift=(ChainDrift("s02", (0.2, 1.3)),),
            settings=(Setting("video.width", "1920", changed=True), Setting("seed", "0", changed=False)),
            times=(StageTime("animate", 3, 12.5),),
            warnings=(Told("3 samples were clipped", "finish/master", "lower the peak"),),
            machine={"GPU": "none"},
            sheets={"storyboard": "storyboard.pdf"},
        )
    )
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S)
    for told in (
        "100% of 2 cuts", "at random it would be 16%", "-9.3 LUFS", "sdxl-base", "OpenRAIL", "Likeness", "Drift",
        "video.width", "12.5 s", "3 samples were clipped", "lower the peak", "signed account", "QZAB12600001",
        "Written by Ada", "Drawn by a program.", "0:30 · 1280 x 720",
    ):  # fmt: skip
        assert told in text, told
    read = Reader(page)
    assert not read.open
    assert {"harbour.mp4", "story.html", "storyboard.pdf"} <= set(read.addresses)


def test_sections_without_anything_to_tell_are_left_out() -> None:
    page = report_page(facts())
    assert "Likeness" not in page
    assert "Drift along" not in page
    assert "Warnings" not in page
    assert "No model was used." in page
    assert "There is no cut" in report_page(facts(shots=(shot(1, 0.0),)))


def test_nobodys_text_becomes_markup_and_the_page_needs_no_network() -> None:
    model = UsedModel(name=NASTY, used_for=NASTY, licence=NASTY, limits=NASTY)
    page = report_page(
        facts(
            account=account(title=NASTY, artist=NASTY, disclosure=NASTY, credits=(NASTY,), models=(model,)),
            video=f"{NASTY}.mp4",
            shots=(shot(1, 0.0, NASTY), shot(2, 8.25, NASTY)),
            likeness=(Likeness("s01", NASTY, (0.4,), 0.4),),
            settings=(Setting("title", NASTY, changed=True),),
            warnings=(Told(NASTY, NASTY, NASTY),),
            machine={NASTY: NASTY},
            why_profile=NASTY,
        )
    )
    read = Reader(page)
    assert not read.open
    assert "script" not in read.tags
    assert not read.handlers
    assert all(not re.match(r"\w+:", address) or address.startswith("data:image/") for address in read.addresses)
    assert "url(" not in page
    assert "@import" not in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("room", "name"),
    [("report", "report"), ("story", "proof"), ("shots", "keyframes"), ("cast", "photos"), ("cast", "training")],
)
def test_all_pages_share_one_frame_and_one_style(room: str, name: str) -> None:
    body = resources.files(f"mvlocal.{room}").joinpath("data", f"{name}.html").read_text(encoding="utf-8")
    blanks = set(re.findall(r"\$(\w+)", body))
    page = whole_page(f"mvlocal.{room}", name, "<A>", **{blank: f"[{blank}]" for blank in blanks})
    style = resources.files("mvlocal.pages").joinpath("data", "sheet.css").read_text(encoding="utf-8")
    assert page.count(style) == page.count("<!doctype html>") == page.count("<main>") == page.count("</html>") == 1
    assert "<title>&lt;A&gt;</title>" in page
    assert "$" not in page
    assert all(f"[{blank}]" in page for blank in blanks)
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style


def test_a_render_writes_report_and_account_beside_its_video(rendered: Project) -> None:
    done = render_project(rendered, RenderRequest())
    told = Account.from_json((done.output.parent / f"{done.output.name}.json").read_bytes())
    assert (told.title, told.artist, told.shots) == ("Small Song", "Nobody", done.shots)
    assert told.frames == 288
    assert told.source_type == "algorithmicMedia"
    assert told.loudness is not None
    assert -40 < told.loudness.integrated_lufs < -3
    assert str(rendered.root) not in told.to_json()
    assert "song.wav" not in told.to_json()
    page = (rendered.out / "report.html").read_text(encoding="utf-8")
    read = Reader(page)
    assert not read.open
    assert done.output.name in read.addresses
    assert sum(address.startswith("data:image/") for address in read.addresses) == done.shots + 1
    assert "of a beat; at random it would be" in page
    again = render_project(rendered, RenderRequest())
    assert again.tasks_run == 0
    assert (rendered.out / "report.html").read_text(encoding="utf-8") == page
    assert Account.from_json((done.output.parent / f"{done.output.name}.json").read_bytes()) == told
