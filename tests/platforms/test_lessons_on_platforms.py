"""Every message and form of the three lessons, in every state, as Slack and Teams want it."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from bot.chat.message import Form, Message, Option
from bot.chat.platform import Capabilities
from bot.facilitation import made_up
from bot.facilitation.activities import KINDS
from bot.facilitation.controls import Command
from bot.facilitation.day import day_post
from bot.facilitation.dry_run import dry_run, scheduled
from bot.facilitation.gallery import START, gallery
from bot.facilitation.gallery_private import Named
from bot.facilitation.home import (
    Taken,
    greeted,
    helped,
    home,
    led_page,
    nearly,
    not_kept,
    thanked,
    way_in,
    which_lesson,
)
from bot.facilitation.my_part import my_part
from bot.facilitation.notices import RunScene
from bot.facilitation.pace import Pace
from bot.facilitation.planning import plan_live
from bot.facilitation.scheduling import (
    DAILY,
    LIVE,
    Planned,
    Wanted,
    first_form,
    plan,
    second_form,
)
from bot.facilitation.seeing import Known, scene_of
from bot.facilitation.state import Opening, Run
from bot.facilitation.timeline import opening_id
from bot.lessons.files import load_lesson
from bot.lessons.lesson import Lesson
from bot.lessons.places import fill
from bot.platforms.slack import blocks, form
from bot.platforms.slack.incoming import Origin
from bot.platforms.slack.views import home_view, view_of
from bot.platforms.teams import card
from bot.platforms.teams.inputs import Known as Offered
from bot.platforms.teams.runs import Json
from tests.core.making import a_run
from tests.platforms import slack_rules
from tests.platforms.schemas import card_problems, rendered, slack_problems
from tests.strategies import messages

CONTENT = Path(__file__).parent.parent.parent / "lesson_content"
LESSONS = sorted(folder.name for folder in CONTENT.iterdir() if (folder / "plan.md").exists())
SLACKS_VIEW = 250_000
TEAMS_CARD = 80_000
ORIGIN = Origin("f.answer.o1...", "C0LESSON", "1767603600.000100", "1767603629.123456")
NOTE = "Your answer is saved. You can change it."
KNOWN = Offered(
    places=(Option("19:a@thread.tacv2", "General"),), people=(Option("u-1", "Ada Lovelace"),)
)
UNKEPT = "What I think of this lesson"


@cache
def said(lesson: str) -> list[Named]:
    """All that is said in it; what is said again, as a handout behind each post, only once."""
    scripted = load_lesson(CONTENT / lesson, None, lambda: KINDS)
    labels = dict(scripted.script.places)
    live = gallery(fill(scripted.for_pace("live"), labels))
    daily = gallery(fill(scripted.for_pace("async"), labels), Pace())
    assert min(len(live), len(daily)) > 50
    personal = [*pages(fill(scripted.for_pace("live"), labels)), *planning(scripted)]
    return list({repr(what): (name, what) for name, what in (*live, *daily, *personal)}.values())


def pages(lesson: Lesson) -> Iterator[Named]:
    """What single people are shown around a run of it: their home, their panel, the way in."""
    run = replace(a_run(lesson), status="running")
    cues = plan_live(run.id, lesson, run.start)
    openings = [
        Opening(opening_id(run, cue.activity, 1), run.id, cue.activity, 1, cue.at, cue.at)
        for cue in cues
        if cue.kind == "open"
    ]
    who = made_up.people(run)[0]
    known = made_up.known(run, openings)
    fresh = made_up.unanswered(known, *(opening.id for opening in openings))
    for state in ("scheduled", "running", "paused", "ended"):
        now = replace(run, status=state)
        seen = RunScene(now, cues, openings)
        for answers, told in (("given", known), ("due", fresh)):
            scenes = [scene_of(now, opening, told) for opening in openings]
            part = my_part(now, scenes, who)
            taken = [Taken(seen, scenes, who)]
            yield f"home-{state}-{answers}", home([seen] * 5, taken * 5, more=2, plans=True)
            yield f"home-part-{state}-{answers}", home([], taken, more=0, plans=False)
            yield f"not-kept-{state}-{answers}", not_kept(UNKEPT, part)
        yield f"led-{state}", led_page(seen, plans=True)
        yield f"greeted-{state}", greeted(led_page(seen, plans=True))
        yield f"which-{state}", which_lesson("+5", Command("extend", 5), [seen] * 8)
    yield "home-empty", home([], [], more=0, plans=True)
    yield "way-in", way_in(None, plans=True)
    yield "way-in-again", way_in(run, plans=False)
    yield "help", helped(leads=True, plans=True)
    yield "not-kept", not_kept(UNKEPT, None)
    yield "nearly", nearly("my part", leads=False)
    yield "thanked", thanked()


def planning(lesson: Lesson) -> Iterator[Named]:
    """The forms in which it is scheduled, with the dry run, and what is said in the end."""
    lessons = [load_lesson(CONTENT / name, None, lambda: KINDS) for name in LESSONS]
    labels = tuple(lesson.script.places)
    new, first = "f.plan.new...", START.date() + timedelta(days=7)
    yield "schedule", first_form(lessons, new, "C1", START, "Europe/Berlin")
    for pace, at in ((LIVE, time(9)), (LIVE, None), (DAILY, time(9))):
        wanted = Wanted(lesson.name, "C1", pace, first, at, ("U1",), labels, "Europe/Berlin")
        planned = plan(wanted, lesson, START)
        assert isinstance(planned, Planned)
        told = dry_run(planned, (("There is another lesson here.",),))
        yield f"schedule-{pace}-{at}", second_form(lessons, new, wanted, lesson, told)
        yield f"scheduled-{pace}-{at}", scheduled(planned)


def views(what: Message | Form) -> Iterator[tuple[str, dict[str, Any]]]:
    """What Slack shows it in beside a post: a window and, of a message, the home page."""
    yield "Modal", view_of(what, ORIGIN, NOTE)[0]
    if isinstance(what, Message):
        yield "Home", home_view(what, NOTE)


def unseen(blocks: list[Any], seen: set[str]) -> list[Any]:
    """Those that were not there before: the types judge each by itself, and not fast."""
    texts = [json.dumps(block, sort_keys=True) for block in blocks]
    fresh = [block for block, text in zip(blocks, texts, strict=True) if text not in seen]
    seen.update(texts)
    return fresh


def size(view: dict[str, Any]) -> int:
    return len(json.dumps(view, ensure_ascii=False).encode(errors="surrogatepass"))


@pytest.mark.parametrize("lesson", LESSONS)
def test_slack_takes_every_message_and_form_of_a_lesson(lesson: str) -> None:
    problems = []
    for name, what in said(lesson):
        if isinstance(what, Message):
            found = [
                p
                for post in blocks.render_message(what)
                for p in slack_rules.message_problems(post)
            ]
        else:
            found = slack_rules.modal_problems(form.render_form(what), SLACKS_VIEW)
        problems += [f"{name}: {problem}" for problem in found]
    assert problems == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_slack_takes_all_of_a_lesson_in_windows_and_on_the_home_page(lesson: str) -> None:
    problems = []
    for name, what in said(lesson):
        for surface, view in views(what):
            judge = {"Modal": slack_rules.modal_problems, "Home": slack_rules.home_problems}
            problems += [f"{name}, {surface}: {each}" for each in judge[surface](view, size(view))]
    assert problems == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_form_of_a_lesson_stands_whole_in_its_window(lesson: str) -> None:
    forms = [(name, what) for name, what in said(lesson) if isinstance(what, Form)]
    assert [name for name, form in forms if view_of(form, ORIGIN, NOTE)[1]] == []


@pytest.mark.peers
@pytest.mark.parametrize("lesson", LESSONS)
def test_slacks_own_types_know_a_lesson_in_windows_and_on_the_home_page(lesson: str) -> None:
    problems, seen = [], set[str]()
    for name, what in said(lesson):
        for surface, view in views(what):
            fresh = {**view, "blocks": unseen(view["blocks"], seen)}
            problems += [f"{name}: {each}" for each in slack_problems(surface, fresh)]
    assert problems == []


@pytest.mark.peers
@pytest.mark.parametrize("lesson", LESSONS)
def test_slacks_own_types_know_every_message_and_form_of_a_lesson(lesson: str) -> None:
    problems, seen = [], set[str]()
    for name, what in said(lesson):
        if isinstance(what, Message):
            posts = [unseen(post["blocks"], seen) for post in blocks.render_message(what)]
            found = [p for post in posts for p in slack_problems("MessageBlocks", post)]
        else:
            view = form.render_form(what)
            found = slack_problems("Modal", {**view, "blocks": unseen(view["blocks"], seen)})
        problems += [f"{name}: {problem}" for problem in found]
    assert problems == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_schema_of_cards_takes_every_message_and_form_of_a_lesson(lesson: str) -> None:
    problems = [
        f"{name}: {each}" for name, new in unseen_cards(lesson) for each in card_problems(new)
    ]
    assert problems == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_card_of_a_lesson_is_too_large(lesson: str) -> None:
    sizes = {name: card_size(each) for name, what in said(lesson) for each in cards(what)}
    assert {name: size for name, size in sizes.items() if size > TEAMS_CARD} == {}


@pytest.mark.peers
@pytest.mark.parametrize("lesson", LESSONS)
def test_microsofts_renderer_complains_of_nothing_in_a_lesson(lesson: str) -> None:
    drawn = list(unseen_cards(lesson))
    results = rendered(each for _, each in drawn)
    problems = [
        f"{name}: {problem}"
        for (name, _), result in zip(drawn, results, strict=True)
        for problem in result["problems"]
    ]
    assert problems == []


def cards(what: Message | Form) -> Iterator[Json]:
    """All that Teams shows it as: posted, in answer to one person, and put right."""
    if isinstance(what, Message):
        posted = card.render_message(what)
        apart = card.render_message(what, apart=True)
        yield from posted
        yield from (each for each in apart if each not in posted)
        yield card.with_back(card.noted(posted[0], NOTE))
        return
    form = card.render_form(what, KNOWN)
    yield form
    yield card.with_back(card.corrected(form, dict.fromkeys([f.id for f in what.fields], NOTE), {}))
    yield card.render_form(what)


def unseen_cards(lesson: str) -> Iterator[tuple[str, Json]]:
    """The same, each with what no card before it held: the judges look at each by itself."""
    seen = set[str]()
    for name, what in said(lesson):
        for each in cards(what):
            if fresh := unseen(each["body"], seen):
                yield name, {**each, "body": fresh}


def card_size(each: Json) -> int:
    return len(json.dumps(each, ensure_ascii=False).encode("utf-16-le"))


ABLE = (Capabilities(), Capabilities(hears_replies=False), Capabilities(False, False))
"""Teams with the consent to hear replies and without, and a platform without any threads."""


def as_it_goes_on(
    lesson: Lesson, pace: Pace | None
) -> Iterator[tuple[str, Run, Known, list[Opening]]]:
    """A run while all is open: as it opens, as answers come, later, and paused."""
    run = replace(a_run(lesson), status="running", pace=pace)
    cues = plan_live(run.id, lesson, run.start)
    openings = [
        Opening(opening_id(run, cue.activity, 1), run.id, cue.activity, 1, cue.at, cue.at)
        for cue in cues
        if cue.kind == "open"
    ]
    every = made_up.known(run, openings)
    later = [replace(o, closes_at=o.opened_at + timedelta(minutes=5)) for o in openings]
    yield "opened", run, made_up.unanswered(every, *(o.id for o in openings)), openings
    yield "nothing dealt", run, replace(every, responses={}, assignments={}), openings
    first = {id: given[:1] for id, given in every.responses.items()}
    yield "one answer", run, replace(every, responses=first), openings
    yield "all answers", run, every, openings
    yield "moved", run, replace(every, openings=tuple(later)), later
    yield "paused", replace(run, status="paused"), every, openings


@pytest.mark.parametrize("able", ABLE, ids=["heard", "not heard", "no threads"])
@pytest.mark.parametrize("pace", [None, Pace()], ids=["live", "daily"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_card_with_something_to_fill_in_stays_as_it_is_while_people_answer(
    lesson: str, pace: Pace | None, able: Capabilities
) -> None:
    scripted = load_lesson(CONTENT / lesson, None, lambda: KINDS)
    paced = fill(scripted.for_pace("async" if pace else "live"), dict(scripted.script.places))
    asking: dict[str, tuple[Json, ...]] = {}
    changing: dict[str, set[str]] = defaultdict(set)
    for state, run, known, openings in as_it_goes_on(paced, pace):
        for name, message in posts(run, known, openings, able):
            drawn = card.render_message(message, apart=True)
            count = len(asking.get(name, [each for each in drawn if card.holds_inputs(each)]))
            assert not any(map(card.holds_inputs, drawn[count:])), (name, state)
            assert asking.setdefault(name, drawn[:count]) == drawn[:count], (name, state)
            changing[name].add(json.dumps(drawn[count:]))
    with_inputs = [name for name, stays in asking.items() if stays]
    assert len(with_inputs) > 3
    assert all(len(changing[name]) > 2 for name in with_inputs)


def posts(
    run: Run, known: Known, openings: list[Opening], able: Capabilities
) -> Iterator[tuple[str, Message]]:
    """What each activity says or, over days, what each part of the lesson does in one post."""
    scenes = [
        replace(scene_of(run, opening, known, delivery="d"), capabilities=able)
        for opening in openings
    ]
    if run.pace is None:
        for scene in scenes:
            yield scene.activity.id, KINDS[scene.activity.kind].say(scene)
    for part in run.lesson.script.parts() if run.pace else ():
        ids = {each.id for each in part.activities}
        if together := [scene for scene in scenes if scene.activity.id in ids]:
            yield part.name, day_post(together)


@given(messages)
def test_the_schema_of_cards_takes_any_message(message: Message) -> None:
    assert [card_problems(each) for each in card.render_message(message)] == [
        [] for _ in card.render_message(message)
    ]


def test_the_schema_of_cards_refuses_what_is_none() -> None:
    assert card_problems({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "Txt"}]})
