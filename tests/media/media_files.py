"""Makes small songs, segments and photos for the tests of the media room."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from mvlocal.media.encode import VideoEncoder, X264Settings
from mvlocal.media.frame import Yuv420
from mvlocal.media.mux import Segment
from mvlocal.timing import FrameRate, FrameSpan

Floats = NDArray[np.float32]

# name -> (encoder, container, sample format, options)
CODINGS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "u8.wav": ("pcm_u8", "wav", "u8", {}),
    "s16.wav": ("pcm_s16le", "wav", "s16", {}),
    "s24.wav": ("pcm_s24le", "wav", "s32", {}),
    "s32.wav": ("pcm_s32le", "wav", "s32", {}),
    "f32.wav": ("pcm_f32le", "wav", "flt", {}),
    "f64.wav": ("pcm_f64le", "wav", "dbl", {}),
    "rf64.wav": ("pcm_s16le", "wav", "s16", {"rf64": "always"}),
    "s16.w64": ("pcm_s16le", "w64", "s16", {}),
    "s16.aiff": ("pcm_s16be", "aiff", "s16", {}),
    "s24.aiff": ("pcm_s24be", "aiff", "s32", {}),
    "s16.flac": ("flac", "flac", "s16", {}),
    "s24.flac": ("flac", "flac", "s32", {}),
    "flac.ogg": ("flac", "ogg", "s16", {}),
    "alac.m4a": ("alac", "ipod", "s16p", {}),
    "mp3.mp3": ("libmp3lame", "mp3", "fltp", {}),
    "bare.mp3": ("libmp3lame", "mp3", "fltp", {"write_xing": "0", "id3v2_version": "0"}),
    "aac.m4a": ("aac", "ipod", "fltp", {}),
    "faststart.m4a": ("aac", "ipod", "fltp", {"movflags": "+faststart"}),
    "opus.ogg": ("libopus", "ogg", "flt", {}),
    "vorbis.ogg": ("vorbis", "ogg", "fltp", {"strict": "-2"}),
    "adts.aac": ("aac", "adts", "fltp", {}),
}
RATES = {"opus.ogg": 48000}
_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


def tune(duration_s: float, rate_hz: int = 44100, channels: int = 2) -> Floats:
    """(n, channels) of a swept tone with noise, peak below 0.8, exactly representable in 24 bits."""
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    noise = np.random.default_rng(5).standard_normal((len(t), channels))
    sweep = np.stack([np.sin(2 * np.pi * (220 + 40 * c + 30 * t) * t) for c in range(channels)], 1)
    wave = 0.4 * sweep + 0.03 * noise * (1 + np.sin(2 * np.pi * 1.7 * t))[:, None]
    return (np.rint(wave * (1 << 23)) / (1 << 23)).astype(np.float32)


def to_bits(wave: Floats, bits: int) -> Floats:
    """The nearest samples of that width."""
    return (np.rint(wave.astype(np.float64) * (1 << bits - 1)) / (1 << bits - 1)).astype(np.float32)


def write_song(path: Path, wave: Floats, name: str, rate_hz: int = 44100, cover: bool = False) -> Path:
    """Writes (n, channels) samples with one of the CODINGS, with or without cover art."""
    coding, container_name, sample_format, options = CODINGS[name]
    layout = _LAYOUTS[wave.shape[1]]
    with av.open(str(path), "w", format=container_name, options=options) as container:
        stream = container.add_stream(coding, rate=rate_hz, layout=layout, format=sample_format)
        picture = container.add_stream("mjpeg", rate=1, width=64, height=64, pix_fmt="yuvj420p") if cover else None
        if picture is not None:
            picture.disposition = av.stream.Disposition.attached_pic
        container.start_encoding()
        if picture is not None:
            still = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 90, np.uint8)).reformat(format="yuvj420p")
            still.pts = 0
            container.mux([*picture.encode(still), *picture.encode(None)])
        packed = sample_format.rstrip("p")
        frame = av.AudioFrame.from_ndarray(_quantise(wave, packed).reshape(1, -1), packed, layout)
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, 0, Fraction(1, rate_hz)
        size = stream.codec_context.frame_size or 4096
        split = av.AudioResampler(sample_format, layout, rate_hz, frame_size=size)
        for part in [*split.resample(frame), *split.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def _quantise(wave: Floats, sample_format: str) -> NDArray:
    if sample_format == "u8":
        return (np.rint(wave * 128) + 128).astype(np.uint8)
    if sample_format == "s16":
        return np.rint(wave * 32768).astype(np.int16)
    if sample_format == "s32":
        return np.rint(wave.astype(np.float64) * (1 << 31)).astype(np.int32)
    return wave.astype(np.float64 if sample_format == "dbl" else np.float32)


def picture(number: int, width: int = 128, height: int = 72, seed: int = 0) -> Yuv420:
    """A frame of moving noise and gradients that no other number or seed shares."""
    noise = np.random.default_rng(seed).integers(16, 235, (height, width), dtype=np.uint8)
    chroma = np.full((height // 2, width // 2), 90 + (7 * number + seed) % 70, np.uint8)
    return Yuv420(np.roll(noise, 3 * number, 1), chroma, chroma[::-1] + np.uint8(3))


def frames_of_noise(count: int, width: int = 128, height: int = 72) -> list[Yuv420]:
    """The pictures from number 0 on."""
    return [picture(number, width, height) for number in range(count)]


def write_segments(folder: Path, lengths: list[int], rate: FrameRate, settings: X264Settings) -> list[Segment]:
    """Encodes one segment a length, one after another on the frame grid."""
    segments, start = list[Segment](), 0
    for index, length in enumerate(lengths):
        path = folder / f"segment{index}.mp4"
        with VideoEncoder(path, 128, 72, rate, settings) as encoder:
            for number in range(length):
                encoder.write(picture(number, seed=index))
        segments.append(Segment(path, FrameSpan(start, start + length)))
        start += length
    return segments


def mp4_boxes(data: bytes, prefix: str = "") -> dict[str, list[bytes]]:
    """Bodies of an MP4's boxes by path, such as `moov.trak.mdia.minf.stbl.stts`, in file order."""
    found: dict[str, list[bytes]] = {}
    position = 0
    while position + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[position : position + 8])
        name, body = prefix + kind.decode("latin-1"), data[position + 8 : position + size]
        found.setdefault(name, []).append(body)
        skip = {"stsd": 8, "avc1": 78}.get(kind.decode("latin-1"))
        if skip is not None or kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"):
            for inner, bodies in mp4_boxes(body[skip or 0 :], f"{name}.").items():
                found.setdefault(inner, []).extend(bodies)
        position += size
    return found
