from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from story_plans import plan_named, song_named

from mvlocal.errors import PlanError
from mvlocal.schema.story import ShotList
from mvlocal.story.documents import read_bible, read_shots, short_time, snap, write_bible, write_shots

PLAN = plan_named("night-train")
SONG = PLAN.song


@pytest.fixture
def shots_file(tmp_path: Path) -> Path:
    path = tmp_path / "shots.yaml"
    write_shots(path, PLAN.shots, SONG)
    return path


@pytest.mark.parametrize("name", ["night-train", "arabic", "japanese", "injected", "instrumental"])
def test_both_documents_read_back_exactly(tmp_path: Path, name: str) -> None:
    plan = plan_named(name)
    bible, shots = tmp_path / "bible.yaml", tmp_path / "shots.yaml"
    write_bible(bible, plan.bible)
    write_shots(shots, plan.shots, plan.song)
    assert read_bible(bible) == plan.bible
    assert read_shots(shots, plan.song) == plan.shots


def test_writing_what_is_there_changes_no_byte(shots_file: Path) -> None:
    before = shots_file.read_bytes()
    write_shots(shots_file, PLAN.shots, SONG)
    assert shots_file.read_bytes() == before


def test_a_persons_comments_and_order_survive(shots_file: Path) -> None:
    text = shots_file.read_text(encoding="utf-8")
    text = text.replace("    kind: narrative\n", "    kind: narrative  # my favourite\n    locked: false\n", 1)
    text = text.replace("  - id: s05\n", "  # the dog, at last\n  - id: s05\n")
    shots_file.write_text(text, encoding="utf-8")
    changed = [shot.model_copy(update={"visual": "A door."}) if shot.id == "s09" else shot for shot in PLAN.shots.shots]
    write_shots(shots_file, ShotList(shots=tuple(changed), skipped=PLAN.shots.skipped), SONG)
    after = shots_file.read_text(encoding="utf-8")
    assert "# my favourite" in after
    assert "locked: false" in after
    assert "# the dog, at last" in after
    assert "visual: A door." in after
    assert read_shots(shots_file, SONG).shots[8].visual == "A door."


def test_shots_may_come_and_go(shots_file: Path) -> None:
    fewer = ShotList(shots=PLAN.shots.shots[2:5] + PLAN.shots.shots[7:])
    write_shots(shots_file, fewer, SONG)
    assert read_shots(shots_file, SONG) == fewer


def test_the_file_is_pleasant_to_read(shots_file: Path) -> None:
    text = shots_file.read_text(encoding="utf-8")
    assert text.startswith("# The shots, in song order.")
    assert "lyric_lines: [0]  # Rain on the yellow station clock," in text
    assert "camera: {size: " in text
    assert "start_s: 10.4\n" in text
    assert "continues" not in text


def test_times_near_a_beat_mean_the_beat(shots_file: Path) -> None:
    beat = SONG.beats[17]
    assert snap(beat + 0.004, SONG) == beat
    assert snap(beat + 0.006, SONG) == beat + 0.006
    free = beat + 0.1234567
    assert short_time(free, SONG) == free
    assert short_time(beat, SONG) == round(beat, 3)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    kind: narrative\n", "    kynd: narrative\n", "did you mean 'kind'"),
        ("    kind: narrative\n", "    kind: narrative\n    kind: detail\n", "kind"),
        ("    kind: narrative\n", "    kind: 3\n", "kind"),
        ("    section: 0", "    section: zero", "section"),
        ("schema: mvlocal.shots/1", "schema: mvlocal.story_bible/1", "mvlocal.story_bible/1"),
        ("    location: station\n", "    location: &here station\n", "anchors"),
        ("    location: station\n", "    location: !!python/object:os.system station\n", "tags"),
        ("    photo: one.jpg\n", "    photo: ../one.jpg\n", "photo"),
        ("    photo: one.jpg\n", "    photo: http://example.com/one.jpg\n", "photo"),
        ("    photo: one.jpg\n", "    photo: C:\\\\one.jpg\n", "photo"),
        ("    location: station\n", "    location: [[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]\n", "nested"),
        ("    visual: ", "    render: {command: rm}\n    visual: ", "render"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_place(shots_file: Path, old: str, new: str, says: str) -> None:
    text = shots_file.read_text(encoding="utf-8")
    assert old in text
    shots_file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PlanError) as raised:
        read_shots(shots_file, SONG)
    assert says in str(raised.value)
    assert "shots.yaml:" in raised.value.where


@pytest.mark.parametrize("content", [b"", b"[1, 2]", b"\xff\xfe\x00", b"a: \x00", b"shots: 7", b"x" * 5_000_000])
def test_files_that_are_no_shot_list_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "shots.yaml"
    path.write_bytes(content)
    with pytest.raises(PlanError):
        read_shots(path, SONG)


_TEXT = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=80).map(str.strip)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(visual=_TEXT.filter(bool), why=_TEXT, free=st.floats(0.2, 0.4), locked=st.booleans())
def test_any_text_survives_the_round_trip(tmp_path: Path, visual: str, why: str, free: float, locked: bool) -> None:
    song = song_named("one-section")
    first, second = plan_named("one-section").shots.shots[:2]
    cut = first.end_s + free
    shots = ShotList(
        shots=(
            first.model_copy(update={"visual": visual, "why": why, "end_s": cut, "locked": locked}),
            second.model_copy(update={"start_s": cut, "free_cut": True}),
        )
    )
    path = tmp_path / "any.yaml"
    path.unlink(missing_ok=True)
    write_shots(path, shots, song)
    assert read_shots(path, song) == shots
    write_shots(path, shots, song)
    assert read_shots(path, song) == shots
