"""What grows over a place that was left: ivy down from its edges, weeds through its ground."""

from __future__ import annotations

import cv2
import numpy as np

from mvlocal.staging.paint.canvas import Canvas
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.land_parts import Points, grass
from mvlocal.staging.plates.scene import Plate, Scene


def paint_overgrown(plate: Plate, scene: Scene, outline: Points) -> None:
    """Weeds in rows over the ground, thin where somebody stands; ivy from above and along the sides."""
    tones, mid = scene.tones, plate.mid
    rng = scene.rng("weeds")
    green = mix(mix(tones.near, tones.mid, 0.35), tones.accent, 0.06)
    ground_y, deepest = float(outline[:, 1].min()), scene.stand.y + 0.16
    area = outline.astype(np.float32)
    for share in np.linspace(0.04, 1, 9) ** 1.3:
        y = ground_y + (deepest - ground_y) * float(share)
        tall = 0.012 + 0.085 * float(share)
        blades = grass(mid.view, rng, y, tall, 0.008 + 0.012 * float(share), lean=0.5)
        kept = [
            b
            for b in blades
            if cv2.pointPolygonTest(area, (float(b[0, 0]), y + 0.004), measureDist=False) >= 0
            and (abs(b[0, 0] - scene.stand.x) > 0.12 or rng.random() < 0.2)
        ]
        mid.fill(kept, mix(green, tones.ink, 0.15 + 0.55 * float(share)), 0.92)
    _ivy(plate.back, scene, "far ivy", mix(green, tones.ink, 0.25), 0.75)
    over = mid if plate.near is None else plate.near
    _ivy(over, scene, "near ivy", mix(tones.ink, green, 0.18), 1.0)


def _ivy(canvas: Canvas, scene: Scene, name: str, paint: Floats, size: float) -> None:
    """Tendrils that hang in from the top, longer towards the sides."""
    rng = scene.rng(name)
    half = scene.aspect / 2
    stems: list[Points] = []
    leaves: list[Points] = []
    for x in rng.uniform(-half * 1.15, half * 1.15, int(26 * max(scene.aspect / 1.78, 0.6))):
        edge = min(abs(float(x)) / half, 1.1)
        long = float(rng.uniform(0.06, 0.20)) * size + 0.55 * edge**4 * float(rng.uniform(0.3, 1.0))
        t = np.linspace(0, 1, max(int(long * 70), 6))
        sway = np.cumsum(rng.normal(0, 0.0035, len(t)))
        path = np.stack([float(x) + sway, -0.12 + (long + 0.12) * t], axis=1)
        stems.append(path)
        for px, py in path[1:]:
            leaves += [_leaf(rng, float(px), float(py), size * float(rng.uniform(0.010, 0.020))) for _ in range(2)]
    canvas.stroke(stems, 0.003 * size, paint)
    canvas.fill(leaves, paint)


def _leaf(rng: np.random.Generator, x: float, y: float, size: float) -> Points:
    """One leaf with a point, hanging outwards."""
    angle = float(rng.uniform(0.1, np.pi - 0.1))
    along, over = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    at = np.array([x, y])
    return np.array(
        [
            at,
            at + along * size * 0.7 + over * size * 0.55,
            at + along * size * 1.6,
            at + along * size * 0.7 - over * size * 0.55,
        ]
    )
