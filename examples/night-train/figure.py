"""Ilse Marren as she is drawn: face on, from the side, and from behind; and the inks of her world.

Knows her; nothing of where she is (`make_photos` places her).
"""

from __future__ import annotations

import numpy as np
from press import Field, Ink, Place, Press, box, curve, oval, stroke

NIGHT: Ink = (18, 24, 50)
INDIGO: Ink = (33, 50, 88)
DUSK: Ink = (62, 96, 126)
MIST: Ink = (136, 164, 172)
RED: Ink = (206, 58, 44)
WINE: Ink = (120, 28, 46)
LAMP: Ink = (244, 176, 78)
CREAM: Ink = (250, 233, 200)
SKIN: Ink = (246, 196, 156)
SHADE: Ink = (176, 92, 82)
DEEP: Ink = (96, 44, 64)


def open_coat(press: Press, place: Place) -> None:
    def cut(text: str) -> Field:
        return press.cut(place(curve(text)))

    back = cut("*-190,380 -200,240 *-212,110 -120,170 0,205 120,170 *206,108 200,240 *190,380")
    press.ink(back, WINE)
    body = cut(
        "*-560,960 -520,640 -440,500 -300,430 -170,392 *-60,380 *60,380 170,392 310,432 450,505 530,650 *580,1000"
    )
    press.ink(body, RED)
    light = press.ramp(-120, 800, 520, 560)
    press.spray(body, WINE, 0.95 - 1.15 * light)
    neck = cut("*-86,170 -84,300 -110,390 *0,560 120,390 88,300 *90,170")
    press.ink(neck, SHADE)
    shaded = cut("*-100,170 -92,300 -118,392 *-4,566 10,470 4,400 30,330 60,290 *92,268 *92,170")
    press.ink(neck * (1 - shaded), SKIN)
    press.spray(neck, DEEP, 0.9 - 0.9 * press.ramp(place.x - 60, 900, place.x + 10, 1100))
    left = cut(
        "*-214,112 -180,250 -120,380 -50,480 *8,560 -30,640 *-62,700 -150,600 *-262,560 *-226,480 -290,300 *-214,112"
    )
    press.ink(left, WINE)
    press.spray(left, NIGHT, 0.85 - 0.9 * press.ramp(250, 900, 520, 1160))
    right = cut("*206,108 176,250 124,380 60,480 *8,560 50,650 *84,700 160,610 *286,560 *240,480 292,300 *206,108")
    press.ink(right, RED)
    press.spray(right, LAMP, 0.55 * press.ramp(620, 1150, 800, 860))
    press.spray(right, WINE, 0.8 - 1.5 * press.ramp(520, 1150, 640, 1050))
    seam = press.cut(place(stroke("8,560 20,700 16,860 24,1000", 7, start=1, end=1)))
    press.ink(seam, WINE)
    buttons = press.cut(place(oval(74, 800, 17)), place(oval(80, 950, 17)), rough=0.2)
    press.ink(buttons, WINE)


