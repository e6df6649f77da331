"""Choosing a checkpoint: the measures, the formula, planted copies, and the page that shows why."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from cast_pictures import scene
from numpy.typing import NDArray
from small_eyes import SIDE, eyes, photos_on_disk, picture_of, run_here

from mvlocal.cast.choice.judging import cut_sheet
from mvlocal.cast.choice.page import TrainingShown, training_page
from mvlocal.cast.choice.task import Samples, references_task, scores_task
from mvlocal.cast.choosing import (
    COPY_BITS,
    MeasuredSample,
    Nearness,
    choose,
    copy_cosine,
    following,
    nearest_photo,
    score_checkpoint,
)
from mvlocal.cast.phash import hamming, perceptual_hash
from mvlocal.errors import SettingsError, TaskError
from mvlocal.media.image import save_png
from mvlocal.schema.cast import CastScores, CheckpointScore, SampleScore

ROOT = Path(__file__).parent.parent.parent
PROMPTS = ("mvlme, portrait, grey background", "mvlme in a street <b>at night</b>")
WORDS = ("a person, portrait, grey background", "a person in a street at night")


@pytest.fixture(scope="module", autouse=True)
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with a small DINOv2 and a small CLIP."""
    folder = tmp_path_factory.mktemp("models")
    if str(ROOT / "scripts") not in sys.path:
        sys.path.insert(0, str(ROOT / "scripts"))
    from make_tiny_models import make_tiny_models

    make_tiny_models(folder, ("dinov2", "clip"))
    return folder


