"""What is said in private beside an activity: a question to the facilitator, or that somebody is
stuck, and what the facilitator answers.

Every activity that asks for writing offers it. Nobody but the two ever sees it.
"""

from __future__ import annotations

from hashlib import blake2s
from typing import Any

from bot.chat.answer import Answer, Correct, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import FormSubmitted, Picked
from bot.chat.message import Block, Button, Buttons, Form, Heading, Message, Note, Quote, TextField
from bot.chat.message import Text as Paragraph
from bot.chat.text import UserText
from bot.facilitation.activities.scene import ASIDE, Asked, Question, Scene, Verdict
from bot.facilitation.changes import Changes
from bot.facilitation.mine import my_part_button
from bot.facilitation.owing import tell
from bot.facilitation.state import Given, Participant
from bot.words import t

ASK, STUCK, RESPOND = "ask", "stuck", "respond"
"""The verbs: to ask, to say that one is stuck, and, for facilitators, to answer."""

QUESTION, RESPONSE = "question", "response"
"""The purposes of the private messages that come of them."""

ALONE = frozenset({RESPOND})
"""What needs to know who asked."""

_WORDS = "words"


def aside_buttons(scene: Scene[Any]) -> tuple[Button, ...]:
    """The ways to help, and to what one has to do and has given oneself."""
    ask = scene.callback(ASK)
    # A post that several share has the last one once, at its end.
    mine = () if scene.shared else (my_part_button(scene.run),)
    return (
        Button(t("Ask privately"), ask, does="open", form=_ask_form(ask)),
        Button(t("I’m stuck"), scene.callback(STUCK)),
        *mine,
    )


def aside_question(item: str) -> Question | None:
    """What an item stands for in the evidence, if it is an aside."""
    if not item.startswith(ASIDE):
        return None
    kind = item.removeprefix(ASIDE).partition("-")[0]
    text = {
        ASK: t("Asked in private"),
        STUCK: t("Said to be stuck"),
        RESPOND: t("The facilitator’s private answer"),
    }[kind]
    return Question(item, text, "questions")


def hear_aside(asked: Asked[Any]) -> Verdict | None:
    """What comes of an aside; None for anything else."""
    match asked.event, asked.callback:
        case FormSubmitted() as event, Callback(verb="ask"):
            words = "".join(event.fields.get(_WORDS, ()))
            if not words.strip():
                return Verdict(Correct({_WORDS: t("Write your question, then send it.")}))
            item = f"{ASIDE}{ASK}-{_tag(event.id)}"
            note = t("Only your facilitator has been asked. The answer comes to you in private.")
            return Verdict(Saved(note), _told(asked, item, Given(text=UserText(words))))
        case Picked(), Callback(verb="stuck"):
            item = f"{ASIDE}{STUCK}"
            note = t("Your facilitator knows that you are stuck here, and nobody else does.")
            if asked.standing(item):
                return Verdict(Saved(note, again=True))
            return Verdict(Saved(note), _told(asked, item, Given(options=(STUCK,))))
        case FormSubmitted() as event, Callback(verb="respond"):
            return _respond(asked, event, asked.callback.item if asked.callback else "")
        case _:
            return None


def view_aside(scene: Scene[Any], who: Participant, callback: Callback) -> Answer | None:
    """The form to ask or to answer with; None for anything else."""
    if callback.verb == ASK:
        return Show(_ask_form(callback.encode()))
    if callback.verb == RESPOND:
        asker = _asker(scene, callback.item)
        if who.role != "facilitator" or asker is None:
            return Refused(t("Only the facilitators of this lesson can do that."))
        note = Note((t("Only "), asker.name, t(" reads this.")))
        words = TextField(_WORDS, t("Your answer"))
        said = _said(scene, callback.item)
        return Show(Form(t("Answer in private"), callback.encode(), (*said, words, note)))
    return None


def tell_aside(scene: Scene[Any], purpose: str, about: str, title: str) -> Message | None:
    """The private message of this purpose; None for one that is no aside."""
    if purpose == QUESTION:
        asker = _asker(scene, about)
        name = asker.name if asker else UserText("")
        stuck = about.endswith(f"_{STUCK}")
        summary = t("Somebody is stuck") if stuck else t("A private question")
        button = Button(
            t("Answer in private"), scene.callback(RESPOND, about), does="open", style="primary"
        )
        blocks: tuple[Block, ...] = (
            Heading(summary, 2),
            Paragraph((name, " · ", title)),
            *_said(scene, about),
            Buttons((button,)),
            Note((t("Only you and your co-facilitators see this."),)),
        )
        return Message(summary, blocks, invites_replies=False)
    if purpose == RESPONSE:
        owner, _, item = about.partition("_")
        given = scene.by_owner(owner).get(f"{ASIDE}{RESPOND}-{item}")
        summary = t("Your facilitator has answered you")
        again = Button(t("Ask again"), scene.callback(ASK), does="open")
        answer = (Quote(given.text, scene.name_of(owner)),) if given and given.text else ()
        asked_of = item.rpartition("_")[0]
        return Message(
            summary,
            (
                Heading(summary, 2),
                Paragraph((title,)),
                *_said(scene, asked_of),
                *answer,
                Buttons((again,)),
                Note((t("Only you and your facilitators see this."),)),
            ),
            invites_replies=False,
        )
    return None


def _told(asked: Asked[Any], item: str, given: Given) -> Changes:
    """Kept, and every facilitator told; the post shows nothing of it."""
    about = f"{asked.who.id}_{item.removeprefix(ASIDE).removeprefix(f'{ASK}-')}"
    owed = tuple(
        tell(asked.run, asked.opening, QUESTION, person, asked.event.at, about)
        for person in asked.run.facilitators
    )
    return Changes(responses=(asked.response(item, given),), owed=owed)


def _respond(asked: Asked[Any], event: FormSubmitted, about: str) -> Verdict:
    asker = _asker(asked.scene, about) if asked.scene else None
    if asked.who.role != "facilitator" or asker is None:
        return Verdict(Refused(t("Only the facilitators of this lesson can do that.")))
    words = "".join(event.fields.get(_WORDS, ()))
    if not words.strip():
        return Verdict(Correct({_WORDS: t("Write your answer, then send it.")}))
    answer = f"{about}_{_tag(event.id)}"
    given = asked.response(f"{ASIDE}{RESPOND}-{answer}", Given(text=UserText(words)))
    about = f"{asked.who.id}_{answer}"
    owed = tell(asked.run, asked.opening, RESPONSE, asker.person, event.at, about)
    return Verdict(Saved(t("Sent in private.")), Changes(responses=(given,), owed=(owed,)))


def _asker(scene: Scene[Any] | None, about: str) -> Participant | None:
    people = scene.participants if scene else ()
    return next((p for p in people if p.id == about.partition("_")[0]), None)


def _said(scene: Scene[Any], about: str) -> tuple[Quote, ...]:
    owner, _, item = about.partition("_")
    given = scene.by_owner(owner).get(f"{ASIDE}{ASK}-{item}")
    return (Quote(given.text, scene.name_of(owner)),) if given and given.text else ()


def _ask_form(callback: str) -> Form:
    return Form(
        title=t("Ask privately"),
        callback=callback,
        parts=(
            TextField(_WORDS, t("What do you want to ask?")),
            Note((t("Only your facilitators read it and answer it."),)),
        ),
        submit=t("Ask"),
    )


def _tag(event: str) -> str:
    """A short name for what an event brought, the same for the same event."""
    return blake2s(event.encode(), digest_size=6).hexdigest()
