"""Where a button leads a persona: through forms and lists of things to do, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.message import (
    Button,
    Buttons,
    ChoiceField,
    Choices,
    Form,
    Heading,
    Message,
    Option,
    Quote,
    Text,
    TextField,
)
from bot.chat.text import UserText
from bot.rehearsal.acting import Act, Open, Pick, Purpose, Submit
from bot.rehearsal.personas import Persona, cast
from bot.rehearsal.subject import Subject
from bot.rehearsal.walking import MOST, begin, step
from tests.strategies import forms, messages

OPENED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ENDS = OPENED + timedelta(hours=1)
COHORT = cast(3, 200, "memory", "town")
ADA = COHORT[0]
SUBJECT = Subject(("Compost heaps", "Worm bins", "Leaf mould"))
LEVELS = (
    Option("4", "Exemplary"),
    Option("3", "Accomplished"),
    Option("2", "Developing"),
    Option("1", "Beginning"),
)
CRITERIA = ("Choice of materials", "Care over the winter", "Clear words")
WORKS = ("a", "b", "c")

Done = list[tuple[Act, Answer]]
Given = dict[str, datetime]


@dataclass
class Reviews:
    """Three works to review by three criteria, step by step; it knows what was given before.

    A repeated id is answered as hearing does. ``resumes``: what opens is the first criterion that
    is still to do.
    """

    resumes: bool = True
    given: Given = field(default_factory=dict)
    levels: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)

    def __call__(self, act: Act) -> Answer:
        match act.does:
            case Open(callback):
                work = callback.rpartition("-")[2]
                return Show(self.listed() if work == "reviews" else self.form(work, self.at(work)))
            case Submit(callback, fields):
                if act.event_id in self.given:
                    return Saved("Saved already.")
                _, work, n = callback.split("-")
                self.given[act.event_id] = act.at
                self.levels[work, int(n)] = (fields["level"][0], "".join(fields["comment"]))
                last = int(n) + 1 == len(CRITERIA)
                return Show(self.listed() if last else self.form(work, int(n) + 1))
            case _:
                return Refused("No.")

    def at(self, work: str) -> int:
        todo = (n for n in range(len(CRITERIA)) if (work, n) not in self.levels)
        return next(todo, 0) if self.resumes else 0

    def listed(self) -> Message:
        buttons = tuple(Button(f"Work {w}", f"review-{w}", "open", "primary") for w in WORKS)
        flag = Button("This is a problem", "review-flag", "open")
        return Message("Reviews", (Heading("Yours to review"), Buttons((*buttons, flag))))

    def form(self, work: str, n: int) -> Form:
        level, comment = self.levels.get((work, n), ("", ""))
        return Form(
            "Give feedback",
            f"step-{work}-{n}",
            (
                Quote(UserText(f"The work of {work}.")),
                ChoiceField("level", CRITERIA[n], LEVELS, value=(level,) if level else ()),
                TextField("comment", "A word on it", value=UserText(comment) if comment else None),
            ),
        )


def an_open(persona: Persona = ADA, purpose: Purpose = "give", n: int = 0) -> Act:
    return Act(
        OPENED + timedelta(minutes=5 + n),
        f"run1-2-1-{persona.person.id}-{n}",
        Open("open-reviews", purpose),
    )


def walked(
    answers: Callable[[Act], Answer],
    persona: Persona = ADA,
    entry: Act | None = None,
    given: Given | None = None,
    most: int = 10 * MOST,
) -> Done:
    """All that comes of an act, and what was answered."""
    act, known = entry or an_open(persona), given or {}
    walk = begin(persona, act, ENDS, "Compost heaps", known)
    done: Done = []
    for _ in range(most):
        answer = answers(act)
        done.append((act, answer))
        further = step(walk, answer, known, 1, SUBJECT)
        if further is None:
            return done
        act, walk = further
    return done


def submitted(done: Done) -> list[Submit]:
    return [act.does for act, _ in done if isinstance(act.does, Submit)]


def test_a_dependable_person_gives_every_review_by_every_criterion_once() -> None:
    reviews = Reviews()
    done = walked(reviews)
    assert set(reviews.levels) == {(work, n) for work in WORKS for n in range(len(CRITERIA))}
    assert len(submitted(done)) == len(reviews.levels)


def test_each_step_is_later_than_the_last_and_all_are_in_time() -> None:
    moments = [act.at for act, _ in walked(Reviews()) if isinstance(act.does, Submit)]
    assert moments == sorted(set(moments))
    assert moments[0] > OPENED
    assert moments[-1] < ENDS


def test_a_comment_speaks_of_the_criterion_it_is_given_for() -> None:
    reviews = Reviews()
    walked(reviews)
    for (_, n), (_, comment) in reviews.levels.items():
        assert CRITERIA[n].lower() in comment.lower()


def test_levels_lean_to_the_generous_and_are_not_all_the_same() -> None:
    given = [int(level) for persona in COHORT for level in levels_of(persona)]
    assert len(given) > 1_000
    assert 3.0 < sum(given) / len(given) < 3.4
    assert set(given) == {1, 2, 3, 4}


def levels_of(persona: Persona) -> Iterator[str]:
    reviews = Reviews()
    walked(reviews, persona)
    return (level for level, _ in reviews.levels.values())


def test_some_stop_half_way_and_most_do_not() -> None:
    counts = [len(submitted(walked(Reviews(), persona))) for persona in COHORT]
    assert all(count == 9 for count in counts[::4])
    stopped = sum(count < 9 for count in counts)
    assert len(COHORT) / 20 < stopped < len(COHORT) / 3
    assert any(0 < count < 9 for count in counts)


@pytest.mark.parametrize("cut", range(1, 14))
def test_whoever_is_cut_short_goes_on_as_if_they_had_not_been(cut: int) -> None:
    whole, cut_short = Reviews(), Reviews()
    for persona in COHORT[:12]:
        whole.levels, cut_short.levels = {}, {}
        whole.given, cut_short.given = {}, {}
        walked(whole, persona)
        walked(cut_short, persona, most=cut)
        walked(cut_short, persona, given=dict(cut_short.given))
        assert cut_short.given == whole.given
        assert cut_short.levels == whole.levels


def test_what_was_done_before_a_restart_is_not_done_twice() -> None:
    reviews = Reviews()
    walked(reviews)
    before, levels = dict(reviews.given), dict(reviews.levels)
    walked(reviews, given=before)
    assert (reviews.given, reviews.levels) == (before, levels)


def test_nobody_opens_what_flags_a_problem_while_there_is_something_asked() -> None:
    opened = {a.does.callback for a, _ in walked(Reviews()) if isinstance(a.does, Open)}
    assert opened == {"open-reviews", "review-a", "review-b", "review-c"}


def test_a_plain_list_without_anything_primary_is_worked_through_too() -> None:
    def answers(act: Act) -> Answer:
        if isinstance(act.does, Open) and act.does.callback == "open-reviews":
            two = (Button("One", "one", "open"), Button("Two", "two", "open"))
            rest = (Button("Delete", "gone", "open", "danger"), Button("Sign", "sign"))
            return Show(Message("List", (Buttons((*two, *rest)),)))
        return Show(Message("Nothing here", (Text(("Nothing.",)),)))

    opened = [a.does.callback for a, _ in walked(answers) if isinstance(a.does, Open)]
    assert opened == ["open-reviews", "one"]


def test_options_that_are_shown_are_picked_once() -> None:
    shown = Show(Message("Roles", (Choices("role", LEVELS, "Which?"),)))
    picked = [a.does for a, _ in walked(lambda act: shown) if isinstance(a.does, Pick)]
    assert len(picked) == 1
    assert picked[0].callback == "role"


def test_a_step_that_never_ends_ends() -> None:
    steps = 0

    def endless(act: Act) -> Answer:
        nonlocal steps
        steps += 1
        return Show(Form(f"Step {steps}", f"step-{steps}", (TextField("a", "More?"),)))

    assert len(walked(endless)) == MOST + 1


@given(st.lists(st.one_of(messages, forms()), min_size=1, max_size=4), st.sampled_from(COHORT))
def test_whatever_is_shown_a_walk_is_bounded_and_the_same_again(
    shown: list[Message | Form], persona: Persona
) -> None:
    def answers() -> Callable[[Act], Answer]:
        rest = iter(range(10_000))
        return lambda act: Show(shown[next(rest) % len(shown)])

    first = walked(answers(), persona)
    assert len(first) <= MOST + 1
    assert first == walked(answers(), persona)
    left = [act.event_id for act, _ in first if not isinstance(act.does, Open)]
    assert len(set(left)) == len(left)


@pytest.mark.parametrize(
    "answer", [Refused("No."), NotSaved("Again."), Correct({"a": "Write something."})]
)
def test_whoever_is_refused_goes_no_further(answer: Answer) -> None:
    assert len(walked(lambda act: answer)) == 1


HAND_IN = (
    TextField("text", "Your work", required=False),
    TextField("link", "Link to your work", multiline=False, required=False),
)


@dataclass
class Work:
    """A hand-in whose callback names the version that the form shows."""

    texts: dict[str, str] = field(default_factory=dict)
    given: Given = field(default_factory=dict)

    def __call__(self, act: Act) -> Answer:
        if isinstance(act.does, Submit):
            if act.event_id not in self.given:
                self.given[act.event_id] = act.at
                self.texts = {id: "".join(text) for id, text in act.does.fields.items()}
            return Saved("Saved.")
        values = {f.id: UserText(text) for f in HAND_IN if (text := self.texts.get(f.id))}
        parts = tuple(
            TextField(f.id, f.label, "", values.get(f.id), f.multiline, False) for f in HAND_IN
        )
        return Show(Form("Hand in", f"hand-in-{len(self.given)}", parts))


def test_work_is_some_sentences_long_and_links_lead_nowhere() -> None:
    works = [Work() for _ in COHORT]
    for persona, work in zip(COHORT, works, strict=True):
        walked(work, persona)
    texts = [work.texts["text"] for work in works if work.texts.get("text")]
    links = [work.texts["link"] for work in works if work.texts.get("link")]
    assert len(texts) > 100
    assert sorted(map(len, texts))[len(texts) // 2] > 300
    assert any("Compost heaps" in text for text in texts)
    assert len(links) > 50
    assert all(link.startswith("https://example.org/") for link in links)


def test_work_is_handed_in_once_though_its_form_then_names_another_version() -> None:
    work = Work()
    walked(work)
    before = dict(work.given)
    assert len(before) == 1
    walked(work, given=before)
    assert work.given == before


def test_of_a_group_the_first_hands_in_and_some_add_to_it() -> None:
    work = Work()
    walked(work, COHORT[0])
    first = work.texts["text"]
    for persona in COHORT[4:40:4]:
        walked(work, persona)
    assert 1 < len(work.given) < 10
    assert work.texts["text"].startswith(first)
    assert len(work.texts["text"]) > len(first)


def test_whoever_comes_back_to_reword_changes_one_thing() -> None:
    work = Work()
    walked(work)
    first = dict(work.texts)
    done = walked(work, entry=an_open(purpose="reword", n=1))
    assert len(submitted(done)) == 1
    assert work.texts["text"].startswith(first["text"])
    assert work.texts["text"] != first["text"]
    assert work.texts["link"] == first["link"]


def test_whoever_takes_it_back_empties_the_form_if_it_may_be_empty() -> None:
    work = Work()
    walked(work)
    walked(work, entry=an_open(purpose="take back", n=1))
    assert set(work.texts.values()) == {""}
    reviews = Reviews()
    walked(reviews)
    levels = dict(reviews.levels)
    walked(reviews, entry=an_open(purpose="take back", n=1))
    assert reviews.levels == levels


def test_who_writes_at_home_first_adds_the_english_to_the_very_same_words() -> None:
    german = next(p for p in COHORT[::4] if p.habit.language == "de")
    asked = Form("", "answer", (TextField("q1", "What surprised you?"),))
    work = Work()

    def answers(act: Act) -> Answer:
        if isinstance(act.does, Submit):
            return work(act)
        text = work.texts.get("q1")
        value = UserText(text) if text else None
        return Show(Form("", asked.callback, (TextField("q1", "What surprised you?", "", value),)))

    walked(answers, german, an_open(german, "give at home"))
    said = work.texts["q1"]
    walked(answers, german, an_open(german, "translate", 1))
    assert work.texts["q1"].startswith(said)
    assert "(In English: " in work.texts["q1"]
    assert "(In English: " not in said


def test_a_private_word_is_a_question_and_reading_leads_no_further() -> None:
    aside = Act(OPENED, "run1-2-1-x-0", Open("ask"), aside=True)
    ask = Show(Form("Ask privately", "ask", (TextField("words", "What do you want to ask?"),)))
    done = walked(lambda act: Saved() if isinstance(act.does, Submit) else ask, entry=aside)
    [sent] = submitted(done)
    assert "?" in sent.fields["words"][0]
    assert len(walked(lambda act: Show(Reviews().listed()), entry=aside)) == 1


def test_what_leads_back_to_where_somebody_was_is_not_gone_again() -> None:
    given_by_now: list[str] = []

    def answers(act: Act) -> Answer:
        if isinstance(act.does, Submit):
            given_by_now.extend(act.does.fields["words"])
            change = Button("Change what I wrote", "open-reviews", "open", "primary")
            return Show(Message("Feedback on your work", (Buttons((change,)),)))
        value = UserText(given_by_now[-1]) if given_by_now else None
        return Show(Form("What I will change", "change", (TextField("words", "What?", "", value),)))

    for persona in COHORT[::4]:
        given_by_now.clear()
        walked(answers, persona)
        assert len(given_by_now) == 1
