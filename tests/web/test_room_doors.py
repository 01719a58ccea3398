"""What people do in the room, and what they get back."""

from __future__ import annotations

import asyncio
from datetime import date, time

import pytest

from bot.chat.answer import Correct, NotSaved, Refused, Saved, Show
from bot.chat.event import FormSubmitted, Picked, Replied, ReplyEdited
from bot.chat.message import (
    ChoiceField,
    DateField,
    Form,
    Option,
    TextField,
    TimeField,
)
from bot.chat.text import UserText
from bot.platforms.room.adapter import place
from bot.platforms.room.board import BoardUnavailable, Post
from tests.conformance.driving import ASKING, FORM
from tests.web.browser import Browser, Page
from tests.web.rooms import House

MAIN = place("main")
OPEN = "/room/main/form?callback=f.open.o1..."


@pytest.fixture
async def ada(house: House) -> Browser:
    """Ada, in a room with one question."""
    await house.room.post(MAIN, ASKING, key="k1")
    return await house.visitor("Ada")


async def test_without_a_token_nothing_is_done_and_one_sentence_says_so(
    house: House, ada: Browser
) -> None:
    form = (await ada.get("/room/main")).form(callback="f.done.o1...")
    heard = len(house.ear.events)
    for token in ("", "x", form.value("csrf")[:-1]):
        answer = await ada.send(form, {"csrf": token})
        assert answer.status == 403
        assert "go back, reload it and send it again" in answer.text
    assert len(house.ear.events) == heard


async def test_another_sessions_token_is_no_token(house: House, ada: Browser) -> None:
    bo = await house.visitor("Bo")
    theirs = (await bo.get("/room/main")).form(callback="f.done.o1...")
    assert (await ada.send(theirs)).status == 403


async def test_a_double_click_is_one_event(house: House, ada: Browser) -> None:
    form = (await ada.get("/room/main")).form(callback="f.pick.o1...")
    for _ in range(2):
        await ada.send(form, button="a")
    await ada.send(form, button="b")
    first, again, other = house.ear.events[-3:]
    assert first.id == again.id
    assert other.id != first.id


async def test_two_people_never_share_an_event(house: House, ada: Browser) -> None:
    bo = await house.visitor("Bo")
    for browser in (ada, bo):
        form = (await browser.get("/room/main")).form(callback="f.pick.o1...")
        await browser.send(form, {"event": "the same"}, button="a")
    first, second = house.ear.events[-2:]
    assert first.id != second.id


async def test_an_event_has_the_clocks_time_the_persons_name_and_the_post(
    house: House, ada: Browser
) -> None:
    form = (await ada.get("/room/main")).form(callback="f.done.o1...")
    await ada.send(form)
    heard = house.ear.last
    assert isinstance(heard, Picked)
    assert (heard.at, heard.name) == (house.clock.now(), UserText("Ada"))
    assert heard.post == await house.room.find(MAIN, "k1")


async def test_the_answer_is_said_once_beside_the_post(house: House, ada: Browser) -> None:
    form = (await ada.get("/room/main")).form(callback="f.done.o1...")
    house.ear.answers.append(Saved("Your answer is kept."))
    page = await ada.send(form)
    assert page.text.count("Your answer is kept.") == 1
    assert "Your answer is kept." not in (await ada.get("/room/main")).text


async def test_a_long_answer_gets_a_page_of_its_own(house: House, ada: Browser) -> None:
    form = (await ada.get("/room/main")).form(callback="f.done.o1...")
    house.ear.answers.append(Refused("No. " * 400))
    page = await ada.send(form)
    assert "No. " * 400 in page.text


async def test_the_pages_script_gets_the_answer_alone_and_a_fresh_id(
    house: House, ada: Browser
) -> None:
    form = (await ada.get("/room/main")).form(callback="f.done.o1...")
    house.ear.answers.append(Saved("Your <answer> is kept."))
    page = await ada.send(form, fetch=True)
    assert page.text == "Your <answer> is kept."
    assert page.tags == ["p"]
    assert page.response.headers["X-Answer"] == "saved"
    assert page.response.headers["X-Event"] not in ("", form.value("event"))


