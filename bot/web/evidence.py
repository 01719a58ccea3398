"""Links to the evidence of a run: each works once, for ten minutes, for whoever has it.

Opening a link shows a page and uses nothing up, for mail and chat programs open links, too;
only the button on it does. Of the link itself nothing is kept but its hash.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.chat.address import Person
from bot.chat.platform import Records, RecordsUnavailable
from bot.clock import Clock
from bot.evidence.pack import evidence_zip
from bot.facilitation.state import Run
from bot.pages.parts import Unavailable, environment, page
from bot.service.handing_over import LASTS
from bot.service.reporting import report_run
from bot.service.store import Store, StoreUnavailable
from bot.words import t

KIND = "evidence-link"
"""The kind of the records that hold what links are for, by the hashes of their tokens."""
TOKEN_BYTES = 32
LONGEST_NAME = 60
PATH = "/evidence"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link is for: a run's evidence, for somebody who leads it, ``until`` (machine time)."""

    run: str
    person: Person
    until: datetime

    def to_bytes(self) -> bytes:
        """The ticket as JSON."""
        return json.dumps([self.run, str(self.person), self.until.isoformat()]).encode()

    @classmethod
    def from_bytes(cls, value: bytes) -> Ticket:
        """The ticket that `to_bytes` wrote."""
        run, person, until = json.loads(value)
        return cls(run, Person.parse(person), datetime.fromisoformat(until))


class EvidenceLinks:
    """Implements `bot.service.handing_over.Links`, and knows which links still work."""

    def __init__(
        self, records: Records, machine: Clock, public_url: str, *, at_home: frozenset[str]
    ) -> None:
        """``public_url`` is where people reach the pages, or ``""``; whoever is on a platform that
        is ``at_home`` on these very pages needs none."""
        self._records = records
        self._machine = machine
        self._public_url = public_url
        self._at_home = at_home

    async def issue(self, run: str, person: Person) -> str | None:
        """A link, or ``None`` where nobody knows the address of the pages."""
        if not self._public_url and person.platform not in self._at_home:
            return None
        token = secrets.token_urlsafe(TOKEN_BYTES)
        ticket = Ticket(run, person, self._machine.now() + LASTS)
        await self._records.put(KIND, _key(token), ticket.to_bytes())
        return f"{self._public_url}{PATH}/{token}"

    async def ticket(self, token: str) -> Ticket | None:
        """What the link is for, while it works. Raises RecordsUnavailable."""
        return await self._working(_key(token))

    async def use_up(self, token: str) -> bool:
        """Have the link work no more; True for one alone of all who do. Raises
        RecordsUnavailable."""
        return await self._records.delete(KIND, _key(token))

    async def sweep(self) -> None:
        """Forget the links that work no more. Raises RecordsUnavailable."""
        for key in await self._records.keys(KIND):
            working = None
            # One that was sealed with a secret that is gone can be opened by nobody.
            with suppress(RecordsUnavailable):
                working = await self._working(key)
            if working is None:
                await self._records.delete(KIND, key)

    async def _working(self, key: str) -> Ticket | None:
        value = await self._records.get(KIND, key)
        ticket = Ticket.from_bytes(value) if value else None
        return ticket if ticket and self._machine.now() < ticket.until else None


class EvidencePages:
    """The page behind a link, and the file behind its button."""

    def __init__(self, links: EvidenceLinks, store: Store) -> None:
        self._links = links
        self._store = store
        self._env = environment({"web": Path(__file__).parent})

    async def confirm(self, request: Request) -> Response:
        """What the link is for. Nothing happens yet, however often it is opened."""
        token = request.path_params["token"]
        try:
            run = await self._run(token)
        except (RecordsUnavailable, StoreUnavailable) as down:
            raise Unavailable(str(down)) from down
        if run is None:
            return self._none()
        lesson = run.lesson.plan.title
        return page(self._env, "evidence_link.html", lesson=lesson, action=f"{PATH}/{token}")

    async def hand_over(self, request: Request) -> Response:
        """The evidence, once."""
        # No form token is asked for: the address itself is the secret, and nobody is signed in.
        token = request.path_params["token"]
        try:
            run = await self._run(token)
            if run is None:
                return self._none()
            async with self._store.reading() as reading:
                report = await report_run(reading, run.id)
            packed = await asyncio.to_thread(evidence_zip, report)
            # Only now: whatever fails before this leaves the link as it was.
            if not await self._links.use_up(token):
                return self._none()
        except (RecordsUnavailable, StoreUnavailable) as down:
            raise Unavailable(str(down)) from down
        headers = {
            "Content-Disposition": f'attachment; filename="{file_name(run)}"',
            "Cache-Control": "no-store",
        }
        return Response(packed, media_type="application/zip", headers=headers)

    async def _run(self, token: str) -> Run | None:
        """The run that the link is for, if whoever asked for it leads it still."""
        ticket = await self._links.ticket(token)
        if ticket is None:
            return None
        async with self._store.reading() as reading:
            run = await reading.run(ticket.run)
        return run if run and ticket.person in run.facilitators else None

    def _none(self) -> Response:
        return page(
            self._env,
            "error.html",
            404,
            title=t("This link does not work"),
            sentence=t(
                "A link to evidence works once and for {count} minutes: ask Fivefold for a new "
                "one, with “Evidence” on your panel.",
                count=int(LASTS.total_seconds()) // 60,
            ),
        )


def evidence_routes(links: EvidenceLinks, store: Store) -> list[BaseRoute]:
    """The addresses that links lead to."""
    pages = EvidencePages(links, store)
    path = PATH + "/{token}"
    return [
        Route(path, pages.confirm, methods=["GET"]),
        Route(path, pages.hand_over, methods=["POST"]),
    ]


def file_name(run: Run) -> str:
    """What the file is called on any computer: after the lesson, as far as ASCII goes."""
    plain = unicodedata.normalize("NFKD", run.lesson.plan.title).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:LONGEST_NAME].strip("-")
    return f"{words or 'evidence'}-{re.sub(r'[^A-Za-z0-9_-]+', '-', run.id)}.zip"


def _key(token: str) -> str:
    """How a token's record is found: by a hash, from which nobody gets back to the token."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
