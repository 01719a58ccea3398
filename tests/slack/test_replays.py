"""What Slack tells twice is heard under one name, and what was not kept is told again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.answer import NotSaved, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import Commanded
from bot.chat.message import Form, Message, Text, TextField
from bot.chat.platform import RecordsUnavailable
from bot.platforms.sentences import as_message
from bot.platforms.slack import reception
from bot.platforms.slack.calls import Api
from tests.records import MemoryRecords
from tests.slack.signed import ACTS, CALLBACK, EVENTS, PAYLOADS, House, a_request, signed_house

HEARD = [kind for kind in PAYLOADS if kind not in ("url_verification", "more room", "uninstalled")]
KEPT = ["reply", "said", "told", "edited", "deleted", "joined", "left", "gone"]
"""Events that are somebody's words or part, which Slack tells again where they were not kept."""

SORRY = NotSaved("That was not saved. Please try again in a moment.")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with signed_house() as house:
        yield house


@pytest.mark.parametrize("kind", [kind for kind in HEARD if kind != "revoked"])
async def test_the_same_request_twice_is_one_event(house: House, kind: str) -> None:
    request = a_request(kind)
    for _ in range(2):
        assert (await house.send(request)).status_code == 200
    first, again = house.ear.heard
    assert (first.id, first.who, first.place) == (again.id, again.who, again.place)


@pytest.mark.parametrize("kind", KEPT)
async def test_what_slack_tries_again_is_heard_again_under_its_name(
    house: House, kind: str
) -> None:
    """The first try may have failed: nothing is dropped because it is a second one."""
    payload = PAYLOADS[kind]()
    house.ear.answers.append(SORRY)
    assert (await house.send(a_request(kind, payload))).status_code == 500
    for number in (1, 2, 3):
        retry = a_request(kind, payload).but("x-slack-retry-num", str(number).encode())
        retry = retry.but("x-slack-retry-reason", b"http_error")
        assert (await house.send(retry)).status_code == 200
    assert len(house.ear.ids) == 4
    assert len(set(house.ear.ids)) == 1


@pytest.mark.parametrize("kind", [kind for kind in EVENTS if kind in KEPT])
async def test_two_events_are_two(house: House, kind: str) -> None:
    for number in (1, 2):
        payload = {**PAYLOADS[kind](), "event_id": f"Ev{number}"}
        assert (await house.send(a_request(kind, payload))).status_code == 200
    assert len(set(house.ear.ids)) == 2


async def test_two_presses_of_one_button_are_two(house: House) -> None:
    for number in (1, 2):
        payload = {**ACTS["press"](), "trigger_id": f"{number}.2.3"}
        await house.send(a_request("press", payload))
    assert len(set(house.ear.ids)) == 2


# -- where nothing could be kept


@pytest.mark.parametrize("kind", ["press", "press in a window", "shortcut"])
async def test_who_pressed_is_told_that_it_was_not_saved(house: House, kind: str) -> None:
    house.ear.answers.append(SORRY)
    answer = await house.send(a_request(kind))
    assert (answer.status_code, answer.content) == (200, b"")
    assert SORRY.why in str(house.said)


async def test_words_stay_in_a_form_that_was_not_saved(house: House) -> None:
    house.ear.answers.append(SORRY)
    answer = await house.send(a_request("form"))
    assert answer.status_code == 200
    assert answer.json() == {"response_action": "errors", "errors": {"0.1 why": SORRY.why}}


async def test_a_command_may_speak_of_a_payload(house: House) -> None:
    payload = {**ACTS["command"](), "text": "what is a payload=?", "channel_name": "payload"}
    await house.send(a_request("command", payload))
    assert isinstance(house.ear.heard[0], Commanded)
    assert house.ear.heard[0].text == "what is a payload=?"


async def test_a_command_that_was_not_done_says_so(house: House) -> None:
    house.ear.answers.append(SORRY)
    answer = await house.send(a_request("command"))
    assert (answer.status_code, answer.json()["response_type"]) == (200, "ephemeral")
    assert SORRY.why in answer.text


