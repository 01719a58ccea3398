"""A lesson is scheduled by form: chosen, seen as a dry run, and then there, once."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.chat.address import Person
from bot.chat.answer import Answer, Correct, Refused, Show
from bot.chat.event import FormRequested, FormSubmitted
from bot.chat.message import (
    ChoiceField,
    DateField,
    Form,
    Listing,
    Message,
    PlaceField,
    TextField,
)
from bot.chat.plain import plain
from bot.chat.platform import Capabilities
from bot.chat.text import When
from bot.facilitation.beginning import NEW, PLAN
from bot.facilitation.seeing import name_of
from bot.facilitation.state import Run
from tests.service.house import House, minutes, one_of

BERLIN = "Europe/Berlin"
LESSON = "mlops-core-components"


def form(answer: Answer) -> Form:
    """The form that somebody is shown."""
    assert isinstance(answer, Show), answer
    assert isinstance(answer.what, Form)
    return answer.what


def errors(answer: Answer) -> dict[str, str]:
    """What is to be put right."""
    assert isinstance(answer, Correct), answer
    return dict(answer.errors)


class Planner:
    """Somebody who schedules; what they chose stays until they choose anew."""

    def __init__(self, house: House, who: str = "zoe", zone: str = BERLIN) -> None:
        self.house = house
        self.who = who
        self.zone = zone
        self.callback = f"f.{PLAN}.{NEW}..."
        self.chosen: dict[str, tuple[str, ...]] = {
            "lesson": (LESSON,),
            "place": ("C1",),
            "pace": ("live",),
            "day": ("2026-01-07",),
            "time": ("10:00",),
            "people": (),
        }

    async def send(self, **chosen: str | tuple[str, ...]) -> Answer:
        """Send the form with these choices; a form that comes back is the one sent next."""
        for key, value in chosen.items():
            self.chosen[key] = (value,) if isinstance(value, str) else value
        head: dict[str, Any] = self.house.head(self.who, place=None, zone=self.zone)
        event = FormSubmitted(**head, callback=self.callback, fields=dict(self.chosen))
        answer = await self.house.hear(event)
        if isinstance(answer, Show) and isinstance(answer.what, Form):
            self.callback = answer.what.callback
        return answer

    async def schedule(self, **chosen: str | tuple[str, ...]) -> Answer:
        """See the dry run, and schedule it."""
        form(await self.send(**chosen))
        return await self.send()


async def runs(house: House) -> tuple[Run, ...]:
    """All that is scheduled."""
    async with house.store.reading() as reading:
        return await reading.runs()


@pytest.fixture
def zoe(house: House) -> Planner:
    return Planner(house)


# -- asking


async def test_the_form_asks_for_a_lesson_of_the_library_in_the_place_where_it_was_asked(
    house: House,
) -> None:
    shown = form(await house.say("zoe", "schedule", zone=BERLIN))
    lesson, place = shown.fields[:2]
    assert isinstance(lesson, ChoiceField)
    assert LESSON in [option.id for option in lesson.options]
    assert isinstance(place, PlaceField)
    assert place.value == "C1"
    assert BERLIN in plain(shown)
    (day,) = [each for each in shown.fields if isinstance(each, DateField)]
    assert day.value == date(2026, 1, 6)


@pytest.mark.parametrize("zone", ["", "Nowhere/At_all", "Europe", "../../etc/passwd"])
async def test_where_the_zone_is_not_known_it_is_utc_and_the_form_says_so(
    house: House, zone: str
) -> None:
    shown = form(await house.say("zoe", "schedule", zone=zone, place=None))
    assert "in UTC" in plain(shown)


async def test_the_button_opens_the_same_form_and_nothing_is_recorded(house: House) -> None:
    head = house.head("zoe")
    answer = await house.hear(FormRequested(**head, callback=f"f.{PLAN}.{NEW}..."))
    assert form(answer) == form(await house.say("zoe", "schedule"))
    assert await runs(house) == ()


# -- the dry run


async def test_what_was_chosen_is_shown_as_a_dry_run_with_every_moment(zoe: Planner) -> None:
    shown = form(await zoe.send())
    text = plain(shown)
    begins = datetime(2026, 1, 7, 9, tzinfo=UTC)
    assert "Wed 07 Jan 2026, 09:00 UTC" in text
    assert When(begins, "date_time") in [
        part for block in shown.parts for part in getattr(block, "line", ())
    ]
    assert "The end" in text
    assert shown.submit == "Schedule it"
    assert await runs(zoe.house) == ()


async def test_the_second_form_holds_the_same_choices_and_the_lessons_places(
    zoe: Planner,
) -> None:
    shown = form(await zoe.send(people=("fay",)))
    values = {field.id: getattr(field, "value", None) for field in shown.fields}
    assert values["lesson"] == (LESSON,)
    assert values["place"] == "C1"
    assert values["day"] == date(2026, 1, 7)
    assert values["people"] == ("fay",)
    places = [field for field in shown.fields if isinstance(field, TextField)]
    assert "Link to your shared whiteboard" in [field.label for field in places]
    assert not any(field.required for field in places)


async def test_without_a_time_a_live_lesson_waits_for_start(zoe: Planner) -> None:
    house = zoe.house
    assert "say “start”" in plain(form(await zoe.send(time=(), lesson=LESSON)))
    await zoe.send()
    (run,) = await runs(house)
    async with house.store.reading() as reading:
        cues = await reading.cues(run.id)
    assert run.status == "paused" or any(cue.waits for cue in cues)


async def test_a_day_without_a_time_is_not_used_and_that_is_said(zoe: Planner) -> None:
    zone = "Pacific/Kiritimati"
    zoe.zone = zone
    shown = form(await zoe.send(time=()))
    unused = datetime(2026, 1, 6, 22, tzinfo=UTC)
    lines = [getattr(block, "line", ()) for block in shown.parts]
    (line,) = [line for line in lines if When(unused, "date") in line]
    assert unused.astimezone(ZoneInfo(zone)).date() == date(2026, 1, 7)
    assert "Without a time, " in line
    assert "press “Start the lesson”" in plain(shown)
    assert "Without a time, " not in plain(form(await zoe.send(day=(), time=())))
    assert "Without a time, " not in plain(form(await zoe.send(day="2026-01-07", time="10:00")))


async def test_nothing_is_said_of_a_day_that_nobody_chose(zoe: Planner) -> None:
    shown = form(await zoe.house.say("zoe", "schedule", zone=BERLIN))
    (day,) = [each for each in shown.fields if isinstance(each, DateField)]
    assert day.value
    shown = form(await zoe.send(day=day.value.isoformat(), time=()))
    assert "Without a time, " not in plain(shown)
    assert "say “start”" in plain(shown)


async def test_the_form_says_what_no_time_means_at_either_pace(zoe: Planner) -> None:
    label = next(f.label for f in form(await zoe.send()).fields if f.id == "time")
    assert "in one sitting, you start it" in label
    assert "over days, posts come at 09:00" in label


@pytest.mark.parametrize("typed", ["9:30", "09:30", "9.30", "09.30", "0930", " 930 ", "09:30:00"])
async def test_a_time_is_taken_as_people_type_it(zoe: Planner, typed: str) -> None:
    assert "Wed 07 Jan 2026, 08:30 UTC" in plain(form(await zoe.send(time=typed)))


async def test_over_days_the_dry_run_has_a_line_a_day_with_its_posts(zoe: Planner) -> None:
    shown = form(await zoe.send(pace="daily"))
    (lines,) = [part.items for part in shown.parts if isinstance(part, Listing)][:1]
    days = [part.at for line in lines for part in line if isinstance(part, When)]
    assert len(days) == len(set(days)) == len(lines)
    await zoe.send()
    (run,) = await runs(zoe.house)
    told = "\n".join(plain(Message("", (Listing((line,)),))) for line in lines)
    for activity in run.lesson.script.activities():
        assert name_of(run, activity.id).split(": ", 1)[1] in told
    assert told.count("Engage: ") == 1


@pytest.mark.parametrize("own_places", [True, False])
async def test_where_channels_are_offered_that_it_may_not_be_in_the_form_says_so(
    zoe: Planner, own_places: bool
) -> None:
    zoe.house.stage.capabilities = Capabilities(own_places=own_places)
    shown = plain(form(await zoe.send()))
    assert ("only where I have been added" in shown) is not own_places


async def test_over_days_posts_come_at_the_time_that_was_chosen(zoe: Planner) -> None:
    shown = plain(form(await zoe.send(pace="daily", time="08:30")))
    assert "Wed 07 Jan 2026, 07:30 UTC" in shown
    await zoe.send()
    (run,) = await runs(zoe.house)
    assert run.pace
    assert run.pace.opens.isoformat() == "08:30:00"
    assert run.start == datetime(2026, 1, 7, 7, 30, tzinfo=UTC)


async def test_over_days_without_a_time_posts_come_at_nine(zoe: Planner) -> None:
    assert "08:00 UTC" in plain(form(await zoe.send(pace="daily", time=())))


async def test_too_few_working_hours_are_said(zoe: Planner) -> None:
    shown = plain(form(await zoe.send(pace="daily", time="15:00")))
    assert "2 working hours only" in shown
    assert "working hours only" not in plain(form(await zoe.send(time="09:00")))


async def test_clocks_that_change_are_said_over_days(zoe: Planner) -> None:
    # There the clocks go forward at midnight before a Friday.
    zoe.zone = "Africa/Cairo"
    shown = plain(form(await zoe.send(pace="daily", day="2026-04-24", time="00:00")))
    assert "its time does not exist that day" in shown
    zoe.zone = BERLIN
    assert "does not exist" not in plain(form(await zoe.send()))


async def test_a_time_that_comes_twice_is_the_first_and_that_is_said(zoe: Planner) -> None:
    shown = plain(form(await zoe.send(day="2026-10-25", time="02:30")))
    assert "comes twice" in shown
    assert "Sun 25 Oct 2026, 00:30 UTC" in shown


async def test_another_lesson_there_at_that_time_is_said_and_is_no_obstacle(
    zoe: Planner,
) -> None:
    house = zoe.house
    await house.managing.schedule(
        one_of("poll"),
        run_id="r9",
        main=house.main,
        facilitators=(house.fay,),
        zone="UTC",
        start=datetime(2026, 1, 7, 9, tzinfo=UTC),
    )
    said = "There is another lesson here at that time: Permits for everybody"
    assert said not in plain(form(await zoe.send(place="C2")))
    assert said not in plain(form(await zoe.send(place="C1", day="2026-02-12")))
    assert said in plain(form(await zoe.send(day="2026-01-07")))
    await zoe.send()
    assert len(await runs(house)) == 2


# -- what cannot be


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"day": "2025-12-31"}, "time"),
        ({"day": "2026-01-05", "time": "09:59"}, "time"),
        ({"day": "2026-03-29", "time": "02:30"}, "time"),
        ({"pace": "daily", "day": "2025-12-31"}, "day"),
        ({"pace": "daily", "time": "17:00"}, "time"),
        ({"pace": "daily", "day": ()}, "day"),
        ({"day": ()}, "day"),
        ({"day": "9999-12-31"}, "day"),
        ({"day": "0001-01-01"}, "day"),
        ({"day": "tomorrow"}, "day"),
        ({"time": "25:00"}, "time"),
        ({"time": "9.3"}, "time"),
        ({"time": "25"}, "time"),
        ({"time": "noon"}, "time"),
        ({"lesson": "../../etc"}, "lesson"),
        ({"lesson": ()}, "lesson"),
        ({"place": ()}, "place"),
        ({"pace": "weekly"}, "pace"),
    ],
)
async def test_what_cannot_be_is_said_at_its_field(
    zoe: Planner, chosen: dict[str, Any], field: str
) -> None:
    found = errors(await zoe.send(**chosen))
    assert list(found) == [field]
    assert found[field].endswith(".")
    assert await runs(zoe.house) == ()


async def test_a_time_in_the_gap_of_spring_is_said_plainly(zoe: Planner) -> None:
    found = errors(await zoe.send(day="2026-03-29", time="02:30"))
    assert "02:30 does not exist on that day in Europe/Berlin" in found["time"]
    assert "03:30" in found["time"]


async def test_a_time_that_passed_while_the_form_was_open_is_not_taken(zoe: Planner) -> None:
    form(await zoe.send())
    zoe.house.step(timedelta(days=3))
    assert "passed" in errors(await zoe.send())["time"]
    assert await runs(zoe.house) == ()


# -- scheduling


async def test_sending_the_dry_run_schedules_what_it_showed(zoe: Planner) -> None:
    house = zoe.house
    answer = await zoe.schedule(people=("fay", "zoe", "fay"), place="C7")
    assert isinstance(answer, Show)
    text = plain(answer.what)
    assert "It is scheduled" in text
    assert "Wed 07 Jan 2026, 09:00 UTC" in text
    assert "Your panel is in your chat with me" in text
    (run,) = await runs(house)
    zoe_, fay = house.stage.person("zoe"), house.stage.person("fay")
    assert run.facilitators == (zoe_, fay)
    assert run.main == house.stage.place("C7")
    assert (run.zone, run.start) == (BERLIN, datetime(2026, 1, 7, 9, tzinfo=UTC))
    assert run.lesson.name == LESSON
    await house.work()
    for person in (zoe_, fay):
        assert any("Your panel" in told for told in house.told(person))


async def test_other_choices_show_the_new_dry_run_instead(zoe: Planner) -> None:
    form(await zoe.send())
    for chosen in (
        {"time": "11:00"},
        {"day": "2026-01-08"},
        {"place": "C2"},
        {"pace": "daily"},
        {"lesson": "open-source-vs-proprietary"},
    ):
        form(await zoe.send(**chosen))
        assert await runs(zoe.house) == ()
    zoe.zone = "Asia/Tokyo"
    form(await zoe.send())
    assert await runs(zoe.house) == ()
    await zoe.send()
    (run,) = await runs(zoe.house)
    assert run.lesson.name == "open-source-vs-proprietary"
    assert run.main == zoe.house.stage.place("C2")
    assert run.zone == "Asia/Tokyo"


async def test_places_and_leaders_can_be_filled_in_without_another_look(zoe: Planner) -> None:
    shown = form(await zoe.send())
    board = next(f for f in shown.fields if f.label == "Link to your shared whiteboard")
    link = {board.id: "https://board.example/\n 7 "}
    await zoe.send(**link, people=("ada",))
    (run,) = await runs(zoe.house)
    assert "https://board.example/ 7" in run.lesson.to_json()
    assert zoe.house.stage.person("ada") in run.facilitators


async def test_what_was_filled_in_for_one_lesson_goes_into_no_other(zoe: Planner) -> None:
    shown = form(await zoe.send())
    board = next(f for f in shown.fields if f.label == "Link to your shared whiteboard")
    link = {board.id: "https://board.example/7"}
    form(await zoe.send(**link, lesson="open-source-vs-proprietary"))
    await zoe.send()
    (run,) = await runs(zoe.house)
    assert "board.example" not in run.lesson.to_json()


async def test_a_form_that_is_sent_twice_schedules_once(zoe: Planner) -> None:
    first = await zoe.schedule()
    again = await zoe.send()
    assert again == first
    zoe.house.step(timedelta(days=30))
    assert isinstance(await zoe.send(), Show)
    assert len(await runs(zoe.house)) == 1


async def test_a_form_that_two_processes_hear_at_once_schedules_once(either_house: House) -> None:
    house = either_house
    zoe = Planner(house)
    form(await zoe.send())
    hearings = [house.another_hearing() for _ in range(4)]
    events = [
        FormSubmitted(
            **house.head("zoe", place=None, zone=BERLIN), callback=zoe.callback, fields=zoe.chosen
        )
        for _ in hearings
    ]
    pairs = zip(hearings, events, strict=True)
    answers = await asyncio.gather(*(hearing.hear(event) for hearing, event in pairs))
    assert all(isinstance(answer, Show) for answer in answers), answers
    assert len(await runs(house)) == 1
    assert len(await house.owed("panel", (await runs(house))[0].id)) == 1


async def test_the_same_lesson_can_be_scheduled_again_by_a_form_of_its_own(house: House) -> None:
    await Planner(house).schedule()
    await Planner(house).schedule()
    assert len(await runs(house)) == 2


async def test_the_form_of_one_person_schedules_nothing_of_anothers(zoe: Planner) -> None:
    await zoe.schedule()
    mallory = Planner(zoe.house, "mallory")
    mallory.callback = zoe.callback
    await mallory.send()
    leaders = {run.facilitators for run in await runs(zoe.house)}
    people = zoe.house.stage.person("zoe"), zoe.house.stage.person("mallory")
    assert leaders == {(person,) for person in people}


async def test_a_lesson_is_held_in_the_tenant_of_whoever_schedules_it(house: House) -> None:
    zoe = Planner(house)
    zoe.who = Person(house.stage.name, "elsewhere", "zoe")  # type: ignore[assignment]
    await zoe.schedule(people=("fay",))
    (run,) = await runs(house)
    assert run.main.tenant == "elsewhere"
    assert {person.tenant for person in run.facilitators} == {"elsewhere"}


async def test_nobody_schedules_where_people_are_not_known(house: House) -> None:
    house.stage.capabilities = Capabilities(knows_people=False)
    assert isinstance(await Planner(house).send(), Refused)
    assert isinstance(await house.say("zoe", "schedule"), Refused)


async def test_a_scheduled_lesson_runs(zoe: Planner) -> None:
    house = zoe.house
    await zoe.schedule(day="2026-01-05", time="10:30")
    (run,) = await runs(house)
    await house.run_for(minutes(45))
    assert (await house.run(run.id)).status != "scheduled"
    assert run.lesson.plan.title in plain(house.stage.posted(house.main)[0].message)