async def test_what_was_not_saved_can_be_sent_again_and_is_the_same_event(
    house: House, ada: Browser
) -> None:
    form = (await ada.get("/room/main")).form(callback="f.pick.o1...")
    house.ear.answers.append(NotSaved("Not saved, please try again."))
    page = await ada.send(form, button="a")
    assert page.status == 503
    assert "Not saved, please try again." in page.text
    await ada.send(page.form(callback="f.pick.o1..."))
    first, again = house.ear.events[-2:]
    assert isinstance(again, Picked)
    assert again.options == ("a",)
    assert first.id == again.id


@pytest.mark.parametrize("door", ["/reply", "/say"])
@pytest.mark.parametrize(
    ("answer", "status"),
    [(NotSaved("Not saved."), 503), (Refused("Closed."), 422)],
    ids=["not saved", "refused"],
)
async def test_words_that_were_not_taken_stay_with_who_wrote_them(
    house: House, ada: Browser, door: str, answer: NotSaved | Refused, status: int
) -> None:
    words = "<b>First</b>\n\n\tsecond & last"
    form = (await ada.get("/room/main")).form(ends=door)
    house.ear.answers.append(answer)
    page = await ada.send(form, {"text": words})
    assert page.status == status
    assert answer.why in page.text
    assert page.form(ends=door).value("text") == words
    assert words not in (await ada.get("/room/main")).text
    again = await ada.send(page.form(ends=door), {"text": words})
    assert again.status == 200


async def test_a_reply_that_is_sent_twice_stands_once(house: House, ada: Browser) -> None:
    form = (await ada.get("/room/main")).form(ends="/reply")
    for _ in range(2):
        await ada.send(form, {"text": "Only once."})
    first, again = house.ear.events[-2:]
    assert isinstance(first, Replied)
    assert isinstance(again, Replied)
    assert (first.id, first.reply) == (again.id, again.reply)
    assert (await ada.get("/room/main")).text.count("Only once.") == 2  # read, and to be edited


