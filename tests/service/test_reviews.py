"""Work is handed in, reviewed by peers, and all of it reaches whom it is for, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.answer import Answer, Correct, Refused, Saved, Show
from bot.chat.codec import dumps
from bot.chat.event import FormRequested, FormSubmitted, Picked
from bot.chat.message import Buttons, Form, Message
from bot.chat.plain import plain
from bot.lessons.lesson import Lesson
from bot.service.reporting import RunReport, report_run
from tests.core.making import a_lesson, a_phase, an_activity
from tests.service.house import RUN, House, minutes


def reviewing(work: dict[str, Any] | None = None, **review: Any) -> Lesson:
    """A lesson in which work is handed in for ten minutes and then reviewed for ten."""
    return a_lesson(
        a_phase("Elaborate", an_activity("submission", id="submission", **(work or {}))),
        a_phase("Evaluate", an_activity("peer_review", id="peer_review", **review)),
    )


class Desk:
    """People at work on a submission and its reviews, by what their buttons carry."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def hand_in(self, who: str, text: str, **fields: str) -> Answer:
        """Somebody hands in."""
        return await self.house.submit(who, "submission", "hand-in", None, text=text, **fields)

    async def request(self, who: str, callback: str, **head: Any) -> Answer:
        """Somebody presses a button that opens something."""
        return await self.house.hear(
            FormRequested(**self.house.head(who, **head), callback=callback)
        )

    async def send(self, who: str, form: Form, **fields: str) -> Answer:
        """Somebody sends a form."""
        texts = {key: (text,) for key, text in fields.items()}
        head = self.house.head(who)
        return await self.house.hear(FormSubmitted(**head, callback=form.callback, fields=texts))

    async def pick(self, who: str, callback: str) -> Answer:
        """Somebody presses a button that does something."""
        return await self.house.hear(Picked(**self.house.head(who), callback=callback))

    async def listed(self, who: str) -> Message:
        """What somebody is to review."""
        return message(await self.house.open_form(who, "peer_review", "list"))

    async def review(self, who: str, label: str = "Review", level: str = "3") -> Answer:
        """Somebody does the first review of theirs with this button, to its end."""
        callback = next(c for text, c in buttons(await self.listed(who)) if text == label)
        answer = await self.request(who, callback)
        while isinstance(answer, Show) and isinstance(answer.what, Form):
            answer = await self.send(who, answer.what, level=level, comment=f"{who} says why")
        return answer

    async def review_all(self, who: str) -> None:
        """Somebody does all of theirs."""
        for _ in range(10):
            if "Review" not in dict(buttons(await self.listed(who))):
                return
            await self.review(who)

    async def report(self) -> RunReport:
        """All that is known of the run."""
        async with self.house.store.reading() as reading:
            return await report_run(reading, RUN)


def message(answer: Answer) -> Message:
    """What was shown."""
    assert isinstance(answer, Show), answer
    assert isinstance(answer.what, Message)
    return answer.what


def form(answer: Answer) -> Form:
    """The form that was shown."""
    assert isinstance(answer, Show), answer
    assert isinstance(answer.what, Form)
    return answer.what


def buttons(shown: Message) -> list[tuple[str, str]]:
    """The labels and callbacks of a message's buttons."""
    blocks = [block for block in shown.blocks if isinstance(block, Buttons)]
    return [(button.label, button.callback) for block in blocks for button in block.buttons]


def told(house: House, who: str) -> str:
    """Everything in the private messages that somebody got, whether it can be seen or not."""
    return "".join(dumps(post.message) for post in house.stage.posted(house.stage.person(who)))


@pytest.fixture
def desk(house: House) -> Desk:
    """People at work in the house."""
    return Desk(house)


async def test_three_hand_in_review_each_other_and_get_what_was_said_of_their_work(
    house: House, desk: Desk
) -> None:
    await house.schedule(reviewing())
    await house.work()
    for who in ("ada", "ben", "cem"):
        assert isinstance(await desk.hand_in(who, f"The work of {who}"), Saved)
    await house.run_for(minutes(10))
    for who in ("ada", "ben", "cem"):
        shown = plain(await desk.listed(who))
        assert "Work 1" in shown
        assert "Work 2" in shown
        assert "Work 3" not in shown
        await desk.review_all(who)
        assert "You have done them all" in plain(await desk.listed(who))
    await house.work()
    assert "6 of 6 reviews are in" in await house.text("peer_review")
    await house.run_for(minutes(10))
    told = [text for text in house.told(house.stage.person("ada")) if "Feedback" in text]
    assert len(told) == 1
    assert "ben says why" in told[0]
    assert "cem says why" in told[0]
    report = await desk.report()
    assert len([row for row in report.reviews if row.stands]) == 12
    assert {row.author for row in report.reviews} == {"r1-ada", "r1-ben", "r1-cem"}
    assert all(row.reviewer != row.author for row in report.reviews)


