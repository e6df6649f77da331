"""Songs decode to the right samples at the right time, and a cut one never passes for a whole one."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from media_files import CODINGS, RATES, Floats, to_bits, tune, write_song

from mvlocal.errors import InputError
from mvlocal.media.audio import decode_song, read_song, song_duration
from mvlocal.media.probe import probe_song

EXACT = {"u8": 8, "s16": 16, "rf64": 16, "flac": 16, "alac": 16, "s24": 24, "s32": 24, "f32": 24, "f64": 24}
CUT_FORMATS = [
    "s16.wav",
    "s24.aiff",
    "s16.flac",
    "mp3.mp3",
    "bare.mp3",
    "aac.m4a",
    "faststart.m4a",
    "alac.m4a",
    "opus.ogg",
    "vorbis.ogg",
    "flac.ogg",
    "s16.w64",
    "rf64.wav",
    "adts.aac",
]


def decode(path: Path) -> Floats:
    return np.concatenate(list(decode_song(path)))


def refusal(path: Path) -> InputError | None:
    """How decoding the whole song is refused, if it is; any other error is a failure."""
    try:
        assert len(decode(path)) > 0
    except InputError as error:
        return error
    return None


def lag(sent: Floats, got: Floats) -> int:
    """How many samples later `got` is than `sent`, by cross-correlation."""
    size = 2 * max(len(sent), len(got))
    product = np.fft.rfft(got[:, 0], size) * np.conj(np.fft.rfft(sent[:, 0], size))
    peak = int(np.fft.irfft(product, size).argmax())
    return peak - size if peak > size // 2 else peak


@pytest.mark.parametrize("name", [name for name in CODINGS if name.partition(".")[0] in EXACT])
def test_lossless_songs_decode_exactly(name: str, tmp_path: Path) -> None:
    wave = to_bits(tune(1.3), EXACT[name.partition(".")[0]])
    path = write_song(tmp_path / name, wave, name, cover=name.endswith(".flac"))
    assert np.array_equal(decode(path), wave)
    assert song_duration(path) == len(wave) / 44100


@pytest.mark.parametrize("name", ["mp3.mp3", "aac.m4a", "faststart.m4a", "opus.ogg", "vorbis.ogg"])
def test_lossy_songs_begin_at_zero_and_keep_their_length(name: str, tmp_path: Path) -> None:
    rate = RATES.get(name, 44100)
    wave = tune(2.017, rate)
    got = decode(write_song(tmp_path / name, wave, name, rate, cover=name.endswith(".mp3")))
    assert lag(wave, got) == 0
    assert abs(len(got) - len(wave)) <= (16 if name.startswith("vorbis") else 0)


@pytest.mark.parametrize("name", CUT_FORMATS)
def test_cut_songs_are_refused_with_both_lengths(name: str, tmp_path: Path) -> None:
    rate = RATES.get(name, 44100)
    ending = Path(name).suffix
    whole = write_song(tmp_path / f"whole{ending}", tune(4, rate), name, rate)
    data, passed = whole.read_bytes(), list[int]()
    path = tmp_path / f"cut{ending}"
    for percent in (1, 2, 3, 7, 15, 30, 50, 75, 90, 97, 99):
        path.write_bytes(data[: len(data) * percent // 100])
        error = refusal(path)
        if error is None:
            passed.append(percent)
            continue
        assert "cut" in error.what
        assert error.mend
        if percent > 50 and name in ("s16.wav", "s24.aiff", "s16.flac", "mp3.mp3", "faststart.m4a"):
            assert re.search(r"only 0:0[0-3]\.\d+ of the 0:04\.\d+ that it declares", error.what)
    assert passed == []
    path.write_bytes(data)
    assert song_duration(path) == pytest.approx(4, abs=0.1)


def test_cut_flac_of_undeclared_length_is_refused(tmp_path: Path) -> None:
    data = bytearray(write_song(tmp_path / "a.flac", to_bits(tune(2), 16), "s16.flac").read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)  # STREAMINFO's count of samples: unknown
    path = tmp_path / "b.flac"
    path.write_bytes(data)
    assert probe_song(path).declared_duration_s is None
    assert song_duration(path) == 2
    path.write_bytes(data[: len(data) * 9 // 10])
    with pytest.raises(InputError, match="cut"):
        decode(path)


def test_flipped_bit_in_flac_is_damage(tmp_path: Path) -> None:
    path = write_song(tmp_path / "a.flac", to_bits(tune(2), 16), "s16.flac")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"is damaged|is cut"):
        decode(path)


def test_mp3_with_tags_at_both_ends_is_whole(tmp_path: Path) -> None:
    for name in ("mp3.mp3", "bare.mp3"):
        path = write_song(tmp_path / name, tune(2), name)
        plain = path.read_bytes()
        path.write_bytes(
            b"ID3\x04\0\0\0\0\x0f\x50" + bytes(2000) + plain + b"APETAGEX" + bytes(24) + b"TAG" + bytes(125)
        )
        assert song_duration(path) == pytest.approx(2, abs=0.06)


def test_wav_of_undeclared_length_is_read_to_its_end(tmp_path: Path) -> None:
    path = write_song(tmp_path / "a.wav", to_bits(tune(1.5), 16), "s16.wav")
    data = bytearray(path.read_bytes())
    place = data.index(b"data") + 4
    data[place : place + 4] = b"\xff" * 4
    path.write_bytes(data)
    assert song_duration(path) == 1.5


@pytest.mark.parametrize("channels", range(1, 9))
def test_every_number_of_channels(channels: int, tmp_path: Path) -> None:
    wave = to_bits(tune(1.1, 22050, channels), 16)
    path = write_song(tmp_path / "a.wav", wave, "s16.wav", 22050)
    assert np.array_equal(decode(path), wave)
    mono = read_song(path, 22050)
    assert mono.samples.shape == (len(wave),)
    assert np.abs(mono.samples - wave.mean(1)).max() < 1e-6
    assert read_song(path, 16000, mono=False).samples.shape == (17600, channels)


@pytest.mark.parametrize(
    ("source", "target"),
    [(8000, 22050), (11025, 44100), (44100, 22050), (48000, 44100), (192000, 22050), (22050, 22050)],
)
def test_resampling_keeps_time_level_and_length(source: int, target: int, tmp_path: Path) -> None:
    count = round(1.7 * source) + 11
    t = np.arange(count) / source
    envelope = np.hanning(count)
    wave = (0.5 * np.sin(2 * np.pi * 440 * t) * envelope)[:, None].astype(np.float32)
    song = read_song(write_song(tmp_path / "a.wav", wave, "f32.wav", source), target)
    new = np.arange(len(song.samples)) / target
    assert song.sample_rate_hz == target
    assert song.duration_s == count / source
    assert abs(len(song.samples) - count * target / source) <= 1
    wanted = 0.5 * np.sin(2 * np.pi * 440 * new) * np.interp(new, t, envelope)
    assert np.abs(song.samples - wanted).max() < 1e-4


def test_downsampling_leaves_no_alias(tmp_path: Path) -> None:
    t = np.arange(48000 * 2) / 48000
    wave = np.sin(2 * np.pi * 15000 * t)[:, None].astype(np.float32)
    song = read_song(write_song(tmp_path / "a.wav", wave, "f32.wav", 48000), 22050)
    assert np.abs(song.samples[500:-500]).max() < 1e-3


def test_silence_is_a_song_but_shortness_is_not(tmp_path: Path) -> None:
    silent = write_song(tmp_path / "a.wav", np.zeros((50000, 2), np.float32), "s16.wav")
    assert not read_song(silent, 22050).samples.any()
    short = write_song(tmp_path / "b.wav", np.zeros((1, 2), np.float32), "s16.wav")
    assert song_duration(short) == 1 / 44100
    with pytest.raises(InputError, match="too short: 1 samples"):
        read_song(short, 22050)
    empty = write_song(tmp_path / "c.wav", np.zeros((1, 2), np.float32), "s16.wav")
    empty.write_bytes(empty.read_bytes()[:-4].replace(b"data\x04", b"data\x00"))
    with pytest.raises(InputError, match="no sound"):
        decode(empty)
    with pytest.raises(ValueError, match="positive"):
        read_song(silent, 0)


def test_float_samples_that_are_not_numbers_are_damage(tmp_path: Path) -> None:
    wave = tune(1.5)
    wave[44100, 1] = np.nan
    with pytest.raises(InputError, match=r"at 0:0.*not numbers"):
        decode(write_song(tmp_path / "a.wav", wave, "f32.wav"))


def test_blocks_are_small(tmp_path: Path) -> None:
    path = write_song(tmp_path / "a.flac", to_bits(tune(8), 16), "s16.flac")
    sizes = [len(block) for block in decode_song(path)]
    assert max(sizes) < 10_000
    assert sum(sizes) == 8 * 44100


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("originals")
    names = ["s16.wav", "s16.flac", "mp3.mp3", "faststart.m4a", "aac.m4a", "opus.ogg", "s16.aiff"]
    return {
        name: write_song(folder / name, tune(1.1, RATES.get(name, 44100)), name, RATES.get(name, 44100)).read_bytes()
        for name in names
    }


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_mutated_songs_are_read_or_refused(
    originals: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(originals)))
    content = bytearray(originals[name])
    for _ in range(data.draw(st.integers(1, 6))):
        early = data.draw(st.booleans())
        place = data.draw(st.integers(0, min(len(content), 200) - 1 if early else len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / f"mutated{Path(name).suffix}"
    path.write_bytes(content)
    error = refusal(path)
    assert error is None or (error.what and error.mend and error.where == str(path))
