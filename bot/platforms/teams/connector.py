"""What goes out to Teams, through the Bot Framework's SDK; its types end here.

The SDK's own way of sending repeats some calls, follows redirects and keeps a thread for each: this
one sends over one session of asyncio, once.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
from botbuilder.core import CloudAdapterBase, TurnContext
from botbuilder.core.conversation_reference_extension import get_continuation_activity
from botbuilder.schema import (
    Activity,
    Attachment,
    ChannelAccount,
    ConversationAccount,
    ConversationParameters,
    ConversationReference,
)
from botframework.connector.aio import ConnectorClient
from botframework.connector.auth import (
    BotFrameworkAuthenticationFactory,
    PasswordServiceClientCredentialFactory,
)
from msrest.pipeline import Response
from msrest.pipeline.async_abc import AsyncHTTPPolicy, AsyncHTTPSender, AsyncPipeline
from msrest.pipeline.universal import RawDeserializer
from msrest.universal_http.async_abc import AsyncClientResponse
from multidict import CIMultiDict
from yarl import URL

from bot.chat.platform import Gone, Limited, PlatformFailure, Rejected, Uncertain
from bot.platforms.parts import Deleted
from bot.platforms.reaching import NEVER_STOOD, limits
from bot.platforms.teams.config import CHANNEL, TeamsConfig
from bot.platforms.teams.tokens import WAIT, Tokens
from bot.words import t

Json = Mapping[str, Any]
T = TypeVar("T")

CARD = "application/vnd.microsoft.card.adaptive"
SECONDS = 15
"""The longest that one call may take, once there is a token for it."""

LARGEST = 5_000_000
"""Bytes of an answer; a page of members is the largest."""

_SECONDS = re.compile(r"[0-9]{1,5}")
"""How long Teams asks to wait; more than a day it does not."""

DELETED = frozenset({"ActivityNotFoundInConversation", "MessageNotFound"})

SENTENCES = {
    "MessageWritesBlocked": lambda: t("that person does not let Fivefold write to them"),
    "ConversationBlockedByUser": lambda: t("that person does not let Fivefold write to them"),
    "BotNotInConversationRoster": lambda: t(
        "Fivefold is not in that team any more: add the app to it again"
    ),
    "BotDisabledByAdmin": lambda: t("your Teams admin has blocked Fivefold"),
    "MessageSizeTooBig": lambda: t("the message is too big for Teams"),
    "ConversationNotFound": lambda: t("that channel or talk is gone, or Fivefold is not in it"),
}
"""Why something did not arrive, for a facilitator."""


class Refusal(Exception):
    """Teams did not do what it was asked. ``code`` is its word for why, or ``""``."""

    def __init__(self, status: int, code: str, after: timedelta | None) -> None:
        super().__init__(f"{status} {code}".strip())
        self.status = status
        self.code = code
        self.after = after


class Unaccepted(Gone):
    """Teams does not take the token: nothing was done."""


class Connector(CloudAdapterBase):  # type: ignore[misc]
    """Speaks as the bot. What comes in never passes here: `auth` and `incoming` see to that."""

    def __init__(self, config: TeamsConfig, tokens: Tokens, session: aiohttp.ClientSession) -> None:
        # Asked for by the base class, for turns that are never run.
        unused = PasswordServiceClientCredentialFactory(config.app_id, None, config.tenant)
        super().__init__(BotFrameworkAuthenticationFactory.create(credential_factory=unused))
        self._config = config
        self._tokens = tokens
        self._session = session
        self._clients: dict[str, ConnectorClient] = {}

    async def begin(self, service_url: str, tenant: str, channel: str, card: Json) -> str:
        """Post a card in a channel, where it begins a thread; its id. Raises as the port says."""
        asked = ConversationParameters(
            is_group=True,
            bot=self._bot,
            channel_data={"channel": {"id": channel}, "tenant": {"id": tenant}},
            tenant_id=tenant,
            activity=_activity(card),
        )
        made = await self._told(lambda: self._create(service_url, asked))
        id = getattr(made, "activity_id", None) or thread_of(getattr(made, "id", None) or "")[1]
        return _id(id)

    async def talk(self, service_url: str, tenant: str, person: str) -> str:
        """The one-to-one talk with somebody, by their ``29:`` id or their id in Entra.

        Opening it twice is opening it once.
        """
        member = ChannelAccount(id=person)
        asked = ConversationParameters(
            is_group=False,
            bot=self._bot,
            members=[member],
            tenant_id=tenant,
            channel_data={"tenant": {"id": tenant}},
        )
        made = await self._told(lambda: self._create(service_url, asked))
        return _id(getattr(made, "id", None))

    async def say(self, service_url: str, tenant: str, conversation: str, card: Json) -> str:
        """Post a card in a thread or a talk; its id. Raises as the port says."""
        there = service_url, tenant, conversation
        posted = await self._told(lambda: self._turn(*there).send_activity(_activity(card)))
        return _id(getattr(posted, "id", None))

    async def change(
        self, service_url: str, tenant: str, conversation: str, id: str, card: Json
    ) -> None:
        """Let a post show this card. Raises Deleted, too."""
        activity = _activity(card)
        activity.id = id
        there = service_url, tenant, conversation
        await self._told(lambda: self._turn(*there).update_activity(activity))

    async def remove(self, service_url: str, tenant: str, conversation: str, id: str) -> None:
        """Take a post away."""
        there = service_url, tenant, conversation
        await self._told(lambda: self._turn(*there).delete_activity(id))

    async def get(self, service_url: str, *path: str, **query: str) -> Any:
        """What Teams says under this path. Raises as the port says.

        The SDK's own calls for members of teams and for their channels are synchronous.
        """
        url = URL(f"{_base(service_url)}/v3/{_path(path)}", encoded=True).update_query(query)
        return await self._told(lambda: self._get(url))

    async def _get(self, url: URL) -> Any:
        async with self._session.get(
            url,
            headers=_bearing(self._tokens.held),
            timeout=limits(SECONDS),
            allow_redirects=False,
        ) as answer:
            return json.loads(await _body(answer))

    async def _told(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What Teams answers to this. Raises as `told` does.

        The token is asked for before: where Entra hangs, nothing was sent. One that Teams does not
        take any more did nothing, and it is asked once more with another.
        """
        token = await self._tokens.bearer()
        try:
            return await told(ask())
        except Unaccepted:
            self._tokens.forget(token)
        await self._tokens.bearer()
        return await told(ask())

    def _create(self, service_url: str, asked: ConversationParameters) -> Awaitable[Any]:
        made: Awaitable[Any] = self._client(service_url).conversations.create_conversation(asked)
        return made

    @property
    def _bot(self) -> ChannelAccount:
        return ChannelAccount(id=f"28:{self._config.app_id}")

    def _turn(self, service_url: str, tenant: str, conversation: str) -> TurnContext:
        reference = ConversationReference(
            channel_id=CHANNEL,
            service_url=service_url,
            bot=self._bot,
            conversation=ConversationAccount(id=conversation, tenant_id=tenant),
        )
        origin = get_continuation_activity(reference)
        # Its id is made up: with one, all that is said would be a reply to what nobody ever saw.
        origin.id = None
        turn = TurnContext(self, origin)
        turn.turn_state[self.BOT_CONNECTOR_CLIENT_KEY] = self._client(service_url)
        return turn

    def _client(self, service_url: str) -> ConnectorClient:
        base = _base(service_url)
        if base not in self._clients:
            bearer = _Bearer(self._tokens)
            client = ConnectorClient(bearer, base)
            # In place of the SDK's own, which has linked the same bearer to its threads.
            client.config.pipeline = AsyncPipeline(
                [client.config.user_agent_policy, bearer, RawDeserializer()],
                _Sender(self._session),
            )
            self._clients[base] = client
        return self._clients[base]


