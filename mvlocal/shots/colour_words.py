"""Says colours in words that image models know. It does not know what has them."""

from __future__ import annotations

from colorsys import rgb_to_hls

_HUES = (
    (15, "red"), (40, "orange"), (52, "amber"), (68, "yellow"), (95, "lime"), (160, "green"), (190, "teal"),
    (215, "sky blue"), (250, "blue"), (275, "violet"), (310, "purple"), (345, "pink"), (360, "red"),
)  # fmt: skip
"""Upper edges in degrees of hue."""
_GREY_CHROMA, _PALE_CHROMA = 0.07, 0.22


def colour_words(hex_colour: str) -> str:
    """`#e6b84f` as `amber`: hue, and how dark, pale or grey it is."""
    red, green, blue = (int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, _ = rgb_to_hls(red, green, blue)
    chroma = max(red, green, blue) - min(red, green, blue)
    if light < 0.12:
        return "black" if chroma < _GREY_CHROMA else f"near-black {_hue(hue)}"
    if chroma < _GREY_CHROMA:
        return "white" if light > 0.9 else ("light grey" if light > 0.6 else "dark grey" if light < 0.3 else "grey")
    if light > 0.85:
        return f"pale {_hue(hue)}" if chroma > _PALE_CHROMA / 2 and not 20 < hue * 360 < 70 else "cream"
    depth = "dark " if light < 0.3 else ("light " if light > 0.7 else "")
    return f"{depth}{'greyish ' if chroma < _PALE_CHROMA else ''}{_hue(hue)}"


def palette_words(colours: tuple[str, ...]) -> str:
    """A place's five colours, darkest to lightest, as words; each once, the accent (the fourth) named as one."""
    *grounds, accent, lightest = (colour_words(colour) for colour in colours)
    others = [word for word in dict.fromkeys([*grounds, lightest]) if word != accent]
    return f"palette of {', '.join(others)}, with {accent} accents"


def _hue(hue: float) -> str:
    return next(name for edge, name in _HUES if hue * 360 <= edge)
