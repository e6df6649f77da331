"""Hangs a photo of the artist in the world: in a frame, on a screen, on a poster. It knows nothing of cameras."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.staging.paint.canvas import Canvas, Mask
from mvlocal.staging.plates.scene import Plate, Scene, Surface
from mvlocal.staging.theatre.grade import graded
from mvlocal.staging.theatre.subject import estimate_subject

Picture = NDArray[np.uint8]


def hang_photo(plate: Plate, scene: Scene, rgb: Picture) -> bool:
    """Paints the photo (h, w, 3) over the plate's surface for it; False where the place has none."""
    surface = plate.surface
    if surface is None:
        return False
    canvas = plate.mid if surface.layer == "mid" else plate.back
    corners = canvas.view.px(surface.corners).astype(np.float32)
    picture = graded(_cropped(rgb, corners), scene.tones, scene.time)
    mask, colours = _laid(canvas, corners, picture)
    if mask is not None:
        canvas.cover(mask, colours * np.float32(_light(surface, scene)))
    return True


def _cropped(rgb: Picture, corners: NDArray[np.float32]) -> Picture:
    """The part of the photo with the surface's shape that holds its subject."""
    top, right, bottom, left = (np.linalg.norm(corners[(i + 1) % 4] - corners[i]) for i in range(4))
    aspect = float((top + bottom) / max(left + right, 1e-6))
    height, width = rgb.shape[:2]
    wide, tall = (min(width, round(height * aspect)), height) if width / height > aspect else (
        width, min(height, round(width / aspect)))  # fmt: skip
    x0, y0, x1, y1 = estimate_subject(rgb)
    left_px = min(max(round((x0 + x1) / 2 * width - wide / 2), 0), width - wide)
    top_px = min(max(round((y0 + y1) / 2 * height - tall * 0.45), 0), height - tall)
    return np.ascontiguousarray(rgb[top_px : top_px + max(tall, 2), left_px : left_px + max(wide, 2)])


def _laid(canvas: Canvas, corners: NDArray[np.float32], picture: Picture) -> tuple[Mask | None, NDArray[np.float32]]:
    """Coverage of the surface on the layer, and the photo's colours (3, h, w) there."""
    height, width = canvas.alpha.shape
    x0, y0 = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int).tolist()
    x1, y1 = np.minimum(np.ceil(corners.max(axis=0)), (width, height)).astype(int).tolist()
    if x1 - x0 < 2 or y1 - y0 < 2:
        return None, np.zeros((3, 0, 0), np.float32)
    tall, wide = picture.shape[:2]
    whole = np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], np.float32)
    matrix = cv2.getPerspectiveTransform(whole, corners - np.array([x0, y0], np.float32))
    size = (x1 - x0, y1 - y0)
    seen = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(np.full((tall, wide), 255, np.uint8), matrix, size, flags=cv2.INTER_LINEAR)
    colours = np.ascontiguousarray(np.asarray(seen, np.float32).transpose(2, 0, 1)) * np.float32(1 / 255)
    return Mask(x0, y0, np.asarray(cover, np.float32) * np.float32(1 / 255)), colours


def _light(surface: Surface, scene: Scene) -> float:
    """How bright it hangs there: a screen shines by itself."""
    if surface.stands_as == "screen":
        return 1.0
    return {"night": 0.55, "dusk": 0.72, "dawn": 0.8}.get(scene.time, 0.92)
