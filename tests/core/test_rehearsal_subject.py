"""What a lesson is about, as those who take part see it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.message import Heading, Listing, Message, Note, Text
from bot.chat.text import Strong, UserText
from bot.lessons.lesson import Lesson
from bot.lessons.plan import Objective
from bot.rehearsal.subject import MOST, Subject, subject_of, things_in
from tests.core.making import a_lesson
from tests.strategies import messages, texts

COMPOST = Subject(("Compost heaps", "Worm bins", "Leaf mould", "Moisture"))


def a_plan(title: str, *concepts: str, objective: str = "") -> Lesson:
    lesson = a_lesson(title=title)
    objectives = (Objective(objective, ""),) if objective else ()
    plan = replace(lesson.plan, key_concepts=concepts, objectives=objectives)
    return replace(lesson, plan=plan)


def test_a_lesson_is_about_its_key_concepts_by_their_names() -> None:
    lesson = a_plan(
        "Compost", "**Carbon** and nitrogen: the balance", "Worm bins (indoors)", "Leaf mould"
    )
    assert subject_of(lesson).topics == ("Carbon and nitrogen", "Worm bins", "Leaf mould")


def test_a_concept_that_is_a_whole_sentence_is_no_topic() -> None:
    sentence = "A heap needs air and water and about a year of time until it is ready"
    assert subject_of(a_plan("", sentence, "Air", "Water", "Time")).topics == (
        "Air",
        "Water",
        "Time",
    )


@pytest.mark.parametrize(
    ("title", "topics"),
    [
        ("Composting at Home: Turning Kitchen Scraps into Soil", ("composting", "home")),
        ("Choosing a Water Filter", ("water filter",)),
        ("An Introduction to MLOps for Beginners", ("MLOps",)),
        ("Permits for everybody", ("permits",)),
    ],
)
def test_a_lesson_with_few_concepts_is_about_its_title(title: str, topics: tuple[str, ...]) -> None:
    assert subject_of(a_plan(title)).topics[: len(topics)] == topics


def test_what_the_objectives_name_comes_last() -> None:
    lesson = a_plan("Compost", "Heaps", objective="Explain *decomposition* in your own words")
    assert subject_of(lesson).topics == ("Heaps", "compost", "decomposition")


def test_an_answer_is_about_the_topics_that_its_question_touches() -> None:
    message = Message("", (Text(("Which of the worm bins smells, and is the leaf pile dry?",)),))
    assert COMPOST.topics_of(message)[:2] == ("Worm bins", "Leaf mould")


def test_a_question_that_touches_nothing_is_about_the_lesson() -> None:
    message = Message("", (Text(("What surprised you?",)),))
    assert COMPOST.topics_of(message) == COMPOST.topics


def test_the_things_that_the_author_names_are_topics_and_what_people_wrote_is_not() -> None:
    message = Message(
        "Quick poll",
        (
            Heading("Evaluation"),
            Text(("How does ", Strong("Governance"), " shape MLOps, and why does it matter?")),
            Listing((("Data pipelines and monitoring",), (UserText("My deployment"),))),
            Note(("Retention of everything",)),
        ),
    )
    found = Subject().topics_of(message)
    assert found == ("evaluation", "governance", "MLOps", "pipelines", "monitoring")


def test_everyday_words_are_no_topics() -> None:
    assert things_in("Which question do you bring to the discussion this evening?") == ()


def test_a_topic_is_a_topic_once_however_it_is_written() -> None:
    assert Subject(("Governance",)).near("governance and Governance") == ("Governance",)


@given(messages, st.lists(texts, max_size=5))
def test_whatever_is_asked_there_are_few_topics_and_the_same_again(
    message: Message, topics: list[str]
) -> None:
    subject = Subject(tuple(topics))
    found = subject.topics_of(message)
    assert found == subject.topics_of(message)
    assert len(found) == len({topic.lower() for topic in found}) <= MOST


@given(st.text(max_size=200), st.lists(st.text(max_size=60), max_size=4))
def test_any_plan_is_about_something_that_can_be_said(title: str, concepts: list[str]) -> None:
    found = subject_of(a_plan(title, *concepts)).topics
    assert all(topic.strip() and len(topic) <= 40 for topic in found)
    assert json.dumps(found)
