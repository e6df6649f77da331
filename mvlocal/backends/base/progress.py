"""How work that takes long is told, and what of it is shown. It knows no work."""

from __future__ import annotations

from collections.abc import Callable

from mvlocal.media.frame import Rgb

Progress = Callable[[float, str], None]
"""Called with the fraction done (0 to 1) and a short note."""


Preview = Callable[[Callable[[], Rgb], int, int], None]
"""Called at every step with what makes a small picture (H, W, 3) of its state, the step, and how many there are. The
picture is made only if it is asked for, within the call: making it costs time, and waits for the device."""
