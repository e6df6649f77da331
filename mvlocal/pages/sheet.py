"""The style that all pages share, and pictures as parts of a page: a page needs nothing beside it.

It does not know what a page tells.
"""

from __future__ import annotations

import base64
from html import escape
from importlib import resources

_MEDIA = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def shared_style() -> str:
    """The style sheet that stands first in every page: colours for light, dark and paper, type, headings."""
    return resources.files("mvlocal.pages").joinpath("data", "sheet.css").read_text(encoding="utf-8")


def data_uri(picture: bytes) -> str:
    """A whole PNG or JPEG file as an address that holds it.

    Raises:
        ValueError: it is neither.
    """
    for magic, media in _MEDIA.items():
        if picture.startswith(magic):
            return f"data:{media};base64,{base64.b64encode(picture).decode('ascii')}"
    raise ValueError("this picture is neither PNG nor JPEG")


def paragraph(css: str, text: str) -> str:
    """A text of anybody's as a paragraph of class `css`."""
    return f'<p class="{css}">{escape(text)}</p>'
