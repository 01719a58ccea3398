"""Bars as SVG. Each is decoration beside its number, so it is hidden from a screen reader."""

from __future__ import annotations

import svg
from markupsafe import Markup

_WHOLE = svg.Length(100, "%")


def bar(percent: int, kind: str = "") -> Markup:
    """A bar filled to ``percent`` of its width; ``kind`` is a class of the page's style sheet.

    It holds no words, so nothing that a person wrote can get into it.
    """
    filled = svg.Length(min(max(percent, 0), 100), "%")
    drawing = svg.SVG(
        class_=["bar", kind] if kind else ["bar"],
        width=_WHOLE,
        height=12,
        elements=[
            svg.Rect(class_=["track"], width=_WHOLE, height=_WHOLE, rx=2),
            svg.Rect(class_=["part"], width=filled, height=_WHOLE, rx=2),
        ],
        extra={"aria-hidden": "true"},
    )
    return Markup(drawing.as_str())
