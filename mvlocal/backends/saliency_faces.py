"""Where a photo's subject likely is, without a face model: `faces: none`. It says that it looked for no face."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.cast import SubjectSeen


class SaliencyFaces:
    """Guesses at the subject from contrast, colour and nearness to the middle; the same photo, the same guess."""

    name = "none"

    def find_faces(self, rgb: NDArray[np.uint8]) -> SubjectSeen:
        """The likely subject's box in (H, W, 3); `faces` is None."""
        from mvlocal.staging.theatre.subject import estimate_subject

        left, top, right, bottom = (round(min(max(side, 0.0), 1.0), 4) for side in estimate_subject(rgb))
        return SubjectSeen(faces=None, box=(left, top, right, bottom))


def make() -> SaliencyFaces:
    """The registry's factory."""
    return SaliencyFaces()
