"""What Slack tells twice is heard under one name, and what was not kept is told again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.chat.answer import NotSaved, Saved, Show
from bot.chat.event import Commanded
from bot.chat.message import Form, Message, Text, TextField
from bot.platforms.slack import answers
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


# -- where Slack does not take the answer

FORM = Form("In your words", CALLBACK, (TextField("why", "Why is that?"),))


@pytest.mark.parametrize("kind", ["press", "press in a window", "form", "command", "shortcut"])
async def test_what_was_kept_is_acknowledged_though_slack_takes_nothing_more(
    house: House, kind: str
) -> None:
    house.down = True
    for answer in (Saved("Kept."), Show(FORM, "Kept."), Show(answers.as_message("Look here."))):
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