async def test_whoever_does_not_come_leaves_their_reviews_to_those_who_do(
    house: House, desk: Desk
) -> None:
    await house.schedule(reviewing())
    await house.work()
    for who in ("ada", "ben", "cem", "dan"):
        await desk.hand_in(who, f"The work of {who}")
    await house.run_for(minutes(10))
    for who in ("ada", "ben"):
        await desk.review_all(who)
    await house.run_for(minutes(5))
    report = await desk.report()
    assert {a.state for a in report.allotted if a.participant == "r1-cem"} == {"lapsed"}


async def test_nobody_learns_who_reviews_whom(house: House, desk: Desk) -> None:
    await house.schedule(reviewing())
    await house.work()
    names = {"ada": "Ada Lovelace", "ben": "Benoit", "cem": "Cemil"}
    for who, name in names.items():
        await house.join(who, name)
        await desk.hand_in(who, "What I made")
    await house.run_for(minutes(10))
    for who in names:
        seen = dumps(await desk.listed(who))
        callback = dict(buttons(await desk.listed(who)))["Review"]
        seen += dumps(form(await desk.request(who, callback)))
        for name in (*names.values(), "r1-ada", "r1-ben", "r1-cem"):
            assert name not in seen
        answer = await desk.request(who, callback)
        while isinstance(answer, Show) and isinstance(answer.what, Form):
            answer = await desk.send(who, answer.what, level="4", comment="Well done")
    await house.run_for(minutes(10))
    for who in names:
        private = told(house, who)
        got = await house.open_form(who, "peer_review", "received")
        private += dumps(message(got))
        for name in (*names.values(), "r1-ada", "r1-ben", "r1-cem"):
            assert name not in private


async def test_the_author_answers_and_the_facilitator_sees_and_overrides(
    house: House, desk: Desk
) -> None:
    await house.schedule(reviewing(release="facilitator"))
    await house.work()
    for who in ("ada", "ben"):
        await desk.hand_in(who, f"The work of {who}")
    await house.run_for(minutes(10))
    await desk.review("ada")
    await desk.review("ben", level="1")
    await house.run_for(minutes(10))
    assert not [text for text in house.told(house.stage.person("ada")) if "Feedback" in text]
    assert isinstance(await house.open_form("ada", "peer_review", "received"), Refused)
    (board,) = [p for p in house.stage.posted(house.fay) if "Reviews:" in plain(p.message)]
    works = message(await house.open_form("fay", "peer_review", "board"))
    assert "ada" in plain(works)
    assert "ben" in plain(works)
    opened = message(await desk.request("fay", buttons(works)[0][1]))
    assert "The work of ada" in plain(opened)
    assert "ben says why" in plain(opened)
    answer = await desk.request("fay", dict(buttons(opened))["Write my own review"])
    for _ in range(2):
        answer = await desk.send("fay", form(answer), level="4", comment="I think better of it")
    answer = await desk.send("fay", form(answer), counts="instead")
    assert "I think better of it" in plain(message(answer))
    await house.press("fay", board, "Release the reviews now")
    await house.work()
    (got,) = [text for text in house.told(house.stage.person("ada")) if "Feedback" in text]
    assert "I think better of it" in got
    assert "ben says why" not in got
    change = form(await house.open_form("ada", "peer_review", "change"))
    assert isinstance(await desk.send("ada", change, words="I will draw it"), Show)
    assert "I will draw it" in plain(message(await desk.request("fay", buttons(works)[0][1])))
    report = await desk.report()
    assert {row.counts for row in report.reviews if row.author == "r1-ada"} == {True, False}
    (reply,) = [row for row in report.answers if row.table == "replies"]
    assert (reply.text, reply.participant) == ("I will draw it", "r1-ada")
    assert "r1-ben" not in told(house, "ada")


async def test_a_step_without_a_level_or_a_comment_is_not_taken(house: House, desk: Desk) -> None:
    await house.schedule(reviewing())
    await house.work()
    for who in ("ada", "ben"):
        await desk.hand_in(who, "x")
    await house.run_for(minutes(10))
    callback = dict(buttons(await desk.listed("ada")))["Review"]
    step = form(await desk.request("ada", callback))
    answer = await desk.send("ada", step, level="", comment=" ")
    assert isinstance(answer, Correct)
    assert set(answer.errors) == {"level", "comment"}