def face(press: Press, place: Place) -> None:
    def cut(text: str) -> Field:
        return press.cut(place(curve(text)))

    def line(text: str, width: float, start: float = 0.0, end: float = 0.0) -> Field:
        return press.cut(place(stroke(text, width, start=start, end=end)), rough=0.2)

    hair_back = cut(
        "0,-282 110,-246 190,-180 226,-70 236,60 232,190 *214,292 150,262 *90,240 *-90,240 "
        "-150,262 *-216,292 -236,190 -240,60 -226,-70 -190,-180 -110,-246"
    )
    press.ink(hair_back, NIGHT)
    face = cut(
        "-158,-40 -160,40 -150,110 -122,186 -74,248 -30,278 0,284 30,278 74,248 122,186 "
        "150,110 160,40 158,-40 130,-150 0,-190 -130,-150"
    )
    shadow = cut(
        "*-200,-200 *6,-200 -2,-110 -10,-62 *18,-40 6,-10 8,30 18,66 *36,98 20,112 *-2,116 "
        "-4,140 12,152 *4,168 12,190 *-2,206 4,232 6,260 *2,300 *-200,300"
    )
    lit = face * (1 - shadow)
    press.ink(face, SHADE)
    press.ink(lit, SKIN)
    press.spray(lit, CREAM, 0.55 * press.glow(place.x + 105, place.y + 70, 150, 1.0))
    press.spray(shadow * face, DEEP, 0.95 * (1 - press.ramp(place.x - 150, place.y, place.x - 10, place.y)))
    press.spray(lit, SHADE, 0.75 - 1.6 * press.ramp(place.x, place.y - 130, place.x, place.y + 10), 0.15)
    press.spray(lit, SHADE, 0.7 * press.ramp(place.x + 60, place.y + 235, place.x + 90, place.y + 300), 0.15)
    press.spray(lit, RED, 0.30 * press.glow(place.x + 122, place.y + 92, 70), 0.15)
    nostril = cut("*20,112 34,100 *40,92 *44,104 34,114")
    press.ink(nostril * lit, SHADE)
    for side, iris_x in ((1, 76), (-1, -70)):
        skin = SKIN if side > 0 else SHADE
        white = cut(mirrored("*36,20 54,6 78,1 102,7 *122,18 102,28 76,31 54,27", side))
        press.ink(white, CREAM if side > 0 else skin, 1.0 if side > 0 else 0.6)
        iris = press.cut(place(oval(iris_x, 13, 17, 17)), rough=0) * white
        press.ink(iris, NIGHT)
        if side > 0:
            press.ink(press.cut(place(oval(iris_x + 7, 8, 4.4)), rough=0), CREAM)
        lid = cut(mirrored("*30,23 50,1 80,-9 108,-1 *140,6 *122,20 102,11 78,6 54,11", side))
        press.ink(lid, NIGHT)
        press.ink(line(mirrored("46,-18 76,-30 108,-20", side), 5), DEEP if side > 0 else NIGHT, 0.55)
        brow = cut(mirrored("*30,-50 62,-70 100,-72 *140,-46 100,-58 64,-56", side))
        press.ink(brow, NIGHT)
    mouth_up = cut("*-52,164 -26,150 -10,146 0,150 10,146 28,151 *54,163 20,166 0,169 -20,166")
    mouth_low = cut("*-46,167 -20,169 0,171 20,169 *48,166 28,188 0,196 -28,188")
    press.ink(mouth_up, WINE)
    press.ink(mouth_low, RED)
    press.ink(mouth_low * shadow, WINE)
    press.ink(mouth_up * shadow, DEEP)
    press.ink(line("-54,164 -20,166 0,170 20,166 56,163", 3.6), NIGHT)
    fringe = cut(
        "*-236,80 -242,-40 -222,-160 -150,-250 -20,-292 110,-268 204,-180 240,-40 *236,90 "
        "*170,60 168,-20 152,-84 *122,-128 80,-92 10,-74 -70,-72 *-144,-92 -160,-20 *-168,60"
    )
    press.ink(fringe, NIGHT)
    sides = [
        cut(mirrored("*150,-90 172,10 168,110 150,190 *112,262 170,300 *224,296 238,180 240,40 *226,-70", side))
        for side in (1, -1)
    ]
    for mask in sides:
        press.ink(mask, NIGHT)
    shine = [
        line(text, width)
        for text, width in (
            ("92,-226 168,-160 200,-60 206,60", 15),
            ("120,-190 166,-120 184,-40", 7),
            ("212,20 216,120 200,230", 10),
            ("40,-246 96,-210 140,-160", 6),
        )
    ]
    for mask in shine:
        press.ink(mask, DUSK)
    press.ink(press.cut(place(oval(160, 262, 13)), rough=0), LAMP)


def mirrored(text: str, side: int) -> str:
    """The same curve on her other side when `side` is -1."""

    def turned(token: str) -> str:
        x, y = token.lstrip("*").split(",")
        return f"{'*' if token.startswith('*') else ''}{side * float(x)},{y}"

    return " ".join(turned(token) for token in text.split())


