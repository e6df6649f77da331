"""Make the example song: sing and mix the score, and write song.opus, lyrics.lrc and truth.json.

Run `python make_song.py` beside this file; the same files come out every time.
Knows nothing of how an instrument or the voice makes its sound (`synth`, `singer`) or what it plays (`band`).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import av
import band
import numpy as np
import score
import singer
import synth
from score import BEATS_PER_BAR, Line, Section, beat_to_s
from synth import SAMPLE_RATE_HZ, Audio

TARGET_LUFS = -14.0
CEILING = 10 ** (-1.5 / 20)
BIT_RATE = 84_000


@dataclass(frozen=True, slots=True)
class Voices:
    """Lead in the middle; doubles and harmonies to the sides."""

    lead: Audio
    sides: Audio


def sing_all(lines: list[Line]) -> Voices:
    """Every line: a lead, doubled left and right in the choruses, a third above in the last."""
    samples = band.new_track(0).audio.shape[1]
    lead, sides = np.zeros((2, samples)), np.zeros((2, samples))
    for number, line in enumerate(lines):
        syllables = [syllable for word in line.words for syllable in word.syllables]
        strain = band.STRAIN[line.section]
        level = 0.74 + 0.3 * strain
        take = singer.Take(number, level, breath=0.006 - 0.003 * strain, brightness=0.9 + 0.16 * strain)
        lead += synth.pan(singer.sing(syllables, take, samples), 0.0)
        if line.section == "chorus":
            for side, cents, late_s in ((-0.8, -9.0, 0.013), (0.8, 8.0, 0.019)):
                double = singer.Take(number + 100 + int(side > 0), 0.4, 0.005, 0.95, cents, late_s, 0.3)
                sides += synth.pan(singer.sing(syllables, double, samples), side)
        if number >= len(lines) - 4:
            above = [_third_above(syllable) for syllable in syllables]
            for side, cents in ((-0.55, 5.0), (0.55, -6.0)):
                take = singer.Take(number + 300 + int(side > 0), 0.3, 0.005, 0.85, cents, 0.016, 0.15)
                sides += synth.pan(singer.sing(above, take, samples), side)
    return Voices(lead, sides)


def _third_above(syllable: score.Syllable) -> score.Syllable:
    """The same syllable a third higher in G major."""
    scale = [midi for midi in range(40, 100) if (midi - 7) % 12 in {0, 2, 4, 5, 7, 9, 11}]
    notes = tuple((beat, float(scale[scale.index(int(midi)) + 2])) for beat, midi in syllable.notes)
    return score.Syllable(syllable.onset, syllable.vowel, syllable.coda, notes, syllable.end_beat)


def mix(form: list[Section], lines: list[Line]) -> Audio:
    """The finished stereo mix at TARGET_LUFS, every sample under CEILING."""
    kit, kicks = band.play_drums(form)
    keys, guitar, strings = band.play_keys(form).audio, band.play_guitar(form).audio, band.play_strings(form).audio
    hook, places, bass = band.play_hook(form).audio, band.play_places(form).audio, band.play_bass(form).audio
    voices = sing_all(lines)
    lead = _vocal_strip(voices.lead)
    sides = synth.filtered(_vocal_strip(voices.sides), "highpass", 220.0)
    duck = _ducking(kicks, kit.audio.shape[1])
    presence = _presence(lead)
    guitar = synth.filtered(guitar, "highpass", 160.0)
    keys = synth.filtered(keys, "highpass", 140.0)
    strings = synth.filtered(strings, "highpass", 180.0) * duck
    bed = 0.42 * keys + 1.15 * guitar + 0.50 * strings
    bed *= 1.0 - 0.22 * presence
    dry = 0.80 * kit.audio + 0.40 * bass * (0.45 + 0.55 * duck) + bed + 0.30 * hook + places
    dry = dry + 1.7 * lead + 1.1 * sides
    room, hall = synth.hall(21, 0.7, 5000.0), synth.hall(22, 2.3, 3600.0)
    near = 0.16 * synth.filtered(kit.audio, "highpass", 250.0) + 0.25 * guitar + 0.12 * keys
    far = 0.36 * lead + 0.42 * sides + 0.15 * strings + 0.30 * hook + 0.25 * guitar + 0.9 * places
    far += 0.55 * synth.echo(0.30 * lead, 0.75 * score.BEAT_S, 0.5, 3)
    wet = synth.reverberate(near, room) + synth.reverberate(far, hall)
    echoes = synth.echo(0.30 * lead + 0.1 * hook, 0.75 * score.BEAT_S, 0.45, 3) * (1.0 - 0.6 * presence)
    return _master(dry + wet + echoes)


def _vocal_strip(audio: Audio) -> Audio:
    """High-pass, even out, and a little air."""
    audio = synth.filtered(audio, "highpass", 140.0)
    level = np.sqrt(np.maximum(synth.filtered((audio**2).mean(axis=0), "lowpass", 9.0, 1), 1e-9))
    gain = np.minimum(1.9, (0.16 / np.maximum(level, 0.02)) ** 0.45)
    air = synth.filtered(audio, "highpass", 5500.0, 1)
    return (audio + 0.35 * air) * gain


def _presence(lead: Audio) -> Audio:
    """0 to 1: how much the voice is there, slow enough to duck by."""
    level = synth.filtered(np.abs(lead).mean(axis=0), "lowpass", 3.0, 1)
    return np.clip(level / 0.08, 0.0, 1.0)


def _ducking(kicks: list[float], samples: int) -> Audio:
    gain = np.ones(samples)
    t = synth.seconds(0.28)
    dip = 1.0 - 0.34 * np.exp(-t / 0.08)
    for beat in kicks:
        start = round(beat_to_s(beat) * SAMPLE_RATE_HZ)
        stop = min(samples, start + len(dip))
        gain[start:stop] = np.minimum(gain[start:stop], dip[: stop - start])
    return gain


def _master(audio: Audio) -> Audio:
    audio = synth.filtered(audio, "highpass", 28.0)
    mid, side = audio.mean(axis=0), (audio[0] - audio[1]) / 2
    side = synth.filtered(side, "highpass", 130.0) * 1.1
    audio = np.stack([mid + side, mid - side])
    fade_in = np.clip(np.arange(audio.shape[1]) / (0.02 * SAMPLE_RATE_HZ), 0, 1)
    fade_out = np.clip((audio.shape[1] - np.arange(audio.shape[1])) / (1.8 * SAMPLE_RATE_HZ), 0, 1) ** 1.5
    audio = audio * fade_in * fade_out
    gain = 1.0
    for _ in range(6):
        gain *= 10 ** ((TARGET_LUFS - synth.loudness_lufs(synth.limit(gain * audio, CEILING))) / 20)
    return synth.limit(gain * audio, CEILING)


def write_opus(audio: Audio, path: Path) -> None:
    """Encode stereo 48 kHz audio as Ogg Opus; the stream's serial and tags are fixed."""
    options = {"serial_offset": "1", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="ogg", options=options) as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE_HZ, bit_rate=BIT_RATE, layout="stereo")
        container.metadata.update(title=score.TITLE, artist=score.ARTIST, license="CC0-1.0")
        for start in range(0, audio.shape[1], 960):
            block = np.ascontiguousarray(audio[:, start : start + 960].T.reshape(1, -1).astype(np.float32))
            frame = av.AudioFrame.from_ndarray(block, format="flt", layout="stereo")
            frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def lrc_text(lines: list[Line], length_s: float) -> str:
    """Enhanced LRC: each line's time, and each word's."""
    minutes, rest = divmod(round(length_s), 60)
    out = [f"[ti:{score.TITLE}]", f"[ar:{score.ARTIST}]", f"[length:{minutes:02d}:{rest:02d}]", ""]
    section = ""
    for line in lines:
        if section and line.section != section:
            out.append("")
        section = line.section
        words = " ".join(f"<{_stamp(word.syllables[0].notes[0][0])}> {word.text}" for word in line.words)
        out.append(f"[{_stamp(line.start_beat)}]{words} <{_stamp(line.end_beat)}>")
    return "\n".join(out) + "\n"