async def test_words_to_the_bot_that_were_not_kept_are_told_again(house: House) -> None:
    house.ear.answers.append(SORRY)
    assert (await house.send(a_request("told"))).status_code == 500


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Breaks the database."""

    async def get(records: MemoryRecords, kind: str, key: str) -> bytes:
        raise RecordsUnavailable("The database is busy with something else.")

    return lambda: monkeypatch.setattr(MemoryRecords, "get", get)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("kind", ["press", "form", "command", "shortcut"])
async def test_while_the_database_is_down_people_are_told_to_try_again(
    house: House,
    broken: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    known: bool,
) -> None:
    async def reply_to(api: Api, url: str, payload: object) -> bool:
        house.said.append(payload)
        return True

    monkeypatch.setattr(Api, "reply_to", reply_to)
    if known:
        await house.send(a_request("home"))
        house.ear.heard.clear()
    broken()
    house.ear.answers.append(SORRY)
    answer = await house.send(a_request(kind))
    assert answer.status_code == 200
    assert SORRY.why in (str(house.said) if kind in ("press", "shortcut") else answer.text)
    assert len(house.ear.heard) == (known and kind == "form")


@pytest.mark.parametrize("kind", KEPT)
async def test_while_the_database_is_down_slack_shall_tell_events_again(
    house: House, broken: Callable[[], None], kind: str
) -> None:
    broken()
    assert (await house.send(a_request(kind))).status_code == 500


@pytest.mark.parametrize("kind", ["reply", "said", "told", "edited"])
@pytest.mark.parametrize("heard", [True, False])
async def test_who_wrote_is_told_at_last_that_it_was_not_saved(
    house: House, broken: Callable[[], None], kind: str, heard: bool
) -> None:
    await house.send(a_request("reply"))
    if not heard:
        broken()
    for number in range(4):
        assert SORRY.why not in str(house.said)
        house.ear.answers.append(SORRY)
        request = a_request(kind).but("x-slack-retry-num", str(number).encode())
        assert (await house.send(request)).status_code == 500
    assert SORRY.why in str(house.said)


# -- where Slack takes its time


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Until it is set, Slack neither opens a window nor reads a channel; nobody waits for long."""
    monkeypatch.setattr(reception, "SECONDS", 0.2)
    gate = asyncio.Event()
    for name in ("views_open", "conversations_history"):
        method = getattr(AsyncWebClient, name)

        async def held(*who: Any, method: Any = method, **what: Any) -> Any:
            await gate.wait()
            return await method(*who, **what)

        monkeypatch.setattr(AsyncWebClient, name, held)
    return gate


async def told(house: House, words: str) -> None:
    """Wait until somebody is."""
    async with asyncio.timeout(5):
        while words not in str(house.said):  # noqa: ASYNC110 -- Slack has no event for it
            await asyncio.sleep(0.005)


async def test_a_command_is_acknowledged_before_its_window_opens(
    house: House, slow: asyncio.Event
) -> None:
    house.ear.answers.append(Show(FORM))
    answer = await house.send(a_request("command"))
    assert (answer.status_code, answer.content) == (200, b"")
    house.down = True
    slow.set()
    await told(house, "please type it again")


async def test_a_message_that_cannot_be_read_back_in_time_is_asked_for_in_the_thread(
    house: House, slow: asyncio.Event
) -> None:
    payload = ACTS["press"]()
    value = Callback("adopt", "o1", "1700000000-000100").encode()
    payload["actions"][0] |= {"action_id": "pick 0.0", "block_id": "0.0", "value": value}
    assert (await house.send(a_request("press", payload))).status_code == 200
    assert house.ear.heard == []
    await told(house, "please write it in the thread")


# -- where Slack does not take the answer

FORM = Form("In your words", CALLBACK, (TextField("why", "Why is that?"),))


@pytest.mark.parametrize("kind", ["press", "press in a window", "form", "command", "shortcut"])
async def test_what_was_kept_is_acknowledged_though_slack_takes_nothing_more(
    house: House, kind: str
) -> None:
    house.down = True
    for answer in (Saved("Kept."), Show(FORM, "Kept."), Show(as_message("Look here."))):
        house.ear.answers.append(answer)
        assert (await house.send(a_request(kind))).status_code == 200
    assert len(house.ear.heard) == 3


async def test_a_command_whose_window_does_not_open_says_so(house: House) -> None:
    house.down = True
    house.ear.answers.append(Show(FORM))
    answer = await house.send(a_request("command"))
    assert "please type it again" in answer.text


async def test_a_command_whose_long_answer_does_not_go_out_says_what_it_was(house: House) -> None:
    house.down = True
    words = Text(("Evidence matters. " * 3000,))
    house.ear.answers.append(Show(Message("Where the lesson stands", (words,))))
    answer = await house.send(a_request("command"))
    assert (answer.status_code, answer.json()["text"]) == (200, "Where the lesson stands")


async def test_fivefold_is_not_forgotten_because_slack_cannot_be_asked(house: House) -> None:
    house.down = True
    assert (await house.send(a_request("uninstalled"))).status_code == 500
    assert house.ear.heard == []
    house.down = False
    assert (await house.send(a_request("reply"))).status_code == 200
    assert len(house.ear.heard) == 1


async def test_fivefold_is_forgotten_once_its_token_is_dead(house: House) -> None:
    house.revoked = True
    assert (await house.send(a_request("uninstalled"))).status_code == 200
    assert [type(event).__name__ for event in house.ear.heard] == ["Removed"]
    await house.send(a_request("reply"))
    assert len(house.ear.heard) == 1
