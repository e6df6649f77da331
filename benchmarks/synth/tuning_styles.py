"""Styles of the tuning half: what each band plays in a bar."""

from __future__ import annotations

from synth.band import DANCE, LONG, SHORT, Band, Bar, Style, full


def _rock(band: Band, bar: Bar) -> None:
    b = bar.beat
    if bar.first and full(bar):
        band.hit("crash", b, 0.4)
    if bar.label != "intro" or bar.index >= 2:
        for x in (0, 2, 2.5) if full(bar) else (0, 2):
            band.hit("kick", b + x, 0.9)
        for x in (1, 3):
            band.hit("snare", b + x, 0.7)
        if bar.last:
            for i in range(4):
                band.hit("tom", b + 3 + i / 4, 0.5)
    for i in range(8):
        band.hit("open" if full(bar) else "hat", b + i / 2, 0.22)
        band.play("bass", 36 + bar.root % 12, b + i / 2, 0.45, 0.5)
    kind = "dist" if full(bar) else "guitar"
    for x in (0, 1.5, 2.5):
        band.chord(kind, bar.root, bar.minor, b + x, 1.0, 0.22)


def _house(band: Band, bar: Bar) -> None:
    b = bar.beat
    if bar.label != "break":
        for i in range(4):
            band.hit("kick", b + i, 1.0)
            band.hit("open", b + i + 0.5, 0.3)
        for x in (1, 3):
            band.hit("clap", b + x, 0.45 if bar.label != "intro" else 0.0)
    for i in range(8):
        band.play("bass", 36 + bar.root % 12, b + i / 2 + 0.25, 0.2, 0.4 if bar.label != "break" else 0.15)
    if full(bar):
        for x in (0, 0.75, 1.5, 2.25, 3):
            band.chord("pluck", bar.root, bar.minor, b + x, 0.4, 0.35)
    band.chord("pad", bar.root, bar.minor, b, 4, 0.16)


def _ballad(band: Band, bar: Bar) -> None:
    b = bar.beat
    tones = [0, 7, 12, 15 if bar.minor else 16]
    for i in range(8):
        band.play("piano", 48 + bar.root % 12 + tones[(0, 1, 2, 3, 2, 1, 2, 1)[i]], b + i / 2, 0.9, 0.3)
    band.play("bass", 36 + bar.root % 12, b, 1.9, 0.5)
    band.play("bass", 36 + bar.root % 12, b + 2, 1.9, 0.35)
    if bar.label != "intro":
        band.hit("kick", b, 0.7)
        band.hit("kick", b + 2.5, 0.5)
        for x in (1, 3):
            band.hit("snare" if full(bar) else "rim", b + x, 0.5)
        for i in range(8):
            band.hit("hat", b + i / 2, 0.14)
    if full(bar):
        band.chord("strings", bar.root, bar.minor, b, 4, 0.25)


def _waltz(band: Band, bar: Bar) -> None:
    b = bar.beat
    band.play("bass", 36 + bar.root % 12, b, 0.9, 0.6)
    for x in (1, 2):
        band.chord("guitar", bar.root, bar.minor, b + x, 0.5, 0.25)
    if bar.label != "intro":
        band.hit("kick", b, 0.7)
        for x in (1, 2):
            band.hit("brush", b + x, 0.4)
    if full(bar):
        band.chord("organ", bar.root, bar.minor, b, 3, 0.14)


def _swing(band: Band, bar: Bar) -> None:
    b = bar.beat
    walk = [0, 4, 7, 9 if bar.index % 2 else 10]
    for i in range(4):
        band.play("bass", 36 + (bar.root + walk[i]) % 12, b + i, 0.9, 0.55)
    for x in (0, 1, 1.5, 2, 3, 3.5):
        band.hit("ride", b + x, 0.3)
    for x in (1, 3):
        band.hit("hat", b + x, 0.35)
    for x in ((0, 1.5), (0.5, 2.5), (1.5, 3.5))[int(band.rng.integers(3))]:
        band.chord("piano", bar.root, bar.minor, b + x, 0.5, 0.22)
    if full(bar):
        for x in (0, 1.5, 2.5):
            band.play("brass", 60 + (bar.root + 4) % 12, b + x, 0.7, 0.3)


