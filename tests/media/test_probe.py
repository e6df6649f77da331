"""What a song is, by content: whitelisted containers in, everything else refused by its right name."""

from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np
import pytest
from media_files import CODINGS, RATES, frames_of_noise, tune, write_song

from mvlocal.errors import InputError
from mvlocal.media.encode import VideoEncoder
from mvlocal.media.probe import probe_song, sniff_container
from mvlocal.timing import FrameRate

KINDS = {
    "wav": "wav",
    "w64": "w64",
    "aiff": "aiff",
    "flac": "flac",
    "mp3": "mp3",
    "m4a": "mp4",
    "ogg": "ogg",
    "aac": "aac",
}
BITS = {"u8": 8, "s16": 16, "rf64": 16, "s24": 24, "s32": 32, "f32": 32, "f64": 64, "flac": 16, "alac": 16}


@pytest.mark.parametrize("name", CODINGS)
def test_song_is_known_by_content_whatever_its_name(name: str, tmp_path: Path) -> None:
    rate = RATES.get(name, 44100)
    path = write_song(tmp_path / "track.txt", tune(1.2, rate), name, rate)
    info = probe_song(path)
    stem, _, ending = name.partition(".")
    assert sniff_container(path) == info.container == KINDS[ending]
    assert (info.sample_rate_hz, info.channels) == (rate, 2)
    assert info.bits == (24 if name == "s24.flac" else BITS.get(stem))
    assert info.lossless == (stem in BITS)
    assert info.is_float == (stem in ("f32", "f64"))
    if info.declared_duration_s is not None:
        assert info.declared_duration_s == pytest.approx(1.2, abs=0.2)


@pytest.mark.parametrize(
    "head",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{target}'\n",
    ],
)
@pytest.mark.parametrize("name", ["song.mp3", "song.wav", "song.m4a"])
def test_playlists_are_never_followed(head: str, name: str, tmp_path: Path) -> None:
    secret = write_song(tmp_path / "secret.mp3", tune(1.5), "mp3.mp3")
    path = tmp_path / name
    path.write_text(head.format(target=secret))
    os.utime(secret, (1, 1))
    with pytest.raises(InputError, match=r"playlist|concat list") as caught:
        probe_song(path)
    assert caught.value.mend
    assert str(path) == caught.value.where
    assert secret.stat().st_atime == 1


@pytest.mark.parametrize("lead", [b"\n\n  ", b"\xef\xbb\xbf"])
def test_playlist_behind_blanks_or_a_byte_order_mark_is_still_one(lead: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(lead + b"#EXTM3U\nother.mp3\n")
    with pytest.raises(InputError, match="playlist"):
        probe_song(path)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(60), "JPEG"),
        (b"\x1aE\xdf\xa3" + bytes(60), "Matroska"),
        (b"PK\x03\x04" + bytes(60), "ZIP"),
        (b"MThd" + bytes(60), "MIDI"),
        (b"<?xml version='1.0'?><MPD></MPD>", "XML"),
        (b"la la la\n" * 9, "text"),
        (b"\x00\x01\x02\x03" * 50, "no kind"),
        (b"\xff\xfe" + "words".encode("utf-16-le"), "no kind"),
        (bytes(5000), "no kind"),
    ],
)
def test_other_files_are_named(content: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(content)
    with pytest.raises(InputError, match=name) as caught:
        probe_song(path)
    assert "export" in caught.value.mend


def test_what_is_no_readable_file_is_refused(tmp_path: Path) -> None:
    folder, pipe, loop, dangling, empty = (tmp_path / n for n in ("folder", "pipe", "loop", "dangling", "empty"))
    folder.mkdir()
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    dangling.symlink_to(tmp_path / "nothing")
    empty.touch()
    cases = {
        folder: "folder",
        pipe: "pipe",
        loop: "back to itself",
        dangling: "does not exist",
        empty: "empty",
        tmp_path / "missing.wav": "does not exist",
        Path("/dev/zero"): "device",
        tmp_path / "a\0b": "cannot be opened",
        tmp_path / ("x" * 300): "cannot be read",
    }
    for path, what in cases.items():
        with pytest.raises(InputError, match=what) as caught:
            probe_song(path)
        assert caught.value.mend


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_is_refused(tmp_path: Path) -> None:
    path = write_song(tmp_path / "a.wav", tune(1), "s16.wav")
    path.chmod(0)
    with pytest.raises(InputError, match="may not be read"):
        probe_song(path)


def test_pictures_without_sound_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with VideoEncoder(path, 64, 36, FrameRate.parse(25)) as encoder:
        for frame in frames_of_noise(5, 64, 36):
            encoder.write(frame)
    song = path.rename(tmp_path / "song.m4a")
    with pytest.raises(InputError, match="pictures and no sound"):
        probe_song(song)


def test_tags_that_are_not_utf8_do_not_matter(tmp_path: Path) -> None:
    path = write_song(tmp_path / "a.mp3", tune(1.5), "bare.mp3")
    text = b"TIT2" + (6).to_bytes(4, "big") + b"\0\0" + b"\x03\xff\xfe\xe9\xe8\xf0"
    path.write_bytes(b"ID3\x03\0\0" + bytes([0, 0, 0, len(text)]) + text + path.read_bytes())
    assert probe_song(path).container == "mp3"


def test_odd_file_names_are_only_names(tmp_path: Path) -> None:
    names = ["-", "pipe:0", "concat:a|b", "a%03d.wav", "new\nline", "雨.wav", os.fsdecode(b"\xff\xfe.wav"), "a?b=c#d"]
    for name in names:
        assert (
            probe_song(write_song(tmp_path / "a.wav", tune(1), "s16.wav").rename(tmp_path / name)).codec == "pcm_s16le"
        )


def test_nine_channels_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    data = np.zeros((44100, 9), "<i2").tobytes()
    form = (1).to_bytes(2, "little") + (9).to_bytes(2, "little") + (44100).to_bytes(4, "little")
    form += (44100 * 18).to_bytes(4, "little") + (18).to_bytes(2, "little") + (16).to_bytes(2, "little")
    body = b"WAVEfmt " + (16).to_bytes(4, "little") + form + b"data" + len(data).to_bytes(4, "little") + data
    path.write_bytes(b"RIFF" + len(body).to_bytes(4, "little") + body)
    with pytest.raises(InputError, match="9 channels"):
        probe_song(path)


def test_coding_outside_the_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("adpcm_ms", rate=44100)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.int16), "s16", "mono")
        frame.sample_rate = 44100
        container.mux([*stream.encode(frame), *stream.encode(None)])
    with pytest.raises(InputError, match="adpcm_ms"):
        probe_song(path)
