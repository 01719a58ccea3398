"""What the bot says of a run as a whole: welcome, notes, panel, trouble, closing, report.

Everything but the welcome and the closing goes to facilitators in private.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.chat.callback import Callback
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    ButtonStyle,
    Deadline,
    Divider,
    Heading,
    Listing,
    Message,
    Note,
    Text,
)
from bot.chat.text import Line, Strong, When, WhenStyle
from bot.facilitation.beginning import plan_button, rehearse_button
from bot.facilitation.controls import Command, not_started
from bot.facilitation.ending import has_begun, was_cancelled
from bot.facilitation.mine import my_part_button
from bot.facilitation.moving import is_before
from bot.facilitation.state import LOBBY, Cue, Opening, Run
from bot.facilitation.taking_home import evidence_button
from bot.facilitation.turnout import Turnout
from bot.lessons.prose import prose, prose_line
from bot.lessons.script import AFTER
from bot.words import t


@dataclass(frozen=True, slots=True)
class Trouble:
    """A message owed that did not simply arrive. ``what`` names it for a person."""

    key: str
    state: Literal["uncertain", "late", "failed", "dropped"]
    what: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RunScene:
    """What can be seen of a run as a whole. ``turnouts`` are how many have answered, by opening,
    where something is asked. ``names`` says what activities are called."""

    run: Run
    cues: Sequence[Cue] = ()
    openings: Sequence[Opening] = ()
    turnouts: Mapping[str, Turnout] = field(default_factory=dict)
    troubles: Sequence[Trouble] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    cue: int | None = None
    delivery: str = ""

    def named(self, activity: str) -> str:
        """What an activity is called, for people."""
        return self.names.get(activity, activity)


PURPOSES = frozenset({"welcome", "closing", "notes", "panel", "trouble", "report"})
"""What `say_notice` can say."""


def say_notice(purpose: str, scene: RunScene) -> Message:
    """The message of this purpose as it is now. Raises KeyError for an unknown purpose."""
    match purpose:
        case "welcome":
            return welcome(scene.run)
        case "closing":
            return closing(scene.run, last=True)
        case "notes":
            return notes(scene)
        case "panel":
            return panel(scene)
        case "trouble":
            return trouble(scene)
        case "report":
            return report(scene.run)
    raise KeyError(purpose)


def welcome(run: Run) -> Message:
    """What the lesson is, what it asks, and what becomes of what people write."""
    plan, script = run.lesson.plan, run.lesson.script
    notice = prose(script.notice) if script.notice else ()
    kept = t(
        "What you write here is kept for your facilitator. Each post says who else can read it, "
        "and you can change what you wrote until the lesson ends."
    )
    one_a_day = t("It comes in one post a day. Take part when it suits you, until the post closes.")
    daily = (Text((one_a_day,)),)
    return Message(
        summary=t("Welcome to {lesson}", lesson=plan.title),
        blocks=(
            Heading(plan.title, 1),
            *prose(script.welcome),
            *(daily if run.pace else ()),
            Divider(),
            *notice,
            Note((kept,)),
            Buttons((my_part_button(run),)),
        ),
    )


def closing(run: Run, *, last: bool) -> Message:
    """Thanks, and what to go on with; at the head of what comes after the lesson, or the ``last``
    that is said."""
    over = (Note((t("The lesson has ended; no more answers are taken."),)),)
    return Message(
        summary=t("This lesson has ended. Thank you!"),
        blocks=(
            Heading(t("That was it. Thank you!"), 1),
            *prose(run.lesson.script.closing),
            *(over if last else ()),
        ),
        invites_replies=False,
    )


def notes(scene: RunScene) -> Message:
    """The facilitator's own notes on the phase that comes next."""
    phases = scene.run.lesson.script.phases
    order = [cue.seq for cue in scene.cues if cue.kind == "notes"]
    index = order.index(scene.cue) if scene.cue in order else 0
    phase = phases[index]
    before = scene.run.lesson.script.facilitator_notes if index == 0 else ""
    first = phase.activities[0].id if phase.activities else ""
    starts = [c.at for c in scene.cues if c.kind == "open" and c.activity == first]
    known = starts and scene.run.status != "paused"
    when = (Text((t("Begins at "), When(starts[0]), ".")),) if known else ()
    title = t("Your notes for {phase}", phase=phase.name)
    return Message(
        summary=title,
        blocks=(
            Heading(title, 2),
            *when,
            *prose(before),
            *prose(phase.notes),
            Note((t("Only you and your co-facilitators see this."),)),
        ),
    )


