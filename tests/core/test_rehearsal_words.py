"""What personas find to say, whatever the lesson is about."""

from __future__ import annotations

import random
from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearsal.names import Language
from bot.rehearsal.personas import Habit, Style
from bot.rehearsal.tongues import AT_HOME
from bot.rehearsal.words import (
    answer,
    at_home,
    comment,
    flood,
    link,
    question,
    reworded,
    short_answer,
    work,
)

COMPOST = ("Compost heaps", "worm bins", "leaf mould", "nitrogen", "Turning the pile")
STYLES: tuple[Style, ...] = get_args(Style)


def a_habit(style: Style = "plain", language: Language = "en", floods: float = 0.0) -> Habit:
    return Habit("steady", style, language, floods=floods)


def answers(habit: Habit, count: int = 200) -> list[str]:
    rng = random.Random(1)
    return [answer(rng, habit, COMPOST) for _ in range(count)]


def test_the_same_seed_says_the_same() -> None:
    assert answers(a_habit("wordy", "fr")) == answers(a_habit("wordy", "fr"))


@pytest.mark.parametrize("style", STYLES)
def test_an_answer_speaks_of_the_lesson(style: Style) -> None:
    said = answers(a_habit(style))
    spoken = sum(any(topic.lower() in text.lower() for topic in COMPOST) for text in said)
    assert spoken > len(said) / 2


@pytest.mark.parametrize("style", STYLES)
def test_no_two_answers_are_alike_too_often(style: Style) -> None:
    said = Counter(answers(a_habit(style)))
    assert len(said) > 0.6 * said.total()
    assert max(said.values()) < 0.04 * said.total()


def test_wordy_people_write_more_than_terse_ones() -> None:
    assert min(map(len, answers(a_habit("wordy")))) > max(map(len, answers(a_habit("terse"))))


def test_some_write_some_thousand_characters() -> None:
    long = [len(text) for text in answers(a_habit("wordy", floods=0.1)) if len(text) > 2_000]
    assert 5 < len(long) < 40
    assert 3_000 < min(long) < max(long) < 7_000
    assert len(flood(random.Random(1))) > 3_000


def test_some_smile() -> None:
    assert any(ord(letter) > 0x1F000 for text in answers(a_habit()) for letter in text)


def test_every_language_is_spoken_but_english_needs_no_translation() -> None:
    assert set(AT_HOME) == set(get_args(Language))
    assert [language for language, said in AT_HOME.items() if not said] == ["en"]


@pytest.mark.parametrize(
    ("language", "sign"), [("ar", "ا"), ("he", "א"), ("ja", "の"), ("uk", "а")]
)
def test_some_write_in_the_language_of_their_home(language: Language, sign: str) -> None:
    said = answers(a_habit(language=language))
    assert 0.15 < sum(sign in text for text in said) / len(said) < 0.45


def test_what_is_said_at_home_can_have_its_english_added() -> None:
    for language in get_args(Language)[1:]:
        said = at_home(random.Random(1), language, COMPOST)
        assert said.both.startswith(said.said)
        assert "(In English: " in said.both
        assert any(topic in said.both for topic in COMPOST)


def test_work_is_some_sentences_to_some_paragraphs() -> None:
    rng = random.Random(1)
    for style, least, parts in zip(STYLES, (100, 300, 500), (1, 5, 6), strict=True):
        texts = [work(rng, a_habit(style), COMPOST) for _ in range(30)]
        assert min(map(len, texts)) > least
        assert {text.count("\n\n") + 1 for text in texts} == {parts}


def test_a_comment_names_its_criterion_and_sounds_like_its_level() -> None:
    rng = random.Random(1)
    said = {
        share: {comment(rng, a_habit("terse"), share, "Clear words") for _ in range(60)}
        for share in (1.0, 0.5, 0.0)
    }
    assert all("clear words" in text.lower() for texts in said.values() for text in texts)
    assert not said[1.0] & said[0.5]
    assert not said[0.5] & said[0.0]


def test_a_link_leads_nowhere() -> None:
    assert link(random.Random(1)).startswith("https://example.org/")


def test_a_question_asks() -> None:
    rng = random.Random(1)
    assert all("?" in question(rng, COMPOST) for _ in range(50))


def test_an_afterthought_keeps_what_was_written() -> None:
    assert reworded(random.Random(1), "We start small.").startswith("We start small. ")


@given(st.lists(st.text(max_size=30), max_size=3), st.integers(0, 99))
def test_whatever_it_is_about_something_is_said_and_no_place_is_left_open(
    topics: list[str], seed: int
) -> None:
    rng = random.Random(seed)
    habit = a_habit("wordy", "ar", 0.1)
    said = (
        answer(rng, habit, topics),
        work(rng, habit, topics),
        short_answer(rng, topics),
        question(rng, topics),
        at_home(rng, "ja", topics).both,
    )
    given_places = "".join(topics)
    for text in said:
        assert text.strip()
        if "{" not in given_places:
            assert "{" not in text


def test_braces_of_an_author_stay_as_they_are() -> None:
    assert "{other}" in comment(random.Random(1), a_habit(), 1.0, "{other}")
