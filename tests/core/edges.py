"""Days on which the clocks change, and what becomes of a lesson day's times there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from bot.facilitation.localtime import Edge


@dataclass(frozen=True, slots=True)
class Change:
    """A date on which the clocks of a zone change, times that lie on the edge and just after, and
    when those two then come: in UTC, and on the clocks there."""

    zone: str
    day: str
    edge: Edge
    opens: str
    closes: str
    opens_at: str
    opens_there: str
    closes_at: str

    def __str__(self) -> str:
        return f"{self.zone} {self.edge} {self.opens}"

    @property
    def date(self) -> date:
        """The date."""
        return date.fromisoformat(self.day)

    @property
    def times(self) -> tuple[time, time]:
        """When a lesson day opens and closes, by the rule."""
        return time.fromisoformat(self.opens), time.fromisoformat(self.closes)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """When it does that day (UTC)."""
        opens, closes = (f"{at}+00:00" for at in (self.opens_at, self.closes_at))
        return datetime.fromisoformat(opens), datetime.fromisoformat(closes)


BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
LORD_HOWE, AUCKLAND = "Australia/Lord_Howe", "Pacific/Auckland"
SANTIAGO = "America/Santiago"

# fmt: off
CHANGES = tuple(Change(*row) for row in (
    (BERLIN, "2026-03-29", "gap", "02:30", "17:00",
     "2026-03-29T01:30", "2026-03-29T03:30", "2026-03-29T15:00"),
    # Its closing exists, and would come before it has opened.
    (BERLIN, "2026-03-29", "gap", "02:30", "03:10",
     "2026-03-29T01:30", "2026-03-29T03:30", "2026-03-29T02:10"),
    (BERLIN, "2026-10-25", "fold", "02:30", "17:00",
     "2026-10-25T00:30", "2026-10-25T02:30", "2026-10-25T16:00"),
    (NEW_YORK, "2026-03-08", "gap", "02:30", "17:00",
     "2026-03-08T07:30", "2026-03-08T03:30", "2026-03-08T21:00"),
    (NEW_YORK, "2026-11-01", "fold", "01:30", "17:00",
     "2026-11-01T05:30", "2026-11-01T01:30", "2026-11-01T22:00"),
    (LORD_HOWE, "2026-10-04", "gap", "02:15", "17:00",
     "2026-10-03T15:45", "2026-10-04T02:45", "2026-10-04T06:00"),
    (LORD_HOWE, "2026-04-05", "fold", "01:45", "17:00",
     "2026-04-04T14:45", "2026-04-05T01:45", "2026-04-05T06:30"),
    (AUCKLAND, "2026-09-27", "gap", "02:30", "17:00",
     "2026-09-26T14:30", "2026-09-27T03:30", "2026-09-27T04:00"),
    (AUCKLAND, "2026-04-05", "fold", "02:30", "17:00",
     "2026-04-04T13:30", "2026-04-05T02:30", "2026-04-05T05:00"),
    (SANTIAGO, "2026-09-06", "gap", "00:00", "17:00",
     "2026-09-06T04:00", "2026-09-06T01:00", "2026-09-06T20:00"),
    (SANTIAGO, "2026-04-04", "fold", "23:30", "23:59",
     "2026-04-05T02:30", "2026-04-04T23:30", "2026-04-05T02:59"),
    # In the middle of the day nothing is out of the ordinary but the distance to UTC.
    (BERLIN, "2026-03-29", "", "09:00", "17:00",
     "2026-03-29T07:00", "2026-03-29T09:00", "2026-03-29T15:00"),
    (NEW_YORK, "2026-11-01", "", "09:00", "17:00",
     "2026-11-01T14:00", "2026-11-01T09:00", "2026-11-01T22:00"),
    (LORD_HOWE, "2026-10-04", "", "09:00", "17:00",
     "2026-10-03T22:00", "2026-10-04T09:00", "2026-10-04T06:00"),
    (AUCKLAND, "2026-04-05", "", "09:00", "17:00",
     "2026-04-04T21:00", "2026-04-05T09:00", "2026-04-05T05:00"),
    (SANTIAGO, "2026-09-06", "", "09:00", "17:00",
     "2026-09-06T12:00", "2026-09-06T09:00", "2026-09-06T20:00"),
))
# fmt: on
