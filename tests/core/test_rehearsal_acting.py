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
    Form,
    Message,
    Option,
    Text,
    TextField,
)
from bot.rehearsal.acting import (
    Act,
    DeleteReply,
    Doing,
    EditReply,
    Open,
    Pick,
    Reply,
    Submit,
    acts,
    stay,
)
from bot.rehearsal.personas import Persona, cast
from bot.rehearsal.subject import Subject
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
WRITE = Message(
    "Write",
    (
        *QUESTION.blocks,
        Buttons(
            (Button("Write", "write", "open", "primary", Form("", "f", (TextField("a", ""),))),)
        ),
    ),
)
HANDED_OUT = Message(
    "Write",
    (
        *WRITE.blocks,
        Buttons(
            (
                Button("Read: The case", "read", "open"),
                Button("Ask privately", "ask", "open", form=Form("", "ask", (TextField("q", ""),))),
                Button("I’m stuck", "stuck"),
                Button("Delete everything", "delete", style="danger"),
            )
        ),
    ),
)
SUBJECT = Subject(("Compost heaps", "Worm bins", "Leaf mould"))


def done(
    message: Message,
    *,
    asks: bool = True,
    people: tuple[Persona, ...] = COHORT,
    closes_at: datetime | None = CLOSES,
    seed: int = 1,
) -> list[tuple[Act, ...]]:
    """What each of the people does."""
    return [acts(p, "run1-2-1", message, asks, OPENED, closes_at, seed, SUBJECT) for p in people]


def each(message: Message, kind: type[Doing] | None = None, asks: bool = True) -> Iterator[Act]:
    for mine in done(message, asks=asks):
        yield from (act for act in mine if kind is None or isinstance(act.does, kind))


def asked(message: Message) -> list[list[Act]]:
    """What each of the people does of what the message asks."""
    return [[act for act in mine if not act.aside] for mine in done(message)]


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
        assert sorted(mine, key=lambda act: act.aside) == list(mine)


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
    buttons = [button for b in message.blocks if isinstance(b, Buttons) for button in b.buttons]
    pressed = {(b.callback, b.does) for b in buttons if b.style != "danger"}
    sheets = [b.form for b in buttons if b.form and b.does == "open" and b.style != "danger"]
    for act in (act for mine in done(message, people=people) for act in mine):
        match act.does:
            case Pick(callback, ()):
                assert (callback, "pick") in pressed
            case Pick(callback, options):
                assert any(
                    c == callback and set(options) <= set(ids) and (many or len(options) == 1)
                    for c, ids, many in offered
                )
            case Open(callback):
                assert (callback, "open") in pressed
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
            case _:
                assert isinstance(act.does, DeleteReply)


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
    changed = [mine for mine in asked(POLL) if len(mine) == 2 and mine[0].does != mine[1].does]
    assert 5 < len(changed) < 100


def test_own_words_come_seldom_after_a_pick_or_in_its_place() -> None:
    own = [mine for mine in asked(OPEN_POLL) if any(isinstance(a.does, Submit) for a in mine)]
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


def test_what_the_primary_button_opens_is_opened_and_some_come_back_to_it() -> None:
    opened = [[act.does for act in mine] for mine in asked(WRITE) if mine]
    assert all(isinstance(does, Open) and does.callback == "write" for m in opened for does in m)
    first = {does[0].purpose for does in opened if isinstance(does[0], Open)}
    assert first == {"give", "give at home"}
    for purpose, least in (("translate", 5), ("reword", 20), ("take back", 3)):
        count = sum(isinstance(d, Open) and d.purpose == purpose for m in opened for d in m)
        assert least < count < 100, purpose


def test_a_primary_button_that_opens_nothing_is_pressed() -> None:
    message = Message("Groups", (Buttons((Button("Show my group", "join", style="primary"),)),))
    assert {act.does for act in each(message)} == {Pick("join")}


def test_what_is_beside_the_matter_is_used_seldom_and_what_destroys_never() -> None:
    beside = [act.does for mine in done(HANDED_OUT) for act in mine if act.aside]
    assert 2 < len(beside) < 25
    pressed = {does.callback for does in beside if isinstance(does, Open | Pick | Submit)}
    assert pressed <= {"read", "ask", "stuck"}
    assert _without_moments(HANDED_OUT) == _without_moments(WRITE)


def _without_moments(message: Message) -> list[list[tuple[str, Doing]]]:
    """Whoever is late with words is in time with a pick, which moves what they do beside it."""
    return [[(act.event_id, act.does) for act in mine] for mine in asked(message)]


def test_a_form_that_nobody_can_fill_in_is_left_alone() -> None:
    stuck = Form("", "f", (ChoiceField("who", "Who?", ()),))
    message = Message("Write", (Buttons((Button("Write", "answer", "open", form=stuck),)),))
    answered = {type(act.does) for mine in asked(message) for act in mine}
    assert answered == {Reply, EditReply, DeleteReply}


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


def test_some_write_in_the_language_of_their_home_and_add_the_english() -> None:
    added = [
        (mine[0].does.text.text, mine[1].does.text.text)
        for mine in done(QUESTION)
        if len(mine) > 1
        and isinstance(mine[0].does, Reply)
        and isinstance(mine[1].does, EditReply)
        and "(In English: " in mine[1].does.text.text
    ]
    assert 5 < len(added) < 60
    assert all(both.startswith(said) and "In English" not in said for said, both in added)


def test_a_few_take_back_what_they_wrote() -> None:
    regretted = [mine for mine in done(QUESTION) if any(_deletes(act) for act in mine)]
    assert 1 < len(regretted) < 40
    for mine in regretted:
        assert mine[-1].does == DeleteReply(mine[0].event_id)


def test_some_click_twice_and_the_same_is_then_done_twice() -> None:
    clicks = list(each(POLL))
    assert 5 < sum(act.twice for act in clicks) < len(clicks) / 5


def _deletes(act: Act) -> bool:
    return isinstance(act.does, DeleteReply)


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
    waited = [stay(persona, OPENED, length).comes - OPENED for persona in COHORT]
    assert all(timedelta() <= wait < length / 3 for wait in waited)
    assert 10 < sum(wait > timedelta() for wait in waited) < 80


def test_some_leave_half_way_and_half_of_those_come_back() -> None:
    length = timedelta(hours=3)
    stays = [stay(persona, OPENED, length) for persona in COHORT]
    left = [mine for mine in stays if mine.leaves]
    assert 10 < len(left) < 60
    assert len(left) / 4 < sum(mine.returns is not None for mine in left) < len(left)
    for mine in left:
        assert mine.leaves
        assert mine.comes < mine.leaves < OPENED + length
        assert mine.has(mine.leaves - length / 100)
        assert not mine.has(mine.leaves)
        assert mine.returns is None or mine.has(mine.returns + length / 100)
