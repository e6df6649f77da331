"""At which size SDXL makes a still of a given shape. It knows nothing of models or pixels.

Source: Podell and others, "SDXL: Improving Latent Diffusion Models", arXiv 2307.01952, appendix I (sizes trained on).
"""

from __future__ import annotations

from math import log

from mvlocal.errors import SettingsError

STEP_PX = 8
"""A latent stands for 8 x 8 pixels."""
_WIDE = (
    (1024, 1024), (1088, 960), (1152, 896), (1216, 832), (1280, 768), (1344, 768), (1408, 704), (1472, 704),
    (1536, 640), (1600, 640), (1664, 576), (1728, 576), (1792, 576), (1856, 512), (1920, 512), (2048, 512),
)  # fmt: skip
"""About a megapixel each, from square to widest; upright ones are these turned."""


def still_size(aspect: float, width: int = 0, height: int = 0) -> tuple[int, int]:
    """Width and height of a still: as set, or else the size that SDXL knows nearest to `aspect` (width over height).

    Raises:
        SettingsError: only one of the two is set, or they are no multiples of 8.
    """
    if width or height:
        if not (width and height) or width % STEP_PX or height % STEP_PX:
            raise SettingsError(
                f"a still cannot be {width} x {height}",
                where="keyframes.width, keyframes.height",
                mend=f"set both, to multiples of {STEP_PX}, or neither",
            )
        return width, height
    sizes = [*_WIDE, *((high, wide) for wide, high in _WIDE[1:])]
    return min(sizes, key=lambda size: abs(log(size[0] / size[1]) - log(aspect)))
