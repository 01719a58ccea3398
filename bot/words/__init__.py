"""The bot's own sentences: one gettext catalogue, in which English is the source language.

Every sentence that the bot says to people passes through `t` or `tn` as a literal, so that the
catalogue can be gathered from the code. Lessons' words and learners' words never do.
"""

from __future__ import annotations

import gettext
from pathlib import Path

_catalogue: gettext.NullTranslations = gettext.translation(
    "fivefold", Path(__file__).parent / "locale", fallback=True
)


def t(sentence: str, /, **values: object) -> str:
    """The sentence in the reader's language, its ``{names}`` replaced by values."""
    said = _catalogue.gettext(sentence)
    return said.format(**values) if values else said


def tn(one: str, many: str, count: int, /, **values: object) -> str:
    """The form of the sentence that fits ``count``, which it may use as ``{count}``."""
    return _catalogue.ngettext(one, many, count).format(count=count, **values)
