"""Prompts encoded by the real text encoders with small random weights: lengths, repeats, and nothing is cut."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import load_file
from sdxl_support import CPU, NEGATIVE, TEXT, checkpoint, encode, make_sdxl, models, quiet

from mvlocal.backends.pool import worker_pool
from mvlocal.backends.registry import load_backend
from mvlocal.backends.sdxl.prompts import encode_prompt, token_counter
from mvlocal.backends.sdxl.tokens import Marks, cut_into_pieces, filled
from mvlocal.errors import NotFinite, UserError


@pytest.fixture(scope="module")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    make_sdxl(folder)
    return folder


@pytest.fixture(autouse=True)
def models_folder(small_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MVLOCAL_MODELS", str(small_models))
    return small_models


WORDS = st.lists(st.integers(1, 9), max_size=120)


@given(WORDS, st.integers(3, 20))
def test_pieces_hold_every_token_in_order_and_split_no_word_that_fits(lengths: list[int], piece: int) -> None:
    ends = [index == length - 1 for length in lengths for index in range(length)]
    ids = list(range(len(ends)))
    pieces = cut_into_pieces(ids, ends, piece)
    assert [token for part in pieces for token in part] == ids
    assert all(len(part) <= piece for part in pieces)
    for part in pieces[:-1]:
        longest = max(length for length in lengths)
        assert part
        assert ends[part[-1]] or longest > piece


def test_a_piece_is_filled_to_its_length() -> None:
    assert filled([5, 6], Marks(1, 2, 0), 4) == [1, 5, 6, 2, 0, 0]


def test_encoding_is_what_the_library_gives_for_a_short_prompt(tmp_path: Path) -> None:
    from diffusers import StableDiffusionXLPipeline

    short = "red coat in rain"
    mine = load_file(encode(tmp_path / "a", short, "blurry"))
    pipeline = StableDiffusionXLPipeline.from_pretrained(
        str(checkpoint().folder.path), local_files_only=True, use_safetensors=True
    )
    words, unwanted, pooled, unwanted_pooled = pipeline.encode_prompt(short, negative_prompt="blurry", device="cpu")
    assert torch.equal(mine["words"], words)
    assert torch.equal(mine["pooled"], pooled)
    assert torch.equal(mine["negative_words"], unwanted)
    assert torch.equal(mine["negative_pooled"], unwanted_pooled)


def test_the_last_word_of_a_long_prompt_counts(tmp_path: Path) -> None:
    count = token_counter(checkpoint().folder)
    long = " ".join(["lamp"] * 80)
    assert count(f"{long} red") > 300
    red, blue = (load_file(encode(tmp_path / name, f"{long} {name}"))["words"] for name in ("red", "sky"))
    assert red.shape == blue.shape
    assert red.shape[1] % 77 == 0
    assert red.shape[1] >= 77 * 4
    same = (red == blue).all(dim=-1)[0]
    assert bool(same[: 77 * 3].all())  # pieces before the last do not know of it
    assert not bool(same.all())


def test_both_prompts_have_one_length_and_the_pooled_vector_is_the_first_pieces(tmp_path: Path) -> None:
    long = load_file(encode(tmp_path / "long", " ".join(["tree"] * 60), "x"))
    assert long["words"].shape == long["negative_words"].shape
    short = load_file(encode(tmp_path / "short", "x", " ".join(["tree"] * 60)))
    assert short["words"].shape == short["negative_words"].shape
    assert torch.equal(short["negative_pooled"], long["pooled"])
    assert long["pooled"].shape == (1, 48)


def test_no_negative_prompt_is_nothing_at_all(tmp_path: Path) -> None:
    state = load_file(encode(tmp_path / "a", TEXT, ""))
    assert not bool(state["negative_words"].any())
    assert not bool(state["negative_pooled"].any())


def test_the_same_prompt_gives_the_same_bytes_and_each_its_file(tmp_path: Path) -> None:
    backend = load_backend("prompts", "sdxl", models=models().to_json(), hardware=CPU)
    outs = [tmp_path / name for name in ("a", "b", "c")]
    said: list[float] = []
    backend.encode_prompts(
        [(TEXT, NEGATIVE), ("sea", ""), (TEXT, NEGATIVE)], outs, lambda done, _note: said.append(done)
    )
    assert outs[0].read_bytes() == outs[2].read_bytes() != outs[1].read_bytes()
    assert said == pytest.approx([1 / 3, 2 / 3, 1])
    with safe_open(str(outs[0]), framework="pt") as file:
        assert file.metadata()["first_width"] == "32"
        assert len(file.metadata()["prompt_sha256"]) == 64


def test_encoders_are_loaded_once(tmp_path: Path) -> None:
    worker_pool().clear()
    worker_pool().take_events()
    for name in ("a", "b"):
        encode(tmp_path / name)
    loads = [event.name for event in worker_pool().take_events() if event.action == "load"]
    assert [name.split("/")[0] for name in loads] == ["sdxl.text_encoder", "sdxl.text_encoder_2"]


@pytest.mark.parametrize("part", ["text_encoder/model.safetensors", "tokenizer/vocab.json", "tokenizer_2/merges.txt"])
def test_a_changed_file_is_refused(
    part: str, small_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "models"
    shutil.copytree(small_models, other)
    monkeypatch.setenv("MVLOCAL_MODELS", str(other))
    path = other / "checkpoints" / "tiny-sdxl" / part
    raw = bytearray(path.read_bytes())
    raw[-2] ^= 1
    path.write_bytes(bytes(raw))
    worker_pool().clear()
    with pytest.raises(UserError, match="not what the lock says") as caught:
        encode(tmp_path / "out")
    assert caught.value.where == str(path)
    assert "models verify" in caught.value.mend


def test_text_of_any_kind_is_encoded(tmp_path: Path) -> None:
    for text in ("", " ", "駅のホーム", "a\x00b", "<|endoftext|>", "'" * 400):
        state = load_file(encode(tmp_path / "out", text))
        assert bool(state["words"].isfinite().all())


def test_nothing_looks_at_the_network(tmp_path: Path) -> None:
    encode(tmp_path / "out")
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_the_folder_says_what_an_empty_negative_prompt_is(
    small_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mvlocal.weights.lock import add_to_lock
    from mvlocal.weights.sound import measure

    other = tmp_path / "models"
    shutil.copytree(small_models, other)
    monkeypatch.setenv("MVLOCAL_MODELS", str(other))
    index = other / "checkpoints" / "tiny-sdxl" / "model_index.json"
    index.write_text(json.dumps({**json.loads(index.read_text()), "force_zeros_for_empty_prompt": False}))
    add_to_lock(other, {"checkpoints/tiny-sdxl/model_index.json": measure(index)})
    worker_pool().clear()
    assert bool(load_file(encode(tmp_path / "a", TEXT, ""))["negative_words"].any())


def test_progress_may_be_ignored(tmp_path: Path) -> None:
    load_backend("prompts", "sdxl", models=models(), hardware=CPU).encode_prompts([("a", "b")], [tmp_path / "o"], quiet)
    assert (tmp_path / "o").is_file()


def test_words_that_are_not_finite_are_an_error_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def sick(*given: Any, **named: Any) -> Any:
        made = encode_prompt(*given, **named)
        return {**made, "words": made["words"] * float("nan")}

    monkeypatch.setattr("mvlocal.backends.sdxl.prompts.encode_prompt", sick)
    with pytest.raises(NotFinite, match="text encoder"):
        encode(tmp_path / "words")
    assert not (tmp_path / "words").exists()
