"""Print the example's pictures of Ilse Marren and her journey, as posters in a few inks.

Run `python make_photos.py` beside this file; the same pictures come out every time.
Knows what each picture shows; `press` knows how shapes and inks are laid down.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import figure
import journey
import numpy as np
from figure import CREAM, DEEP, DUSK, INDIGO, LAMP, MIST, NIGHT, RED, SHADE, SKIN, WINE
from press import Place, Points, Press, box, curve, oval, stroke


def portrait(path: Path) -> None:
    """Her face, half lit by a lamp, in front of the moon."""
    press = Press(1067, 1600, 1000, INDIGO, 1)
    everywhere = np.ones_like(press.x)
    press.spray(everywhere, NIGHT, 0.95 - 0.95 * press.glow(560, 560, 900, 0.9))
    press.spray(everywhere, DUSK, 0.62 * press.glow(560, 560, 640, 1.2))
    moon = press.cut(oval(560, 560, 372))
    press.ink(moon, LAMP)
    press.spray(moon, CREAM, 0.9 * press.ramp(330, 820, 800, 250))
    press.ink(press.cut(*journey.rain(press, 150, 0.22, 1500, 3), rough=0) * (1 - moon), MIST, 0.4)
    place = Place(505, 640, 1.0, -5)
    figure.open_coat(press, place)
    figure.face(press, place)
    press.save(path)


def microphone(path: Path) -> None:
    """Her in profile at an old microphone, under one light."""
    press = Press(1400, 1400, 1400, NIGHT, 2)
    everywhere = np.ones_like(press.x)
    press.ink(everywhere, WINE, 0.55)
    for x in range(-40, 1500, 118):
        fold = press.cut(
            curve(
                f"*{x},-20 {x + 14},500 {x - 8},1000 *{x + 10},1420 "
                f"*{x + 64},1420 {x + 48},900 {x + 66},400 *{x + 58},-20"
            )
        )
        press.spray(fold, NIGHT, 0.75 * press.ramp(x + 70, 0, x, 0) + 0.1)
    disc = press.cut(oval(640, 600, 500))
    press.ink(disc, DUSK)
    press.spray(disc, INDIGO, 1.1 * press.ramp(700, 420, 260, 1000))
    press.spray(disc, MIST, 0.95 * press.glow(930, 330, 480))
    press.spray(everywhere * (1 - disc), NIGHT, 0.95 * press.ramp(700, 250, 300, 1400))
    beam = press.cut(np.array([[1420.0, -160], [1300, -160], [480, 1420], [1420, 1420]]), rough=0)
    press.ink(beam, LAMP, 0.24 * press.ramp(700, 1400, 1300, 0))
    place = Place(560, 610, 1.38, -9)
    figure.side_coat(press, place)
    figure.profile(press, place, singing=True)
    figure.side_collar(press, place)
    _old_microphone(press, Place(1010, 760, 1.0, 14))
    press.save(path)


def _old_microphone(press: Press, place: Place) -> None:
    """A ribbed stage microphone of the fifties, on its stand."""
    stand = press.cut(place(box(-13, 150, 13, 900)), rough=0.2)
    press.ink(stand, NIGHT)
    press.ink(press.cut(place(box(4, 150, 9, 900)), rough=0.2), MIST)
    press.ink(press.cut(place(curve("*-60,110 -50,170 *-20,205 *20,205 50,170 *60,110")), rough=0.2), NIGHT)
    shell = press.cut(place(box(-92, -150, 92, 150, 88)), rough=0.2)
    press.ink(shell, NIGHT)
    inner = press.cut(place(box(-80, -138, 80, 138, 78)), rough=0.2)
    press.ink(inner, MIST)
    press.spray(inner, CREAM, 0.9 * press.ramp(place.x, place.y, place.x + 70, place.y - 80))
    press.spray(inner, INDIGO, 0.95 * press.ramp(place.x, place.y, place.x - 80, place.y + 60))
    bars = [box(-66, y, 66, y + 11, 5) for y in (-106, -82, -58, -34, 40, 64, 88)]
    press.ink(press.cut(*(place(bar) for bar in bars), rough=0.2) * inner, NIGHT)
    press.ink(press.cut(place(box(-92, -14, 92, 26)), rough=0.2), NIGHT)
    press.ink(press.cut(place(box(-86, -8, 86, 20)), rough=0.2), LAMP)
    press.ink(press.cut(place(box(-10, -150, 10, 150)), rough=0.2) * inner, NIGHT)
    press.ink(press.cut(place(box(-4, -146, 4, 146)), rough=0.2) * inner, CREAM)


def letter(path: Path) -> None:
    """Hands, a letter, and the match she reads it by."""
    press = Press(1600, 1067, 1500, NIGHT, 5)
    everywhere = np.ones_like(press.x)
    press.spray(everywhere, WINE, 1.0 * press.glow(900, 420, 900))
    press.spray(everywhere, RED, 0.75 * press.glow(960, 360, 520))
    press.spray(everywhere, LAMP, 0.85 * press.glow(980, 330, 300))
    sheet = Place(560, 520, 1.0, -8)
    _written_sheet(press, sheet)
    _holding_hand(press)
    _match_hand(press)
    press.save(path)


def _written_sheet(press: Press, place: Place) -> None:
    under = press.cut(place(box(-292, -372, 308, 392)), rough=0.4)
    press.ink(press.soften(under, 10), NIGHT, 0.7)
    sheet = press.cut(place(curve("*-300,-380 *300,-380 306,0 *300,380 0,386 *-300,380 -304,0")), rough=0.5)
    press.ink(sheet, CREAM)
    press.spray(sheet, LAMP, 0.9 - 1.3 * press.glow(900, 330, 700))
    press.spray(sheet, SHADE, 0.6 * press.ramp(560, 560, 220, 930))
    fold = press.cut(place(box(-302, -128, 304, -122)), place(box(-303, 128, 303, 134)), rough=0.3)
    press.ink(fold, SHADE, 0.5)
    rng = np.random.default_rng(9)
    for row, length in zip(range(7), (300, 470, 440, 480, 420, 460, 260), strict=True):
        y = -290 + 54 * row + 12 * (row > 2)
        press.ink(press.cut(*(place(word) for word in _scrawl(rng, -236, y, length)), rough=0), INDIGO)
    house = (
        "*60,330 *72,200 *112,200 *124,330",
        "*66,196 *118,196 *118,186 *66,186",
        "*76,184 *108,184 *108,156 *76,156",
        "*70,156 92,132 *114,156",
    )
    for number, text in enumerate(house):
        press.ink(press.cut(place(curve(text)), rough=0.3), (RED, NIGHT, LAMP, NIGHT)[number])
    bands = [
        place(curve(f"*{top},{y} *{184 - top},{y} *{186 - top},{y + 24} *{top - 2},{y + 24}"))
        for y, top in ((226, 69.5), (278, 64.8))
    ]
    press.ink(press.cut(*bands, rough=0.2), CREAM)
    beams = "*118,168 *250,120 *256,196", "*66,168 *-66,120 *-72,196"
    press.ink(press.cut(*(place(curve(text)) for text in beams)), LAMP, 0.7)
    waves = [place(stroke(f"{x},342 {x + 22},334 {x + 44},342 {x + 66},334 {x + 88},342", 5)) for x in (-40, 62, 164)]
    press.ink(press.cut(*waves, rough=0), INDIGO)


def _scrawl(rng: np.random.Generator, x: float, y: float, length: float) -> list[Points]:
    """A row of handwriting, word by word."""
    words, end = [], x + length
    while x < end - 30:
        wide = min(rng.uniform(44, 110), end - x)
        letters = max(2, int(wide / 15))
        steps = []
        for i in range(letters):
            left = x + wide * i / letters
            tall = rng.choice([9, 9, 10, 11, 24, 26], p=[0.25, 0.25, 0.2, 0.12, 0.12, 0.06])
            deep = 15 if rng.random() < 0.1 else 0
            steps += [
                f"{left},{y + 7}",
                f"{left + 8},{y - tall}",
                f"{left + 3},{y - tall * 0.3}",
                f"{left + 5},{y + 7 + deep}",
            ]
        words.append(stroke(" ".join(steps), 3.2, start=0.8, end=0.6))
        x += wide + 20
    return words


def _holding_hand(press: Press) -> None:
    """Her left hand from below: the thumb on the sheet, the fingers behind it."""
    sleeve = press.cut(curve("*60,1080 110,930 *170,850 *330,900 330,980 *300,1080"))
    hand = press.cut(
        curve(
            "*176,860 190,800 230,740 290,690 340,640 372,606 400,600 412,622 400,660 370,720 "
            "356,770 350,830 *330,906 250,900"
        )
    )
    press.ink(hand, SKIN)
    press.spray(hand, SHADE, 1.1 * press.ramp(380, 680, 200, 820))
    nail = press.cut(curve("384,616 398,610 404,624 394,644 380,650 376,634"))
    press.ink(nail, CREAM, 0.7)
    press.ink(press.cut(stroke("330,690 344,700 352,716", 4)), SHADE)
    press.ink(sleeve, RED)
    press.spray(sleeve, NIGHT, 1.0 - 1.0 * press.ramp(60, 1080, 300, 860))
    press.ink(press.cut(stroke("166,856 250,872 332,904", 16, start=1, end=1)), WINE)


def _match_hand(press: Press) -> None:
    """Her right hand: a match between thumb and finger, its flame, its light."""
    stick = press.cut(stroke("1060,560 1020,440 990,350", 9, start=1, end=1))
    press.ink(stick, LAMP)
    for radius, strength in ((230, 0.10), (150, 0.16), (88, 0.3)):
        press.ink(press.cut(oval(990, 300, radius)), LAMP, strength)
    flame = press.cut(curve("*996,176 1012,236 1032,292 1028,334 1006,362 990,368 970,358 952,330 954,288 980,232"))
    press.ink(flame, LAMP)
    press.spray(flame, RED, 0.8 * press.ramp(0, 250, 0, 180), 0.1)
    press.ink(press.cut(curve("*993,238 1004,282 1014,318 1006,346 990,356 974,344 968,316 982,280")), CREAM)
    press.ink(press.cut(stroke("1004,396 996,372 988,344", 11, start=1, end=0.6)), DEEP)
    back = press.cut(
        curve("*1400,760 1330,640 1250,580 1180,560 1130,600 1110,650 1130,720 1190,790 1260,850 *1330,900")
    )
    press.ink(back, SHADE)
    press.spray(back, DEEP, 0.9 * press.ramp(1270, 690, 1390, 860))
    fingers = (
        "1200,640 1140,640 1096,668 1100,704 1150,716 1220,706",
        "1220,706 1160,706 1120,730 1126,764 1172,776 1240,766",
        "1250,766 1196,770 1166,790 1176,818 1220,830 1280,816",
    )
    for number, text in enumerate(fingers):
        finger = press.cut(curve(text))
        press.ink(finger, SHADE)
        press.spray(finger, SKIN, 0.7 - 0.2 * number - 1.3 * press.ramp(1110 + 30 * number, 0, 1180 + 26 * number, 0))
        press.ink(press.cut(stroke(" ".join(text.split()[3:]), 4)), DEEP)
    index = press.cut(
        curve(
            "*1330,640 1260,560 1180,500 1110,486 1056,506 1030,528 1034,552 1064,556 1120,548 "
            "1180,580 1220,640 *1280,700"
        )
    )
    press.ink(index, SHADE)
    press.spray(index, SKIN, 1.0 - 1.2 * press.ramp(1080, 505, 1215, 590))
    thumb = press.cut(
        curve("*1260,720 1200,660 1140,624 1090,606 1052,590 1038,566 1054,548 1092,556 1150,580 1220,600 *1300,680")
    )
    press.ink(thumb, SHADE)
    press.spray(thumb, SKIN, 0.85 - 1.0 * press.ramp(1080, 580, 1200, 640))
    press.ink(press.cut(stroke("1044,570 1092,578 1150,600 1200,640", 4)), DEEP)
    sleeve = press.cut(curve("*1290,910 1330,800 *1420,660 *1520,640 *1520,1080 *1330,1080"))
    press.ink(sleeve, RED)
    press.spray(sleeve, NIGHT, press.ramp(1340, 800, 1560, 1040))
    press.ink(press.cut(stroke("1284,920 1330,800 1424,652", 18, start=1, end=1)), WINE)


PICTURES: dict[str, Callable[[Path], None]] = {
    "portrait.jpg": portrait,
    "platform.jpg": journey.platform,
    "window.jpg": journey.window,
    "letter.jpg": letter,
    "microphone.jpg": microphone,
    "lighthouse.jpg": journey.lighthouse,
}


def main() -> None:
    """Print every picture, or those named, into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "photos", help="folder to write into")
    parser.add_argument("names", nargs="*", help="only these pictures")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in arguments.names or PICTURES:
        PICTURES[name](arguments.out / name)
        print(f"{name}: {(arguments.out / name).stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
