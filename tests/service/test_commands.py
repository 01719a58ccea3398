"""What people who speak to the bot are shown: panel, part, home, help, and what was not kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.answer import Answer, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import FormRequested
from bot.chat.message import Form, Message
from bot.chat.plain import plain
from bot.chat.platform import Capabilities
from tests.core.making import a_lesson, a_phase, an_activity
from tests.service.house import House, buttons, minutes, one_of, open_house


def page(answer: Answer) -> Message:
    """The page that somebody is shown."""
    assert isinstance(answer, Show)
    assert isinstance(answer.what, Message)
    return answer.what


def text(answer: Answer) -> str:
    """The page that somebody is shown, as it reads."""
    return plain(page(answer))


@pytest.fixture
async def running(house: House) -> House:
    """A discussion is open in the channel."""
    await house.schedule(one_of("discussion"))
    await house.work()
    return house


@pytest.mark.parametrize("words", ["", "/fivefold", "panel"])
async def test_the_one_who_leads_gets_the_panel_and_can_schedule(
    running: House, words: str
) -> None:
    for place in (running.main, None):
        shown = page(await running.say("fay", words, place=place))
        assert "Your panel" in plain(shown)
        assert {"Pause", "Next", "Schedule a lesson"} <= set(buttons(shown))


@pytest.mark.parametrize("words", ["", "panel"])
async def test_a_learner_gets_their_part_instead(running: House, words: str) -> None:
    shown = text(await running.say("ann", words))
    assert "My part" in shown
    assert "Your panel" not in shown


async def test_anybody_else_is_told_what_this_is_and_how_to_begin(running: House) -> None:
    for place in (running.stage.place("C9"), None):
        shown = page(await running.say("zoe", "", place=place))
        assert "Fivefold runs a lesson" in plain(shown)
        assert list(buttons(shown)) == ["Schedule a lesson", "Rehearse a lesson"]


async def test_where_the_lesson_has_ended_one_can_schedule_the_next(house: House) -> None:
    await house.schedule(one_of("discussion"))
    await house.work()
    await house.reply("ann", "Mine.")
    await house.run_for(minutes(20))
    assert (await house.run()).status == "ended"
    for place in (house.main, None):
        led = page(await house.say("fay", "panel", place=place))
        assert list(buttons(led)) == ["Evidence", "Schedule a lesson", "Rehearse a lesson"]
        assert "Ended." in plain(led)
    assert list(buttons(page(await house.say("ann", "")))) == [
        "Schedule a lesson",
        "Rehearse a lesson",
        "My part",
    ]


async def test_nobody_is_offered_to_schedule_where_people_are_not_known(url: str) -> None:
    async with open_house(url, capabilities=Capabilities(knows_people=False)) as house:
        await house.schedule(one_of("discussion"))
        await house.work()
        for who in ("fay", "ann", "zoe"):
            for words in ("", "home", "help"):
                shown = text(await house.say(who, words))
                assert "chedule" not in shown.replace("Scheduled", "")
        answer = await house.say("fay", "schedule")
        assert isinstance(answer, Refused)


# -- home


async def test_home_has_the_panel_of_every_lesson_that_somebody_leads(running: House) -> None:
    house = running
    await house.managing.schedule(
        one_of("poll"),
        run_id="r2",
        main=house.stage.place("C2"),
        facilitators=(house.fay,),
        zone="UTC",
        start=house.now + timedelta(days=1),
    )
    shown = page(await house.say("fay", "home", place=None))
    assert plain(shown).count("Your panel") == 2
    assert plain(shown).index("Running.") < plain(shown).index("Scheduled, not started yet.")
    callbacks = [Callback.decode(c) for c in buttons(shown).values()]
    assert {c.target for c in callbacks if c.verb == "run"} == {"r1", "r2"}


async def test_home_shows_a_learner_where_the_lesson_is_and_what_is_theirs(house: House) -> None:
    await house.schedule()
    await house.join("ann")
    await house.run_for(minutes(11))
    shown = page(await house.say("ann", "home", place=None))
    assert "Now: Engage: Quick poll" in plain(shown)
    assert "Next: Engage: Let’s talk" in plain(shown)
    assert "Still to do" in plain(shown)
    assert "Your panel" not in plain(shown)
    await house.vote("ann", "data")
    shown = page(await house.say("ann", "home", place=None))
    assert "Nothing is waiting for you right now." in plain(shown)
    assert "Take it back" in buttons(shown)


async def test_home_tells_whoever_was_away_what_was_and_what_can_still_be_answered(
    house: House,
) -> None:
    await house.schedule(one_of("reflection"))
    await house.join("ann")
    await house.run_for(minutes(5))
    assert "you can still answer" in text(await house.say("ann", "home", place=None))
    await house.submit("ann", "reflection", q1="Mine.")
    shown = text(await house.say("ann", "home", place=None))
    assert "So far" in shown
    assert "you can still answer" not in shown
    assert "Mine." in shown
    await house.run_for(minutes(20))
    assert "This lesson has ended." in text(await house.say("ann", "home", place=None))


async def test_what_is_closed_and_still_taken_can_be_given_from_home(house: House) -> None:
    kinds = ("reflection", "prompt")
    await house.schedule(a_lesson(a_phase("Engage", *(an_activity(k, id=k) for k in kinds))))
    await house.join("ann")
    await house.run_for(minutes(15))
    assert not (await house.opening("reflection")).is_open
    shown = page(await house.say("ann", "home", place=None))
    assert "Look back – you can still answer" in plain(shown)
    callback = Callback.decode(buttons(shown)["Engage: Look back"])
    assert (callback.verb, callback.target) == ("answer", (await house.opening("reflection")).id)


async def test_an_empty_home_says_so(house: House) -> None:
    shown = page(await house.say("zoe", "home", place=None))
    assert "I do not know of a lesson of yours yet" in plain(shown)
    assert list(buttons(shown)) == ["Schedule a lesson", "Rehearse a lesson"]


async def test_a_home_has_the_nearest_lessons_and_says_how_many_more_there_are(
    house: House,
) -> None:
    for n in range(8):
        await house.managing.schedule(
            one_of("poll"),
            run_id=f"r{n}",
            main=house.stage.place(f"C{n}"),
            facilitators=(house.fay,),
            zone="UTC",
            start=house.now + timedelta(days=n + 1),
        )
    shown = page(await house.say("fay", "home", place=None))
    assert plain(shown).count("Your panel") == 5
    assert "3 older ones are not shown." in plain(shown)
    targets = {Callback.decode(c).target for c in buttons(shown).values()}
    assert "r0" in targets


# -- words that are no command


@pytest.mark.parametrize("private", [True, False])
async def test_words_of_a_learner_are_not_taken_for_an_answer_nor_lost_in_silence(
    running: House, private: bool
) -> None:
    house = running
    await house.join("ann")
    words = "I think <@U1> the *data* was wrong"
    shown = text(await house.say("ann", words, **({"place": None} if private else {})))
    assert "I do not keep what is said to me here" in shown
    assert words in shown
    assert "Still to do" in shown
    assert await house.versions() == ()


async def test_words_of_somebody_in_no_lesson_are_not_lost_in_silence_either(
    house: House,
) -> None:
    shown = text(await house.say("zoe", "Is it today?", place=None))
    assert "I do not keep what is said to me here" in shown
    assert "Is it today?" in shown


LEGAL = "I do not keep what is said to me here"


@pytest.mark.parametrize("words", ["hi", "Hello!", "good morning"])
async def test_a_greeting_is_greeted_back_with_what_there_is_to_do(
    running: House, words: str
) -> None:
    house = running
    await house.join("ann")
    wanted = {"ann": "Still to do", "fay": "Your panel", "zoe": "press “My part”"}
    for who, what in wanted.items():
        shown = text(await house.say(who, words, place=None))
        assert shown.startswith("Hello!")
        assert what in shown
        assert LEGAL not in shown


@pytest.mark.parametrize("words", ["thanks", "Thank you!", "👍"])
async def test_thanks_are_answered_and_that_is_all(running: House, words: str) -> None:
    for who in ("fay", "ann", "zoe"):
        assert text(await running.say(who, words, place=None)) == "You’re welcome."


@pytest.mark.parametrize("words", ["help me", "what is this?", "What can you do?"])
async def test_whoever_asks_what_this_is_gets_help(running: House, words: str) -> None:
    for who in ("fay", "ann", "zoe"):
        shown = text(await running.say(who, words, place=None))
        assert "What you can say to me" in shown
        assert "Fivefold runs a lesson" in shown


async def test_a_word_that_is_nearly_one_is_asked_about_and_does_nothing(running: House) -> None:
    house = running
    await house.join("ann")
    for words, meant in (("mypart", "my part"), ("shedule", "schedule"), ("hepl", "help")):
        shown = text(await house.say("ann", words, place=None))
        assert f"Did you mean “{meant}”?" in shown
        assert LEGAL in shown
    for words, meant in (("paus", "pause"), ("begin", "start"), ("close the lesson", "end")):
        shown = text(await house.say("fay", words, place=None))
        assert f"Did you mean “{meant}”?" in shown
        assert LEGAL not in shown
    assert "Did you mean" not in text(await house.say("ann", "paus", place=None))
    answer = text(await house.say("ann", "hope", place=None))
    assert "“hope”" in answer
    assert "Did you mean “home”?" in answer
    assert "Still to do" in answer
    assert await house.audits() == []


async def test_a_rehearsal_that_is_over_is_no_panel_to_come_back_to(house: House) -> None:
    run = await house.managing.rehearse(
        one_of("poll"), run_id="abc", who=house.stage.person("zoe"), zone="UTC"
    )
    await house.run_for(minutes(30))
    assert (await house.run(run.id)).status == "ended"
    assert "Your panel" not in text(await house.say("zoe", "panel", place=None))


async def test_whoever_steers_a_lesson_is_told_the_commands(running: House) -> None:
    answer = await running.say("fay", "faster", place=None)
    assert isinstance(answer, Refused)
    assert "+5" in answer.why


async def test_help_lists_what_there_is(running: House) -> None:
    assert "pause" in text(await running.say("fay", "help"))
    shown = text(await running.say("ann", "help"))
    assert "my part" in shown
    assert "pause" not in shown


async def test_one_who_led_an_ended_lesson_and_learns_in_another_gets_their_part(
    house: House,
) -> None:
    await house.schedule(one_of("poll"))
    await house.run_for(minutes(15))
    ada = house.stage.person("ada")
    await house.managing.schedule(
        one_of("discussion"),
        run_id="r2",
        main=house.main,
        facilitators=(ada,),
        zone="UTC",
        start=house.now,
    )
    await house.work()
    await house.join("fay")
    assert "My part" in text(await house.say("fay", "", place=None))
    assert isinstance(await house.say("ada", "pause", place=None), Saved)


async def test_the_button_opens_the_form(running: House) -> None:
    callback = buttons(page(await running.say("zoe", "", place=None)))["Schedule a lesson"]
    answer = await running.hear(FormRequested(**running.head("zoe"), callback=callback))
    assert isinstance(answer, Show)
    assert isinstance(answer.what, Form)


async def test_of_several_lessons_the_nearest_is_whole_and_the_others_a_button_away(
    house: House,
) -> None:
    await house.schedule(one_of("discussion"))
    await house.run_for(minutes(1))
    await house.schedule(one_of("reflection"), id="r2", main=house.stage.place("C2"))
    await house.join("ann")
    await house.join("ann", place=house.stage.place("C2"))
    await house.work()
    shown = page(await house.say("ann", "home", place=None))
    assert plain(shown).count("Still to do") == 1
    callback = Callback.decode(buttons(shown)["My part"])
    assert (callback.verb, callback.target) == ("mine", "r1")
    assert "Write my reflection" in buttons(shown)
