"""What a reviewer sees: the list of works that are theirs, and each review, step by step."""

from __future__ import annotations

from bot.chat.answer import Answer, Refused, Show
from bot.chat.callback import Callback
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    ButtonStyle,
    ChoiceField,
    Divider,
    Form,
    FormText,
    Heading,
    Message,
    Note,
    Option,
    Part,
    Text,
    TextField,
)
from bot.chat.text import Inline, Line
from bot.facilitation.activities import peers
from bot.facilitation.activities.peers import Desk
from bot.facilitation.activities.ring import slot
from bot.facilitation.activities.works import work_blocks
from bot.facilitation.rubric import LEVELS, level_title
from bot.facilitation.state import Participant
from bot.words import t, tn


def listed(desk: Desk, who: Participant) -> Message:
    """What is somebody's to review, how far each is, and the way into it."""
    title = t("Your reviews")
    blocks: list[Block] = [Heading(title, 2)]
    undone, dealt = desk.undone(who.id), desk.dealt_to(who.id)
    if not desk.authored_by(who.id) and not dealt:
        text = t(
            "Those who handed in review each other’s work. Hand in yours – late counts, too – and "
            "you get some to review."
        )
        return Message(title, (*blocks, Text((text,))), invites_replies=False)
    if desk.scene.spec.self and desk.authored_by(who.id):
        blocks += _entry(desk, who, peers.SELF, t("Your own work"))
        if peers.SELF in undone:
            blocks.append(Note((t("Judge your own work first; then you get others’."),)))
            return Message(title, tuple(blocks), invites_replies=False)
    if dealt:
        count = tn("You have {count} work to review.", "You have {count} works to review.",
                   len(dealt))  # fmt: skip
        blocks.append(Text((count,)))
    for number, each in enumerate(dealt, start=1):
        by: Inline = desk.name(each.what) if desk.scene.spec.open else ""
        blocks += _entry(desk, who, slot(each.n), t("Work {number}", number=number), by)
    blocks += _rest(desk, bool(undone), bool(dealt))
    return Message(title, tuple(blocks), invites_replies=False)


def _rest(desk: Desk, busy: bool, dealt: bool) -> tuple[Block, ...]:
    if busy:
        return (Note((t("Each step is saved as you send it; you can go on later."),)),)
    said = t("You have done them all. Thank you!") if dealt else t("There is none for you yet.")
    more = Button(t("Review one more"), desk.scene.callback(peers.MORE))
    return (Text((said,)), *((Buttons((more,)),) if desk.scene.opening.is_open else ()))


def _entry(desk: Desk, who: Participant, name: str, label: str, by: Inline = "") -> list[Block]:
    count, of = len(desk.review(who.id, name).said), len(desk.scene.spec.rubric)
    state = (
        t("Not begun")
        if not count
        else t("Done")
        if count == of
        else t("{done} of {count} steps", done=count, count=of)
    )
    verb = t("Review") if not count else t("Change my review") if count == of else t("Go on")
    style: ButtonStyle = "plain" if count == of else "primary"
    go = Button(verb, desk.scene.callback(peers.REVIEW, name), does="open", style=style)
    wrong = Button(
        t("Something is wrong with it"), desk.scene.callback(peers.PROBLEM, name), does="open"
    )
    buttons = (go,) if name == peers.SELF or count == of else (go, wrong)
    line: Line = (f"{label} · ", by, f" · {state}") if by else (f"{label} · {state}",)
    return [Text(line), Buttons(buttons)]


