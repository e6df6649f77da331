"""The artist's photos as looked at once: which can be used, how large, and why others cannot.

It does not know what they are used for.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from mvlocal.schema.document import Document, Line, Part, Text


class PhotoFacts(Part):
    """A usable photo: its file name, and width over height, upright as a viewer sees it."""

    name: Line
    aspect: float = Field(gt=0)


class PhotoRefused(Part):
    """A file that was left out, and why."""

    name: Line
    reason: Text
    mend: Text = ""


class PhotoSet(Document):
    """All photos of a project, in order of name."""

    kind: ClassVar[str] = "mvlocal.photo_set/1"

    photos: tuple[PhotoFacts, ...]
    refused: tuple[PhotoRefused, ...] = ()
