"""mvlocal: a song, its lyrics and a few photos in; a music video that follows the song's story out.

`open_project()` and `render()` are the public API; everything runs on this machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mvlocal.project import Project
    from mvlocal.render import Rendered

__all__ = ["__version__", "open_project", "render"]
__version__ = "0.1.0"


def open_project(folder: str | Path) -> Project:
    """Opens the project in `folder` (it holds a `mvlocal.yaml`).

    Raises:
        UserError: there is none.
    """
    from mvlocal.project import find_project

    return find_project(Path(folder))


def render(folder: str | Path, *, profile: str | None = None, overrides: Sequence[str] = ()) -> Rendered:
    """Renders the project in `folder` to its finished video, doing only what is not done yet.

    `overrides` are settings written `"video.width=1920"`.

    Raises:
        MvlocalError: see `mvlocal.errors` for its kinds.
    """
    from mvlocal.pipeline import RenderRequest
    from mvlocal.render import render_project

    return render_project(open_project(folder), RenderRequest(profile=profile, overrides=tuple(overrides)))
