"""The cast of a rehearsal, and what they find to say."""

from __future__ import annotations

import random

import pytest

from bot.chat.message import Heading, Listing, Message, Note, Text
from bot.chat.text import Strong, UserText
from bot.rehearsal.personas import MOST, Persona, cast
from bot.rehearsal.words import answer, question, reworded, short_answer, topics_in, topics_of


def a_cast(seed: int = 1, count: int = 100) -> tuple[Persona, ...]:
    return cast(seed, count, "memory", "town")


def test_the_same_seed_gives_the_same_people_and_another_gives_others() -> None:
    assert a_cast(7) == a_cast(7)
    assert {p.name for p in a_cast(7)} != {p.name for p in a_cast(8)}


def test_a_thousand_people_have_a_thousand_names_and_ids() -> None:
    people = a_cast(count=MOST)
    assert len({p.name for p in people}) == len({p.person for p in people}) == MOST


def test_a_smaller_cohort_is_the_beginning_of_a_larger_one() -> None:
    assert a_cast(count=30)[:5] == a_cast(count=5)


@pytest.mark.parametrize("count", [0, -1, MOST + 1])
def test_a_cohort_of_nobody_or_of_too_many_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 1,000 people"):
        a_cast(count=count)


def test_people_are_where_they_were_cast() -> None:
    assert {(p.person.platform, p.person.tenant) for p in a_cast()} == {("memory", "town")}


@pytest.mark.parametrize("seed", range(5))
def test_every_fourth_is_there_from_the_start_and_always_answers_in_time(seed: int) -> None:
    habits = [p.habit for p in a_cast(seed)[::4]]
    assert {(h.silence, h.tardiness, h.misses) for h in habits} == {(0.0, 0.0, 0.0)}


def test_a_cohort_has_people_of_every_habit() -> None:
    habits = [p.habit for p in a_cast(count=200)]
    assert {h.pace for h in habits} == {"early", "steady", "late"}
    assert {h.style for h in habits} == {"terse", "plain", "wordy"}
    assert {h.language for h in habits} == {"en", "de", "es", "fr", "ar", "ja"}
    assert any(h.silence > 0.5 for h in habits)
    assert any(h.tardiness for h in habits)
    assert any(h.misses for h in habits)


def test_the_topics_are_the_things_that_the_author_names() -> None:
    message = Message(
        "Quick poll",
        (
            Heading("Evaluation"),
            Text(("How does ", Strong("Governance"), " shape MLOps, and why does it matter?")),
            Listing((("Data pipelines and monitoring",), (UserText("My deployment"),))),
            Note(("Retention of everything",)),
        ),
    )
    assert topics_of(message) == ("governance", "MLOps", "pipelines", "monitoring")


def test_everyday_words_are_no_topics() -> None:
    assert topics_in("Which question do you bring to the discussion this evening?") == ()


def test_a_question_is_picked_up_in_the_answers() -> None:
    rng = random.Random(1)
    said = [answer(rng, "plain", "en", ("governance",)) for _ in range(30)]
    assert sum("“governance”" in text for text in said) > 5


def test_wordy_people_write_more_than_terse_ones() -> None:
    rng = random.Random(1)
    longest_terse = max(len(answer(rng, "terse", "en")) for _ in range(50))
    assert min(len(answer(rng, "wordy", "en")) for _ in range(50)) > longest_terse


def test_some_write_in_the_language_of_their_home_and_some_with_a_smile() -> None:
    rng = random.Random(1)
    said = "".join(answer(rng, "plain", "ja") for _ in range(60))
    assert "データ" in said
    assert any(ord(letter) > 0x1F000 for letter in said)


def test_nobody_writes_nothing() -> None:
    rng = random.Random(1)
    said = [answer(rng, "terse", "fr"), short_answer(rng), question(rng), question(rng, ("AI",))]
    assert all(text.strip() for text in said)


def test_an_afterthought_keeps_what_was_written() -> None:
    assert reworded(random.Random(1), "We start small.").startswith("We start small. ")
