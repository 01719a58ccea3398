"""What people ask of the bot in words that steers no run."""

from __future__ import annotations

from typing import Literal

from bot.facilitation.controls import bare

Wish = Literal["mine", "home", "panel", "schedule", "rehearse", "evidence", "help"]

_WORDS: dict[str, Wish] = {
    "my part": "mine",
    "mine": "mine",
    "me": "mine",
    "home": "home",
    "": "panel",
    "panel": "panel",
    "schedule": "schedule",
    "schedule a lesson": "schedule",
    "rehearse": "rehearse",
    "rehearse a lesson": "rehearse",
    "evidence": "evidence",
    "help": "help",
}


def wish(text: str) -> Wish | None:
    """What these words ask for: one's part, home, the panel, a form, evidence, help; or nothing."""
    return _WORDS.get(bare(text).strip(" .!?"))
