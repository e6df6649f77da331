from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from motion_support import CPU, check_contract, check_memory, folder_of, link, maker_of, quiet, small_models, still

from mvlocal.backends import ltx
from mvlocal.backends.hardware import Hardware
from mvlocal.errors import NotFinite, UserError
from mvlocal.shots.chaining import Chain, chain_links


@pytest.fixture(scope="module", autouse=True)
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with small_models(tmp_path_factory, "ltx") as folder:
        yield folder


def small(**more: Any) -> Any:
    return maker_of("ltx", "tiny-ltx", **{"frames": 17, **more})


def test_the_contract_of_motion_makers() -> None:
    check_contract(small)


def test_links_of_any_length_begin_alike() -> None:
    maker = small()
    whole = link(maker, frames=17)
    for frames in (10, 16):
        assert np.array_equal(link(maker, frames=frames), whole[:frames])
        assert maker.notes["made"] == 17
    link(maker, frames=9)
    assert maker.notes["made"] == 9


def test_words_and_what_to_avoid_matter() -> None:
    maker = small()
    plain = link(maker, prompt="she turns", negative="blur")
    assert not np.array_equal(link(maker, prompt="she runs", negative="blur"), plain)
    assert not np.array_equal(link(maker, prompt="she turns", negative="text"), plain)


def test_a_last_picture_bends_the_link_and_its_end_is_kept() -> None:
    maker = small()
    free, bound = link(maker, frames=12), link(maker, frames=12, last=still(5))
    assert bound.shape == free.shape
    assert not np.array_equal(free, bound)
    whole = link(maker, frames=17, last=still(5))
    assert np.array_equal(bound[0], whole[0])
    assert np.array_equal(bound[-1], whole[-1])


def test_strength_is_noise_on_the_still() -> None:
    levels = [ltx.noise_of(strength) for strength in np.linspace(0, 1, 20)]
    assert levels == sorted(levels)
    assert ltx.noise_of(0.5) == pytest.approx(0.15)
    maker = small()
    assert not np.array_equal(link(maker, strength=0.0), link(maker, strength=1.0))


@pytest.mark.parametrize(("options", "what"), [({"frames": 16}, "8k . 1"), ({"width": 144}, "multiples of 32")])
def test_options_that_it_cannot_follow_are_refused(options: dict[str, int], what: str) -> None:
    with pytest.raises(UserError, match=what):
        small(**options)


def test_its_own_size_rate_and_length() -> None:
    own = ltx.make(folder_of("tiny-ltx"), CPU, {})
    assert (own.width, own.height, own.frames, str(own.rate)) == (768, 512, 121, "24")


def test_a_decoder_that_gives_nan_works_again_in_full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    maker = small(hardware=Hardware(dtype="bfloat16", threads=1))
    precise = link(maker, precise=True)
    assert maker.notes["decoded_in"] == "float32"
    real = diffusers.AutoencoderKLLTXVideo.decode

    def sick(self: Any, z: Any, *given: Any, **named: Any) -> Any:
        done = real(self, z, *given, **named)
        return type(done)(sample=done.sample * float("nan")) if z.dtype == torch.bfloat16 else done

    monkeypatch.setattr(diffusers.AutoencoderKLLTXVideo, "decode", sick)
    assert np.array_equal(link(maker), precise)
    assert maker.notes["decoded_again"] is True
    monkeypatch.setattr(
        diffusers.LTXVideoTransformer3DModel,
        "forward",
        lambda *given, **named: (torch.full_like(named["hidden_states"], float("nan")),),
    )
    with pytest.raises(NotFinite, match="transformer"):
        link(maker)


def test_memory_that_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    check_memory(small(), diffusers.LTXVideoTransformer3DModel, "forward", monkeypatch)


def test_a_long_shot_goes_to_its_fresh_still_without_a_jump() -> None:
    chain = Chain(still(), Fraction(3, 2), seed=3, prompt="she turns", budget=0.001)
    result = chain_links(small(), chain, quiet, anchor=lambda _n: still(9))
    assert len(result.frames) == 37
    assert result.jumps == ()
    assert [link["aimed"] for link in result.links] == [False, True, False]
