"""What the bot says of a run as a whole, and to whom it says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from bot.chat.callback import Callback
from bot.chat.message import Button, Buttons, Deadline, Message
from bot.chat.plain import plain
from bot.chat.text import When
from bot.facilitation.activities import KINDS
from bot.facilitation.controls import Verb, not_started, parse_command
from bot.facilitation.dry_run import dry_run
from bot.facilitation.notices import RunScene, Trouble, end_question, say_notice
from bot.facilitation.scheduling import Planned
from bot.facilitation.seeing import scene_of
from bot.facilitation.state import LOBBY, CueState, Run, RunStatus
from bot.facilitation.turnout import Turnout
from tests.core.making import (
    START,
    a_lesson,
    a_phase,
    a_run,
    an_activity,
    an_opening,
    cues_of,
    minutes,
)

PURPOSES = ("welcome", "closing", "notes", "panel", "trouble", "report")
STATUSES: tuple[RunStatus, ...] = ("scheduled", "running", "paused", "ended")
KEY = "0a1b2c3d4e5f60718293"


def lesson_run(**changed: object) -> Run:
    """A run whose every text names what it is, so that a leak can be seen."""
    lesson = a_lesson(
        a_phase("Engage", an_activity(), notes="SECRET one"),
        a_phase(
            "Explore",
            an_activity("discussion", phase="Explore"),
            an_activity("poll", phase="Explore"),
            an_activity("reflection", phase="Explore"),
            notes="SECRET two",
        ),
        welcome="WELCOME text",
        closing="CLOSING text",
        notice="NOTICE text",
        facilitator_notes="SECRET before",
        facilitator_questions=("SECRET **question**?",),
    )
    return replace(a_run(lesson), **changed)  # type: ignore[arg-type]


def scene_in(status: RunStatus, **seen: object) -> RunScene:
    """A run in this state, its first activity open unless the run is not begun or over."""
    paused_at = START if status == "paused" else None
    run = lesson_run(status=status, paused_at=paused_at, revision=7)
    openings = (an_opening(run, LOBBY), an_opening(run)) if status in ("running", "paused") else ()
    return replace(RunScene(run, cues_of(run), openings), **seen)  # type: ignore[arg-type]


def begun_in(status: RunStatus) -> RunScene:
    """The same of a run that has begun."""
    scene = scene_in(status)
    cues = [replace(c, state="done") if c.kind == "start" else c for c in scene.cues]
    return replace(scene, cues=cues)


def buttons(message: Message) -> list[Button]:
    return [b for block in message.blocks if isinstance(block, Buttons) for b in block.buttons]


def verbs(message: Message) -> list[Verb]:
    commands = [parse_command(Callback.decode(b.callback).item) for b in buttons(message)]
    return [command.verb for command in commands if command]


def said_to_everyone() -> Iterator[str]:
    for status in STATUSES:
        scene = scene_in(status)
        for purpose in ("welcome", "closing"):
            message = say_notice(purpose, scene)
            yield message.summary + plain(message)
        for activity in scene.run.lesson.script.activities():
            opening = an_opening(scene.run, activity.id)
            for each in (opening, replace(opening, closed_at=START)):
                message = KINDS[activity.kind].say(scene_of(scene.run, each))
                yield message.summary + plain(message)


def test_nothing_for_the_facilitator_is_said_to_everyone() -> None:
    texts = list(said_to_everyone())
    assert len(texts) == len(STATUSES) * (2 + 2 * 4)
    assert not any("SECRET" in text for text in texts)


@pytest.mark.parametrize(("purpose", "status"), list(product(PURPOSES, STATUSES)))
def test_every_notice_says_something_in_every_state(purpose: str, status: RunStatus) -> None:
    message = say_notice(purpose, scene_in(status))
    assert message.summary.strip()
    assert all(plain(Message("", (block,))).strip() for block in message.blocks)
    assert message.blocks


@pytest.mark.parametrize("purpose", PURPOSES)
def test_even_a_lesson_of_one_empty_phase_can_be_spoken_of(purpose: str) -> None:
    run = a_run(a_lesson(a_phase("Engage")))
    assert say_notice(purpose, RunScene(run, cues_of(run))).blocks


def test_an_unknown_purpose_is_an_error() -> None:
    with pytest.raises(KeyError):
        say_notice("karaoke", scene_in("running"))


def test_the_welcome_says_what_comes_and_that_words_are_kept_before_anybody_writes() -> None:
    text = plain(say_notice("welcome", scene_in("running")))
    for part in ("Permits for everybody", "WELCOME text", "NOTICE text", "is kept"):
        assert part in text


def test_the_closing_says_that_it_is_over() -> None:
    text = plain(say_notice("closing", scene_in("ended")))
    assert "CLOSING text" in text
    assert "no more answers" in text


# -- notes


def notes_of(run: Run) -> list[Message]:
    cues = cues_of(run)
    seqs = [cue.seq for cue in cues if cue.kind == "notes"]
    return [say_notice("notes", RunScene(run, cues, cue=seq)) for seq in seqs]


def begins(message: Message) -> list[When]:
    parts = [part for block in message.blocks for part in getattr(block, "line", ())]
    return [part for part in parts if isinstance(part, When)]


def test_each_phase_has_its_own_notes_and_the_first_those_for_the_whole() -> None:
    first, second = (plain(message) for message in notes_of(lesson_run()))
    assert "SECRET before" in first
    assert "SECRET one" in first
    assert "SECRET two" in second
    assert "SECRET before" not in second
    assert "Your notes for Explore" in second


def test_phases_of_the_same_name_are_told_apart() -> None:
    one = a_phase("Explore", an_activity(id="a"), notes="morning")
    two = a_phase("Explore", an_activity(id="b"), notes="afternoon")
    morning, afternoon = notes_of(a_run(a_lesson(one, two)))
    assert "morning" in plain(morning)
    assert "afternoon" in plain(afternoon)
    assert begins(morning) == [When(START)]
    assert begins(afternoon) == [When(START + minutes(10))]


def test_notes_promise_no_time_while_time_stands_still() -> None:
    assert begins(notes_of(lesson_run(status="paused", paused_at=START))[0]) == []


# -- panel


@pytest.mark.parametrize(
    ("status", "fitting"),
    [
        ("scheduled", ["start", "end"]),
        ("running", ["pause", "extend", "close", "next", "status", "end"]),
        ("paused", ["resume", "status", "end"]),
        ("ended", []),
    ],
)
def test_a_panel_has_the_buttons_that_fit(status: RunStatus, fitting: list[Verb]) -> None:
    begun: CueState = "done" if status in ("running", "paused") else "waiting"
    scene = scene_in(status)
    cues = [replace(c, state=begun) if c.kind == "start" else c for c in scene.cues]
    assert verbs(say_notice("panel", replace(scene, cues=cues))) == fitting


def test_the_panel_of_a_lesson_that_waits_to_be_started_starts_it() -> None:
    scene = scene_in("paused")
    asked = replace(scene.run, pause_reason=not_started())
    message = say_notice("panel", replace(scene, run=asked))
    assert verbs(message) == ["start", "end"]
    assert plain(message).count("Not started yet. Press “Start the lesson”.") == 1
    assert "Paused" not in plain(message)
    assert verbs(say_notice("panel", scene)) == ["start", "resume", "end"]


def test_the_way_to_end_it_is_the_last_and_says_what_it_does() -> None:
    def last(scene: RunScene) -> Button:
        return buttons(say_notice("panel", scene))[-1]

    begun = begun_in("running")
    rehearsal = replace(begun, run=replace(begun.run, rehearsal=True))
    assert last(scene_in("scheduled")).label == "Cancel the lesson"
    assert last(begun).label == "End the lesson"
    assert last(begun).style == "plain"
    assert last(rehearsal).label == "End the rehearsal"


def test_before_it_is_ended_it_is_asked_once_with_the_revision() -> None:
    scene = begun_in("running")
    question = end_question(scene.run, scene.cues)
    assert "End “Permits for everybody” now?" in plain(question)
    assert "cannot be undone" in plain(question)
    (button,) = buttons(question)
    assert Callback.decode(button.callback) == Callback("run", "run1", "end-now", revision=7)
    assert "Nothing of it was posted yet" in plain(end_question(scene.run, cues_of(scene.run)))


def test_after_the_end_a_panel_names_no_words_that_do_nothing() -> None:
    ended = plain(say_notice("panel", begun_in("ended")))
    assert "Or say: evidence. Only you see this." in ended
    assert "start" not in ended
    cancelled = say_notice("panel", scene_in("ended"))
    assert "Cancelled; nothing of it was posted." in plain(cancelled)
    assert "Or say" not in plain(cancelled)
    assert not buttons(cancelled)


def test_a_panel_names_all_that_is_open_under_one_head() -> None:
    scene = begun_in("running")
    more = an_opening(scene.run, "Explore.poll")
    scene = replace(scene, openings=(*scene.openings, more))
    text = plain(say_notice("panel", scene))
    assert text.count("Now:") == 1
    assert "Engage.prompt" in text
    assert "Explore.poll" in text


@pytest.mark.parametrize("status", ["scheduled", "paused"])
def test_the_button_that_begins_is_called_as_the_dry_run_calls_it(status: RunStatus) -> None:
    lesson = a_lesson()
    said = dry_run(Planned(lesson, cues_of(a_run(lesson)), "UTC"))
    told = plain(Message("The dry run", said))
    (named,) = re.findall("press “(.+?)”", told)
    assert buttons(say_notice("panel", scene_in(status)))[0].label == named


@pytest.mark.parametrize("status", STATUSES)
def test_every_button_of_a_panel_carries_the_run_its_revision_and_the_post(
    status: RunStatus,
) -> None:
    for button in buttons(say_notice("panel", scene_in(status, delivery=KEY))):
        callback = Callback.decode(button.callback)
        if button.does == "open":
            # What is only looked at is never stale.
            assert callback == Callback("evidence", "run1")
            continue
        assert (callback.verb, callback.target) == ("run", "run1")
        assert (callback.revision, callback.delivery) == (7, KEY)


@pytest.mark.parametrize("status", STATUSES)
def test_a_panel_leads_to_the_evidence_once_there_can_be_some(status: RunStatus) -> None:
    begun: CueState = "waiting" if status == "scheduled" else "done"
    scene = scene_in(status)
    cues = [replace(c, state=begun) if c.kind == "start" else c for c in scene.cues]
    labels = [button.label for button in buttons(say_notice("panel", replace(scene, cues=cues)))]
    assert ("Evidence" in labels) is (status != "scheduled")


def test_a_panel_says_what_is_open_how_many_answered_and_what_comes_next() -> None:
    scene = scene_in("running")
    scene = replace(scene, turnouts={scene.openings[-1].id: Turnout(3, 24)})
    cues = [replace(cue, state="done") if cue.at <= START else cue for cue in scene.cues]
    message = say_notice("panel", replace(scene, cues=cues))
    text = plain(message)
    assert "Now: Engage.prompt – 3 of 24 have answered" in text
    assert "Next: Explore.discussion at 09:10 UTC" in text
    assert any(isinstance(block, Deadline) for block in message.blocks)


def test_a_panel_counts_no_answers_where_nothing_is_asked() -> None:
    text = plain(say_notice("panel", scene_in("running")))
    assert "Now: Engage.prompt" in text
    assert "answered" not in text


def test_a_paused_panel_says_why_and_promises_no_times() -> None:
    scene = begun_in("paused")
    run = replace(scene.run, pause_reason="I was away.")
    message = say_notice("panel", replace(scene, run=run))
    text = plain(message)
    assert "I was away." in text
    assert "Paused" in text
    assert "UTC" not in text
    assert not any(isinstance(block, Deadline) for block in message.blocks)


# -- trouble and report


def test_each_post_in_doubt_can_be_settled_by_itself() -> None:
    troubles = tuple(Trouble(f"{n}" * 20, "uncertain", f"post {n}") for n in (1, 2))
    message = say_notice("trouble", scene_in("running", troubles=troubles))
    callbacks = [Callback.decode(button.callback) for button in buttons(message)]
    assert [(c.verb, c.target, c.item) for c in callbacks] == [
        (verb, "run1", each.key) for each in troubles for verb in ("there", "resend")
    ]
    assert all(each.what in plain(message) for each in troubles)


def test_what_failed_can_be_posted_once_it_is_put_right() -> None:
    trouble = Trouble(KEY, "failed", "the poll", "I am not in that channel")
    message = say_notice("trouble", scene_in("running", troubles=(trouble,)))
    assert "I am not in that channel" in plain(message)
    assert [button.label for button in buttons(message)] == ["Post now: the poll"]


@pytest.mark.parametrize("state", ["late", "dropped"])
def test_what_went_wrong_is_named_with_its_reason_and_nothing_to_press(state: str) -> None:
    trouble = Trouble(KEY, state, "the poll in the channel", "no such channel")  # type: ignore[arg-type]
    message = say_notice("trouble", scene_in("running", troubles=(trouble,)))
    assert "the poll in the channel" in plain(message)
    assert "no such channel" in plain(message)
    assert not buttons(message)


def test_once_all_is_settled_the_question_says_so() -> None:
    message = say_notice("trouble", scene_in("running"))
    assert "All settled" in message.summary
    assert "All settled" in plain(message)


def test_the_report_asks_the_facilitator_and_leads_to_the_evidence() -> None:
    message = say_notice("report", scene_in("ended"))
    assert "SECRET question?" in plain(message)
    (button,) = buttons(message)
    assert Callback.decode(button.callback) == Callback("evidence", "run1")
    assert button.does == "open"
