"""The codings that videos are handed out in, as plain values and as FFmpeg's options. It opens no file.

| name   | encoder              | pixels    | for                                            |
|--------|----------------------|-----------|------------------------------------------------|
| h264   | libx264, High        | 8 bit 420 | every platform                                 |
| h265   | libx265, Main        | 8 bit 420 | when asked                                     |
| av1    | libsvtav1            | 8 bit 420 | when asked                                     |
| nvenc  | h264_nvenc, High     | 8 bit 420 | when asked, where the NVIDIA card has it       |
| prores | prores_ks, 422 HQ    | 10 bit 422| editors                                        |
| dnxhr  | dnxhd, DNxHR HQ      | 8 bit 422 | editors                                        |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mvlocal.schema.delivery import CodecName
from mvlocal.timing import FrameRate

ENCODERS: dict[CodecName, str] = {
    "h264": "libx264",
    "h265": "libx265",
    "av1": "libsvtav1",
    "nvenc": "h264_nvenc",
    "prores": "prores_ks",
    "dnxhr": "dnxhd",
}
PIXELS: dict[CodecName, str] = {
    "h264": "yuv420p",
    "h265": "yuv420p",
    "av1": "yuv420p",
    "nvenc": "yuv420p",
    "prores": "yuv422p10le",
    "dnxhr": "yuv422p",
}
BFRAMES = 2
SVT_PRESETS = {
    "ultrafast": 12, "superfast": 11, "veryfast": 10, "faster": 9, "fast": 8, "medium": 7, "slow": 5, "slower": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PictureCoding:
    """How pictures are coded; part of a task's key.

    `kbps` is the mean rate asked for (0: the coding's own, for editors' codings), `threads` is pinned since another
    count gives other pixels. Groups of pictures are closed and last half a second.
    """

    codec: CodecName
    kbps: int = 0
    preset: str = "medium"
    threads: int = 2

    def gop(self, rate: FrameRate) -> int:
        """Frames from key frame to key frame: half the frame rate."""
        return max(1, round(rate.value / 2))

    def options(self, rate: FrameRate) -> dict[str, str]:
        """FFmpeg's options for the encoder at this frame rate.

        Source: x264's and x265's parameter lists, SVT-AV1's user guide, NVIDIA's encoder programming guide, FFmpeg's
        codec documentation. No peak rate is set: x264 with one and more than a thread gives other pixels each time.
        """
        gop = self.gop(rate)
        match self.codec:
            case "h264":
                params = {
                    "bitrate": self.kbps, "ratetol": 0.1, "keyint": gop, "min-keyint": gop, "scenecut": 0,
                    "open-gop": 0, "bframes": BFRAMES, "threads": self.threads, "lookahead-threads": 1,
                    "sliced-threads": 0, "cpu-independent": 1,
                    "8x8dct": 1, "cabac": 1,  # High profile with every preset
                }  # fmt: skip
                return {"preset": self.preset, "profile": "high", "x264-params": _joined(params)}
            case "h265":
                params = {
                    "bitrate": self.kbps, "keyint": gop, "min-keyint": gop, "scenecut": 0, "open-gop": 0,
                    "bframes": BFRAMES, "pools": self.threads, "frame-threads": 1,
                    "log-level": "error", "colorprim": "bt709", "transfer": "bt709", "colormatrix": "bt709",
                    "range": "limited",
                }  # fmt: skip
                return {"preset": self.preset, "x265-params": _joined(params)}
            case "av1":
                params = {"rc": 1, "tbr": self.kbps, "keyint": gop, "lp": 1}  # more threads give other pixels each time
                return {"preset": str(SVT_PRESETS[self.preset]), "svtav1-params": _joined(params)}
            case "nvenc":
                return {
                    "preset": "p6", "profile": "high", "rc": "vbr", "bf": str(BFRAMES), "forced-idr": "1",
                    "strict_gop": "1", "no-scenecut": "1",
                }  # fmt: skip
            case "prores":
                return {"profile": "hq", "vendor": "apl0"}
            case "dnxhr":
                return {"profile": "dnxhr_hq"}


def _joined(params: Mapping[str, int | float | str]) -> str:
    return ":".join(f"{name}={value}" for name, value in params.items())
