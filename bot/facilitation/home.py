"""A person's own pages: their home with all their lessons, the way in, and what answers words that
ask for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.chat.callback import Callback
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    Deadline,
    Divider,
    Heading,
    Listing,
    Message,
    Note,
    Quote,
    Text,
)
from bot.chat.text import Line, Strong, UserText, When
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.scene import Scene
from bot.facilitation.beginning import plan_button, rehearse_button
from bot.facilitation.controls import Command
from bot.facilitation.mine import my_part_button
from bot.facilitation.my_part import still_to_do, what_i_gave
from bot.facilitation.notices import RunScene, panel
from bot.facilitation.seeing import name_of
from bot.facilitation.state import LOBBY, Participant, Run
from bot.words import t, tn

MOST = 5
"""How many lessons stand on a home page as leader, and how many as participant."""

MOST_GIVEN = 40
"""How many blocks of what somebody gave stand there; more are behind a button, as a page on some
platforms holds a hundred."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A run that somebody takes part in: it as a whole, and its openings' scenes in order."""

    seen: RunScene
    scenes: Sequence[Scene[Any]]
    who: Participant


def home(led: Sequence[RunScene], taken: Sequence[Taken], *, more: int, plans: bool) -> Message:
    """The lessons of one person, for their own eyes, each kind in the order given.

    ``more`` of them are not shown; ``plans`` says that they may schedule a lesson.
    """
    blocks: list[Block] = [Heading("Fivefold", 1), Text((_what(),))]
    # Whoever takes part looks for their own part first.
    blocks += _begin(plans) if led or not taken else ()
    for seen in led:
        blocks += [Divider(), *panel(seen).blocks]
    for n, one in enumerate(taken):
        blocks += [Divider(), *_taken(one, whole=n == 0)]
    if more:
        left = tn("{count} older lesson is not shown.", "{count} older ones are not shown.", more)
        blocks += [Divider(), Note((left,))]
    if not led and not taken:
        blocks.append(Note((unknown(),)))
    if taken and not led and (begin := _begin(plans)):
        blocks += [Divider(), *begin]
    return Message(t("Your lessons"), tuple(blocks), invites_replies=False)


def unknown() -> str:
    """To somebody of whom nothing is known, who may yet sit in a lesson: the way into it."""
    return t(
        "I do not know of a lesson of yours yet. If one is going on in a channel, press “My part” "
        "on any of its posts there: from then on you find it here, too."
    )


def led_page(seen: RunScene, *, plans: bool) -> Message:
    """The panel that somebody asked for, with what else they may do."""
    shown = panel(seen)
    return replace(shown, blocks=(*shown.blocks, *_begin(plans)))


def way_in(past: Run | None, *, plans: bool) -> Message:
    """For somebody who is in no lesson here now; perhaps they were in a ``past`` one."""
    buttons = (
        *((plan_button(), rehearse_button()) if plans else ()),
        *((my_part_button(past),) if past else ()),
    )
    none = t("No lesson of yours is going on here right now.") if past else unknown()
    blocks: tuple[Block, ...] = (Heading("Fivefold", 2), Text((_what(),)), Text((none,)))
    return Message(_what(), (*blocks, *((Buttons(buttons),) if buttons else ())))


def helped(*, leads: bool, plans: bool) -> Message:
    """What can be said to the bot."""
    said: list[Line] = [
        (Strong("my part"), " – ", t("what is still to do, and what you gave")),
        (Strong("home"), " – ", t("all your lessons")),
        (Strong("panel"), " – ", t("the lesson here, or your own")),
    ]
    if plans:
        said += [
            (Strong("schedule"), " – ", t("plan a lesson for a channel")),
            (Strong("rehearse"), " – ", t("play a lesson with made-up people, for you alone")),
        ]
    if leads:
        steers = t("steer the lesson that you lead")
        said += [
            (Strong("start, pause, resume, +5, +1 day, next, close, end, status"), " – ", steers),
            (Strong("evidence"), " – ", t("get all that was gathered in the lesson you lead")),
        ]
    title = t("What you can say to me")
    blocks = (Text((_what(),)), Heading(title, 2), Listing(tuple(said)))
    return Message(title, blocks, invites_replies=False)


def greeted(page: Message) -> Message:
    """A greeting back, above the ``page`` that has what there is to do."""
    hello = t("Hello! I am Fivefold, and I run lessons in channels. This is what there is for you:")
    blocks = (Text((hello,)), Divider(), *page.blocks)
    return Message(hello, blocks, invites_replies=False)


def thanked() -> Message:
    """An answer to thanks."""
    welcome = t("You’re welcome.")
    return Message(welcome, (Text((welcome,)),), invites_replies=False)


def nearly(word: str, *, leads: bool) -> Message:
    """The word that somebody seems to have meant, which they say themselves if they did. What
    anybody but a leader says may have been an answer."""
    meant = _meant(word)
    kept = t("If it was an answer: I do not keep what is said to me here.")
    blocks = (Text((meant,)), *(() if leads else (Note((kept,)),)))
    return Message(meant, blocks, invites_replies=False)


def _meant(word: str) -> str:
    return t("Did you mean “{word}”? Then say it like this.", word=word)