class _Bearer(AsyncHTTPPolicy[Any, Any]):
    """Gives each call the token; takes the place of the SDK's credentials, which block."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens

    async def send(self, request: Any, **more: Any) -> Any:
        request.http_request.headers.update(_bearing(self._tokens.held))
        assert self.next
        return await self.next.send(request, **more)


class _Sender(AsyncHTTPSender[Any, Any]):
    """Sends once. Raises Refusal for whatever Teams did not take."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aexit__(self, *_: object) -> None:
        return

    async def send(self, request: Any, **_: Any) -> Any:
        asked = request.http_request
        headers = {k: v for k, v in asked.headers.items() if k.lower() != "content-length"}
        async with self._session.request(
            asked.method,
            URL(asked.url, encoded=True),
            data=asked.data,
            headers=headers,
            timeout=limits(SECONDS),
            allow_redirects=False,
        ) as answer:
            body = await _body(answer)
        return Response(request, _Answer(asked, answer, body))


class _Answer(AsyncClientResponse):
    def __init__(self, request: Any, answer: aiohttp.ClientResponse, body: bytes) -> None:
        super().__init__(request, answer)
        self.status_code = answer.status
        self.headers = CIMultiDict(answer.headers)
        self.reason = answer.reason
        self._body = body

    def body(self) -> bytes:
        return self._body


