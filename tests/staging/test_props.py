"""The drawn things: every one draws in every state, at its true size, and is asked for by its words."""

from __future__ import annotations

import numpy as np
import pytest

from mvlocal.errors import PlanError
from mvlocal.staging.props.drawing import PropDrawing, draw_prop
from mvlocal.staging.props.outline import read_stroke
from mvlocal.staging.props.vocabulary import PROPS, facts_of, states_in

STATES = ("", "open", "closed", "lit", "burnt out", "broken", "empty", "upside down", "broken, empty", "as ever")
SIZES_M = {
    "umbrella": (0.8, 1.3), "letter": (0.2, 0.35), "guitar": (0.95, 1.2), "car": (1.2, 1.6), "bicycle": (0.9, 1.15),
    "key": (0.06, 0.16), "door": (1.9, 2.4), "chair": (0.8, 1.1), "candle": (0.15, 0.5), "horse": (1.9, 2.5),
    "piano": (1.4, 2.0), "bottle": (0.25, 0.4), "table": (0.65, 0.85), "ring": (0.02, 0.1), "dog": (0.5, 0.9),
}  # fmt: skip
"""Heights in metres: a grown body is 1.7."""


def test_there_are_many() -> None:
    wanted = """
        umbrella key letter envelope suitcase suitcase-open bag telephone mobile-phone guitar electric-guitar piano
        upright-bass violin trumpet drum-kit microphone microphone-stand car bicycle motorcycle boat paper-boat
        train-ticket candle lantern lamp match mirror bottle glass cup flower rose bouquet bird cat dog horse moon star
        clock watch door window-frame bed chair armchair table bench book photograph picture-frame ring crown mask hat
        coat-on-hook shoe balloon kite ball ladder rope anchor oar television radio record-player camera tree leaf
        feather stone gravestone cross bell fence gate swing sign-blank
    """
    assert set(wanted.split()) <= set(PROPS)


@pytest.mark.parametrize("thing", sorted(PROPS))
def test_it_draws_in_every_state_in_hand_and_out(thing: str) -> None:
    facts = PROPS[thing]
    for state in STATES:
        standing, held = draw_prop(thing, held=False, state=state), draw_prop(thing, held=True, state=state)
        assert len(standing.shapes) > 0 < len(held.shapes)
        for shape in (*standing.shapes, *held.shapes):
            assert shape.outline.shape[1] == 2
            assert len(shape.outline) >= 3
            assert np.isfinite(shape.outline).all()
        if not facts.tilt_deg and "held" not in facts.states:
            for shape, moved in zip(standing.shapes, held.shapes, strict=True):
                np.testing.assert_allclose(moved.outline + facts.grip, shape.outline, atol=1e-9)
        low, high = bounds(standing)
        assert high[1] <= 0.3 * facts.height + 0.03 or facts.rests in ("flies", "hangs") or "broken" in state
        plain_low, plain_high = bounds(draw_prop(thing, held=False))
        assert (high - low).max() < 1.4 * (plain_high - plain_low).max()
    assert all(" " not in word or word.strip() for word in facts.words)
    assert not facts.hold or 0 <= -facts.grip[1] <= facts.height or thing in ("kite", "mask")


def bounds(drawing: PropDrawing) -> tuple[np.ndarray, np.ndarray]:
    points = np.vstack([shape.outline for shape in drawing.shapes])
    return points.min(axis=0), points.max(axis=0)


@pytest.mark.parametrize(("thing", "metres"), list(SIZES_M.items()))
def test_sizes_are_true_to_a_grown_body(thing: str, metres: tuple[float, float]) -> None:
    assert metres[0] <= PROPS[thing].height * 1.7 <= metres[1]


@pytest.mark.parametrize("thing", sorted(thing for thing in PROPS if PROPS[thing].rests in ("stands", "lies")))
def test_what_stands_stands_on_the_ground(thing: str) -> None:
    _, high = bounds(draw_prop(thing, held=False))
    draught = 0.06 if thing in ("boat", "sailing-boat", "camera") else 0.0  # a keel, a strap
    assert high[1] == pytest.approx(0.0, abs=0.05 * max(PROPS[thing].height, 0.2) + 0.016 + draught)


def test_states_change_the_drawing_and_the_light() -> None:
    assert draw_prop("candle", held=False).glow is not None
    assert draw_prop("candle", held=False, state="blown out").glow is None
    assert draw_prop("door", held=False).glow is None
    assert draw_prop("door", held=False, state="ajar").glow is not None
    assert draw_prop("moon", held=False).glow is not None
    folded, unfolded = (
        bounds(draw_prop("umbrella", held=False, state="closed")),
        bounds(draw_prop("umbrella", held=False)),
    )
    assert np.ptp([folded[0][0], folded[1][0]]) < 0.3 * np.ptp([unfolded[0][0], unfolded[1][0]])
    whole, broken = draw_prop("guitar", held=False), draw_prop("guitar", held=False, state="smashed")
    assert len(broken.shapes) > len(whole.shapes)
    assert len(draw_prop("mirror", held=False, state="cracked").shapes) > len(draw_prop("mirror", held=False).shapes)
    turned = bounds(draw_prop("bottle", held=False, state="upside down"))
    np.testing.assert_allclose(turned[1][1], 0, atol=0.01)


def test_a_ring_has_its_hole() -> None:
    outline = read_stroke("ink ring 0,0 10 2").outlines[0]
    radii = np.hypot(*outline.T)
    assert radii.min() == pytest.approx(8)
    assert radii.max() == pytest.approx(10)


def test_mirrored_and_half_strokes_are_symmetric() -> None:
    left, right = read_stroke("ink& disc 5,5 1").outlines
    np.testing.assert_allclose(left * (-1, 1), right)
    half = read_stroke("ink half 0,10 4,6 5,0! 0,0!").outlines[0]
    assert half[:, 0].max() == pytest.approx(-half[:, 0].min())


@pytest.mark.parametrize("line", ["", "ink", "pink disc 0,0 1", "ink blob 0,0", "ink ?open"])
def test_what_is_no_stroke_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        read_stroke(line)


def test_states_in_words() -> None:
    assert states_in("half open, burnt") == {"open"}
    assert states_in("burning out") == {"out"}
    assert states_in("upside-down and cracked") == {"upside-down", "broken"}
    assert states_in("red") == frozenset()


def test_an_unknown_thing_is_refused_with_the_nearest() -> None:
    with pytest.raises(PlanError) as caught:
        draw_prop("umbrela", held=False)
    assert caught.value.mend == "did you mean umbrella?"
    with pytest.raises(PlanError):
        facts_of("")


def test_no_two_things_are_meant_by_one_word() -> None:
    seen: dict[str, str] = {}
    for thing, facts in PROPS.items():
        for word in facts.words:
            assert seen.setdefault(word, thing) == thing, word