def _folk(band: Band, bar: Bar) -> None:
    b = bar.beat
    third = 3 if bar.minor else 4
    pattern = (0, 12, 7, 12 + third, 0, 12, 7, 12 + third) if bar.index % 2 else (0, 7, 12, 7, 0, 12 + third, 12, 7)
    for i, step in enumerate(pattern):
        band.play("guitar", 45 + bar.root % 12 + step, b + i / 2, 1.2, 0.42 if i in (0, 4) else 0.24)
    if full(bar):
        for x in (0, 1, 1.5, 2, 3, 3.5):
            band.chord("guitar", bar.root, bar.minor, b + x, 0.7, 0.14 + 0.06 * (x in (0, 2)))


def _arp(band: Band, bar: Bar) -> None:
    b = bar.beat
    third = 3 if bar.minor else 4
    tones = (0, third, 7, 12)
    band.chord("pad", bar.root, bar.minor, b, 4, 0.2)
    for i in range(16):
        step = tones[(i * 3 + bar.index) % 4]
        band.play("pluck", 60 + bar.root % 12 + step, b + i / 4, 0.22, 0.34 if i % 4 == 0 else 0.2)
    band.play("sub", 36 + bar.root % 12, b, 3.8, 0.4)
    if full(bar):
        band.hit("kick", b, 0.5)
        band.hit("shaker", b + 2, 0.3)


def _dnb(band: Band, bar: Bar) -> None:
    b = bar.beat
    if bar.label not in ("intro", "break") or bar.index >= 4:
        for x in (0, 2.5):
            band.hit("kick", b + x, 0.95)
        for x in (1, 3):
            band.hit("snare", b + x, 0.8)
        for x in (1.75, 2.25) if bar.index % 2 else (3.5, 3.75):
            band.hit("snare", b + x, 0.2)
    for i in range(8):
        band.hit("hat", b + i / 2, 0.25)
    band.play("sub", 31 + bar.root % 12, b, 1.4, 0.6)
    band.play("sub", 31 + bar.root % 12, b + 2.5, 1.4, 0.6)
    band.chord("pad", bar.root, bar.minor, b, 4, 0.18 if not full(bar) else 0.28)
    if full(bar):
        for x in (0, 1.5, 3):
            band.chord("pluck", bar.root, bar.minor, b + x, 0.5, 0.25)


def _hiphop(band: Band, bar: Bar) -> None:
    b = bar.beat
    for x in (0, 1.75, 2.5) if bar.index % 2 else (0, 0.75, 2.5):
        band.hit("kick", b + x, 0.95)
    for x in (1, 3):
        band.hit("clap", b + x, 0.7)
    late = 0.08
    for i in range(16):
        if bar.label == "chorus" or i % 2 == 0 or i in (7, 15):
            band.hit("hat", b + i / 4 + (late if i % 2 else 0.0), 0.2)
    band.play("sub", 31 + bar.root % 12, b, 1.6, 0.6)
    band.play("sub", 31 + bar.root % 12, b + 2.5, 1.2, 0.5)
    band.chord("piano", bar.root, bar.minor, b, 1.5, 0.3)
    band.chord("piano", bar.root, bar.minor, b + 1.75, 1.0, 0.2)


def _bossa(band: Band, bar: Bar) -> None:
    b = bar.beat
    for x in (0, 1.5, 2, 3.5):
        band.play("bass", 36 + (bar.root + (7 if x >= 2 else 0)) % 12, b + x, 0.6 if x in (1.5, 3.5) else 1.3, 0.5)
    clave = (0, 1.5, 3) if bar.index % 2 else (1, 2.5)
    for x in clave:
        band.hit("rim", b + x, 0.45)
    for i in range(8):
        band.hit("shaker", b + i / 2, 0.28 if i % 2 == 0 else 0.2)
    for x in (0, 1, 2.5) if bar.index % 2 else (0.5, 1.5, 3):
        band.chord("guitar", bar.root, bar.minor, b + x, 0.6, 0.22)
    if bar.label != "intro":
        for x in (0, 2):
            band.hit("kick", b + x, 0.45)
    if full(bar):
        band.chord("strings", bar.root, bar.minor, b, 4, 0.2)


