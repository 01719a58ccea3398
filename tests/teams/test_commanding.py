"""Whatever steers a lesson is a command in a thread, too, and nobody's answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.event import Commanded, Replied
from bot.chat.spoken import SPARE
from bot.facilitation import controls
from bot.facilitation.controls import parse_command
from bot.platforms.teams import incoming
from bot.platforms.teams.commanding import is_command
from bot.platforms.teams.manifest import COMMANDS
from tests.service.house import minutes, one_of
from tests.teams.house import teams_house
from tests.teams.shapes import ROOT, called, door, in_channel

COMMAND = st.one_of(
    st.sampled_from(sorted(controls._WORDS)),
    st.from_regex(SPARE, fullmatch=True),
    st.from_regex(controls._MINUTES, fullmatch=True),
    st.from_regex(controls._DAYS, fullmatch=True),
)
BEFORE = st.sampled_from(["", " ", "please ", "Please, ", "…"])
AFTER = st.sampled_from(["", ".", "!", "…", " ;", " please", ", please.", " please!"])


def heard(words: str) -> Commanded | Replied:
    """What these words said to the bot in a thread of its own are."""
    activity = called(words, in_channel(ROOT))
    event = incoming.heard(activity, door(activity), ours=True)
    assert isinstance(event, Commanded | Replied)
    return event


@pytest.mark.parametrize("words", sorted(controls._WORDS))
def test_every_word_that_steers_a_lesson_is_a_command_by_mention_in_a_thread(words: str) -> None:
    for said in (words, f"{words.capitalize()}.", f"{words}!", f"{words} please"):
        assert isinstance(heard(said), Commanded)


@given(BEFORE, COMMAND, st.booleans(), AFTER)
def test_in_whatever_way_the_service_takes_a_command_it_is_one_here(
    before: str, command: str, loud: bool, after: str
) -> None:
    said = before + (command.upper() if loud else command) + after
    assert parse_command(said)
    assert is_command(said)


@given(st.sampled_from(sorted({*controls._WORDS, *COMMANDS})), st.sampled_from(["?", " ?", "?!"]))
def test_a_word_with_a_question_mark_is_no_command(word: str, asked: str) -> None:
    assert not is_command(word + asked)


@pytest.mark.parametrize(
    "words", ["stop the bus", "next to the door", "please", "the end", "3", "extend it", "", "…"]
)
def test_words_in_which_a_command_only_occurs_are_none(words: str) -> None:
    assert not is_command(words)


@pytest.mark.parametrize("words", ["stop", "cancel", "end the lesson", "End.", "next please"])
async def test_a_command_in_the_thread_of_an_activity_is_kept_as_nobodys_answer(
    tmp_path: Path, words: str
) -> None:
    async with teams_house(tmp_path) as house:
        await house.schedule(one_of("discussion"))
        await house.run_for(minutes(1))
        ref = (await house.delivery("discussion")).ref
        assert ref
        await house.people_there.say(house.fay, ref.thread, words, mention=True)
        await house.teams.settled()
        assert await house.responses("discussion") == ()
        assert [type(event) for event in house.events] == [Commanded]
