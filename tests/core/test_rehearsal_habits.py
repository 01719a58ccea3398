"""What habits lead to in whole runs: nothing counts twice, and what they do shows."""

from __future__ import annotations

from pathlib import Path

from bot.rehearsal.driving import drive
from tests.core.making import START
from tests.core.test_rehearsal_cohort import ASKING, COMPOST, in_memory, in_the_room


async def test_a_double_click_counts_once(tmp_path: Path) -> None:
    reports = []
    for name, double_clicks in (("once", 0.0), ("twice", 1.0)):
        async with in_memory(tmp_path / f"{name}.db") as (house, _, stage, main):
            cohort = house.cohort(stage, main, 6, double_clicks=double_clicks)
            await drive(house.store, house.worker, cohort, house.clock)
            reports.append((await house.report(), cohort.saved))
    (once, saved), (twice, saved_twice) = reports
    assert twice.answers == once.answers
    assert saved_twice == 2 * saved


async def test_people_speak_of_what_the_lesson_is_about(tmp_path: Path) -> None:
    async with in_memory(tmp_path / "run.db") as (house, _, stage, main):
        cohort = house.cohort(stage, main, 10)
        await drive(house.store, house.worker, cohort, house.clock)
        said = [answer.text.lower() for answer in (await house.report()).answers if answer.text]
        spoken = [text for text in said if any(word.lower() in text for word in COMPOST)]
        assert len(spoken) > len(said) / 2
        assert len(set(said)) > 0.9 * len(said)


async def test_who_leaves_half_way_does_nothing_until_they_are_back(tmp_path: Path) -> None:
    async with in_memory(tmp_path / "run.db") as (house, _, stage, main):
        cohort = house.cohort(stage, main, 8, silence=0.0, tardiness=0.0, leaves=0.3, returns=0.7)
        await drive(house.store, house.worker, cohort, house.clock)
        report = await house.report()
        length = report.cues[-1].planned - START
        assert all(person.left_at is None for person in report.participants)
        given = [answer.at for answer in report.answers]
        assert [at for at in given if START + 0.3 * length <= at <= START + 0.7 * length] == []
        assert min(given) < START + 0.3 * length
        assert max(given) > START + 0.7 * length


async def test_who_does_not_come_back_is_gone(tmp_path: Path) -> None:
    async with in_the_room(tmp_path / "run.db") as (house, room, stage, main):
        cohort = house.cohort(stage, main, 4, leaves=0.5, returns=None)
        await drive(house.store, house.worker, cohort, house.clock)
        report = await house.report()
        assert await room.members(main) == ()
        assert {person.left_at for person in report.participants} != {None}
        gone = max(person.left_at for person in report.participants if person.left_at)
        assert all(answer.at < gone for answer in report.answers)


async def test_what_is_taken_back_stands_no_more_and_stays_so_after_a_restart(
    tmp_path: Path,
) -> None:
    async with in_the_room(tmp_path / "run.db") as (house, room, stage, main):
        for _ in range(2):
            cohort = house.cohort(
                stage, main, 5, silence=0.0, regrets=1.0, second_thoughts=0.0, leaves=None
            )
            await drive(house.store, house.worker, cohort, house.clock)
            report = await house.report()
            taken = {
                a.kind for a in report.answers if a.stands and a.text is None and not a.choices
            }
            assert taken == {"discussion", "reflection"}
            assert not [a.text for a in report.standing() if a.kind == "reflection"]
            posts = await room.board.posts("c1")
            assert any(post.deleted for post in posts)


async def test_habits_show_in_what_comes_of_a_large_cohort(tmp_path: Path) -> None:
    async with in_memory(tmp_path / "run.db") as (house, _, stage, main):
        cohort = house.cohort(stage, main, 60)
        await drive(house.store, house.worker, cohort, house.clock)
        report = await house.report()
        assert (cohort.refused, cohort.not_saved) == (0, 0)
        assert len(report.participants) == 60
        answers = [a for a in report.answers if a.kind in ASKING]
        people = {a.participant for a in answers}
        assert 0.02 < 1 - len(people) / 60 < 0.2  # never say a word
        assert 0 < sum(person.left_at is not None for person in report.participants) < 9
        texts = [a.text for a in answers if a.text]
        assert 0 < sum("(In English: " in text for text in texts) / len(texts) < 0.2
        assert 0.1 < sum(not text.isascii() for text in texts) / len(texts) < 0.6
        assert any(letter in "אבגד" or letter in "ابتث" for text in texts for letter in text)
        assert any(len(text) > 2_000 for text in texts)
        changed = {(a.participant, a.item) for a in answers if not a.stands}
        assert 0.05 < len(changed) / len(answers) < 0.4
