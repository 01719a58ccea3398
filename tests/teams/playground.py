"""Microsoft's 365 Agents Playground, from npm: a Teams of one team, in a process of its own.

It takes what the bot sends and shows it on a page of its own, and lets anybody in it press and
write. What stands in it is read from its record, because its page shows one person's view only.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from bot.chat.address import Person, Place
from tests.conftest import PEERS
from tests.teams.playground_record import Json, Post, Record

TENANT = "11111111-2222-4333-8444-555555555555"
GENERAL, LESSON = "19:general@thread.tacv2", "19:lesson@thread.tacv2"
"""The team's channels; the first is the team itself, too."""

BOT = "28:fivefold"
PEOPLE = ("ana", "bo", "cy", "dee", "eli", "fay")
"""As many as it takes: one at its page, and five others."""

_BIN = PEERS / "node_modules" / ".bin"
_SCRIPT = PEERS / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
_TRIES = 400
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Someone:
    """``aad`` is their Entra id, ``id`` the address by which the bot reaches them."""

    handle: str

    @property
    def id(self) -> str:
        return f"29:{self.handle}"

    @property
    def aad(self) -> str:
        return f"aaaaaaaa-0000-4000-8000-{PEOPLE.index(self.handle):012}"

    @property
    def name(self) -> str:
        return self.handle.title()

    @property
    def person(self) -> Person:
        """As the bot knows them."""
        return Person("teams", TENANT, self.aad)

    def configured(self) -> Json:
        """As the Playground's file has them; the key's spelling is its own."""
        email = f"{self.handle}@example.com"
        return {
            "id": self.id,
            "name": self.name,
            "aadObjectId": self.aad,
            "userPrincipleName": email,
            "email": email,
            "givenName": self.name,
            "surname": "Example",
        }


@dataclass
class Playground:
    """``url`` has no slash at its end. ``me`` is who sits at its page."""

    url: str
    me: str
    _http: httpx.AsyncClient
    _record: Record
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def service_url(self) -> str:
        """Where the bot speaks to it."""
        return f"{self.url}/_connector"

    @property
    def place(self) -> Place:
        """The channel that is there for the lesson."""
        return Place("teams", TENANT, LESSON)

    # -- what people do

    async def installs(self, who: Someone) -> None:
        """Somebody adds the bot to the team: the two activities that come then."""
        for kind in ("install", "botAdded"):
            template = await self.template(kind)
            await self.send(template | {"from": {"id": who.id, "aadObjectId": who.aad}})

    async def talk(self, who: Someone) -> str:
        """Their one-to-one talk with the bot, as the Playground gives it to the bot as well."""
        asked = {"isGroup": False, "members": [{"id": who.id}]}
        talk: str = (await self._post("/_connector/v3/conversations", asked))["id"]
        return talk

    async def execute(self, who: Someone, post: Post, data: Json) -> Json:
        """Press a button that is an Action.Execute: what the bot answers, for them alone."""
        action = {"type": "Action.Execute", "verb": "fivefold", "data": data}
        pressed = {"name": "adaptiveCard/action", "value": {"action": action}}
        answer: Json = await self._post("/_conversation/v1/invoke", self._at(who, post) | pressed)
        return answer

    async def submit(self, who: Someone, post: Post, data: Json) -> None:
        """Press one that is an Action.Submit, as older clients do; returns when it was heard."""
        before = len(self.sent("message"))
        await self._post("/_conversation/v1/submit", self._at(who, post) | {"value": data})
        await self._until(lambda: len(self.sent("message")) > before)

    async def say(self, who: Someone, conversation: str, text: str, **more: Any) -> Json:
        """Write to the bot, in a thread or in a channel; returns the activity when it was heard.

        Nothing looks for a mention: what is written here is what Teams would let the bot hear.
        """
        id = f"{1_700_000_000_000 + next(self._numbers)}"
        channel = conversation.startswith("19:")
        if channel and ";" not in conversation:
            conversation = f"{conversation};messageid={id}"
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        data: Json = {"tenant": {"id": TENANT}}
        if channel:
            data |= {"team": {"id": GENERAL}, "channel": {"id": conversation.partition(";")[0]}}
        activity = {
            "type": "message",
            "id": id,
            "timestamp": at,
            "localTimestamp": at,
            "localTimezone": "UTC",
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "from": {"id": who.id, "name": who.name, "aadObjectId": who.aad},
            "recipient": {"id": BOT, "name": "Fivefold"},
            "conversation": {
                "id": conversation,
                "tenantId": TENANT,
                "conversationType": "channel" if channel else "personal",
                **({"isGroup": True} if channel else {}),
            },
            "channelData": data,
            "entities": [{"type": "clientInfo", "locale": "en-US", "timezone": "UTC"}],
            "locale": "en-US",
            "textFormat": "plain",
            "text": text,
            **more,
        }
        await self.send(activity)
        return activity

    async def mention(self, who: Someone, conversation: str, text: str) -> Json:
        """`say` it to the bot by its name."""
        called = "<at>Fivefold</at>"
        entity = {
            "type": "mention",
            "mentioned": {"id": BOT, "name": "Fivefold"},
            "text": called,
        }
        return await self.say(
            who, conversation, f"{called} {text}", entities=[entity], textFormat="xml"
        )

    async def template(self, kind: str, conversation: str = GENERAL) -> Json:
        """What the Playground would send for ``botAdded``, ``userRemoved`` and the like."""
        asked = {"conversationId": conversation, "type": kind}
        answer = await self._http.get("/_internal/v1/customActivities/template", params=asked)
        activity: Json = answer.raise_for_status().json()
        return activity

    async def send(self, activity: Json) -> None:
        """Send the bot this activity; returns when it was heard."""
        await self._post("/_internal/v1/customActivities", activity)
        await self._until(lambda: any(one["id"] == activity["id"] for one in self.sent()))

    # -- what there is

    def posts(self, conversation: str = "") -> list[Post]:
        """As `Record.posts`."""
        return self._record.posts(conversation)

    def sent(self, kind: str = "") -> list[Json]:
        """As `Record.sent`."""
        return self._record.sent(kind)

    def refused(self) -> list[Json]:
        """As `Record.refused`."""
        return self._record.refused()

    async def members(self, conversation: str = LESSON) -> list[Json]:
        """Who is there, as the bot would be told."""
        path = f"/_connector/v3/conversations/{quote(conversation)}/pagedmembers"
        answer = await self._http.get(path)
        members: list[Json] = answer.raise_for_status().json()["members"]
        return members

    # -- underneath

    def _at(self, who: Someone, post: Post) -> Json:
        return {
            "conversation": {"id": post.conversation},
            "from": {"id": who.id},
            "replyToId": post.id,
        }

    async def _post(self, path: str, body: Json) -> Any:
        answer = await self._http.post(path, json=body)
        assert answer.is_success, f"the Playground refuses {path}: {answer.text}"
        return answer.json() if answer.content else None

    async def _until(self, done: Callable[[], bool]) -> None:
        for _ in range(_TRIES):
            if done():
                return
            await asyncio.sleep(_PAUSE)
        raise AssertionError("the bot did not take what the Playground sent it")