def panel(scene: RunScene, note: str = "") -> Message:
    """Where the run stands, and the buttons that fit, under a ``note`` if there is one."""
    run = scene.run
    summary = t("{lesson}: {state}", lesson=run.lesson.plan.title, state=_state(scene))
    blocks: list[Block] = [
        Heading(t("Your panel"), 2),
        *((Text((note,)),) if note else ()),
        Text((Strong(run.lesson.plan.title), "\n", _state(scene))),
    ]
    if run.rehearsal:
        blocks.append(Note((t("A rehearsal with made-up people: nobody but you sees it."),)))
    if run.pause_reason and run.pause_reason != not_started():
        blocks.append(Text((run.pause_reason,)))
    blocks += _now_and_next(scene)
    if buttons := _buttons(scene):
        blocks.append(Buttons(buttons))
    words = _words(scene)
    only = t("Only you see this.")
    said = t("Or say: {commands}. Only you see this.", commands=words) if words else only
    blocks.append(Note((said,)))
    return Message(summary, tuple(blocks))


def end_question(run: Run, cues: Sequence[Cue]) -> Message:
    """Whether it is meant: what is ended cannot be taken up again."""
    title = t("End “{lesson}” now?", lesson=run.lesson.plan.title)
    what = t("What is open closes, nothing further is posted. It cannot be undone.")
    if not has_begun(cues):
        title = t("Cancel “{lesson}”?", lesson=run.lesson.plan.title)
        what = t("Nothing of it was posted yet, and nothing will be. It cannot be undone.")
    sure = Callback("run", run.id, Command("end-now").item, revision=run.revision).encode()
    button = Button(t("End it now"), sure, style="danger")
    return Message(title, (Text((Strong(title), "\n", what)), Buttons((button,))))


def trouble(scene: RunScene) -> Message:
    """What was not simply delivered, with what the facilitator can do about it."""
    unsure = [x for x in scene.troubles if x.state == "uncertain"]
    others = [x for x in scene.troubles if x.state != "uncertain"]
    blocks: list[Block] = [Heading(t("Please have a look"), 2)]
    if unsure:
        blocks.append(Text((t("I do not know whether these posts arrived. Is each one there?"),)))
    for each in unsure:
        there = Callback("there", scene.run.id, each.key).encode()
        again = Callback("resend", scene.run.id, each.key).encode()
        blocks.append(Text((Strong(each.what),)))
        blocks.append(Buttons((Button(t("It’s there"), there), Button(t("Resend"), again))))
    if others:
        blocks.append(Text((t("These did not go out as planned:"),)))
        blocks.append(Listing(tuple((f"{x.what}: {_fate(x)}",) for x in others)))
    if ways := tuple(_again(scene, x) for x in others if x.state == "failed"):
        blocks.append(Note((t("Once what kept them is put right, you can post them:"),)))
        blocks.append(Buttons(ways))
    if not scene.troubles:
        settled = t("All settled. Thank you.")
        return Message(settled, (*blocks, Text((settled,))))
    return Message(t("Some posts need your eyes"), tuple(blocks))


def _again(scene: RunScene, trouble: Trouble) -> Button:
    label = t("Post now: {what}", what=trouble.what)
    return Button(label, Callback("resend", scene.run.id, trouble.key).encode())


def report(run: Run) -> Message:
    """For the facilitator at the end: their own reflection, and where the evidence is."""
    questions = run.lesson.script.facilitator_questions
    mine = (
        (
            Text((t("For your own reflection:"),)),
            Listing(tuple(prose_line(question) for question in questions)),
        )
        if questions
        else ()
    )
    if run.rehearsal:
        return _rehearsed(mine)
    get = t("Everything is saved: with “Evidence” you get it, to read and as spreadsheets.")
    return Message(
        summary=t("The lesson has ended; its evidence is ready."),
        blocks=(
            Heading(t("Well done"), 2),
            *mine,
            Text((get,)),
            Buttons((evidence_button(run),)),
        ),
    )


def _rehearsed(mine: Sequence[Block]) -> Message:
    """At the end of a rehearsal: what it was, and the ways on."""
    title = t("That was a rehearsal")
    made_up = t(
        "The people in it were made up, and so is all that they gave. Your real lesson goes at "
        "its own pace, in its own channel."
    )
    on = Buttons((plan_button(), rehearse_button()))
    return Message(title, (Heading(title, 2), Text((made_up,)), *mine, on), invites_replies=False)


def _state(scene: RunScene) -> str:
    run = scene.run
    if run.status == "running" and is_before(run, scene.cues):
        return t("Not started yet; what comes before the lesson is open.")
    if _waits_to_start(scene):
        return not_started()
    if was_cancelled(run, scene.cues):
        return t("Cancelled; nothing of it was posted.")
    return {
        "scheduled": t("Scheduled, not started yet."),
        "running": t("Running."),
        "paused": t("Paused until you resume.")
        if run.pace
        else t("Paused. Time stands still until you resume."),
        "ended": t("Ended."),
    }[run.status]