def profile(press: Press, place: Place, *, singing: bool) -> None:
    """Her head from the side, facing right in its own coordinates, about 400 units high."""

    def cut(text: str) -> Field:
        return press.cut(place(curve(text)), rough=0.3)

    def line(text: str, width: float, start: float = 0.0, end: float = 0.0) -> Field:
        return press.cut(place(stroke(text, width, start=start, end=end)), rough=0.1)

    neck = cut("*-150,60 -150,180 -156,270 *-160,340 *70,360 46,300 34,240 *56,180 *60,60")
    press.ink(neck, SHADE)
    press.spray(neck, DEEP, press.ramp(*place(np.array([[20.0, 290.0]]))[0], *place(np.array([[-30.0, 190.0]]))[0]))
    front = "*40,-150 104,-130 130,-90 137,-56 *130,-32 143,-4 156,24 *167,43 161,57 *141,64 "
    if singing:
        jaw = (
            "*142,75 148,83 146,90 *134,97 *106,110 *130,138 139,143 137,150 *129,157 139,172 146,192 140,213 116,227 "
        )
    else:
        jaw = "*142,75 151,84 151,91 *140,97 *149,104 147,113 *137,122 141,138 147,158 141,184 120,202 "
    face = cut(front + jaw + "72,210 14,188 -36,150 *-80,80 *-80,-120")
    centre = place(np.array([[70.0, 60.0], [150.0, 30.0], [0.0, 120.0], [104.0, 66.0]]))
    shade = cut("*-100,-150 *44,-150 40,-40 48,30 62,84 84,128 96,160 *126,196 *140,240 *60,260 *-100,240")
    lit = face * (1 - shade)
    press.ink(face, SHADE)
    press.ink(lit, SKIN)
    press.spray(lit, CREAM, 0.7 * press.glow(*centre[1], 110 * place.scale), 0.2)
    press.spray(shade * face, DEEP, 0.8 * press.ramp(*centre[0], *centre[2]), 0.3)
    press.spray(lit, RED, 0.28 * press.glow(*centre[3], 46 * place.scale), 0.15)
    press.ink(cut("*141,64 *147,55 139,52 *132,58 *134,63"), SHADE)
    if singing:
        press.ink(cut("*102,110 *138,94 *132,141"), DEEP)
        press.ink(cut("*143,76 151,83 149,91 *136,96 *110,107 *130,91"), WINE)
        press.ink(cut("*108,110 *131,138 142,144 140,152 *130,156 *119,140"), RED)
        press.ink(line("78,-22 92,-8 108,-6 126,-18", 9), NIGHT)
        press.ink(line("82,-16 74,-8 70,-4", 5), NIGHT)
    else:
        press.ink(cut("*143,76 155,84 154,92 *140,97 *112,99 *128,87"), WINE)
        press.ink(cut("*112,99 *140,97 153,104 150,114 *138,121 *124,112"), RED)
        press.ink(cut("*124,-22 *92,-12 108,-2 *121,-4"), CREAM)
        press.ink(press.cut(place(oval(117, -13, 7.5, 10)), rough=0), NIGHT)
        press.ink(cut("*78,-14 96,-28 114,-31 *131,-24 *126,-18 112,-22 98,-18"), NIGHT)
        press.ink(line("94,0 108,5 120,2", 3.5), SHADE)
    press.ink(line("76,-54 104,-68 136,-54", 10), NIGHT)
    hair = cut(
        "*136,-72 138,-126 104,-184 24,-216 -78,-204 -150,-146 -180,-44 -174,80 -160,180 "
        "-140,206 -90,214 -6,202 "
        "*74,156 46,96 40,20 *36,-56 66,-74 *136,-72"
    )
    press.ink(hair, NIGHT)
    for text, width in (
        ("-30,-196 48,-180 98,-122", 11),
        ("-74,-180 -6,-168 42,-112", 6),
        ("-134,-96 -146,-20 -140,60", 9),
        ("-44,-120 -26,-30 8,60", 8),
        ("-90,-120 -88,-40 -70,40", 5),
    ):
        press.ink(line(text, width), DUSK)
    press.ink(press.cut(place(oval(44, 172, 12)), rough=0), LAMP)


def side_coat(press: Press, place: Place) -> None:
    body = press.cut(
        place(curve("*-420,760 -400,560 -330,420 -200,330 -110,296 *0,300 *70,330 130,380 190,470 230,600 *250,800"))
    )
    press.ink(body, RED)
    (x0, y0), (x1, y1) = place(np.array([[-330.0, 520.0], [160.0, 420.0]]))
    press.spray(body, WINE, 1.05 - 1.3 * press.ramp(x0, y0, x1, y1))
    arm = press.cut(place(stroke("-150,430 -110,560 -120,760", 16, end=0.8)))
    press.ink(arm, WINE)


