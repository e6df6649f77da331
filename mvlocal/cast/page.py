"""The contact sheet as one page that needs nothing else: every photo, used or left out, and why.

It does not know files. Names are a person's text and are escaped; the page holds no script and no address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from mvlocal.cast.sheet_words import (
    caption_words,
    count_words,
    facts_of,
    looked_words,
    missing_words,
    written_by,
)
from mvlocal.pages.sheet import data_uri, whole_page
from mvlocal.schema.cast import CuratedPhoto, CuratedSet, PictureBox


@dataclass(frozen=True, slots=True)
class ShownCaption:
    """A caption and who wrote it: `hand`, `template`, or a captioning model."""

    text: str
    by: str


def contact_page(
    title: str,
    curated: CuratedSet,
    thumbnails: Mapping[str, bytes],
    captions: Mapping[str, ShownCaption],
    captioner: str,
) -> str:
    """The whole page as HTML; `thumbnails` are whole JPEG files and `captions` theirs, by photo name.

    `captioner` is who described the photos (`template`: nobody).
    """
    missing = missing_words(curated)
    cards = {
        used: [_card(photo, thumbnails.get(photo.name), captions.get(photo.name)) for photo in curated.photos
               if photo.used is used]
        for used in (True, False)
    }  # fmt: skip
    return whole_page(
        "mvlocal.cast",
        "photos",
        f"{title}: photos",
        title=escape(title),
        count=escape(count_words(curated)),
        advice=f'<p class="advice">{escape(curated.advice)}</p>' if curated.advice else "",
        missing=f"<p>{escape(missing)}</p>" if missing else "",
        looked=escape(looked_words(curated)),
        captioned=escape(caption_words(captioner)),
        sections=_section("Used", cards[True]) + _section("Left out", cards[False]),
    )


def _section(title: str, cards: Sequence[str]) -> str:
    return f'<h2>{title} ({len(cards)})</h2><div class="grid">{"".join(cards)}</div>' if cards else ""


def _card(photo: CuratedPhoto, thumbnail: bytes | None, caption: ShownCaption | None) -> str:
    mend = f'<p class="mend">{escape(photo.mend)}</p>' if photo.mend else ""
    facts = facts_of(photo)
    return (
        f'<figure class="{"used" if photo.used else "left"}"><div class="stand">{_picture(photo, thumbnail)}</div>'
        f'<figcaption><p class="name">{escape(photo.name)}</p>'
        f'<p class="why">{"used" if photo.used else "left out"}: {escape(photo.why)}</p>{mend}'
        + (f'<p class="facts">{escape(facts)}</p>' if facts else "")
        + (f'<p class="facts">{escape(written_by(caption.by))}:</p>' if caption else "")
        + (f'<p class="caption">{escape(caption.text)}</p>' if caption else "")
        + "</figcaption></figure>"
    )


def _picture(photo: CuratedPhoto, thumbnail: bytes | None) -> str:
    if thumbnail is None:
        return '<div class="none">cannot be shown</div>'
    source = data_uri(thumbnail)
    boxes = ""
    if photo.crop is not None and photo.measures is not None:
        crop, wide, tall = photo.crop, photo.measures.width_px, photo.measures.height_px
        fractions = (
            crop.left / wide, crop.top / tall, (crop.left + crop.width) / wide, (crop.top + crop.height) / tall,
        )  # fmt: skip
        boxes = f"<i{_place(fractions)}></i>" + (f"<b{_place(photo.measures.keep)}></b>")
    return f'<div class="picture"><img src="{source}" alt="{escape(photo.name)}">{boxes}</div>'


def _place(box: PictureBox) -> str:
    left, top, right, bottom = (100 * side for side in box)
    return f' style="left:{left:.2f}%;top:{top:.2f}%;width:{right - left:.2f}%;height:{bottom - top:.2f}%"'