async def test_a_problem_gives_another_work_and_tells_the_facilitator(
    house: House, desk: Desk
) -> None:
    await house.schedule(reviewing(reviews=1))
    await house.work()
    for who in ("ada", "ben", "cem"):
        await desk.hand_in(who, f"The work of {who}")
    await house.run_for(minutes(10))
    shown = await desk.listed("ada")
    before = plain(form(await desk.request("ada", dict(buttons(shown))["Review"])))
    wrong = form(await desk.request("ada", dict(buttons(shown))["Something is wrong with it"]))
    again = message(await desk.send("ada", wrong, words="It is empty"))
    after = plain(form(await desk.request("ada", dict(buttons(again))["Review"])))
    assert before != after
    await house.work()
    assert any("It is empty" in text for text in house.told())


async def test_late_work_is_reviewed_and_reviews_too(house: House, desk: Desk) -> None:
    await house.schedule(reviewing())
    await house.work()
    for who in ("ada", "ben", "cem"):
        await desk.hand_in(who, f"The work of {who}")
    await house.run_for(minutes(11))
    answer = await desk.hand_in("dan", "The work of dan")
    assert isinstance(answer, Saved)
    assert "late" in answer.note
    assert "Work 3" in plain(await desk.listed("dan"))
    report = await desk.report()
    held = [a for a in report.allotted if a.state == "held"]
    given = {who: sum(a.participant == who for a in held) for who in {a.of for a in held}}
    got = {who: sum(a.of == who for a in held) for who in given}
    assert set(given.values()) == set(got.values()) == {3}


async def test_my_part_shows_what_is_due_and_mine_and_takes_it_back(
    house: House, desk: Desk
) -> None:
    await house.schedule(reviewing())
    await house.work()
    due = message(await house.say("ada", "my part"))
    assert "Still to do" in plain(due)
    assert "Hand in your work" in plain(due)
    await desk.request("ada", dict(buttons(due))["Hand in"])
    await desk.hand_in("ada", "My own words")
    mine = message(await house.say("ada", "My part", place=None))
    assert "My own words" in plain(mine)
    assert "Nothing is waiting" in plain(mine)
    take = form(await desk.request("ada", dict(buttons(mine))["Take it back"]))
    assert isinstance(await desk.send("ada", take), Saved)
    assert "My own words" not in plain(message(await house.say("ada", "my part")))


async def test_a_private_question_reaches_the_facilitator_and_is_answered_in_private(
    house: House, desk: Desk
) -> None:
    await house.schedule(reviewing())
    await house.work()
    post = await house.post("submission")
    ask = form(await desk.request("ada", dict(buttons(post.message))["Ask privately"]))
    assert isinstance(await desk.send("ada", ask, words="How long may it be?"), Saved)
    assert isinstance(await house.press("ben", post, "I’m stuck", place=house.main), Saved)
    await house.work()
    (asked,) = [p for p in house.stage.posted(house.fay) if "How long" in plain(p.message)]
    assert any("stuck" in text and "ben" in text for text in house.told())
    respond = form(await desk.request("fay", dict(buttons(asked.message))["Answer in private"]))
    assert isinstance(await desk.send("fay", respond, words="As long as you like"), Saved)
    await house.work()
    assert any("As long as you like" in text for text in house.told(house.stage.person("ada")))
    assert "How long" not in await house.text("submission")
    report = await desk.report()
    assert {row.table for row in report.answers} == {"questions"}


async def test_a_group_hands_in_together_and_sees_who_edited_it(house: House, desk: Desk) -> None:
    lesson = a_lesson(
        a_phase(
            "Elaborate",
            an_activity("groups", id="groups"),
            an_activity("submission", id="submission", by="group"),
        ),
        a_phase("Evaluate", an_activity("peer_review", id="peer_review")),
    )
    await house.schedule(lesson)
    for who in ("ada", "ben", "cem", "dan"):
        await house.join(who)
    await house.work()
    report = await desk.report()
    group = {a.participant: a.of for a in report.allotted if a.what == "group"}
    assert sorted(group.values()) == ["g1", "g1", "g2", "g2"]
    await house.run_for(minutes(10))
    first = "ada"
    mate = next(w for w in ("ben", "cem", "dan") if group[f"r1-{w}"] == group["r1-ada"])
    other = next(w for w in ("ben", "cem", "dan") if group[f"r1-{w}"] != group["r1-ada"])
    await desk.hand_in(first, "Ours")
    shown = form(await house.open_form(mate, "submission", "hand-in"))
    assert "Ours" in dumps(shown)
    assert "Last edited by" in dumps(shown)
    stale = form(await house.open_form(first, "submission", "hand-in"))
    assert isinstance(await desk.send(mate, shown, text="Ours, and mine"), Saved)
    clash = form(await desk.send(first, stale, text="Ours, again"))
    assert "Ours, and mine" in dumps(clash)
    assert "Ours, again" in dumps(clash)
    assert isinstance(await desk.send(first, clash, text="Ours, and mine, again"), Saved)
    await desk.hand_in(other, "Theirs")
    await house.run_for(minutes(10))
    for who in (first, mate, other):
        callback = dict(buttons(await desk.listed(who)))["Review"]
        seen = plain(form(await desk.request(who, callback)))
        assert ("Theirs" in seen) == (who != other)
    report = await desk.report()
    works = [row for row in report.answers if row.table == "submissions" and row.stands]
    assert {(row.name, row.by_name) for row in works} >= {
        ("Group 1", first),
        ("Group 2", other),
    } or {(row.name, row.by_name) for row in works} >= {("Group 2", first), ("Group 1", other)}