def _bearing(token: str) -> dict[str, str]:
    """The header that says who speaks; none in local use."""
    return {"Authorization": f"Bearer {token}"} if token else {}


async def told(call: Awaitable[T]) -> T:
    """What Teams answered. Raises Limited, Gone, Rejected or Uncertain."""
    try:
        async with asyncio.timeout(SECONDS + 5):
            return await call
    except PlatformFailure:
        raise
    except Refusal as refusal:
        raise _failure_of(refusal) from None
    except NEVER_STOOD:
        raise Limited(WAIT) from None
    except Exception as error:
        # What is no JSON makes the SDK stumble in more ways than it names.
        raise Uncertain(type(error).__name__) from None


def thread_of(conversation: str) -> tuple[str, str]:
    """The channel of a conversation's id, and the thread in it; ``""`` where it names none."""
    channel, _, thread = conversation.partition(";messageid=")
    return channel, thread


def conversation_of(channel: str, thread: str) -> str:
    """The id by which Teams knows a thread."""
    return f"{channel};messageid={thread}" if thread else channel


def _failure_of(refusal: Refusal) -> PlatformFailure:
    """What a refusal means; Uncertain where it may have been carried out all the same."""
    status, code = refusal.status, refusal.code
    if status == 429:
        return Limited(refusal.after or WAIT)
    if status == 412 or status >= 500 or status == 408 or status < 400:
        # Others who took these for refusals have posted two and three times.
        return Uncertain(str(refusal))
    if code in DELETED:
        return Deleted(t("that post was deleted"))
    why = SENTENCES[code]() if code in SENTENCES else t("Teams refused it ({why})", why=refusal)
    if status == 401:
        return Unaccepted(why)
    return Gone(why) if status in (403, 404, 410) else Rejected(why)


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    body = await answer.content.read(LARGEST)
    while not answer.content.at_eof():
        more = await answer.content.read(LARGEST)
        body += more
        if len(body) > LARGEST:
            raise Refusal(500, "TooLong", None)
    if answer.status in (200, 201, 202):
        return body
    waits = _SECONDS.fullmatch(answer.headers.get("Retry-After", ""))
    after = timedelta(seconds=int(waits[0])) if waits else None
    raise Refusal(answer.status, _code(body), after)


def _code(body: bytes) -> str:
    try:
        said = json.loads(body)
        return str(said["error"]["code"])[:80]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _id(id: object) -> str:
    """An id that Teams has to have given: without one nobody knows what was posted."""
    if not isinstance(id, str) or not id:
        raise Uncertain("no id")
    return id


def _activity(card: Json) -> Activity:
    summary = card.get("fallbackText")
    attachment = Attachment(content_type=CARD, content=card)
    return Activity(type="message", summary=summary, attachments=[attachment])


def _base(service_url: str) -> str:
    return service_url.rstrip("/")


def _path(parts: tuple[str, ...]) -> str:
    return "/".join(quote(part, safe="") for part in parts)
