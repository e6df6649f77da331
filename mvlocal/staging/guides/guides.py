"""All guides of one moment of a staged shot, in the same geometry as the theatre's own frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.media.planes import yuv420_to_rgb
from mvlocal.staging.geometry import geometry_of
from mvlocal.staging.guides.depth import LayerCover, ground_inverse, layered_inverse, to_picture
from mvlocal.staging.guides.lines import edges, soft_lines
from mvlocal.staging.guides.pose import SeenSkeleton, draw_pose
from mvlocal.staging.plates.registry import PLACES
from mvlocal.staging.theatre.actors import TABLE, Cut
from mvlocal.staging.theatre.players import Company, placed
from mvlocal.staging.theatre.sample import Window
from mvlocal.staging.theatre.show import HOME, Show

Grey = NDArray[np.uint8]
Reals = NDArray[np.float32]
Box = tuple[float, float, float, float]

_SHIFT = 4


@dataclass(frozen=True, slots=True)
class Guides:
    """Pictures of one moment, all of the frame's size.

    `frame` (H, W, 3) is the theatre's own; `pose` (H, W, 3) on black; `depth` (H, W), near = white; `edges` and
    `soft_lines` (H, W); `masks`: a character's id or a thing's name to its visible cover (H, W), 255 where it is;
    `boxes`: the same names to (left, top, right, bottom) in fractions of the frame.
    """

    frame: NDArray[np.uint8]
    pose: NDArray[np.uint8]
    depth: Grey
    edges: Grey
    soft_lines: Grey
    masks: Mapping[str, Grey]
    boxes: Mapping[str, Box]


def draw_guides(show: Show, t_s: float) -> Guides:
    """The guides at `t_s` seconds from the shot's start, with the camera at home."""
    frame = yuv420_to_rgb(show.still(t_s))
    company = show.company()
    cuts = company.actors.at(t_s) if company else []
    seen = [_seen(show, cut, company) for cut in cuts] if company else []
    front = _cover(show, ("fore", "near"))
    masks = _masks(show, seen, front)
    named = {owner: mask for owner, mask in masks.items() if owner != TABLE}
    skeletons = [
        SeenSkeleton(one.keypoints, one.cut.visible)
        for one in seen
        if one.keypoints is not None and one.cut.visible is not None
    ]
    return Guides(
        frame,
        draw_pose(skeletons, show.frame.width, show.frame.height),
        _depth(show, seen, masks),
        edges(frame),
        soft_lines(frame),
        named,
        {owner: box for owner, mask in named.items() if (box := _box(mask)) is not None},
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A cut, its shapes by owner in pixels of the frame (the first undermost), and its key points."""

    cut: Cut
    outlines: list[tuple[str, NDArray[np.float64]]]
    keypoints: NDArray[np.float64] | None


def _seen(show: Show, cut: Cut, company: Company) -> _Seen:
    window = show.framing().window(HOME, cut.depth)
    outlines = [(part.owner, placed(part.outline, company.sight, window)) for part in cut.parts]
    keypoints = None if cut.keypoints is None else placed(cut.keypoints, company.sight, window)
    return _Seen(cut, outlines, keypoints)


def _masks(show: Show, seen: list[_Seen], front: Reals) -> dict[str, Grey]:
    """Visible cover by owner: nearer shapes and layers hide what is behind them."""
    masks: dict[str, Grey] = {}
    free = np.where(front > 0.5, 0, 255).astype(np.uint8)
    for one in reversed(seen):
        for owner, outline in reversed(one.outlines):
            whole = np.zeros((show.frame.height, show.frame.width), np.uint8)
            cv2.fillPoly(whole, [np.rint(outline * (1 << _SHIFT)).astype(np.int32)], (255.0,), cv2.LINE_8, _SHIFT)
            visible = np.asarray(cv2.bitwise_and(whole, free), np.uint8)
            free = np.asarray(cv2.bitwise_and(free, cv2.bitwise_not(whole)), np.uint8)
            masks[owner] = (
                visible if owner not in masks else np.asarray(cv2.bitwise_or(masks[owner], visible), np.uint8)
            )
    return masks


def _depth(show: Show, seen: list[_Seen], masks: Mapping[str, Grey]) -> Grey:
    """The place's layers, then everybody at their own distance, then what stands before them."""
    staging = show.staging
    geometry = geometry_of(staging)
    rows = (np.arange(show.frame.height, dtype=np.float32)[:, None] + 0.5) / show.frame.height
    scene_rows = np.asarray(geometry.lens.y + (rows - 0.5) / geometry.lens.zoom, np.float32)
    place = PLACES[staging.place]
    ground = ground_inverse(geometry, scene_rows, show.drawn.ground_y)
    layers = [LayerCover(name, _cover(show, (name,))) for name in ("back", "mid") if name in show.drawn.layers]
    if not layers:
        return np.full((show.frame.height, show.frame.width), 128, np.uint8)
    inverse = layered_inverse(layers, ground, place.indoors)
    for one in seen:
        own = np.float32(geometry.stand_distance / one.cut.distance)
        for owner in dict.fromkeys(owner for owner, _ in one.outlines):
            inverse = np.where(masks[owner] > 0, np.maximum(inverse, own), inverse)
    near = _cover(show, ("near",))
    inverse = layered_inverse([LayerCover("mid", np.zeros_like(near)), LayerCover("near", near)], inverse, False)
    return to_picture(inverse)


def _cover(show: Show, names: tuple[str, ...]) -> Reals:
    """Coverage (H, W) in [0, 1] of some layers together, through the camera at home."""
    size = (show.frame.width, show.frame.height)
    total = np.zeros((size[1], size[0]), np.float32)
    framing = show.framing()
    for name, depth in show.drawn.order:
        layer = show.drawn.layers[name]
        if name in names:
            alpha = layer[..., 3] if layer.shape[2] == 4 else np.full(layer.shape[:2], 255, np.uint8)
            offset = show.drawn.slide if name == show.drawn.order[0][0] else 0
            total = np.maximum(total, _read(np.ascontiguousarray(alpha), framing.window(HOME, depth), offset, size))
    return total


def _read(alpha: Grey, window: Window, offset: int, size: tuple[int, int]) -> Reals:
    matrix = np.array([[window.scale, 0, window.x + offset], [0, window.scale, window.y]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    read = cv2.warpAffine(alpha, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(read, np.float32) * np.float32(1 / 255)


def _box(mask: Grey) -> Box | None:
    """The box of a mask in fractions of its size; None where it is empty."""
    if not mask.any():
        return None
    x, y, width, height = cv2.boundingRect(mask)
    tall, wide = mask.shape
    return x / wide, y / tall, (x + width) / wide, (y + height) / tall