def step(desk: Desk, who: Participant, callback: Callback) -> Answer:
    """One criterion of a review, with the work; the first that is not answered yet, or the one
    that is asked for."""
    name, at = peers.split_slot(callback.item)
    owner = desk.subject(who.id, name)
    leads = name.startswith("f_")
    mine = {slot(each.n) for each in desk.dealt_to(who.id)}
    if desk.scene.spec.self and desk.authored_by(who.id):
        mine.add(peers.SELF)
    if (leads and who.role != "facilitator") or (not leads and name not in mine):
        return Refused(t("This work is not yours to review. Press “Give feedback” to see yours."))
    if name.startswith("r") and peers.SELF in desk.undone(who.id):
        return Refused(t("Judge your own work first; then you get others’."))
    rubric, said = desk.scene.spec.rubric, desk.review(who.id, name).said
    open_steps = [n for n, each in enumerate(rubric, start=1) if each.id not in said]
    at = at or next(iter(open_steps), 1)
    if leads and at == len(rubric) + 1:
        return Show(_counts(desk, who, name))
    if not 1 <= at <= len(rubric):
        return Refused(t("There is nothing to open here any more."))
    criterion = rubric[at - 1]
    given = said.get(criterion.id)
    options = tuple(
        Option(str(level), f"{level} · {level_title(level)}", criterion.levels.get(level, ""))
        for level in LEVELS
    )
    asked: tuple[Part, ...] = (
        Heading(criterion.title, 2),
        ChoiceField("level", t("Which fits best?"), options, value=given.options if given else ()),
        TextField(
            "comment",
            t("Why? What would help the author?"),
            value=given.text if given else None,
        ),
    )
    work = (Heading(t("The work"), 2), *_work(desk, owner))
    parts = (*work, Divider(), *asked) if at == 1 else (*asked, Divider(), *work)
    note = Note((_who_sees(desk, name),))
    send = t("Save") if at == len(rubric) + leads else t("Save and go on")
    openly = desk.scene.spec.open and name.startswith("r")
    verb = peers.ASSESS if leads else peers.JUDGE_ALONE if openly else peers.JUDGE
    item = desk.scene.callback(verb, f"{name}-{at}")
    return Show(Form(_title(name, at, len(rubric) + leads), item, (*parts, note), send))


def problem(desk: Desk, who: Participant, callback: Callback) -> Answer:
    """The form with which a reviewer says that a work cannot be reviewed."""
    if callback.item not in {slot(each.n) for each in desk.dealt_to(who.id)}:
        return Refused(t("This work is not yours to review any more."))
    parts = (
        TextField("words", t("What is wrong with it?"), hint=t("Empty, unreadable, off the task…")),
        Note(
            (t("Only your facilitator reads this. You get another work, if there is one for you."),)
        ),
    )
    return Show(Form(t("Something is wrong with it"), callback.encode(), parts, t("Send")))


def _counts(desk: Desk, who: Participant, name: str) -> Form:
    given = desk.given(who.id).get(f"{name}.{peers.COUNTED}")
    options = (
        Option("beside", t("Beside the peers’ reviews")),
        Option(peers.INSTEAD, t("In their place: the author sees only mine")),
    )
    field = ChoiceField(
        peers.COUNTS,
        t("How does your review count?"),
        options,
        value=given.options if given else ("beside",),
    )
    item = f"{name}-{len(desk.scene.spec.rubric) + 1}"
    return Form(t("My own review"), desk.scene.callback(peers.ASSESS, item), (field,), t("Save"))


def _title(name: str, step: int, count: int) -> str:
    """What is being done and where in it one is, for whoever hears it read."""
    whose = _whose(name)
    return t("{review}, step {step} of {count}", review=whose, step=step, count=count)


def _whose(name: str) -> str:
    if name == peers.SELF:
        return t("Your own work")
    if name.startswith("f_"):
        return t("My own review")
    return t("Your review")


def _work(desk: Desk, owner: str) -> tuple[FormText, ...]:
    shown = work_blocks(desk.work, owner)
    return shown or (Text((t("It was taken back."),)),)


def _who_sees(desk: Desk, name: str) -> str:
    if name == peers.SELF:
        return t("Only you and your facilitator see how you judge your own work.")
    if name.startswith("f_"):
        return t("The author sees that this is yours.")
    if desk.scene.spec.open:
        return t("Everyone here can read your reviews, with your name.")
    return t("The author reads your review without your name. Your facilitator sees who wrote it.")
