"""The frame and the style that all pages share, and pictures as parts of a page: a page needs nothing beside it.

It does not know what a page tells.
"""

from __future__ import annotations

import base64
from html import escape
from importlib import resources
from string import Template

_MEDIA = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def whole_page(room: str, name: str, page_title: str, **parts: str) -> str:
    """A whole page as HTML: `data/<name>.html` of the package `room` with every `$blank` filled, in the shared frame.

    `parts` are HTML already; the title is escaped here. `data/<name>.css` follows the shared style: colours for light,
    dark and paper, type, headings.
    """
    return _template("mvlocal.pages", "frame.html").substitute(
        page_title=escape(page_title),
        shared=_text("mvlocal.pages", "sheet.css"),
        own=_text(room, f"{name}.css"),
        body=_template(room, f"{name}.html").substitute(parts),
    )


def _template(room: str, file: str) -> Template:
    return Template(_text(room, file))


def _text(room: str, file: str) -> str:
    return resources.files(room).joinpath("data", file).read_text(encoding="utf-8")


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
