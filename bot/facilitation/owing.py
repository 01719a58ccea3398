"""Messages owed: what makes one, and the key under which it is owed once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.chat.address import Recipient
from bot.facilitation.changes import delivery_key
from bot.facilitation.state import Opening, Owed, Run

LAST_WORD = timedelta(days=1)
"""How long a message is still worth posting, unless its activity closes before."""


def owe(
    run: Run,
    purpose: str,
    to: Recipient,
    now: datetime,
    not_after: datetime,
    *,
    opening: str = "",
    cue: int | None = None,
    n: int = 1,
    about: str = "",
) -> Owed:
    """A message owed from now on, under the key of what it is about."""
    subject = f"cue:{cue}" if cue is not None else opening or "run"
    subject += f"/{about}" if about else ""
    return Owed(
        key=delivery_key(run.id, subject, purpose, n, to),
        run=run.id,
        purpose=purpose,
        to=to,
        due_at=now,
        not_after=not_after,
        opening=opening,
        cue=cue,
        n=n,
        about=about,
    )


def tell(run: Run, opening: Opening, purpose: str, to: Recipient, at: datetime, about: str) -> Owed:
    """A message about a part of an opening, owed at once because of what was heard at ``at``.

    It is due since the opening: the clock of a platform may be ahead of ours, which may even stand
    still.
    """
    last = at + LAST_WORD
    return owe(run, purpose, to, opening.opened_at, last, opening=opening.id, about=about)


def tell_in_thread(
    run: Run, opening: Opening, purpose: str, at: datetime, about: str, *, of: Opening
) -> Owed:
    """The same for everybody, in the thread of the post in which ``of`` stands."""
    post = delivery_key(run.id, of.post, "activity", 1, run.audience)
    return replace(tell(run, opening, purpose, run.audience, at, about), parent=post)


def owe_panels(run: Run, now: datetime, n: int) -> tuple[Owed, ...]:
    """A fresh panel for every facilitator: the ``n``-th of this run."""
    return tuple(owe(run, "panel", p, now, now + LAST_WORD, n=n) for p in run.facilitators)
