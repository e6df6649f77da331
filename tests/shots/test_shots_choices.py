"""Ranking by its stated formula, picks as a person edits them, the ladder's memory, and what a still says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mvlocal.errors import PlanError
from mvlocal.schema.cast import FaceSeen, SubjectSeen
from mvlocal.schema.picks import Picks, ShotPick
from mvlocal.schema.staging import FigureStaging, Mark, Staging, Traits
from mvlocal.schema.story import Camera
from mvlocal.shots.fitting import fitted
from mvlocal.shots.gates import Fault
from mvlocal.shots.ladder import Ladder, Rung, offload_at, options_at, read_ladder, write_ladder
from mvlocal.shots.picks import change_picks, read_picks
from mvlocal.shots.ranking import Measured, best_of, framing_of, nearness, score_of, soundness_of
from mvlocal.shots.stills.stage import Round
from mvlocal.shots.stills.texts import still_texts
from mvlocal.shots.stills_page import stills_page
from mvlocal.shots.stills_sheet import ShotStills, StillsSheet


def test_the_score_is_the_weighted_mean_of_what_was_measured() -> None:
    full = score_of(Measured(agreement=0.23, likeness={"me": 0.8, "ben": 0.6}, framing=0.5, soundness=1.0))
    assert full.parts == pytest.approx({"agreement": 0.5, "likeness": 0.7, "framing": 0.5, "soundness": 1.0})
    assert full.total == pytest.approx(0.40 * 0.5 + 0.40 * 0.7 + 0.15 * 0.5 + 0.05)
    some = score_of(Measured(agreement=0.34, soundness=0.0))
    assert some.total == pytest.approx(0.40 / 0.45)
    assert score_of(Measured(agreement=0.34, soundness=1.0, faults=(Fault("black", 3, 16),))).total == 0
    assert score_of(Measured(agreement=0.34, soundness=1.0, faults=(Fault("flicker", 9, 6),))).total > 0


def test_the_first_of_equal_scores_is_best() -> None:
    assert best_of([0.2, 0.5, 0.5]) == 1
    assert best_of([0.0]) == 0


def staging(body: float, facing: float = 0.0) -> Staging:
    figure = FigureStaging(
        character="me",
        traits=Traits(),
        action="stand",
        start=Mark(x=0, body=body),
        end=Mark(x=0, body=body),
        facing_deg=facing,
    )
    return Staging(
        shot="s01",
        aspect=1.78,
        location="here",
        place="street",
        seed=1,
        time_of_day="noon",
        camera=Camera(size="medium"),
        figures=(figure,),
    )


def face(height: float) -> SubjectSeen:
    box = (0.4, 0.2, 0.6, 0.2 + height)
    return SubjectSeen(faces=(FaceSeen(box=box, score=0.9, yaw_deg=0),), box=None)


def test_framing_compares_the_staged_head_with_the_face_found() -> None:
    assert framing_of(staging(2.0), face(0.28)) == pytest.approx(1.0)
    assert framing_of(staging(2.0), face(0.14)) == pytest.approx(0.5)
    assert framing_of(staging(2.0), SubjectSeen(faces=(), box=None)) == 0.0  # close, to the camera, and no face
    assert framing_of(staging(2.0, facing=180), SubjectSeen(faces=(), box=None)) is None
    assert framing_of(staging(2.0), SubjectSeen(faces=None, box=None)) is None  # nobody looked
    assert nearness(0, 1) == 0


def test_a_sharp_picture_is_sounder_than_a_blurred_or_burnt_one() -> None:
    sharp = np.random.default_rng(1).integers(10, 245, (200, 300, 3), np.uint8)
    blurred = np.full_like(sharp, 128)
    burnt = np.where(sharp[..., :1] > 120, 255, 0).repeat(3, axis=2).astype(np.uint8)
    assert soundness_of(sharp) > 0.8 > soundness_of(blurred)
    assert soundness_of(burnt) < 0.2


def test_pictures_are_cut_about_their_subject() -> None:
    wide = np.zeros((100, 400, 3), np.uint8)
    wide[:, 300:] = 200
    assert fitted(wide, 50, 50, (0.75, 0, 1, 1)).mean() > 180
    assert fitted(wide, 50, 50, (0, 0, 0.2, 1)).mean() < 5
    assert fitted(wide, 50, 50).shape == (50, 50, 3)
    assert fitted(wide, 400, 100) is wide


def test_picks_keep_a_persons_comments_and_refuse_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "story" / "picks.yaml"
    assert read_picks(path) == Picks()
    change_picks(path, {"s03": ShotPick(pick=2), "s01": ShotPick(reroll=1)})
    path.write_text(path.read_text().replace("s03: {pick: 2}", "s03: {pick: 2}  # the one with the hat"))
    made = change_picks(path, {"s01": ShotPick(), "s05": ShotPick(still="me.png", skip="animatic")})
    text = path.read_text()
    assert "# the one with the hat" in text
    assert text.startswith("# What you chose")
    assert "s01" not in text
    assert read_picks(path) == made
    assert made.of("s05") == ShotPick(still="me.png", skip="animatic")
    path.write_text("shots:\n  s03: {pik: 2}\n")
    with pytest.raises(PlanError, match="pik") as caught:
        read_picks(path)
    assert "did you mean 'pick'" in caught.value.mend
    path.write_text("shots:\n  s03: {pick: 0}\n")
    with pytest.raises(PlanError, match="greater than or equal to 1"):
        read_picks(path)


def test_rounds_number_candidates_through() -> None:
    assert Round(0, 4).names == ("c1", "c2", "c3", "c4")
    assert Round(2, 2).names == ("c5", "c6")
    assert Round(0, 4).task_id("s03") == "candidates/s03"
    assert Round(1, 4).task_id("s03") == "candidates/s03.r1"
    assert all(f"c{n}" in Round.holding(n, 3).names for n in range(1, 20))


def test_the_ladder_lets_finished_tasks_stay_and_is_remembered(tmp_path: Path) -> None:
    ladder = Ladder().step_down("motion", ["animate/s01"]).step_down("motion", ["animate/s01", "animate/s02"])
    assert [ladder.rung_of("motion", f"animate/s0{n}") for n in (1, 2, 3)] == [0, 1, 2]
    assert ladder.rung_of("stills", "candidates/s01") == 0
    write_ladder(tmp_path / "ladder.json", ladder)
    assert read_ladder(tmp_path / "ladder.json") == ladder
    assert ladder.kept("motion", ["animate/s02"]).rung_of("motion", "animate/s01") == 2
    (tmp_path / "ladder.json").write_text("{broken")
    assert read_ladder(tmp_path / "ladder.json") == Ladder()


def test_rungs_add_up() -> None:
    rungs = [Rung("all"), Rung("tiles", {"tiles": True}), Rung("rests", offload="model"), Rung("small", {"width": 512})]
    assert options_at({"width": 1024}, rungs, 0) == {"width": 1024}
    assert options_at({"width": 1024}, rungs, 3) == {"width": 512, "tiles": True}
    assert [offload_at("none", rungs, n) for n in range(4)] == ["none", "none", "model", "model"]


def test_a_still_says_how_it_was_made_and_no_path() -> None:
    given = {
        "options": {"steps": 30, "schedule": "base", "guidance": 6.0},
        "frame": [1344, 768, "24"],
        "backend": "sdxl",
        "shot": "s03",
        "loras": [["me", 0.8]],
        "guides": {"pose": 0.8},
    }
    texts = still_texts(given, {"prompt": "a train, at night", "negative": "blurry"}, 41)
    lines = texts["parameters"].splitlines()
    assert lines[:2] == ["a train, at night", "Negative prompt: blurry"]
    assert lines[2] == "Steps: 30, Sampler: base, CFG scale: 6, Seed: 41, Size: 1344x768, Model: sdxl"
    assert json.loads(texts["mvlocal"])["seed"] == 41


def test_the_page_escapes_every_text() -> None:
    evil = "<script>alert(1)</script>"
    shot = ShotStills("s01", "0:00.0", evil, lyric=evil, prompt=evil, negative=evil)
    page = stills_page(StillsSheet(evil, [shot]))
    assert "<script" not in page
    assert "not made yet" in page
    assert "Nobody judged agreement or likeness or framing." in page
