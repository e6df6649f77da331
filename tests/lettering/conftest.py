"""Fonts come from dependencies only, so that these tests see the same type on every machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mvlocal.lettering import faces, kerning, shaping, system_fonts


def _forget() -> None:
    for cached in (
        system_fonts.preferred_files,
        system_fonts.find_covering,
        faces.load_font,
        shaping.text_length,
        kerning.pair_kern_em,
    ):
        cached.cache_clear()


@pytest.fixture(autouse=True)
def no_system_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    _forget()
    monkeypatch.setattr(system_fonts, "font_files", lambda: ())
    yield
    _forget()


@pytest.fixture
def no_shaper(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without FriBiDi."""
    monkeypatch.setattr(faces, "can_shape", lambda: False)