def side_collar(press: Press, place: Place) -> None:
    collar = press.cut(
        place(
            curve(
                "*-172,206 -180,280 -186,340 *-176,404 -60,424 *52,482 *128,410 106,340 *98,250 "
                "60,296 -30,312 -110,282 *-172,206"
            )
        )
    )
    press.ink(collar, RED)
    (x0, y0), (x1, y1) = place(np.array([[-150.0, 300.0], [90.0, 330.0]]))
    press.spray(collar, NIGHT, 0.75 - 1.3 * press.ramp(x0, y0, x1, y1))
    press.spray(
        collar,
        LAMP,
        0.75 * press.ramp(*place(np.array([[40.0, 340.0]]))[0], *place(np.array([[130.0, 320.0]]))[0]),
    )
    edge = press.cut(place(stroke("-176,404 -60,424 52,482", 7, start=0.5, end=0.5)))
    press.ink(edge, WINE)


def from_behind(press: Press, place: Place) -> None:
    """Her standing, seen from behind: 640 units from crown to heel."""

    def cut(text: str) -> Field:
        return press.cut(place(curve(text)), rough=0.3)

    def both(text: str) -> Field:
        return np.maximum(cut(text), cut(mirrored(text, -1)))

    def line(text: str, width: float) -> Field:
        return press.cut(place(stroke(text, width, start=0.4, end=0.6)), rough=0.1)

    shadow = press.soften(cut("*-50,628 *54,628 90,740 150,900 *-80,900 -74,740"), 2)
    press.spray(shadow, NIGHT, 0.95 - 0.4 * press.ramp(0, 1250, 0, 1500), 0.15)
    press.ink(both("*8,440 10,540 *14,612 *40,612 46,540 *52,440"), NIGHT)
    press.ink(both("*10,600 *8,630 20,640 *46,638 *44,600"), WINE)
    arms = both("*60,132 *92,142 116,196 126,262 *132,340 *102,346 92,270 *70,200")
    press.ink(both("*106,340 104,366 116,378 *128,366 *130,338"), SHADE)
    coat = cut(
        "*-40,108 -78,124 *-98,148 -92,220 *-68,288 -92,380 *-124,476 0,490 *124,476 92,380 "
        "*68,288 92,220 *98,148 78,124 *40,108"
    )
    press.ink(arms, RED)
    press.spray(arms, WINE, np.where(press.x > place.x, 0.9, 0.35).astype(np.float32))
    press.spray(arms, LAMP, 1.0 * press.ramp(place.x - 96, 0, place.x - 132, 0))
    press.ink(coat, RED)
    press.spray(coat, WINE, 1.2 * press.ramp(place.x - 10, 0, place.x + 110, 0))
    press.spray(coat, LAMP, 0.7 * press.ramp(place.x - 58, 0, place.x - 124, 0))
    press.ink(line("0,150 3,280 0,484", 4), WINE)
    for side in (-1, 1):
        press.ink(line(mirrored("40,320 56,400 68,470", side), 4), WINE)
        press.ink(line(mirrored("70,290 90,236 84,176", side), 5), WINE)
    press.ink(cut("*-72,280 0,288 *72,280 *74,300 0,308 *-74,300"), WINE)
    press.ink(press.cut(place(oval(-34, 294, 5)), place(oval(34, 294, 5)), rough=0), LAMP)
    collar = cut("*-58,126 -58,94 *-48,74 0,86 *48,74 58,94 *58,126 0,146")
    press.ink(collar, WINE)
    press.spray(collar, RED, 1.1 * press.ramp(place.x + 30, 0, place.x - 50, 0))
    press.ink(cut("0,0 34,8 54,38 58,76 *60,104 30,110 0,106 -30,110 *-60,104 -58,76 -54,38 -34,8"), NIGHT)
    for text, width in (
        ("-20,12 -42,44 -48,92", 6),
        ("-6,12 -24,50 -28,96", 3.5),
        ("-50,60 -53,84 -53,100", 3),
    ):
        press.ink(line(text, width), LAMP, 0.8)
    press.ink(press.cut(place(stroke("92,396 96,376 116,368 136,376 140,396", 8, start=1, end=1)), rough=0.1), NIGHT)
    case = press.cut(place(box(58, 394, 176, 486, 10)), rough=0.3)
    press.ink(case, LAMP)
    press.spray(case, WINE, 0.2 + 1.0 * press.ramp(place.x + 70, 0, place.x + 190, 0))
    press.ink(press.cut(place(box(78, 394, 86, 486)), place(box(148, 394, 156, 486)), rough=0.2), WINE)
