"""What a persona does with a message: decided from the message, the time and the seed alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.message import (
    Button,
    Buttons,
    ChoiceField,
    Choices,
    DateField,
    Form,
    Message,
    Option,
    Text,
    TextField,
    TimeField,
)
from bot.rehearsal.acting import Act, EditReply, Pick, Reply, Submit, acts, arrival
from bot.rehearsal.personas import Persona, cast
from tests.strategies import messages

OPENED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CLOSES = OPENED + timedelta(minutes=10)
COHORT = cast(3, 400, "memory", "town")

OPTIONS = (Option("a", "The data"), Option("b", "The model"), Option("c", "The people"))
ELSE = Form("Something else", "other", (TextField("other", "In your own words"),))
QUESTION = Message("Talk", (Text(("What went wrong with the deployment?",)),))
POLL = Message("Poll", (*QUESTION.blocks, Choices("vote", OPTIONS, "Choose one")))
OPEN_POLL = Message(
    "Poll",
    (
        *POLL.blocks,
        Buttons(
            (
                Button("Something else …", "other", "open", form=ELSE),
                Button("See results", "results", "open"),
            )
        ),
    ),
)
FIELDS = (
    TextField("why", "Why?"),
    TextField("link", "Where?", multiline=False, required=False),
    ChoiceField("who", "Who?", OPTIONS, multiple=True),
    ChoiceField("none", "Nothing to choose", (), required=False),
    DateField("day", "When?"),
    TimeField("time", "At what time?"),
)
WRITE = Message(
    "Write", (Buttons((Button("Write", "answer", "open", form=Form("", "f", FIELDS)),)),)
)


def done(
    message: Message,
    *,
    asks: bool = True,
    people: tuple[Persona, ...] = COHORT,
    closes_at: datetime | None = CLOSES,
    seed: int = 1,
) -> list[tuple[Act, ...]]:
    """What each of the people does."""
    return [acts(p, "run1-2-1", message, asks, OPENED, closes_at, seed) for p in people]


def each(
    message: Message, kind: type[Pick | Submit | Reply | EditReply] | None = None, asks: bool = True
) -> Iterator[Act]:
    for mine in done(message, asks=asks):
        yield from (act for act in mine if kind is None or isinstance(act.does, kind))


cohorts = st.builds(cast, st.integers(0, 50), st.integers(1, 9), st.just("room"), st.just("local"))
closings = st.one_of(
    st.none(),
    st.integers(1, 100_000).map(lambda seconds: OPENED + timedelta(seconds=seconds)),
)


@given(messages, st.booleans(), cohorts, closings, st.integers(0, 99))
def test_any_message_is_acted_on_in_order_in_time_and_the_same_again(
    message: Message, asks: bool, people: tuple[Persona, ...], closes_at: datetime | None, seed: int
) -> None:
    first = done(message, asks=asks, people=people, closes_at=closes_at, seed=seed)
    assert first == done(message, asks=asks, people=people, closes_at=closes_at, seed=seed)
    ids = [act.event_id for mine in first for act in mine]
    assert len(set(ids)) == len(ids)
    ends = closes_at or OPENED + timedelta(minutes=10)
    for mine in first:
        moments = [act.at for act in mine]
        assert moments == sorted(set(moments))
        assert all(at > OPENED for at in moments)
        for act in mine:
            picks = isinstance(act.does, Pick)
            assert act.at < (ends if picks else ends + (ends - OPENED) / 5)


@given(messages, cohorts, closings)
def test_whatever_is_asked_a_quarter_of_the_cohort_answers_in_time(
    message: Message, people: tuple[Persona, ...], closes_at: datetime | None
) -> None:
    ends = closes_at or OPENED + timedelta(minutes=10)
    answered = [
        mine
        for mine in done(message, people=people, closes_at=closes_at)
        if any(act.at < ends for act in mine)
    ]
    assert len(answered) * 4 >= len(people)
    assert answered


@given(messages, cohorts)
def test_people_choose_only_what_is_offered_and_leave_nothing_required_empty(
    message: Message, people: tuple[Persona, ...]
) -> None:
    offered = {
        (b.callback, tuple(o.id for o in b.options), b.multiple)
        for b in message.blocks
        if isinstance(b, Choices)
    }
    sheets = [
        button.form
        for b in message.blocks
        if isinstance(b, Buttons)
        for button in b.buttons
        if button.form and button.does == "open"
    ]
    for act in (act for mine in done(message, people=people) for act in mine):
        match act.does:
            case Pick(callback, options):
                assert any(
                    c == callback
                    and options
                    and set(options) <= set(ids)
                    and (many or len(options) == 1)
                    for c, ids, many in offered
                )
            case Submit(callback, fields):
                assert any(
                    form.callback == callback
                    and set(fields) == {f.id for f in form.fields}
                    and all(fields[f.id] or not f.required for f in form.fields)
                    and any(fields.values())
                    for form in sheets
                )
            case Reply(text) | EditReply(_, text):
                assert text.text.strip()


@pytest.mark.parametrize("message", [QUESTION, POLL, WRITE], ids=["thread", "poll", "form"])
@pytest.mark.parametrize("seed", range(3))
def test_a_cohort_of_one_answers(message: Message, seed: int) -> None:
    [mine] = done(message, people=COHORT[:1], seed=seed)
    assert mine
    assert mine[0].at < CLOSES


@pytest.mark.parametrize("message", [QUESTION, POLL, WRITE], ids=["thread", "poll", "form"])
def test_some_are_silent_and_more_are_not(message: Message) -> None:
    silent = sum(not mine for mine in done(message))
    assert 20 < silent < 200


def test_with_another_seed_people_act_otherwise() -> None:
    assert done(POLL, seed=1) != done(POLL, seed=2)


def test_where_there_are_options_they_are_picked_and_some_change_their_vote() -> None:
    assert {type(act.does) for act in each(POLL)} == {Pick}
    changed = [mine for mine in done(POLL) if len(mine) == 2 and mine[0].does != mine[1].does]
    assert 5 < len(changed) < 100


def test_own_words_come_seldom_after_a_pick_or_in_its_place() -> None:
    own = [mine for mine in done(OPEN_POLL) if any(isinstance(a.does, Submit) for a in mine)]
    assert 10 < len(own) < 60
    assert {type(mine[0].does) for mine in own} == {Pick, Submit}
    assert all(isinstance(mine[-1].does, Submit) for mine in own)


def test_several_may_be_picked_where_several_may_be() -> None:
    message = Message("Poll", (Choices("vote", OPTIONS, "Choose", multiple=True),))
    sizes = {len(a.does.options) for a in each(message, Pick) if isinstance(a.does, Pick)}
    assert sizes == {1, 2, 3}


def test_every_question_of_a_post_is_answered() -> None:
    message = Message("Polls", (Choices("one", OPTIONS, ""), Choices("two", OPTIONS, "")))
    for mine in done(message):
        picked = {a.does.callback for a in mine if isinstance(a.does, Pick)}
        assert picked in ({"one", "two"}, set())


def test_a_form_is_filled_in_as_its_fields_ask_and_some_send_it_again() -> None:
    sent = [a.does for a in each(WRITE) if isinstance(a.does, Submit)]
    assert len(sent) == len(list(each(WRITE)))
    for does in sent:
        assert does.callback == "f"
        assert set(does.fields["who"]) <= {"a", "b", "c"}
        assert datetime.strptime(does.fields["day"][0], "%Y-%m-%d").replace(tzinfo=UTC)
        assert datetime.strptime(does.fields["time"][0], "%H:%M").replace(tzinfo=UTC)
        assert does.fields["none"] == ()
    again = [mine for mine in done(WRITE) if len(mine) == 2]
    assert 5 < len(again) < 150


def test_a_form_that_nobody_can_fill_in_is_left_alone() -> None:
    stuck = Form("", "f", (ChoiceField("who", "Who?", ()),))
    message = Message("Write", (Buttons((Button("Write", "answer", "open", form=stuck),)),))
    assert {type(act.does) for act in each(message)} == {Reply, EditReply}


def test_what_else_is_asked_is_answered_in_the_thread_by_some_more_than_once() -> None:
    acted = done(QUESTION)
    assert {type(mine[0].does) for mine in acted if mine} == {Reply}
    assert any(sum(isinstance(a.does, Reply) for a in mine) == 2 for mine in acted)


def test_some_reword_what_they_wrote() -> None:
    edited = [
        (mine[0], act.does)
        for mine in done(QUESTION)
        for act in mine
        if isinstance(act.does, EditReply)
    ]
    assert len(edited) > 20
    for first, does in edited:
        assert does.reply == first.event_id
        assert isinstance(first.does, Reply)
        assert does.text.text.startswith(first.does.text.text)


def test_what_asks_nothing_gets_a_question_now_and_then() -> None:
    asked = list(each(QUESTION, asks=False))
    assert 3 < len(asked) < 60
    assert all(isinstance(act.does, Reply) and "?" in act.does.text.text for act in asked)


def test_a_few_answers_in_words_come_late_and_no_vote_does() -> None:
    late = [mine for mine in done(QUESTION) if mine and mine[0].at > CLOSES]
    assert 1 < len(late) < 40
    assert all(act.at < CLOSES for act in each(POLL))


def test_when_the_closing_moves_the_same_is_done_at_other_times() -> None:
    def doings(closes_at: datetime) -> list[list[tuple[str, object]]]:
        acted = done(OPEN_POLL, closes_at=closes_at)
        return [[(act.event_id, act.does) for act in mine] for mine in acted]

    assert doings(CLOSES) == doings(CLOSES + timedelta(minutes=5))


def test_most_come_at_the_start_and_a_few_later_but_none_after_a_third() -> None:
    length = timedelta(hours=3)
    waited = [arrival(persona, OPENED, length) - OPENED for persona in COHORT]
    assert all(timedelta() <= wait < length / 3 for wait in waited)
    assert 10 < sum(wait > timedelta() for wait in waited) < 80