async def test_a_reply_that_the_board_does_not_keep_is_not_called_saved(
    house: House, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = (await ada.get("/room/main")).form(ends="/reply")

    async def full(post: Post) -> bool:
        raise BoardUnavailable("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(house.room.board, "put", full)
        page = await ada.send(form, {"text": "Keep this."})
    assert page.status == 503
    await ada.send(page.form(ends="/reply"))
    first, again = house.ear.events[-2:]
    assert first.id == again.id
    assert "Keep this." in (await ada.get("/room/main")).text


async def test_a_reply_that_is_sent_again_with_other_words_is_changed_to_them(
    house: House, ada: Browser
) -> None:
    form = (await ada.get("/room/main")).form(ends="/reply")
    for words in ("First.", "Second.", "First.", "Second.", "Second."):
        await ada.send(form, {"text": words})
    first, *edits = house.ear.events[-4:]
    assert isinstance(first, Replied)
    assert [(e.reply, e.text.text) for e in edits if isinstance(e, ReplyEdited)] == [
        (first.reply, words) for words in ("Second.", "First.", "Second.")
    ]
    assert len({event.id for event in house.ear.events}) == len(house.ear.events)
    [_, reply] = await house.room.board.posts("main")
    assert (reply.body, reply.edited) == (UserText("Second."), True)


async def test_other_words_that_are_not_taken_leave_the_reply_as_it_was(
    house: House, ada: Browser
) -> None:
    form = (await ada.get("/room/main")).form(ends="/reply")
    await ada.send(form, {"text": "First."})
    house.ear.answers.append(Refused("Closed."))
    page = await ada.send(form, {"text": "Second."})
    assert page.form(ends="/reply").value("text") == "Second."
    [_, reply] = await house.room.board.posts("main")
    assert (reply.body, reply.edited) == (UserText("First."), False)


async def test_an_empty_reply_is_not_heard(house: House, ada: Browser) -> None:
    form = (await ada.get("/room/main")).form(ends="/reply")
    heard = len(house.ear.events)
    assert (await ada.send(form, {"text": " \n "})).status == 422
    assert len(house.ear.events) == heard


async def test_nobody_replies_to_what_is_not_there(house: House, ada: Browser) -> None:
    form = (await ada.get("/room/main")).form(ends="/reply")
    heard = len(house.ear.events)
    assert (await ada.send(form, {"post": "404", "text": "Hello?"})).status == 404
    assert len(house.ear.events) == heard


# -- forms

EVERY_FIELD = Form(
    "All of it",
    "f.all.o1...",
    (
        TextField("long", "Long"),
        TextField("short", "Short", multiline=False, required=False),
        ChoiceField("one", "One", (Option("a", "A"), Option("b", "B")), required=False),
        ChoiceField("many", "Many", (Option("a", "A"), Option("b", "B")), multiple=True),
        DateField("day", "Day", date(2026, 1, 5)),
        TimeField("hour", "Hour", time(9, 30), required=False),
    ),
)


async def opened(house: House, browser: Browser, form: Form) -> Page:
    house.ear.answers.append(Show(form))
    return await browser.get(OPEN)


async def test_a_form_brings_every_kind_of_field(house: House, ada: Browser) -> None:
    page = await opened(house, ada, EVERY_FIELD)
    await ada.send(page.form(ends="/form"), {"f.long": "Words", "f.many": ("a", "b")})
    heard = house.ear.last
    assert isinstance(heard, FormSubmitted)
    assert dict(heard.fields) == {
        "long": ("Words",),
        "short": (),
        "one": (),
        "many": ("a", "b"),
        "day": ("2026-01-05",),
        "hour": ("09:30",),
    }


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("f.long", "", "Please answer this one."),
        ("f.many", (), "Please answer this one."),
        ("f.many", ("a", "z"), "Please choose from what is offered."),
        ("f.one", ("a", "b"), "Please choose from what is offered."),
        ("f.day", "tomorrow", "Please write the day like 2026-01-31."),
        ("f.hour", "noon", "Please write the time like 14:30."),
    ],
)
async def test_what_no_browser_of_today_would_send_is_put_right_first(
    house: House, ada: Browser, field: str, value: str | tuple[str, ...], said: str
) -> None:
    page = await opened(house, ada, EVERY_FIELD)
    heard = len(house.ear.events)
    fields: dict[str, str | tuple[str, ...]] = {
        "f.long": "Words\nkept",
        "f.many": ("b",),
        "f.short": "kept, too",
        field: value,
    }
    answer = await ada.send(page.form(ends="/form"), fields)
    assert answer.status == 422
    assert said in answer.text
    assert answer.form(ends="/form").value("f.short") == "kept, too"
    assert len(house.ear.events) == heard


async def test_a_form_that_could_not_be_saved_can_be_sent_again(house: House, ada: Browser) -> None:
    page = await opened(house, ada, FORM)
    house.ear.answers.append(NotSaved("Not saved, please try again."))
    answer = await ada.send(page.form(ends="/form"), {"f.why": "\nSo.", "f.sure": "2"})
    assert answer.status == 503
    again = answer.form(ends="/form")
    assert (again.value("f.why"), again.value("f.sure")) == ("\nSo.", "2")
    await ada.send(again, {"f.why": "\nSo."})
    first, second = house.ear.events[-2:]
    assert first.id == second.id


async def test_a_corrected_form_is_a_new_event(house: House, ada: Browser) -> None:
    page = await opened(house, ada, FORM)
    house.ear.answers.append(Correct({"why": "Say more.", "elsewhere": "Something else."}))
    answer = await ada.send(page.form(ends="/form"), {"f.why": "So.", "f.sure": "2"})
    assert "Say more." in answer.text
    assert "Something else." in answer.text
    await ada.send(answer.form(ends="/form"))
    first, second = house.ear.events[-2:]
    assert first.id != second.id


