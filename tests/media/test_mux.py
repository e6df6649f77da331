"""The finished file: each frame as encoded and on its exact time, each sample of the song, the same bytes each run."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from media_files import RATES, Floats, mp4_boxes, picture, to_bits, tune, write_segments, write_song
from test_audio import lag

from mvlocal.errors import InputError, TaskError
from mvlocal.media.audio import decode_song
from mvlocal.media.decode import check_video, frame_hashes
from mvlocal.media.encode import VideoEncoder, X264Settings
from mvlocal.media.mux import Assembled, Segment, assemble
from mvlocal.timing import FrameRate, FrameSpan

LENGTHS = [17, 1, 1, 30, 2, 29]  # odd, with single frames beside each other
SETTINGS = X264Settings(threads=1)
FRAMES = sum(LENGTHS)


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> list[Segment]:
    return write_segments(tmp_path_factory.mktemp("segments"), LENGTHS, FrameRate.parse(24), SETTINGS)


def sound_of(path: Path) -> Floats:
    with av.open(str(path)) as container:
        parts = list[np.ndarray]()
        for frame in container.decode(audio=0):
            data = frame.to_ndarray()
            parts.append(data.T if frame.format.is_planar else data.reshape(-1, frame.layout.nb_channels))
    whole = np.concatenate(parts)
    scale = {"int16": 1 << 15, "int32": 1 << 31}.get(whole.dtype.name, 1)
    return (whole / np.float64(scale)).astype(np.float32)


def join(segments: list[Segment], song: Path, out: Path, audio: str = "lossless") -> Assembled:
    return assemble(segments, song, out, rate=FrameRate.parse(24), audio=audio)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("rate", ["24", "25", "30000/1001", "30", "24000/1001"])
@pytest.mark.parametrize("ending", [".mp4", ".mov", ".mkv"])
def test_frames_and_times_are_those_of_the_segments(rate: str, ending: str, tmp_path: Path) -> None:
    exact = FrameRate.parse(rate)
    segments = write_segments(tmp_path, LENGTHS, exact, SETTINGS)
    song = write_song(tmp_path / "a.wav", to_bits(tune(2), 16), "s16.wav")
    out, heard = tmp_path / f"out{ending}", list[float]()
    made = assemble(segments, song, out, rate=exact, tags={"title": "Über", "artist": "A"}, progress=heard.append)
    assert frame_hashes(out) == [h for segment in segments for h in frame_hashes(segment.path)]
    check_video(out, frames=FRAMES, width=128, height=72)
    assert (made.frames, made.duration_s, heard[-1]) == (FRAMES, float(FRAMES / exact.value), 1.0)
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        assert container.metadata["title"] == "Über"
        assert stream.start_time == container.streams.audio[0].start_time == 0
        assert stream.average_rate == exact.value
        times = sorted(p.pts * p.time_base for p in container.demux(stream) if p.pts is not None)
    wanted = [number / exact.value for number in range(FRAMES)]
    if ending == ".mkv":  # whole milliseconds
        assert all(abs(a - b) <= Fraction(1, 2000) for a, b in zip(times, wanted, strict=True))
    else:
        assert times == wanted


@pytest.mark.parametrize("audio", ["lossless", "aac"])
def test_mp4_starts_at_zero_without_edit_lists(audio: str, segments: list[Segment], tmp_path: Path) -> None:
    song = write_song(tmp_path / "a.wav", to_bits(tune(2), 16), "s16.wav")
    join(segments, song, out := tmp_path / "out.mp4", audio)
    boxes = mp4_boxes(out.read_bytes())
    assert list(boxes).index("moov") < list(boxes).index("mdat")
    assert not [name for name in boxes if "edts" in name]
    table = "moov.trak.mdia.minf.stbl."
    assert boxes[f"{table}stsd.avc1.colr"] == [b"nclx" + bytes([0, 1, 0, 1, 0, 1, 0])]
    assert int.from_bytes(boxes[f"{table}ctts"][0][12:16], "big", signed=True) == 0
    assert boxes["moov.mvhd"][0][4:12] == bytes(8)
    assert int.from_bytes(boxes[f"{table}stts"][0][4:8], "big") == 1  # one length for all frames


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize(
    ("name", "bits"),
    [
        ("u8.wav", 8),
        ("s16.wav", 16),
        ("s24.wav", 24),
        ("s16.flac", 16),
        ("s24.flac", 24),
        ("alac.m4a", 16),
        ("s24.aiff", 24),
    ],
)
def test_lossless_songs_are_sample_exact(
    name: str, bits: int, ending: str, segments: list[Segment], tmp_path: Path
) -> None:
    wave = to_bits(tune(3.1), bits)
    song = write_song(tmp_path / name, wave, name)
    made = join(segments, song, out := tmp_path / f"out{ending}")
    assert np.array_equal(sound_of(out), wave)
    assert (made.audio_samples, made.clipped_samples) == (len(wave), 0)
    assert made.audio_codec == ("flac" if ending != ".mov" else "pcm_s16le" if bits <= 16 else "pcm_s24le")


@pytest.mark.parametrize("channels", [1, 2, 3, 6, 8])
@pytest.mark.parametrize("rate_hz", [8000, 44100, 192000])
def test_odd_rates_and_channels_stay_exact(
    channels: int, rate_hz: int, segments: list[Segment], tmp_path: Path
) -> None:
    wave = to_bits(tune(1.2, rate_hz, channels), 24)
    song = write_song(tmp_path / "a.wav", wave, "s24.wav", rate_hz)
    join(segments, song, out := tmp_path / "out.mp4")
    assert np.array_equal(sound_of(out), wave)


@pytest.mark.parametrize("name", ["mp3.mp3", "aac.m4a", "opus.ogg", "vorbis.ogg"])
def test_lossy_songs_are_rounded_once_to_24_bits(name: str, segments: list[Segment], tmp_path: Path) -> None:
    rate = RATES.get(name, 44100)
    song = write_song(tmp_path / name, tune(2, rate), name, rate)
    source = np.concatenate(list(decode_song(song)))
    join(segments, song, out := tmp_path / "out.mp4")
    got = sound_of(out)
    assert got.shape == source.shape
    assert np.abs(got - source).max() <= 0.5 / (1 << 23)


def test_float_songs_are_exact_in_mkv_and_mov_and_counted_when_limited_in_mp4(
    segments: list[Segment], tmp_path: Path
) -> None:
    wave = tune(2)
    wave[1000:1010] = 1.5
    song = write_song(tmp_path / "a.wav", wave, "f32.wav")
    for ending in (".mkv", ".mov"):
        made = join(segments, song, out := tmp_path / f"out{ending}")
        assert (made.audio_codec, made.clipped_samples) == ("pcm_f32le", 0)
        assert np.array_equal(sound_of(out), wave)
    made = join(segments, song, out := tmp_path / "out.mp4")
    assert made.clipped_samples == 20
    assert np.abs(sound_of(out) - wave.clip(-1, 1)).max() <= 1 / (1 << 23)


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize("rate_hz", [48000, 44100])
def test_aac_is_48_khz_and_in_time(ending: str, rate_hz: int, segments: list[Segment], tmp_path: Path) -> None:
    song = write_song(tmp_path / "a.wav", to_bits(tune(3, rate_hz), 16), "s16.wav", rate_hz)
    made = join(segments, song, out := tmp_path / f"out{ending}", "aac")
    with av.open(str(out)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.codec_context.sample_rate) == ("aac", 48000)
        start = next(iter(container.decode(audio=0))).time
    assert (made.audio_codec, made.audio_rate_hz, made.audio_samples) == ("aac", 48000, 3 * 48000)
    assert abs(start) <= 0.022
    reference = to_bits(tune(3, 48000), 16)
    got = sound_of(out)
    if rate_hz == 48000:
        late = lag(reference, got) + round(start * 48000)
        assert abs(late) <= 1 + (start > 0) * 48  # Matroska counts in milliseconds
        body = slice(4800, 100_000)
        near = got[lag(reference, got) :][body] if lag(reference, got) >= 0 else got[body]
        assert np.corrcoef(near[:, 0], reference[body, 0])[0, 1] > 0.99


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("aac.m4a", ".mp4"),
        ("aac.m4a", ".mov"),
        ("alac.m4a", ".mp4"),
        ("alac.m4a", ".mkv"),
        ("s16.flac", ".mp4"),
        ("s16.flac", ".mkv"),
        ("opus.ogg", ".mkv"),
    ],
)
def test_copied_songs_decode_as_before(name: str, ending: str, segments: list[Segment], tmp_path: Path) -> None:
    rate = RATES.get(name, 44100)
    song = write_song(tmp_path / name, tune(3.05, rate), name, rate)
    join(segments, song, out := tmp_path / f"out{ending}", "copy")
    assert np.array_equal(sound_of(out), sound_of(song))
    with av.open(str(out)) as container:
        assert min(p.pts for p in container.demux(video=0) if p.pts is not None) == 0
    assert frame_hashes(out) == [h for segment in segments for h in frame_hashes(segment.path)]


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("mp3.mp3", ".mp4"),
        ("mp3.mp3", ".mkv"),
        ("aac.m4a", ".mkv"),
        ("opus.ogg", ".mp4"),
        ("s16.wav", ".mp4"),
        ("adts.aac", ".mp4"),
        ("s16.flac", ".mov"),
    ],
)
def test_copies_that_would_not_be_exact_are_refused(
    name: str, ending: str, segments: list[Segment], tmp_path: Path
) -> None:
    rate = RATES.get(name, 44100)
    song = write_song(tmp_path / name, tune(1.5, rate), name, rate)
    with pytest.raises(InputError, match="cannot be copied") as caught:
        join(segments, song, tmp_path / f"out{ending}", "copy")
    assert "lossless" in caught.value.mend


@pytest.mark.parametrize("audio", ["lossless", "aac", "copy"])
def test_cut_songs_leave_no_file(audio: str, segments: list[Segment], tmp_path: Path) -> None:
    song = write_song(tmp_path / "a.flac", to_bits(tune(3), 16), "s16.flac")
    song.write_bytes(song.read_bytes()[:-5000])
    with pytest.raises(InputError, match="cut"):
        join(segments, song, tmp_path / "out.mp4", audio)
    assert [path.name for path in tmp_path.iterdir()] == ["a.flac"]


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize("audio", ["lossless", "aac"])
def test_two_runs_give_the_same_bytes(ending: str, audio: str, segments: list[Segment], tmp_path: Path) -> None:
    song = write_song(tmp_path / "a.mp3", tune(3), "mp3.mp3")
    first, second = tmp_path / f"first{ending}", tmp_path / f"second{ending}"
    join(segments, song, first, audio)
    join(segments, song, second, audio)
    assert first.read_bytes() == second.read_bytes()


def test_song_and_picture_may_differ_in_length(segments: list[Segment], tmp_path: Path) -> None:
    for seconds in (0.3, 9.0):
        wave = to_bits(tune(seconds), 16)
        join(segments, write_song(tmp_path / "a.wav", wave, "s16.wav"), out := tmp_path / "out.mp4")
        assert np.array_equal(sound_of(out), wave)
        check_video(out, frames=FRAMES, width=128, height=72)


def test_segments_that_do_not_fit_are_refused(segments: list[Segment], tmp_path: Path) -> None:
    song = write_song(tmp_path / "a.wav", to_bits(tune(1), 16), "s16.wav")
    first = segments[0]
    other = tmp_path / "other.mp4"
    with VideoEncoder(other, 64, 36, FrameRate.parse(24), SETTINGS) as encoder:
        for number in range(3):
            encoder.write(picture(number, 64, 36))
    cases = {
        "no segments": [],
        "follow": [segments[0], segments[2]],
        "stands for 18": [Segment(first.path, FrameSpan(0, 18))],
        "different settings": [first, Segment(other, FrameSpan(17, 20))],
    }
    for what, chosen in cases.items():
        with pytest.raises(TaskError, match=what):
            join(chosen, song, tmp_path / "out.mp4")
    with pytest.raises(TaskError, match="off the frame grid"):
        assemble([first], song, tmp_path / "out.mp4", rate=FrameRate.parse(25))
    with pytest.raises(ValueError, match=r"\.mp4"):
        join([first], song, tmp_path / "out.avi")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "other.mp4"]
