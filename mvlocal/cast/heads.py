"""Where head, body and clothes are, from a face's box: shares of faces, as drawing manuals have them. It finds none."""

from __future__ import annotations

from mvlocal.schema.cast import FaceSeen, PictureBox

_HAIR, _CHIN, _EARS = 0.5, 0.15, 0.3
"""How far a head reaches over a face's box: up, down (of its height) and to each side (of its width)."""
_BODY_DOWN, _BODY_ASIDE = 3.0, 1.2
"""How far below and beside the face the body is taken to reach, in faces."""


def head_of_face(face: FaceSeen) -> PictureBox:
    """The box of the whole head with its hair, cut at the picture's edges."""
    left, top, right, bottom = face.box
    wide, tall = right - left, bottom - top
    return _inside((left - _EARS * wide, top - _HAIR * tall, right + _EARS * wide, bottom + _CHIN * tall))


def body_of_face(face: FaceSeen) -> PictureBox:
    """The box of the head and of the body as far as the waist, cut at the picture's edges."""
    left, top, right, bottom = face.box
    wide, tall = right - left, bottom - top
    aside = _BODY_ASIDE * wide
    return _inside((left - aside, top - _HAIR * tall, right + aside, bottom + _BODY_DOWN * tall))


def clothes_of_face(face: FaceSeen) -> PictureBox:
    """The part of the body that clothes are looked for in: below the neck, no wider than the shoulders."""
    left, _, right, bottom = face.box
    wide, tall = right - left, bottom - face.box[1]
    return _inside((left - 0.4 * wide, bottom + 0.7 * tall, right + 0.4 * wide, bottom + 2.2 * tall))


def _inside(box: tuple[float, float, float, float]) -> PictureBox:
    left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in box)
    return left, top, right, bottom