async def test_open_reviews_are_said_in_the_thread_of_the_submission(
    house: House, desk: Desk
) -> None:
    await house.schedule(reviewing(open=True))
    await house.work()
    for who in ("ada", "ben"):
        await desk.hand_in(who, f"The work of {who}")
    await house.run_for(minutes(10))
    await desk.review("ada")
    await house.work()
    thread = (await house.post("submission")).ref.thread
    said = [plain(p.message) for p in house.stage.posted(thread)]
    assert any("ada on the work of ben" in text and "ada says why" in text for text in said)


async def test_the_rubric_and_my_part_open_from_the_post_of_the_work(
    house: House, desk: Desk
) -> None:
    await house.schedule(reviewing())
    await house.work()
    post = dict(buttons((await house.post("submission")).message))
    rubric = plain(message(await desk.request("ada", post["Read: How it is reviewed"])))
    assert "All parts are there." in rubric
    await desk.hand_in("ada", "My own words")
    assert "My own words" in plain(message(await desk.request("ada", post["My part"])))
    assert "My own words" not in plain(message(await desk.request("ben", post["My part"])))
    stranger = await desk.request("eva", post["My part"], place=None)
    assert isinstance(stranger, Refused)


async def test_a_volunteer_reviews_one_more_and_its_author_gets_that_too(
    house: House, desk: Desk
) -> None:
    await house.schedule(reviewing(reviews=1))
    await house.work()
    for who in ("ada", "ben", "cem"):
        await desk.hand_in(who, f"The work of {who}")
    await house.run_for(minutes(10))
    await desk.review("ada")
    more = dict(buttons(await desk.listed("ada")))["Review one more"]
    assert "Work 2" in plain(message(await desk.pick("ada", more)))
    await desk.review("ada")
    await house.run_for(minutes(10))
    for who in ("ben", "cem"):
        assert any("ada says why" in text for text in house.told(house.stage.person(who)))


async def test_ones_own_work_is_judged_first_and_seen_by_the_facilitator_only(
    house: House, desk: Desk
) -> None:
    await house.schedule(reviewing(self=True))
    await house.work()
    for who in ("ada", "ben"):
        await desk.hand_in(who, f"The work of {who}")
    await house.run_for(minutes(10))
    assert "Work 1" not in plain(await desk.listed("ada"))
    await desk.review("ada", level="2")
    assert "Work 1" in plain(await desk.listed("ada"))
    await house.run_for(minutes(10))
    assert "ada says why" not in told(house, "ada") + told(house, "ben")
    report = await desk.report()
    assert {(row.said_by, row.author) for row in report.reviews} == {("self", "r1-ada")}


async def test_works_without_a_review_are_told_at_closing_and_may_be_reviewed_then(
    house: House, desk: Desk
) -> None:
    await house.schedule(reviewing())
    await house.work()
    for who in ("ada", "ben"):
        await desk.hand_in(who, f"The work of {who}")
    await house.run_for(minutes(20))
    (left,) = [p for p in house.stage.posted(house.fay) if "Works without" in plain(p.message)]
    works = message(await desk.request("fay", dict(buttons(left.message))["See the works"]))
    opened = message(await desk.request("fay", buttons(works)[0][1]))
    answer = await desk.request("fay", dict(buttons(opened))["Write my own review"])
    for _ in range(2):
        answer = await desk.send("fay", form(answer), level="3", comment="I have read it")
    await house.work()
    assert any("I have read it" in text for text in house.told(house.stage.person("ada")))
