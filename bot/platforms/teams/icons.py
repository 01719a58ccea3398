"""The two icons of the app, drawn as PNG: five petals, one for each phase of a lesson.

Microsoft asks for one in colours of 192 by 192 pixels, whose sign keeps to the 96 in its middle,
and for an outline of 32 by 32, white on nothing:
https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/apps-package
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from math import cos, hypot, pi, sin

Colour = tuple[int, int, int]

COLOUR_SIZE = 192
OUTLINE_SIZE = 32

BACKGROUND: Colour = (15, 92, 110)
_PETALS: Sequence[Colour] = (
    (255, 255, 255),
    (217, 238, 240),
    (180, 221, 226),
    (246, 217, 162),
    (242, 192, 107),
)
_WHITE: Colour = (255, 255, 255)


def colour_icon() -> bytes:
    """The icon in colours, on a ground that fills all of it."""
    pixels = bytearray()
    for x, y in _centres(COLOUR_SIZE):
        colour = BACKGROUND
        for number, petal in enumerate(_PETALS):
            colour = _over(petal, _cover(_inside(number, x, y, COLOUR_SIZE * 0.5)), colour)
        pixels += bytes((*colour, 255))
    return _png(COLOUR_SIZE, pixels)


def outline_icon() -> bytes:
    """The outline, in white; all else is transparent."""
    pixels = bytearray()
    for x, y in _centres(OUTLINE_SIZE):
        depths = [_inside(number, x, y, OUTLINE_SIZE * 0.94) for number in range(len(_PETALS))]
        line = max(_cover(0.6 - abs(depth - 0.6)) for depth in depths)
        pixels += bytes((*_WHITE, round(255 * line)))
    return _png(OUTLINE_SIZE, pixels)


def _centres(size: int) -> list[tuple[float, float]]:
    """The middle of each pixel, row by row, seen from the middle of the picture."""
    steps = [index + 0.5 - size / 2 for index in range(size)]
    return [(x, y) for y in steps for x in steps]


def _inside(number: int, x: float, y: float, width: float) -> float:
    """How many pixels deep inside a petal a point is, about; less than 0 outside.

    ``width`` is that of all five together; the first stands upright, the others follow clockwise.
    """
    turn = -2 * pi * number / len(_PETALS)
    across, along = x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)
    half, tall = width * 0.145, width * 0.225
    u, v = across / half, (along + width * 0.275) / tall
    # The distance to an ellipse, by how fast its equation grows there.
    reach = hypot(u, v)
    steepness = hypot(u / half, v / tall) / reach if reach else 1 / half
    return (1 - reach) / steepness


def _cover(depth: float) -> float:
    """How much of a pixel is covered whose middle is so deep inside."""
    return min(1.0, max(0.0, depth + 0.5))


def _over(top: Colour, much: float, below: Colour) -> Colour:
    red, green, blue = (
        round(above * much + under * (1 - much)) for above, under in zip(top, below, strict=True)
    )
    return red, green, blue


def _png(size: int, pixels: bytes | bytearray) -> bytes:
    """A square PNG of eight bits a channel (red, green, blue, opacity)."""
    row = size * 4
    plain = b"".join(
        b"\0" + bytes(pixels[start : start + row]) for start in range(0, size * row, row)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(plain, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