@pytest.fixture(autouse=True)
def _in_use(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVLOCAL_MODELS", str(models))


# --- the measures ----------------------------------------------------------------------------------------


def test_following_is_the_probability_of_the_own_prompt() -> None:
    cosines = np.array([[0.30, 0.25], [0.20, 0.20]])
    followed = following(cosines, [0, 1])
    assert followed[0] == pytest.approx(1 / (1 + np.exp(-5)))
    assert followed[1] == pytest.approx(0.5)


def sample_of(vector: list[float], hashed: str, mirrored: str = "0" * 16) -> MeasuredSample:
    return MeasuredSample(0, 0, 0.5, "whole", np.array(vector, np.float32), (hashed, mirrored))


def test_a_copy_is_near_by_both_measures() -> None:
    photos = np.array([[1, 0], [0.8, 0.6], [0, 1]], np.float32)
    hashes = ["ffffffff00000000", "0f0f0f0f0f0f0f0f", "00ff00ff00ff00ff"]
    limit = copy_cosine(photos)
    assert limit == pytest.approx(0.8)
    same = nearest_photo(sample_of([1, 0], "ffffffff00000001"), photos, hashes)
    assert (same.photo, same.bits, same.is_copy(limit)) == (0, 1, True)
    mirrored = nearest_photo(sample_of([1, 0], "1234567812345678", "ffffffff00000000"), photos, hashes)
    assert mirrored.is_copy(limit)
    like_her = nearest_photo(sample_of([1, 0], "1234567812345678", "8765432187654321"), photos, hashes)
    assert (like_her.photo, like_her.is_copy(limit)) == (0, False)  # as near as can be, and another picture
    same_blocks = nearest_photo(sample_of([0.6, 0.8], "00ff00ff00ff00ff"), photos, hashes)
    assert (same_blocks.photo, same_blocks.bits) == (2, 0)
    assert not Nearness(2, limit, 0).is_copy(limit)  # no nearer than two photos are to each other
    assert not Nearness(2, 0.9, COPY_BITS + 1).is_copy(limit)


def judged(likeness: float, followed: float | None = 1.0, *, copied: bool = False) -> SampleScore:
    return SampleScore(
        prompt=0, seed=0, likeness=likeness, compared="whole", agreement=0.2, following=followed, nearest=0,
        nearest_cosine=0.5, nearest_bits=30, copied=copied,
    )  # fmt: skip


def test_the_formula() -> None:
    whole = score_checkpoint(100, [judged(0.3, 0.5), judged(0.5, 1.0)], reached=0.5)
    assert whole.score == pytest.approx(0.65 * 0.4 / 0.5 + 0.35 * 0.75, abs=1e-4)
    with_copy = score_checkpoint(100, [judged(0.3, 0.5), judged(0.5, 1.0, copied=True)], reached=0.5)
    assert with_copy.copies == 1
    assert with_copy.score == pytest.approx(whole.score / 2, abs=1e-4)
    nobody = score_checkpoint(100, [judged(0.4, None)], reached=0.5)
    assert nobody.following is None
    assert nobody.score == pytest.approx(0.8)
    no_scale = score_checkpoint(100, [judged(0.4, None)], reached=-0.2)
    assert no_scale.score == pytest.approx(0.4)


def scores_with(**scores: float) -> CastScores:
    return CastScores(
        likeness_by="dinov2", agreement_by="clip", faces_by="none", held_out=2, trained_on=8, reached=0.7,
        copy_cosine=0.8, prompts=PROMPTS, prompts_read=WORDS,
        checkpoints=tuple(
            CheckpointScore(step=int(name[1:]), likeness=0.5, following=0.9, copies=0, score=score,
                            samples=(judged(0.5),) * 4)
            for name, score in scores.items()
        ),
    )  # fmt: skip


def test_the_best_is_chosen_and_of_equals_the_earliest() -> None:
    best = choose(scores_with(s200=0.5, s400=0.8, s600=0.7), 0)
    assert (best.step, best.best, best.by) == (400, 400, "score")
    assert "Step 400 scores best, 0.800" in best.why
    early = choose(scores_with(s200=0.5, s400=0.795, s600=0.8), 0)
    assert early.step == 400
    assert "as good as step 600" in early.why


def test_a_person_s_choice_wins_and_says_what_it_costs() -> None:
    scores = scores_with(s200=0.5, s400=0.8)
    chosen = choose(scores, 200)
    assert (chosen.step, chosen.best, chosen.by) == (200, 400, "hand")
    assert "by hand" in chosen.why
    assert "0.800, this one 0.500" in chosen.why
    assert choose(scores, 400).by == "hand"
    with pytest.raises(SettingsError, match="no checkpoint at step 300") as caught:
        choose(scores, 300)
    assert "200, 400" in caught.value.mend


# --- the task --------------------------------------------------------------------------------------------


def sheet(folder: Path, name: str, pictures: list[NDArray[np.uint8]]) -> Path:
    """Four pictures as a sheet: a row a prompt, a column a seed."""
    rows = [np.concatenate(pictures[:2], axis=1), np.concatenate(pictures[2:], axis=1)]
    path = folder / name
    save_png(path, np.concatenate(rows, axis=0))
    return path


def fresh(number: int) -> NDArray[np.uint8]:
    return scene(900 + number, SIDE, SIDE)


def nearly(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same picture as a model that learned it by heart would make it: a little lighter and noisy."""
    noise = np.random.default_rng(1).normal(0, 3, picture.shape)
    return np.clip(picture.astype(np.float32) * 1.03 + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory, models: Path) -> CastScores:
    """Three checkpoints: one of strangers, one with two copies of a training photo, one with a held-out photo."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MVLOCAL_MODELS", str(models))
        folder = tmp_path_factory.mktemp("scored")
        photos = photos_on_disk(folder, 8, held_out=(0, 3))
        looking = references_task("me", photos, eyes())
        inputs = {name: photo.path for name, photo in zip(looking.inputs, photos, strict=True)}
        references = run_here(looking, inputs, folder / "references").files["main"]
        sheets = {
            100: sheet(folder, "a.png", [fresh(n) for n in range(4)]),
            200: sheet(folder, "b.png", [fresh(4), nearly(picture_of(5)), nearly(picture_of(5)[:, ::-1]), fresh(5)]),
            300: sheet(folder, "c.png", [nearly(picture_of(0)), fresh(6), fresh(7), fresh(8)]),
        }
        names = {step: f"sample-{step}" for step in sheets}
        samples = Samples("train/me", PROMPTS, WORDS, 2, {step: f"step-{step}" for step in sheets}, names)
        task = scores_task("me", samples, eyes())
        given = {"references": references, **{f"sample.{step}": path for step, path in sheets.items()}}
        assert set(given) == set(task.inputs)
        return CastScores.from_json(run_here(task, given, folder / "scores").files["main"].read_bytes())


def test_planted_copies_are_found_mirrored_or_not_and_nothing_else_is(scored: CastScores) -> None:
    by_step = {one.step: one for one in scored.checkpoints}
    assert [sample.copied for sample in by_step[100].samples] == [False] * 4
    assert [sample.copied for sample in by_step[200].samples] == [False, True, True, False]
    assert by_step[200].copies == 2
    trained = [number for number in range(8) if number not in (0, 3)]
    assert {sample.nearest for sample in by_step[200].samples if sample.copied} == {trained.index(5)}


def test_a_held_out_photo_is_likeness_and_no_copy(scored: CastScores) -> None:
    by_step = {one.step: one for one in scored.checkpoints}
    assert not any(sample.copied for sample in by_step[300].samples)
    first, *others = by_step[300].samples
    assert first.likeness > max(sample.likeness for sample in others)


def test_copies_are_marked_down_and_not_chosen(scored: CastScores) -> None:
    by_step = {one.step: one for one in scored.checkpoints}
    assert by_step[200].score < 0.6 * min(by_step[100].score, by_step[300].score)
    assert choose(scored, 0).step != 200
    assert scored.held_out == 2
    assert scored.trained_on == 6
    assert {sample.prompt for sample in by_step[100].samples} == {0, 1}
    assert all(sample.following is not None for sample in by_step[100].samples)
    assert scored.prompts_read == WORDS


def test_without_anybody_who_reads_likeness_alone_counts(tmp_path: Path) -> None:
    photos = photos_on_disk(tmp_path, 4, held_out=(0, 1))
    looking = references_task("me", photos, eyes("none"))
    inputs = {name: photo.path for name, photo in zip(looking.inputs, photos, strict=True)}
    references = run_here(looking, inputs, tmp_path / "one").files["main"]
    path = sheet(tmp_path, "a.png", [fresh(n) for n in range(4)])
    samples = Samples("train/me", PROMPTS, WORDS, 2, {5: "step-5"}, {5: "sample-5"})
    task = scores_task("me", samples, eyes("none"))
    done = run_here(task, {"references": references, "sample.5": path}, tmp_path / "two")
    scores = CastScores.from_json(done.files["main"].read_bytes())
    assert scores.checkpoints[0].following is None
    assert scores.checkpoints[0].score == pytest.approx(scores.checkpoints[0].likeness / scores.reached, abs=1e-3)


def test_prompts_that_are_too_long_are_told(tmp_path: Path) -> None:
    photos = photos_on_disk(tmp_path, 4, held_out=(0, 1))
    looking = references_task("me", photos, eyes())
    inputs = {name: photo.path for name, photo in zip(looking.inputs, photos, strict=True)}
    references = run_here(looking, inputs, tmp_path / "one").files["main"]
    path = sheet(tmp_path, "a.png", [fresh(n) for n in range(4)])
    long = (WORDS[0], "a person, " + "in a very long street, " * 10)
    samples = Samples("train/me", PROMPTS, long, 2, {5: "step-5"}, {5: "sample-5"})
    done = run_here(scores_task("me", samples, eyes()), {"references": references, "sample.5": path}, tmp_path / "two")
    (warning,) = done.warnings
    assert "1 of 2 sample prompts are too long" in warning[0]
    read = CastScores.from_json(done.files["main"].read_bytes()).prompts_read
    assert read[1].endswith("in a very long street")


def test_a_sheet_of_another_shape_is_no_sheet() -> None:
    pictures = cut_sheet(np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3), 2, 3)
    assert [picture.shape for picture in pictures] == [(2, 2, 3)] * 6
    with pytest.raises(TaskError, match="does not hold"):
        cut_sheet(np.zeros((5, 6, 3), np.uint8), 2, 3)