async def test_a_form_we_did_not_make_is_not_read(house: House, ada: Browser) -> None:
    page = await opened(house, ada, FORM)
    form = page.form(ends="/form")
    heard = len(house.ear.events)
    for forged in ("", "e30.x", form.value("form")[:-1]):
        answer = await ada.send(form, {"form": forged, "f.why": "So.", "f.sure": "1"})
        assert answer.status == 404
    assert len(house.ear.events) == heard


async def test_too_much_at_once_is_said_plainly(house: House, ada: Browser) -> None:
    form = (await ada.get("/room/main")).form(ends="/reply")
    answer = await ada.send(form, {"text": "x" * 1_100_000})
    assert answer.status == 413
    assert "in parts" in answer.text


async def test_a_reply_of_40_000_letters_of_any_script_goes_through(
    house: House, ada: Browser
) -> None:
    words = "𝕏" * 40_000
    form = (await ada.get("/room/main")).form(ends="/reply")
    await ada.send(form, {"text": words})
    assert isinstance(house.ear.last, Replied)
    assert house.ear.last.text.text == words


@pytest.mark.parametrize("door", ["/reply", "/say", "/edit"])
async def test_words_that_are_too_long_are_not_heard_and_stay_with_who_wrote_them(
    house: House, ada: Browser, door: str
) -> None:
    await ada.send((await ada.get("/room/main")).form(ends="/reply"), {"text": "Short."})
    form = (await ada.get("/room/main")).form(ends=door)
    heard, words = len(house.ear.events), "x" * 40_000 + "y"
    page = await ada.send(form, {"text": words})
    assert page.status == 422
    assert "longer than 40000 characters, so it was not saved" in page.text
    assert page.form(ends=door).value("text") == words
    assert len(house.ear.events) == heard
    assert (await ada.send(page.form(ends=door), {"text": words[1:]})).status == 200
    assert len(house.ear.events) == heard + 1


@pytest.mark.parametrize("field", ["f.long", "f.short"])
async def test_a_field_that_is_too_long_is_marked_and_keeps_its_words(
    house: House, ada: Browser, field: str
) -> None:
    form = (await opened(house, ada, EVERY_FIELD)).form(ends="/form")
    heard, words = len(house.ear.events), "x" * 40_000 + "y"
    fields = {"f.long": "Words", "f.many": "a"}
    page = await ada.send(form, fields | {field: words})
    assert page.status == 422
    assert "longer than 40000 characters, so it was not saved" in page.text
    assert page.form(ends="/form").value(field) == words
    assert len(house.ear.events) == heard
    await ada.send(page.form(ends="/form"), fields | {field: words[1:]})
    assert len(house.ear.events) == heard + 1


async def test_control_characters_reach_the_lesson_unchanged(house: House, ada: Browser) -> None:
    words = "".join(map(chr, range(1, 10))) + "\x00\x0b\x0c\x1b\x7f\x85\u2028\ufffe"
    form = (await ada.get("/room/main")).form(ends="/reply")
    await ada.send(form, {"text": words})
    assert isinstance(house.ear.last, Replied)
    assert house.ear.last.text.text == words
    assert words.replace("\0", "␀") in (await ada.get("/room/main")).text


async def test_three_hundred_votes_at_once_are_three_hundred_events(
    house: House, ada: Browser
) -> None:
    form = (await ada.get("/room/main")).form(callback="f.pick.o1...")
    heard = len(house.ear.events)
    answers = await asyncio.gather(
        *(ada.send(form, {"event": str(n)}, button="a", fetch=True) for n in range(300))
    )
    assert {answer.status for answer in answers} == {200}
    assert len({event.id for event in house.ear.events[heard:]}) == 300