def _reggae(band: Band, bar: Bar) -> None:
    b = bar.beat
    band.hit("kick", b + 2, 0.9)
    band.hit("rim", b + 2, 0.6)
    if full(bar):
        band.hit("kick", b, 0.8)
    for i in range(8):
        band.hit("hat", b + i / 2, 0.26 if i % 2 == 0 else 0.16)
    for x in (1, 3):
        band.chord("guitar", bar.root, bar.minor, b + x, 0.25, 0.4)
    for x in (0, 0.75, 1.5, 2, 3):
        band.play("bass", 33 + (bar.root + (7 if x == 1.5 else 0)) % 12, b + x, 0.5, 0.6)
    for i in range(4):
        band.chord("organ", bar.root, bar.minor, b + i + 0.5, 0.2, 0.1)


def _orchestra(band: Band, bar: Bar) -> None:
    b = bar.beat
    band.play("strings", 36 + bar.root % 12, b, 0.9, 0.6)
    for x in (1, 2):
        band.chord("strings", bar.root, bar.minor, b + x, 0.6, 0.22)
    third = 3 if bar.minor else 4
    line = (12, 7, 12 + third) if bar.index % 2 else (7, 12, 7)
    for i, step in enumerate(line):
        band.play("strings", 60 + bar.root % 12 + step, b + i, 0.95, 0.2)
    if full(bar):
        band.play("brass", 60 + bar.root % 12, b, 2.8, 0.35)


def _metal(band: Band, bar: Bar) -> None:
    b = bar.beat
    if bar.first:
        band.hit("crash", b, 0.5)
    fast = full(bar) or bar.index % 4 == 3
    for i in range(16 if fast else 8):
        band.hit("kick", b + (i / 4 if fast else i / 2), 0.6)
    for x in (1, 3):
        band.hit("snare", b + x, 0.9)
    for i in range(4):
        band.hit("open", b + i, 0.35)
    gallop = (0, 0.5, 0.75, 1, 1.5, 1.75, 2, 2.5, 2.75, 3, 3.5, 3.75)
    for x in gallop:
        band.play("dist", 40 + bar.root % 12, b + x, 0.22, 0.35)
        band.play("bass", 28 + bar.root % 12, b + x, 0.22, 0.4)


def _funk(band: Band, bar: Bar) -> None:
    b = bar.beat
    for x in (0, 0.75, 2.25, 2.5) if bar.index % 2 else (0, 1.75, 2.5):
        band.hit("kick", b + x, 0.9)
    for x in (1, 3):
        band.hit("snare", b + x, 0.75)
    for x in (1.75, 2.75):
        band.hit("snare", b + x, 0.18)
    for i in range(16):
        band.hit("hat", b + i / 4, 0.24 if i % 4 == 0 else 0.14)
    for x, step in ((0, 0), (0.75, 0), (1.5, 7), (2.25, 10), (2.75, 0), (3.5, 5)):
        band.play("bass", 36 + (bar.root + step) % 12, b + x, 0.3, 0.55)
    for x in (0.5, 1.25, 1.75, 3.25) if bar.index % 2 else (0.5, 1.25, 2.75):
        band.chord("guitar", bar.root, bar.minor, b + x, 0.15, 0.3)
    if full(bar):
        for x in (0, 1.5):
            band.chord("brass", bar.root, bar.minor, b + x, 0.4, 0.25)


TUNING_STYLES = {
    "rock": Style(_rock),
    "house": Style(_house, loose_s=0.001, form=DANCE),
    "ballad": Style(_ballad, form=SHORT),
    "waltz": Style(_waltz, per_bar=3, form=LONG),
    "swing": Style(_swing, swing=0.66),
    "folk": Style(_folk, loose_s=0.009),
    "arp": Style(_arp, loose_s=0.002),
    "dnb": Style(_dnb, loose_s=0.002, form=LONG),
    "hiphop": Style(_hiphop, loose_s=0.006, form=SHORT),
    "bossa": Style(_bossa, loose_s=0.007),
    "reggae": Style(_reggae, loose_s=0.006, form=SHORT),
    "orchestra": Style(_orchestra, per_bar=3, loose_s=0.012, form=LONG),
    "metal": Style(_metal, loose_s=0.004, form=LONG),
    "funk": Style(_funk, loose_s=0.005),
}