def test_unlike_pictures_are_far_apart_by_hash() -> None:
    hashes = [perceptual_hash(picture_of(number).mean(axis=2)) for number in range(12)]
    between = [hamming(one, other) for n, one in enumerate(hashes) for other in hashes[:n]]
    assert min(between) > COPY_BITS


# --- the page --------------------------------------------------------------------------------------------


def test_the_page_shows_every_sample_the_choice_and_the_copies(scored: CastScores) -> None:
    pictures = {one.step: [b"\xff\xd8\xffjpeg"] * 4 for one in scored.checkpoints}
    choice = choose(scored, 200)
    plot = b"\x89PNG\r\n\x1a\n"
    shown = TrainingShown("<Mara>", scored, choice, pictures, plot, "300 steps took 3 minutes.", ["be <careful>"])
    page = training_page(shown)
    assert page.count("data:image/jpeg;base64,") == 12
    assert page.count("data:image/png;base64,") == 1
    assert "&lt;Mara&gt;" in page
    assert "be &lt;careful&gt;" in page
    assert "street &lt;b&gt;at night" in page
    assert "<script" not in page
    assert "://" not in page
    assert page.count('<figure class="copy">') == 2
    assert page.count('<tr class="chosen">') == 1
    assert "200 · chosen" in page
    assert f"{choice.best} · best score" in page
    assert 'href="training.csv"' in page
    assert "cast.checkpoint" in page
    assert "prefers-color-scheme: dark" in page
    assert "2 of 4 samples of the chosen checkpoint copy a training photo" in page
