"""What a decision leads to: values to record, in one transaction or not at all."""

from __future__ import annotations

from dataclasses import dataclass, fields
from hashlib import blake2s

from bot.chat.address import Recipient
from bot.facilitation.state import Assignment, Audit, Cue, Opening, Owed, Response, Run


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that one decision changes; empty means that nothing does.

    ``cues``, ``openings`` and ``assignments`` stand in place of those with the same id.
    ``dirty`` names openings whose posts no longer show the state; how often they are edited is
    not decided here. ``dirty_about`` names, by opening and `Owed.about`, private messages that do
    not, and ``dirty_run`` the run whose own posts (panel, troubles) do not.
    """

    run: Run | None = None
    cues: tuple[Cue, ...] = ()
    openings: tuple[Opening, ...] = ()
    responses: tuple[Response, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    owed: tuple[Owed, ...] = ()
    dirty: tuple[str, ...] = ()
    dirty_about: tuple[tuple[str, str], ...] = ()
    dirty_run: str = ""
    audits: tuple[Audit, ...] = ()

    def __add__(self, other: Changes) -> Changes:
        """Both, in order."""
        if self.run and other.run and self.run is not other.run:
            raise ValueError("two decisions change one run: the second must start from the first")
        joined = {
            f.name: getattr(self, f.name) + getattr(other, f.name)
            for f in fields(self)
            if f.name not in ("run", "dirty_run")
        }
        return Changes(
            run=other.run or self.run,
            dirty_run=self.dirty_run or other.dirty_run,
            **joined,
        )


NOTHING = Changes()


def delivery_key(run: str, subject: str, purpose: str, n: int, to: Recipient) -> str:
    """The opaque key of a message owed: the same for the same (subject, purpose, n, place)."""
    name = "\n".join((run, subject, purpose, str(n), str(to)))
    return blake2s(name.encode(), digest_size=10).hexdigest()
