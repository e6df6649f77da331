"""The deliveries, as data: add one here. It knows nothing of codecs' options or of how pictures are made.

Source: YouTube's recommended upload encodings; the upload pages of YouTube Shorts, Instagram, TikTok and Spotify
Canvas, as summed up in the project's formats.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from mvlocal.errors import SettingsError
from mvlocal.schema.delivery import CodecName
from mvlocal.timing import FrameRate

Part = Literal["song", "hook", "loop"]
"""The whole song, its best stretch, or a few silent seconds that repeat."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One way to hand out the video.

    `sizes` are (width, height) in pixels, smallest first; none: as the master, if that is not below `smallest`. `kbps`
    are the mean rates for up to 30 and for more frames a second, one pair a size. `words` says whether lyrics and
    titles are set. `editor` names the coding of a file for editors: as the master, with the song's own samples.
    """

    name: str
    what: str
    part: Part = "song"
    sizes: tuple[tuple[int, int], ...] = ()
    kbps: tuple[tuple[int, int], ...] = ()
    rates: tuple[int, int] = (1, 120)
    shortest_s: float = 0.0
    longest_s: float = 43_200.0
    words: bool = True
    editor: CodecName | None = None
    smallest: tuple[int, int] = (2, 2)

    @property
    def silent(self) -> bool:
        return self.part == "loop"

    @property
    def suffix(self) -> str:
        return ".mov" if self.editor else ".mp4"

    def size_for(self, width: int, height: int) -> tuple[int, int]:
        """The frame size for a master of `width` x `height`: the smallest that is no less than its shorter side."""
        if not self.sizes:
            return width, height
        side = min(width, height)
        return next((size for size in self.sizes if min(size) >= side), self.sizes[-1])

    def kbps_for(self, size: tuple[int, int], rate: FrameRate) -> int:
        """The mean rate of the pictures in kb/s; 0 for editors' codings, which have their own."""
        if not self.kbps:
            return 0
        return self.kbps[self.sizes.index(size)][rate.value > 30]

    @property
    def making(self) -> Delivery:
        """What of it decides how it is made: two that are alike in that are one file, made once."""
        plain = Delivery("", "")
        return replace(self, name="", what="", shortest_s=plain.shortest_s, longest_s=plain.longest_s)

    def require_length(self, length_s: float) -> None:
        """Makes sure that the platform takes a video of this length.

        Raises:
            SettingsError: it does not.
        """
        if not self.shortest_s <= length_s <= self.longest_s:
            raise SettingsError(
                f"{self.name} takes {self.shortest_s:g} to {self.longest_s:g} s, and this would last {length_s:.1f} s",
                where="--to",
                mend=f"leave {self.name} out; of a long song, shorts is the hook",
            )

    def require_fit(self, size: tuple[int, int], rate: FrameRate) -> None:
        """Makes sure that the platform, or the coding, takes frames of this size (width, height) at this rate.

        Raises:
            SettingsError: it does not.
        """
        width, height = self.smallest
        if size[0] < width or size[1] < height:
            raise SettingsError(
                f"{self.name} takes frames from {width}x{height} on, not {size[0]}x{size[1]}",
                where="video.width, video.height",
                mend=f"make the video larger, or leave {self.name} out",
            )
        low, high = self.rates
        # 23.976 counts as 24, as every platform has it.
        if not low <= round(rate.value) <= high:
            raise SettingsError(
                f"{self.name} takes {low} to {high} frames a second, not {float(rate.value):g}",
                where="video.fps",
                mend=f"set video.fps to a rate from {low} to {high}, or leave {self.name} out",
            )


_UPRIGHT = ((1080, 1920),)
_UPRIGHT_KBPS = ((8_000, 12_000),)

DELIVERIES: dict[str, Delivery] = {
    one.name: one
    for one in (
        Delivery(
            "youtube",
            "16:9, the whole song",
            sizes=((1920, 1080), (2560, 1440), (3840, 2160)),
            kbps=((8_000, 12_000), (16_000, 24_000), (40_000, 60_000)),
            rates=(24, 60),
        ),
        Delivery("shorts", "upright, the song's hook", "hook", _UPRIGHT, _UPRIGHT_KBPS, (24, 60), 3, 180),
        Delivery("reels", "upright, the whole song", "song", _UPRIGHT, _UPRIGHT_KBPS, (23, 60), 3, 900),
        Delivery("tiktok", "upright, the whole song", "song", _UPRIGHT, _UPRIGHT_KBPS, (23, 60), 3, 600),
        Delivery("square", "square, the whole song", "song", ((1080, 1080),), ((6_000, 9_000),), (23, 60)),
        Delivery("canvas", "upright, a silent loop", "loop", _UPRIGHT, _UPRIGHT_KBPS, (23, 60), 3, 8, words=False),
        Delivery("prores", "ProRes 422 HQ, as the master", editor="prores"),
        Delivery("dnxhr", "DNxHR HQ, as the master", editor="dnxhr", smallest=(256, 120)),
    )
}
SAFE = (0.1, 0.2, 0.9, 0.8)
"""Where words may stand upright, in fractions of the frame (left, top, right, bottom): clear of platforms' buttons."""
