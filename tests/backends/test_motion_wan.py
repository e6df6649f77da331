from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from motion_support import CPU, check_contract, check_memory, folder_of, link, maker_of, small_models, still

from mvlocal.backends import wan
from mvlocal.backends.frame_rules import frames_to_make, kept
from mvlocal.errors import NotFinite, UserError

KINDS = ("tiny-wan", "tiny-wan-pair", "tiny-wan-clip")


@pytest.fixture(scope="module", autouse=True)
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with small_models(tmp_path_factory, "wan") as folder:
        yield folder


def small(name: str = "tiny-wan", **more: Any) -> Any:
    return maker_of("wan", name, **{"frames": 9, **more})


@given(st.integers(1, 300), st.sampled_from([4, 8]))
def test_frame_counts_follow_the_rule(asked: int, step: int) -> None:
    made = frames_to_make(asked, step)
    assert made % step == 1
    assert asked <= made < max(asked, 2) + step
    assert made > 1
    frames = np.arange(made, dtype=np.uint8 if made < 256 else np.uint16).reshape(-1, 1, 1, 1)
    begin, ends = kept(frames, asked, to_the_end=False), kept(frames, asked, to_the_end=True)  # type: ignore[arg-type]
    assert begin.ravel().tolist() == list(range(asked))
    assert len(ends) == asked
    assert len(set(ends.ravel().tolist())) == asked
    assert ends.ravel()[0] == 0
    assert asked == 1 or ends.ravel()[-1] == made - 1


@pytest.mark.parametrize("name", KINDS)
def test_the_contract_of_motion_makers(name: str) -> None:
    check_contract(lambda: small(name))


def test_links_of_any_length_begin_alike() -> None:
    maker = small()
    nine = link(maker, frames=9)
    for frames in (6, 8):
        assert np.array_equal(link(maker, frames=frames), nine[:frames])
        assert maker.notes["made"] == 9
    assert link(maker, frames=2).shape[0] == 2
    assert maker.notes["made"] == 5


@pytest.mark.parametrize("name", KINDS)
def test_words_and_what_to_avoid_matter(name: str) -> None:
    maker = small(name)
    plain = link(maker, prompt="she turns", negative="blur")
    assert np.array_equal(link(maker, prompt="she  turns ", negative="blur"), plain)
    assert not np.array_equal(link(maker, prompt="she runs", negative="blur"), plain)
    assert not np.array_equal(link(maker, prompt="she turns", negative="text"), plain)
    assert maker.notes["words_cut"] is False
    link(maker, prompt="she turns " * 60)
    assert maker.notes["words_cut"] is True


def test_only_the_pair_arrives_at_a_last_picture() -> None:
    pair = small("tiny-wan-pair")
    assert [small(name).takes_last for name in KINDS] == [False, True, False]
    free, bound = link(pair), link(pair, last=still(5))
    assert bound.shape == free.shape
    assert not np.array_equal(free, bound)
    with pytest.raises(ValueError, match="takes no last picture"):
        link(small(), last=still(5))
    with pytest.raises(ValueError, match="link of this family"):
        link(pair, last=still(5, 64, 64))


def test_each_kind_has_its_own_size_rate_and_length() -> None:
    five = wan.make(folder_of("tiny-wan"), CPU, {})
    assert (five.width, five.height, five.frames, str(five.rate)) == (1280, 704, 121, "24")
    pair = wan.make(folder_of("tiny-wan-pair"), CPU, {})
    assert (pair.width, pair.height, pair.frames, str(pair.rate)) == (832, 480, 81, "16")


@pytest.mark.parametrize(
    ("options", "what"), [({"frames": 8}, "4k . 1"), ({"width": 144}, "multiples of 32"), ({"height": 72}, "multiples")]
)
def test_options_that_it_cannot_follow_are_refused(options: dict[str, int], what: str) -> None:
    with pytest.raises(UserError, match=what) as raised:
        small(**options)
    assert raised.value.mend


def test_a_model_that_always_wants_two_pictures_is_refused(models: Path) -> None:
    from mvlocal.weights.lock import add_to_lock
    from mvlocal.weights.sound import measure

    config = models / "diffusers/tiny-wan-clip/transformer/config.json"
    whole = config.read_text()
    place = "diffusers/tiny-wan-clip/transformer/config.json"
    try:
        config.write_text(whole.replace('"pos_embed_seq_len": null', '"pos_embed_seq_len": 34'))
        add_to_lock(models, {place: measure(config)})
        with pytest.raises(UserError, match="first and a last picture"):
            small("tiny-wan-clip")
    finally:
        config.write_text(whole)
        add_to_lock(models, {place: measure(config)})


def test_sick_numbers_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    real = diffusers.AutoencoderKLWan.decode

    def sick(self: Any, *given: Any, **named: Any) -> Any:
        done = real(self, *given, **named)
        return type(done)(sample=done.sample * float("inf"))

    monkeypatch.setattr(diffusers.AutoencoderKLWan, "decode", sick)
    with pytest.raises(NotFinite, match="decoder"):
        link(small())


def test_memory_that_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    check_memory(small(), diffusers.WanTransformer3DModel, "forward", monkeypatch)
