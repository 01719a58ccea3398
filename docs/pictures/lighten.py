"""Makes pictures weigh less: at most 256 colours, which is plenty for words on a page."""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode, b64encode

from playwright.async_api import Page

_PALETTE = """async address => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const colours = new Uint32Array(canvas.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  // Colours alike in the upper bits of red, green and blue become the commonest of them.
  const usual = new Map();
  for (const [colour] of [...counts].sort((a, b) => b[1] - a[1])) {
    const like = colour & MASK;
    if (!usual.has(like)) usual.set(like, { n: usual.size, colour });
  }
  const reader = new FileReader();
  const read = new Promise(done => (reader.onload = done));
  reader.readAsDataURL(new Blob([Uint8Array.from(colours, c => usual.get(c & MASK).n)]));
  await read;
  const palette = [...usual.values()].map(({ colour }) => colour);
  return { width, height, palette, pixels: reader.result.split(",")[1] };
}""".replace("MASK", "0xf0f0f0")


async def lightened(page: Page, png: bytes) -> bytes:
    """The same picture with a palette, looked up in a page that has nothing else to do."""
    found = await page.evaluate(_PALETTE, f"data:image/png;base64,{b64encode(png).decode()}")
    width, palette, pixels = found["width"], found["palette"], b64decode(found["pixels"])
    if len(palette) > 256:
        raise ValueError(f"{len(palette)} kinds of colours are too many for a palette")
    rows = (b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    colours = b"".join(struct.pack("<I", colour & 0xFFFFFF)[:3] for colour in palette)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, found["height"], 8, 3, 0, 0, 0)),
            (b"PLTE", colours),
            (b"IDAT", zlib.compress(b"".join(rows), 9)),
            (b"IEND", b""),
        )
    )