def which_lesson(words: str, command: Command, led: Sequence[RunScene]) -> Message:
    """The question which of the lessons ``led`` these words are for; each has a button that carries
    the command out."""
    title = t("Which lesson?")
    several = t("You lead more than one, and “{words}” may be meant for any of these:", words=words)
    blocks: list[Block] = [Heading(title, 2), Text((several,))]
    for seen in led[:MOST]:
        run = seen.run
        callback = Callback("run", run.id, command.item, revision=run.revision)
        name = run.lesson.plan.title
        blocks += [
            Divider(),
            Text((Strong(name), " – ", When(run.start, "date_time"))),
            *((Note((t("A rehearsal with made-up people."),)),) if run.rehearsal else ()),
            *(_now(seen) if run.status != "scheduled" else ()),
            Buttons((Button(name, callback.encode()),)),
        ]
    elsewhere = t("Or say it in the channel of the lesson that you mean.")
    blocks += [Divider(), Note((elsewhere,))]
    return Message(title, tuple(blocks), invites_replies=False)


def not_kept(words: str, part: Message | None, near: str = "") -> Message:
    """That what somebody said to the bot is nobody's answer; with their ``part``, if there is one,
    which has the ways to answer, and with the word that they may have meant."""
    title = t("I do not keep what is said to me here")
    how = (
        t("Nothing of it was saved as an answer. Here is your part, with the ways to answer:")
        if part
        else t("Nothing of it was saved as an answer. Say “help” to see what I understand.")
    )
    said = (Quote(UserText(words)),) if words.strip() else ()
    meant = (Text((_meant(near),)),) if near else ()
    blocks: tuple[Block, ...] = (Heading(title, 2), *said, *meant, Text((how,)))
    rest = (Divider(), *part.blocks) if part else ()
    return Message(title, (*blocks, *rest), invites_replies=False)


def _begin(plans: bool) -> tuple[Block, ...]:
    return (Buttons((plan_button(), rehearse_button())),) if plans else ()


def _what() -> str:
    return t("Fivefold runs a lesson in a channel: it posts, asks, and keeps what people say.")


def _taken(one: Taken, *, whole: bool) -> list[Block]:
    """Where a lesson is and, of the nearest one, their whole part, as far as it is no book."""
    run = one.seen.run
    title = Heading(run.lesson.plan.title, 2)
    opens = Buttons((my_part_button(run),))
    if not whole:
        return [title, *_now(one.seen), opens]
    given = what_i_gave(one.scenes, one.who)
    mine = given if len(given) <= MOST_GIVEN else (opens,)
    due = still_to_do(one.scenes, one.who)
    return [title, *_now(one.seen), *due, *mine, *_so_far(one)]


def _now(seen: RunScene) -> list[Block]:
    """Where the lesson is, as its learners may know it."""
    run = seen.run
    begun = any(cue.kind == "open" and cue.state == "done" for cue in seen.cues)
    if run.status == "ended":
        return [Text((t("This lesson has ended."),))]
    if run.status == "scheduled":
        return [Text((t("Begins: "), When(run.start, "date_time")))]
    if run.status == "paused":
        return [Text((t("The lesson is paused.") if begun else t("It has not begun yet."),))]
    blocks: list[Block] = []
    current = [o for o in seen.openings if o.is_open and o.activity != LOBBY]
    for opening in current:
        blocks.append(Text((t("Now: "), Strong(seen.named(opening.activity)))))
    closes = dict.fromkeys(o.closes_at for o in current if o.closes_at)
    blocks += [Deadline(at) for at in closes]
    ahead = [cue for cue in seen.cues if cue.state == "waiting" and cue.kind in ("open", "end")]
    if ahead:
        coming = min(ahead, key=lambda cue: (cue.at, cue.seq))
        what = seen.named(coming.activity) if coming.activity else t("the end")
        when: Line = () if coming.waits else (t(" at "), When(coming.at, "date_time"))
        blocks.append(Text((t("Next: "), Strong(what), *when)))
    return blocks


def _so_far(one: Taken) -> list[Block]:
    """What has been, for whoever was away, with the ways to what is closed and may be answered."""
    asked = [scene for scene in one.scenes if scene.activity.id != LOBBY]
    if not asked:
        return []
    lines: list[Line] = []
    late: list[Button] = []
    for scene in asked:
        name = name_of(scene.run, scene.activity.id)
        open_to_them = _can_answer(scene, one.who)
        lines.append((name, *((t(" – you can still answer"),) if open_to_them else ())))
        if open_to_them and not KINDS[scene.activity.kind].is_due(scene, one.who):
            late += [replace(button, label=name) for button in _ways_in(scene)]
    rows: list[Block] = [Heading(t("So far"), 2), Listing(tuple(lines))]
    return [*rows, Buttons(tuple(late))] if late else rows


def _can_answer(scene: Scene[Any], who: Participant) -> bool:
    kind = KINDS[scene.activity.kind]
    asks = bool(kind.questions(scene.spec)) and who.role == "learner"
    takes = scene.opening.is_open or kind.late_answers
    return asks and takes and scene.run.status != "ended" and not kind.given_by(scene, who)


def _ways_in(scene: Scene[Any]) -> list[Button]:
    blocks = KINDS[scene.activity.kind].ways_in(scene)
    return [button for b in blocks if isinstance(b, Buttons) for button in b.buttons]
