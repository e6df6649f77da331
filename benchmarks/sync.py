"""Whether video and song stay together: length, every cut found again in the finished file, and the sound in its place.

Twenty-four songs of odd lengths are rendered, four frame rates in turn, and one of an hour at the oddest. The cuts are
detected in the decoded pictures of the finished file, knowing nothing of the plan, and compared with the beats that the
plan cut on; the sound is decoded and laid over the song's own samples.

Usage: benchmarks/sync.py [--quick] [--hour]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from facts import ROOT, write_result
from numpy.typing import NDArray

sys.path.insert(0, str(ROOT / "tests"))
import itertools

from small_song import write_song

from mvlocal.media.decode import decode_frames
from mvlocal.timing import FrameRate

RATES = ("24", "25", "30000/1001", "30")
LENGTHS_S = (*(round(5.013 + 0.7391 * n, 4) for n in range(20)), 33.3333, 47.9583, 61.7001, 90.0909)
HOUR = (3600.0173, "30000/1001")
MVLOCAL = [sys.executable, "-m", "mvlocal"]
SMALL = ("video.width=320", "video.height=180", "words.captions=false", "words.titles=false")


def detected_cuts(video: Path) -> list[int]:
    """Frames at which the picture changes at once: where the mean step stands far above those around it.

    Pictures are first brought to one brightness, since light that pulses on a beat is no cut.
    """
    frames = [_at_one_brightness(picture.y[::4, ::4]) for picture in decode_frames(video)]
    steps = np.array([0.0] + [float(np.abs(b - a).mean()) for a, b in itertools.pairwise(frames)])
    cuts: list[int] = []
    for n in range(1, len(steps)):
        around = np.r_[steps[max(1, n - 5) : n], steps[n + 1 : n + 6]]
        if steps[n] > 2.0 and steps[n] > 3.0 * max(float(around.max(initial=0.0)), 0.3):
            cuts.append(n)
    return cuts


def _at_one_brightness(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    shown = luma.astype(np.float32) - 16.0
    return shown * (50.0 / max(float(shown.mean()), 1.0))


def lengths_s(video: Path) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """(start, length) of the picture and of the sound, in exact seconds of the container's clock."""
    with av.open(str(video)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        return (
            Fraction(picture.start_time or 0) * picture.time_base,
            Fraction(picture.duration) * picture.time_base,
            Fraction(sound.start_time or 0) * sound.time_base,
            Fraction(sound.duration) * sound.time_base,
        )


def sound_offset_ms(video: Path, song: Path) -> float:
    """How far a video's sound lies from its song, at the start or at the end, whichever is worse; by correlation."""
    told, given = mono(video), mono(song)
    window = 4 * 48_000
    ends = slice(None, window), slice(-window, None)
    return max(abs(_lag(told[end], given[end])) for end in ends) / 48.0


def mono(path: Path) -> NDArray[np.float32]:
    """A file's sound at 48 kHz, its channels averaged."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=48_000)
    with av.open(str(path)) as container:
        parts = [part.to_ndarray()[0] for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([*parts, *(part.to_ndarray()[0] for part in resampler.resample(None))])


def _lag(told: NDArray[np.float32], given: NDArray[np.float32]) -> int:
    """Samples by which `told` comes after `given`."""
    size = 2 * max(len(told), len(given))
    matched = np.fft.irfft(np.fft.rfft(told, size) * np.conj(np.fft.rfft(given, size)), size)
    lag = int(np.argmax(matched))
    return lag if lag < size // 2 else lag - size


def measure(folder: Path, length_s: float, fps: str) -> dict[str, Any]:
    """One song at one rate."""
    song = write_song(folder / f"song-{length_s}.wav", length_s, bpm=97.0 + 13.0 * (length_s % 3.0))
    project = folder / f"video-{length_s}"
    subprocess.run([*MVLOCAL, "new", str(project), "--song", str(song), "-q"], check=True)
    settings = [part for one in (*SMALL, f"video.fps={fps}") for part in ("--set", one)]
    run = [*MVLOCAL, "render", str(project), "--json", *settings]
    done = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
    plan = [*MVLOCAL, "plan", str(project), "--json", *settings]
    shots = json.loads(subprocess.run(plan, check=True, capture_output=True, text=True).stdout)["shots"]
    rate, video = FrameRate.parse(fps), Path(done["output"])
    beats = [shot["start_s"] for shot in shots[1:] if shot["transition"] == "cut"]
    found = detected_cuts(video)
    errors = [min((abs(n * rate.frame_s - t) for n in found), default=9.9) / rate.frame_s for t in beats]
    picture_start, picture_s, sound_start, sound_s = lengths_s(video)
    return {
        "song_s": length_s,
        "fps": fps,
        "cuts": len(beats),
        "cuts_found": sum(error <= 0.5 + 1e-6 for error in errors),
        "worst_cut_frames": round(float(max(errors, default=0.0)), 3),
        "false_cuts": sum(min((abs(n - t / rate.frame_s) for t in beats), default=9.9) > 1.0 for n in found),
        "length_error_frames": round(float(abs(picture_s - Fraction(length_s)) / Fraction(rate.frame_s)), 3),
        "sound_length_error_ms": round(1000 * abs(float(sound_s) - length_s), 3),
        "sound_offset_ms": round(sound_offset_ms(video, song), 3),
        "starts_s": [float(picture_start), float(sound_start)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two songs only, nothing kept")
    parser.add_argument("--hour", action="store_true", help="the song of an hour instead")
    options = parser.parse_args()
    lengths = LENGTHS_S[: 2 if options.quick else None]
    songs = [HOUR] if options.hour else [*zip(lengths, itertools.cycle(RATES), strict=False)]
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(Path(folder), length, fps) for length, fps in songs]
    for row in rows:
        print(row)
    figures = {
        "renders": len(rows),
        "cuts": sum(row["cuts"] for row in rows),
        "cuts_found_within_half_a_frame": sum(row["cuts_found"] for row in rows),
        "false_cuts": sum(row["false_cuts"] for row in rows),
        "worst_length_error_frames": max(row["length_error_frames"] for row in rows),
        "worst_sound_length_error_ms": max(row["sound_length_error_ms"] for row in rows),
        "worst_sound_offset_ms": max(row["sound_offset_ms"] for row in rows),
        "rows": rows,
    }
    print(json.dumps(figures) if options.quick else write_result("sync_hour" if options.hour else "sync", figures))


if __name__ == "__main__":
    main()
