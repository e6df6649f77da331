"""Pictures as BT.709 limited-range YUV 4:2:0 planes, to and from RGB. It knows nothing of files."""

from __future__ import annotations

import numpy as np
from av import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from mvlocal.media.frame import Plane, Rgb, Yuv420

# BITEXACT keeps the result the same whatever SIMD the processor has; without ACCURATE_RND and the full chroma
# paths swscale is off by up to two levels.
_SWSCALE = int(
    Interpolation.BILINEAR
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
    | Interpolation.BITEXACT
)


def require_even(width: int, height: int) -> None:
    """4:2:0 video needs even sides.

    Raises:
        ValueError: a side is odd or not positive.
    """
    if width < 2 or height < 2 or width % 2 or height % 2:
        raise ValueError(f"video sides must be even and positive, not {width}x{height}")


def rgb_to_yuv420(rgb: Rgb) -> Yuv420:
    """Converts full-range R'G'B' (H, W, 3) uint8 to BT.709 limited-range planes, right to half a level.

    Raises:
        ValueError: not (H, W, 3) uint8 with even sides.
    Source: ITU-R BT.709-6, by libswscale.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise ValueError(f"an RGB picture is (H, W, 3) uint8, not {rgb.shape} {rgb.dtype}")
    require_even(rgb.shape[1], rgb.shape[0])
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24").reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        interpolation=_SWSCALE,
        threads=1,
    )
    return frame_to_planes(frame)


def yuv420_to_rgb(planes: Yuv420) -> Rgb:
    """Converts BT.709 limited-range planes back to full-range R'G'B' (H, W, 3) uint8.

    Source: ITU-R BT.709-6, by libswscale.
    """
    frame = VideoFrame.from_ndarray(planes_to_array(planes), "yuv420p").reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=_SWSCALE,
        threads=1,
    )
    return frame.to_ndarray().astype(np.uint8, copy=False)


def planes_to_array(planes: Yuv420) -> Plane:
    """Stacks the planes into one (H * 3 / 2, W) array, the layout that libraries call yuv420p or I420."""
    require_even(planes.width, planes.height)
    flat = np.concatenate([planes.y.reshape(-1), planes.u.reshape(-1), planes.v.reshape(-1)])
    return flat.reshape(planes.height * 3 // 2, planes.width)


def frame_to_planes(frame: VideoFrame) -> Yuv420:
    """Copies a yuv420p frame's pixels out of the decoder's buffers.

    Raises:
        ValueError: the frame has another pixel format.
    """
    if frame.format.name != "yuv420p":
        raise ValueError(f"expected yuv420p, not {frame.format.name}")
    height, width = frame.height, frame.width
    flat = frame.to_ndarray().astype(np.uint8, copy=False).reshape(-1)
    luma, chroma = height * width, (height // 2) * (width // 2)
    return Yuv420(
        y=flat[:luma].reshape(height, width),
        u=flat[luma : luma + chroma].reshape(height // 2, width // 2),
        v=flat[luma + chroma : luma + 2 * chroma].reshape(height // 2, width // 2),
    )