def _stamp(beat: float) -> str:
    hundredths = round(beat_to_s(beat) * 100)
    return f"{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def truth(form: list[Section], lines: list[Line], length_s: float) -> dict[str, object]:
    """What an analysis of the song ought to find; seconds of the song."""
    beats = [round(beat_to_s(beat), 4) for beat in range(score.total_beats() + 1)]
    ends = [beat_to_s(section.start_bar * BEATS_PER_BAR) for section in form[1:]] + [length_s]
    starts = [0.0, *ends[:-1]]
    return {
        "title": score.TITLE,
        "artist": score.ARTIST,
        "duration_s": round(length_s, 4),
        "bpm": score.BPM,
        "beats_per_bar": BEATS_PER_BAR,
        "beats_s": beats,
        "downbeats_s": beats[::BEATS_PER_BAR],
        "sections": [
            {"label": section.label, "start_s": round(start, 4), "end_s": round(end, 4)}
            for section, start, end in zip(form, starts, ends, strict=True)
        ],
        "lines": [
            {
                "text": line.text,
                "section": line.section,
                "start_s": round(beat_to_s(line.start_beat), 4),
                "end_s": round(beat_to_s(line.end_beat), 4),
            }
            for line in lines
        ],
    }


def main() -> None:
    """Write the three files into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder to write into")
    out = parser.parse_args().out
    form, lines = score.sections(), score.lines()
    audio = mix(form, lines)
    length_s = audio.shape[1] / SAMPLE_RATE_HZ
    write_opus(audio, out / "song.opus")
    (out / "lyrics.lrc").write_text(lrc_text(lines, length_s), encoding="utf-8", newline="\n")
    text = json.dumps(truth(form, lines, length_s), indent=1, ensure_ascii=False)
    (out / "truth.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    print(f"{length_s:.2f} s, {synth.loudness_lufs(audio):.1f} LUFS, peak {np.abs(audio).max():.3f}")


if __name__ == "__main__":
    main()
