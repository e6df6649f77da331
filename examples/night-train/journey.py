"""The journey's pictures: the platform, the window of the night train, the harbour at dawn.

Knows these places; nothing of how ink is laid down (`press`) or how she is drawn (`figure`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import figure
import numpy as np
from figure import CREAM, DEEP, DUSK, INDIGO, LAMP, MIST, NIGHT, RED, SHADE, WINE
from press import Field, Place, Points, Press, box, brush, curve, oval, stroke


def rain(press: Press, count: int, slant: float, height: float, seed: int) -> list[Points]:
    """Slanted streaks over the whole sheet."""
    rng = np.random.default_rng(seed)
    units = press.width / press.per_unit
    out = []
    for x, y, length in zip(
        rng.uniform(-0.1, 1.1, count) * units,
        rng.uniform(-0.05, 1, count) * height,
        rng.uniform(30, 90, count),
        strict=True,
    ):
        out.append(stroke(f"{x},{y} {x - slant * length / 2},{y + length / 2} {x - slant * length},{y + length}", 3.2))
    return out


def window(path: Path) -> None:
    """Her at a compartment window; outside, roofs, fields and the moon go by."""
    press = Press(1600, 1067, 1500, WINE, 3)
    everywhere = np.ones_like(press.x)
    press.spray(everywhere, NIGHT, 0.95 * press.ramp(500, 500, 1500, 0) + 0.35)
    glass = press.cut(box(110, 80, 1130, 770, 56))
    _night_country(press, glass)
    _window_frame(press, glass)
    _seat_and_table(press)
    place = Place(1095, 400, 1.08, 5, flip=True)
    figure.side_coat(press, place)
    figure.profile(press, place, singing=False)
    figure.side_collar(press, place)
    _table_lamp(press)
    press.spray(everywhere, LAMP, 0.20 * press.glow(300, 700, 620, 1.0), 0.1)
    press.save(path)


def _night_country(press: Press, glass: Field) -> None:
    press.ink(glass, INDIGO)
    press.spray(glass, NIGHT, 1.0 - 1.2 * press.ramp(0, 80, 0, 430))
    press.spray(glass, DUSK, 1.1 * press.ramp(0, 300, 0, 600))
    press.spray(glass, MIST, 0.6 * press.glow(420, 270, 330))
    moon = press.cut(oval(420, 262, 92)) * glass
    press.ink(moon, CREAM)
    press.spray(moon, LAMP, 0.8 * press.ramp(440, 250, 350, 330))
    hills = (
        press.cut(curve("*90,560 200,500 330,520 470,470 640,520 800,490 960,530 *1140,480 *1140,780 *90,780")) * glass
    )
    press.ink(hills, DUSK)
    press.spray(hills, INDIGO, press.ramp(0, 480, 0, 640))
    roofs = [
        f"*{x},{y} *{x + w * 0.7},{y - h} *{x + w},{y} *{x + w},700 *{x},700"
        for x, y, w, h in ((150, 575, 92, 44), (242, 575, 92, 44), (334, 575, 92, 44), (426, 575, 92, 44))
    ]
    works = (
        press.cut(
            *(curve(roof) for roof in roofs),
            box(540, 380, 566, 640),
            box(600, 420, 624, 640),
            box(518, 580, 700, 700),
        )
        * glass
    )
    press.ink(works, NIGHT)
    panes = [box(x, 606, x + 26, 630) for x in (168, 214, 262, 352, 400, 446, 560, 650)]
    press.ink(press.cut(*panes) * glass, LAMP)
    smoke = (
        press.cut(
            curve(
                "553,384 530,350 560,310 620,306 660,270 740,266 800,226 860,240 800,280 740,310 "
                "690,318 640,352 590,350 570,370"
            )
        )
        * glass
    )
    press.spray(smoke, MIST, 0.85 - 0.6 * press.ramp(560, 380, 820, 240))
    field = press.cut(curve("*90,650 300,630 560,660 820,640 *1140,668 *1140,790 *90,790")) * glass
    press.ink(field, NIGHT)
    press.spray(field, DUSK, 0.7 * press.glow(430, 640, 300))
    furrows = [
        stroke(
            f"{x},{648 + abs(x - 600) * 0.01} {x + (x - 560) * 0.5},{700} {x + (x - 560) * 1.4},{790}",
            5,
            start=0.3,
            end=1,
        )
        for x in range(180, 1100, 64)
    ]
    press.ink(press.cut(*furrows) * field, DUSK, 0.5)
    streaks = rain(press, 60, 0.9, 700, 8)
    press.ink(press.cut(*streaks, rough=0) * glass, MIST, 0.35)


def _window_frame(press: Press, glass: Field) -> None:
    outer = press.cut(box(78, 48, 1162, 802, 78))
    rim = outer * (1 - glass)
    press.ink(rim, LAMP)
    press.spray(rim, WINE, 1.15 - 1.0 * press.glow(300, 760, 1000))
    press.ink(press.cut(box(110, 226, 1130, 240)) * glass, NIGHT)
    shine = (
        press.cut(curve("*640,80 *760,80 *430,770 *330,770"), curve("*800,80 *836,80 *506,770 *470,770"), rough=0)
        * glass
    )
    press.ink(shine, CREAM, 0.07)


def _seat_and_table(press: Press) -> None:
    seat = press.cut(curve("*1230,1020 1226,700 1236,330 1270,220 1360,180 *1520,176 *1520,1020"))
    press.ink(seat, INDIGO)
    press.spray(seat, NIGHT, press.ramp(1230, 0, 1420, 0))
    press.ink(
        press.cut(stroke("1262,1000 1258,700 1268,360 1300,260 1380,226 1520,222", 6, start=1, end=1)),
        DUSK,
        0.6,
    )
    table = press.cut(curve("*-20,850 400,846 *800,850 820,862 *800,880 *-20,880"))
    press.ink(press.cut(box(-20, 870, 1500, 1010)), NIGHT)
    press.ink(table, LAMP)
    press.spray(table, WINE, press.ramp(200, 0, 900, 0))


def _table_lamp(press: Press) -> None:
    press.ink(press.cut(curve("*262,850 *276,836 296,830 *298,740 *312,740 *314,830 334,836 *348,850")), NIGHT)
    shade = press.cut(curve("*236,744 256,640 *270,612 305,606 *340,612 354,640 *374,744 305,756"))
    press.ink(shade, LAMP)
    press.spray(shade, CREAM, 1.1 * press.glow(305, 720, 90))
    press.spray(shade, RED, press.ramp(0, 680, 0, 600))
    letter = press.cut(curve("*470,850 *520,818 *660,822 *640,850"))
    press.ink(letter, CREAM)
    press.spray(letter, SHADE, 0.6 * press.ramp(520, 820, 660, 850))


def platform(path: Path) -> None:
    """Her from behind on the platform, the train lit beside her, rain in the lamps."""
    press = Press(1067, 1600, 1000, NIGHT, 4)
    everywhere = np.ones_like(press.x)
    press.spray(everywhere, INDIGO, 0.9 * press.glow(650, 640, 760))
    press.spray(everywhere, DUSK, 1.0 * press.glow(650, 660, 420))
    press.spray(everywhere, LAMP, 0.75 * press.glow(650, 670, 170))

    def at(side: float, up: float, depth: float) -> list[float]:
        return [650 + side / depth, 690 - up / depth]

    ground = press.cut(np.array([at(-260, -560, 0.4), at(-260, -560, 30), at(900, -560, 30), at(3000, -560, 0.4)]))
    press.ink(ground, INDIGO)
    press.spray(ground, NIGHT, press.ramp(0, 820, 0, 1500))
    press.spray(ground, DUSK, 0.9 * press.glow(640, 730, 420))
    _train(press, at)
    edge = press.cut(np.array([at(-230, -560, 0.4), at(-230, -560, 30), at(-190, -560, 30), at(-190, -560, 0.4)]))
    press.ink(edge, CREAM, 0.75)
    _roof(press, at)
    press.spray(ground, LAMP, 0.5 * press.glow(330, 1150, 330) * press.ramp(700, 0, 250, 0))
    figure.from_behind(press, Place(585, 612, 1.05))
    press.ink(press.cut(*rain(press, 130, 0.25, 1500, 5), rough=0), CREAM, 0.28)
    press.save(path)


def _train(press: Press, at: Callable[[float, float, float], list[float]]) -> None:
    side = press.cut(np.array([at(-300, 620, 0.4), at(-300, 620, 30), at(-300, -640, 30), at(-300, -640, 0.4)]))
    press.ink(side, WINE)
    press.spray(side, NIGHT, 0.95 * press.ramp(450, 0, 0, 0))
    press.spray(side, RED, 0.7 * press.glow(560, 640, 300))
    press.ink(
        press.cut(np.array([at(-300, 620, 0.4), at(-300, 620, 30), at(-300, 560, 30), at(-300, 560, 0.4)])),
        NIGHT,
    )
    press.ink(
        press.cut(np.array([at(-300, -120, 0.4), at(-300, -120, 30), at(-300, -150, 30), at(-300, -150, 0.4)])),
        LAMP,
    )
    panes, glints = [], []
    depth = 0.46
    while depth < 9:
        ends = (depth, depth * 1.40)
        panes.append(
            np.array(
                [
                    at(-300, 380, ends[0]),
                    at(-300, 380, ends[1]),
                    at(-300, -10, ends[1]),
                    at(-300, -10, ends[0]),
                ]
            )
        )
        glints.append(
            np.array(
                [
                    at(-240, -560, ends[0]),
                    at(-240, -560, ends[1]),
                    at(120, -560, ends[1] * 1.0),
                    at(120, -560, ends[0]),
                ]
            )
        )
        depth *= 1.6
    lit = press.cut(*panes)
    press.ink(lit, LAMP)
    press.spray(lit, CREAM, 1.0 - 1.3 * press.ramp(0, 380, 0, 760))
    bars = [
        np.array([at(-300, up, 0.4), at(-300, up, 12), at(-300, up - 12, 12), at(-300, up - 12, 0.4)]) for up in (296,)
    ]
    press.ink(press.cut(*bars) * lit, WINE)
    _passengers(press, at, lit)
    pools = press.soften(press.cut(*glints, rough=0), 7) * press.ramp(760, 0, 200, 0)
    press.spray(pools, LAMP, pools * 1.15)


def _passengers(press: Press, at: Callable[[float, float, float], list[float]], lit: Field) -> None:
    """People already aboard, as shadows on the lit panes."""
    t = np.linspace(0, 2 * np.pi, 60)
    for depth, lean in ((0.86, 1.0), (1.37, 0.98), (2.3, 1.0)):
        middle = depth * lean
        head = [at(-300, 92 + 46 * np.sin(a), middle + depth * 0.075 * np.cos(a)) for a in t]
        body = [at(-300, -60 + 100 * max(0.0, float(np.sin(a))) ** 0.6, middle + depth * 0.15 * np.cos(a)) for a in t]
        hat = [
            at(-300, up, middle + depth * wide)
            for up, wide in (
                (116, -0.12),
                (116, 0.12),
                (128, 0.075),
                (164, 0.06),
                (164, -0.06),
                (128, -0.075),
            )
        ]
        press.ink(
            press.cut(np.array(head), np.array(body), *([np.array(hat)] if lean == 0.98 else []), rough=0) * lit,
            DEEP,
        )


def _roof(press: Press, at: Callable[[float, float, float], list[float]]) -> None:
    roof = press.cut(
        np.array([at(-120, 900, 0.3), at(-120, 900, 12), at(900, 760, 12), at(3000, 760, 0.3), [1100.0, -700]])
    )
    press.ink(roof, NIGHT)
    posts = []
    for depth in (1.0, 1.7, 3.0, 5.2):
        x, foot = at(330, -560, depth)
        posts.append(box(x - 13 / depth, 690 - 880 / depth, x + 13 / depth, foot))
    press.ink(press.cut(*posts), NIGHT)
    ribs = [
        np.array([at(-120, 900 - 2, d), at(900, 760, d), at(900, 760, d * 1.05), at(-120, 900 - 2, d * 1.05)])
        for d in (1.02, 1.3, 1.75, 2.4, 3.4, 5.0)
    ]
    press.ink(press.cut(*ribs) * roof, INDIGO)
    for depth in (1.15, 1.9, 3.2):
        lamp_x, lamp_y = at(180, 640, depth)
        press.ink(press.cut(box(lamp_x - 1.5, lamp_y - 300 / depth, lamp_x + 1.5, lamp_y)), INDIGO)
        press.spray(np.ones_like(press.x), LAMP, 0.8 * press.glow(lamp_x, lamp_y + 20 / depth, 190 / depth))
        hood = Place(lamp_x, lamp_y, 1 / depth)
        press.ink(press.cut(hood(curve("*-62,20 -40,-12 0,-26 40,-12 *62,20"))), WINE)
        press.ink(press.cut(hood(oval(0, 22, 34, 14))), CREAM)
    x, y = 870.0, 330.0
    press.ink(press.cut(box(x - 6, -10, x + 6, y)), DUSK)
    press.ink(press.cut(oval(x, y, 96)), DUSK)
    press.ink(press.cut(oval(x, y, 88)), NIGHT)
    face = press.cut(oval(x, y, 82))
    press.ink(face, CREAM)
    press.spray(face, LAMP, 1.1 * press.ramp(x + 20, y - 30, x - 60, y + 90))
    ticks = [
        Place(x, y, 1, 30 * hour)(box(-3 if hour % 3 else -5, -74, 3 if hour % 3 else 5, -60)) for hour in range(12)
    ]
    hands = [Place(x, y, 1, -14)(box(-6, -46, 6, 10)), Place(x, y, 1, -66)(box(-4, -66, 4, 12))]
    press.ink(press.cut(*ticks, *hands, oval(x, y, 8)), NIGHT)


def lighthouse(path: Path) -> None:
    """The sea at dawn: the light, the harbour wall, and two people on it."""
    press = Press(1600, 1067, 1500, LAMP, 6)
    everywhere = np.ones_like(press.x)
    press.spray(everywhere, MIST, 1.1 - 1.4 * press.ramp(0, 40, 0, 430))
    press.spray(everywhere, DUSK, 0.9 - 1.5 * press.ramp(0, -60, 0, 300))
    press.spray(everywhere, RED, 1.1 * press.ramp(0, 380, 0, 640) * (0.4 + 0.6 * press.ramp(500, 0, 1500, 0)))
    press.spray(everywhere, CREAM, 0.9 * press.glow(520, 590, 430))
    sun = press.cut(oval(520, 590, 120))
    press.ink(sun, CREAM)
    clouds = (
        "*-20,210 160,190 330,206 480,190 *640,204 520,222 360,226 160,240 *-20,236",
        "*700,140 860,120 1040,134 *1240,120 1080,150 900,160",
        "*240,330 400,318 *600,330 430,346",
        "*860,300 1040,286 1240,300 *1520,280 *1520,310 1240,326 1020,320",
    )
    for text in clouds:
        press.ink(press.cut(curve(text)), CREAM, 0.7)
    _sea(press)
    _viaduct(press)
    _headland(press)
    _quay(press)
    wings = curve("-1,-0.35 -0.4,-0.5 0,0 0.4,-0.55 1,-0.3", closed=False)
    gulls = [
        brush(Place(x, y, size)(wings), 0.16 * size)
        for x, y, size in ((700, 330, 40), (790, 270, 28), (620, 250, 22), (880, 380, 30))
    ]
    press.ink(press.cut(*gulls, rough=0), NIGHT)
    press.save(path)


def _sea(press: Press) -> None:
    sea = press.cut(box(-10, 600, 1510, 1010))
    press.ink(sea, DUSK)
    press.spray(sea, RED, 0.75 - 1.4 * press.ramp(0, 600, 0, 760))
    press.spray(sea, INDIGO, 1.15 * press.ramp(0, 680, 0, 960))
    rng = np.random.default_rng(12)
    for _ in range(420):
        y = 604 + 390 * rng.random() ** 1.4
        near = (y - 590) / 400
        x = rng.uniform(-40, 1540) if rng.random() < 0.6 else rng.normal(520, 60 + 200 * near)
        wide = rng.uniform(24, 80) * (0.4 + 1.6 * near)
        shape = stroke(f"{x - wide},{y} {x},{y - 3 - 8 * near} {x + wide},{y}", 3 + 6.5 * near)
        glare = np.exp(-(((x - 520) / (90 + 240 * near)) ** 2))
        ink = CREAM if rng.random() < glare else (MIST if rng.random() < 0.5 else NIGHT)
        press.dab(shape, ink, 0.85 if ink is CREAM else 0.45)


def _viaduct(press: Press) -> None:
    bridge = press.cut(box(-10, 468, 372, 500), *(box(x, 490, x + 22, 640) for x in range(-10, 380, 76)))
    arches = press.cut(
        *(
            curve(f"*{x + 22},640 *{x + 22},556 {x + 29},532 {x + 49},520 {x + 69},532 *{x + 76},556 *{x + 76},640")
            for x in range(-10, 340, 76)
        )
    )
    wall = press.cut(box(-10, 490, 372, 640)) * (1 - arches)
    land = press.cut(curve("*330,640 350,480 *372,468 420,500 450,560 *520,612 *330,640"))
    press.ink(np.maximum(np.maximum(bridge, wall), land), INDIGO)
    press.spray(np.maximum(wall, land), WINE, 0.9 * press.ramp(250, 0, 520, 0))
    cars = press.cut(
        box(-10, 432, 70, 470, 6),
        box(78, 432, 168, 470, 6),
        box(176, 432, 266, 470, 6),
        curve("*274,470 *274,432 *320,432 352,446 *358,470"),
    )
    press.ink(cars, NIGHT)
    panes = [box(x, 440, x + 12, 452) for x in (2, 22, 42, 88, 108, 128, 148, 186, 206, 226, 246, 286)]
    press.ink(press.cut(*panes, rough=0), LAMP)


def _headland(press: Press) -> None:
    far = press.cut(
        curve("*990,640 1010,606 1050,576 1100,540 1200,520 1300,500 1400,450 *1520,420 *1520,680 *900,680")
    )
    press.ink(far, WINE)
    press.spray(far, NIGHT, 1.1 * press.ramp(1000, 540, 1400, 660))
    houses = ((1330, 452, 60, 44), (1400, 424, 70, 52), (1276, 478, 46, 34))
    for x, y, wide, tall in houses:
        press.ink(press.cut(box(x, y, x + wide, y + tall + 40)), CREAM)
        press.spray(press.cut(box(x + wide * 0.5, y, x + wide, y + tall + 40)), DUSK, np.full_like(press.x, 0.8))
        press.ink(press.cut(curve(f"*{x - 6},{y} *{x + wide / 2},{y - 0.5 * wide} *{x + wide + 6},{y}")), RED)
        press.ink(press.cut(box(x + 10, y + 14, x + 22, y + 30)), LAMP)
    tower = press.cut(curve("*1096,556 1104,420 *1112,262 *1172,262 1180,420 *1188,548"))
    press.ink(tower, CREAM)
    for top in (300, 390, 480):
        press.ink(press.cut(box(1080, top, 1200, top + 44)) * tower, RED)
    press.spray(tower, NIGHT, 0.95 * press.ramp(1120, 0, 1196, 0))
    press.ink(
        press.cut(
            box(1100, 250, 1184, 264),
            box(1106, 236, 1110, 252),
            box(1174, 236, 1178, 252),
            box(1104, 232, 1180, 237),
        ),
        NIGHT,
    )
    press.ink(press.cut(box(1120, 204, 1164, 252)), LAMP)
    press.ink(press.cut(box(1134, 204, 1137, 252), box(1149, 204, 1152, 252)), NIGHT)
    press.ink(press.cut(curve("*1112,206 1120,176 1142,164 1164,176 *1172,206"), box(1139, 140, 1145, 170)), NIGHT)
    beam = press.cut(np.array([[1142.0, 226], [330, 60], [330, 190]]), rough=0)
    press.spray(beam, CREAM, 0.75 * press.ramp(330, 0, 1142, 0), 0.15)
    rocks = press.cut(
        curve(
            "*944,664 960,640 *978,626 *986,636 1010,596 *1040,584 1070,560 *1110,548 *1190,540 "
            "1260,560 *1300,600 *1520,580 *1520,700 1200,690 1000,676"
        )
    )
    press.ink(rocks, NIGHT)
    for text in (
        "990,646 1020,622 1050,614",
        "1060,600 1100,580 1170,574",
        "1200,610 1260,600 1300,620",
        "1330,640 1400,620 1480,630",
    ):
        press.ink(press.cut(stroke(text, 7)), RED, 0.8)


def _quay(press: Press) -> None:
    quay = press.cut(curve("*1520,760 *1040,800 *760,836 *752,868 *790,1010 *1520,1010"))
    press.ink(quay, NIGHT)
    top = press.cut(curve("*1520,760 *1040,800 *760,836 *784,852 *1060,822 *1520,792"))
    press.ink(top, SHADE)
    press.spray(top, LAMP, 1.0 - 1.2 * press.ramp(760, 0, 1200, 0))
    stones = [
        stroke(f"{x0},{y0} {x1},{y1}", 4, start=1, end=1)
        for x0, y0, x1, y1 in ((790, 900, 1520, 850), (800, 950, 1520, 910))
    ]
    press.ink(press.cut(*stones), INDIGO)
    _pair(press)


def _pair(press: Press) -> None:
    """The two of them, hand in hand, backs to us."""
    her, other = Place(846, 676, 0.27), Place(920, 656, 0.29)
    drawn = (
        (her, NIGHT, "*-48,430 *-38,630 *-8,630 *-6,430", "*6,430 *8,630 *38,630 *48,430"),
        (
            her,
            RED,
            "*-40,108 -80,124 -108,190 *-130,340 *-100,340 *-80,250 -92,380 *-124,476 0,490 "
            "*124,476 92,380 *72,270 *150,352 *170,330 116,220 *98,148 78,124 *40,108",
        ),
        (her, NIGHT, "0,0 34,8 54,38 58,76 *60,104 0,108 *-60,104 -58,76 -54,38 -34,8"),
        (other, NIGHT, "*-64,400 *-52,652 *-10,652 *-4,400", "*4,400 *10,652 *52,652 *64,400"),
        (
            other,
            INDIGO,
            "*-36,104 -96,122 -126,200 *-186,352 *-158,372 *-90,262 *-96,440 *96,440 *92,262 "
            "*112,372 *142,366 126,200 96,122 *36,104",
        ),
        (other, SHADE, "0,14 36,26 44,64 30,104 0,116 -30,104 -44,64 -36,26"),
        (other, NIGHT, "*-50,62 -50,14 0,-10 50,14 *50,62 0,74"),
    )
    for place, colour, *texts in drawn:
        press.ink(press.cut(*(place(curve(text)) for text in texts), rough=0), colour)
    rim = [her(stroke("-84,126 -112,200 -132,330", 12)), other(stroke("-98,124 -128,200 -184,340", 12))]
    press.ink(press.cut(*rim, rough=0), LAMP)
    press.ink(press.cut(box(788, 812, 826, 844, 4), rough=0), LAMP)
    press.ink(press.cut(box(794, 812, 797, 844), box(817, 812, 820, 844), rough=0), WINE)