@asynccontextmanager
async def playground(bot: str, *, me: str = "ana") -> AsyncIterator[Playground]:
    """A Playground whose activities go to the address ``bot``, and whose page is ``me``'s.

    Skips the test where the npm package is missing. Ends the one process that it started.
    """
    node = shutil.which("node", path=f"{_BIN}{os.pathsep}{os.environ.get('PATH', '')}")
    if not node or not _SCRIPT.exists():
        pytest.skip("needs Node and the npm packages of tests/peers: make peers")
    with tempfile.TemporaryDirectory() as folder:
        record = Record(Path(folder) / "record")
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        (Path(folder) / ".m365agentsplayground.yml").write_text(json.dumps(_config(me)), "utf-8")
        process = await asyncio.create_subprocess_exec(
            node,
            *("--require", str(Path(__file__).with_name("loopback.cjs")), str(_SCRIPT), "start"),
            *("-e", bot, "-c", "msteams", "-p", str(port), "--su", f"{url}/_connector"),
            *("--enable-events-recording", "--disable-telemetry"),
            cwd=folder,
            env={
                **os.environ,
                "TEAMSAPPTESTER_BROWSER": "none",
                "M365_AGENTS_PLAYGROUND_RECORDING_FILE": str(record.path),
            },
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            async with httpx.AsyncClient(base_url=url, timeout=30) as http:
                await _answers(http, process)
                yield Playground(url, me, http, record)
        finally:
            await _end(process)


def _config(me: str) -> Json:
    everybody = {handle: Someone(handle).configured() for handle in PEOPLE}
    return {
        "version": "0.1.1",
        "tenantId": TENANT,
        "bot": {"id": BOT, "name": "Fivefold"},
        "currentUser": everybody.pop(me),
        "users": list(everybody.values()),
        "personalChat": {"id": f"a:{me}"},
        "groupChat": {"id": "19:staff@thread.v2", "name": "Staff"},
        "team": {
            "id": GENERAL,
            "name": "Permits",
            "aadGroupId": "cccccccc-0000-4000-8000-000000000000",
            "channels": [{"id": LESSON, "name": "Lesson"}],
        },
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _answers(http: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    for _ in range(_TRIES):
        assert process.returncode is None, f"the Playground ended: {process.returncode}"
        try:
            await http.get("/_debug/ping")
        except httpx.TransportError:
            await asyncio.sleep(_PAUSE)
        else:
            return
    raise AssertionError(f"the Playground did not answer within {_TRIES * _PAUSE:g} s")


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it and what it started."""
    if process.returncode is not None:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        os.killpg(process.pid, number)
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            continue
        return