def _waits_to_start(scene: RunScene) -> bool:
    """Whether it is live and stands still of itself, before it has begun."""
    run = scene.run
    waits = run.status == "paused" and run.pace is None and run.pause_reason
    return bool(waits) and not has_begun(scene.cues)


def _words(scene: RunScene) -> str:
    """What can be said of it now, as words to say."""
    if scene.run.status == "ended":
        return "" if was_cancelled(scene.run, scene.cues) else "evidence"
    more = "+1 day" if scene.run.pace else "+5"
    return f"start, pause, resume, {more}, next, close, end, status, evidence"


def _fate(trouble: Trouble) -> str:
    said = {
        "late": t("its time had passed before it could be sent"),
        "failed": t("the platform refused it"),
        "dropped": t("nobody knows whether it arrived, and it was not worth repeating"),
        "uncertain": t("nobody knows whether it arrived"),
    }[trouble.state]
    return f"{said} ({trouble.problem})" if trouble.problem else said


def _now_and_next(scene: RunScene) -> list[Block]:
    blocks: list[Block] = []
    current = [o for o in scene.openings if o.is_open and o.activity != LOBBY]
    lines: list[Line] = []
    for opening in current:
        so_far = scene.turnouts.get(opening.id)
        turnout = (f" – {so_far}",) if so_far and so_far.of != 0 else ()
        lines.append((Strong(scene.named(opening.activity)), *turnout))
    if len(lines) == 1:
        blocks.append(Text((t("Now: "), *lines[0])))
    elif lines:
        blocks += [Text((t("Now:"),)), Listing(tuple(lines))]
    if scene.run.status == "running":
        closes = dict.fromkeys(o.closes_at for o in current if o.closes_at)
        blocks += [Deadline(at) for at in closes]
    ahead = [c for c in scene.cues if c.state == "waiting" and c.kind in ("open", "end")]
    if ahead and scene.run.status != "ended":
        coming = min(ahead, key=lambda cue: (cue.at, cue.seq))
        what = scene.named(coming.activity) if coming.activity else t("the end")
        around = coming.phase == AFTER or is_before(scene.run, scene.cues)
        style: WhenStyle = "date_time" if scene.run.pace or around else "time"
        when: Line = (t(" at "), When(coming.at, style))
        if coming.waits:
            when = (t(", when you are ready"),)
        elif scene.run.status == "paused":
            when = ()
        blocks.append(Text((t("Next: "), Strong(what), *when)))
    return blocks


def _buttons(scene: RunScene) -> tuple[Button, ...]:
    run = scene.run

    def button(label: str, command: Command, style: ButtonStyle = "plain") -> Button:
        callback = Callback("run", run.id, command.item, scene.delivery, run.revision)
        return Button(label, callback.encode(), style=style)

    label = t("End the rehearsal") if run.rehearsal else t("End the lesson")
    end = button(label if has_begun(scene.cues) else t("Cancel the lesson"), Command("end"))
    match run.status:
        case "scheduled":
            return (button(t("Start the lesson"), Command("start"), "primary"), end)
        case "running" | "paused" if is_before(run, scene.cues):
            on = button(t("Resume"), Command("resume"))
            return (
                button(t("Start the lesson"), Command("start"), "primary"),
                *((on,) if run.status == "paused" else ()),
                button(t("Status"), Command("status")),
                evidence_button(run),
                end,
            )
        case "running":
            return (
                button(t("Pause"), Command("pause")),
                button(t("+1 day"), Command("extend", days=1))
                if run.pace
                else button(t("+5 minutes"), Command("extend", 5)),
                button(t("Close now"), Command("close")),
                button(t("Next"), Command("next"), "primary"),
                button(t("Status"), Command("status")),
                evidence_button(run),
                end,
            )
        case "paused" if any(c.kind == "start" and c.state == "waiting" for c in scene.cues):
            # Live, whatever the bot waits for begins just as well by starting.
            on = button(t("Resume"), Command("resume"))
            goes_on = (on,) if run.pace or not run.pause_reason else ()
            return (button(t("Start the lesson"), Command("start"), "primary"), *goes_on, end)
        case "paused":
            return (
                button(t("Resume"), Command("resume"), "primary"),
                button(t("Status"), Command("status")),
                evidence_button(run),
                end,
            )
        case "ended":
            return () if was_cancelled(run, scene.cues) else (evidence_button(run),)
