"""``discussion``: a question that people answer in its thread, where everyone can read it.

Where a platform does not tell the bot of replies, a form takes the answer instead, and the bot puts
it in the thread.
"""

from __future__ import annotations

from pydantic import Field

from bot.chat.answer import Answer, Correct, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import FormSubmitted
from bot.chat.message import Block, Button, Form, Message, Note, Text, TextField
from bot.chat.text import UserText
from bot.facilitation.activities.kind import (
    Kind,
    closing_blocks,
    opening_blocks,
    said_in,
    turnout,
)
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.activities.scene import Asked, Question, Scene, Spec, Verdict
from bot.facilitation.activities.written import (
    IN_THREAD,
    READ,
    answers,
    in_thread,
    put_in_thread,
    write_and_read,
)
from bot.facilitation.handouts import split_title
from bot.facilitation.state import Given, Participant
from bot.lessons.prose import prose
from bot.words import t


class DiscussionSpec(Spec):
    """``question`` is Markdown."""

    question: str = Field(
        min_length=1,
        description="What people talk about in the thread of the post: Markdown, or the name of a "
        "Markdown file beside the script.",
    )


class Discussion(Kind[DiscussionSpec]):
    """Every reply is an answer of its own; the form's answer is one that can be changed."""

    name = "discussion"
    model = DiscussionSpec
    main = "question"

    def questions(self, spec: DiscussionSpec) -> tuple[Question, ...]:
        """The question, answered by form; replies are listed by themselves."""
        return (Question("answer", spec.question, "discussion"),)

    def _title(self) -> str:
        return t("Let’s talk")

    def talks(self, spec: DiscussionSpec) -> bool:
        """In the thread."""
        return True

    def title(self, spec: DiscussionSpec) -> str:
        """The author's, or the one that the question begins with."""
        return spec.title or split_title(spec.question)[0] or self._title()

    def who_sees(self, spec: DiscussionSpec) -> str:
        """Everyone."""
        return t("Everyone here can read what you write.")

    def say(self, scene: Scene[DiscussionSpec]) -> Message:
        """The question, where to answer it, and how many have."""
        button = Button(
            t("Write your answer"),
            scene.callback("answer"),
            does="open",
            style="primary",
            form=self._form(scene.callback("answer"), scene.spec, None),
        )
        how: tuple[Block, ...] = (
            (Text((t("Reply in the thread of this post."),)),)
            if scene.capabilities.hears_replies
            else write_and_read(scene, button, self.questions(scene.spec))
        )
        title = self.title(scene.spec)
        return Message(
            summary=f"{phase_title(scene.activity.phase)}: {title}",
            blocks=(
                *opening_blocks(scene, title),
                *prose(split_title(scene.spec.question)[1]),
                *how,
                turnout(scene, self.answered(scene)),
                *closing_blocks(scene, self.who_sees(scene.spec), self.handouts(scene), helps=True),
            ),
        )

    def hear(self, asked: Asked[DiscussionSpec]) -> Verdict:
        """A reply, or the form."""
        return put_in_thread(asked, self._heard(asked), self.questions(asked.spec))

    def _heard(self, asked: Asked[DiscussionSpec]) -> Verdict:
        match asked.event:
            case FormSubmitted() as event if asked.callback and asked.callback.verb == "answer":
                text, before = said_in(event, "answer"), asked.standing("answer")
                if text is not None and not text.strip() and before:
                    taken = asked.response("answer", None)
                    return Verdict(Saved(t("Taken back.")), asked.record(taken))
                if text is None or not text.strip():
                    return Verdict(Correct({"answer": t("Write something, then send it.")}))
                kept = asked.response("answer", Given(text=UserText(text)))
                saved = Saved(t("Saved. You can change it."), again=before is not None)
                return Verdict(saved, asked.record(kept))
            case _:
                return super().hear(asked)

    def tell(self, scene: Scene[DiscussionSpec], purpose: str, about: str) -> Message:
        """The answers in the thread, or a private message."""
        if purpose == IN_THREAD:
            return in_thread(scene, self.title(scene.spec), self.questions(scene.spec))
        return super().tell(scene, purpose, about)

    def view(self, scene: Scene[DiscussionSpec], who: Participant, callback: Callback) -> Answer:
        """The form, with what this person wrote already, or what everyone wrote."""
        if callback.verb == READ:
            return Show(answers(scene, self.title(scene.spec), self.questions(scene.spec)))
        if callback.verb != "answer":
            return super().view(scene, who, callback)
        mine = dict(scene.given("answer")).get(who.id)
        return Show(self._form(callback.encode(), scene.spec, mine))

    def _form(self, callback: str, spec: DiscussionSpec, mine: Given | None) -> Form:
        """What stands can be taken back by emptying it."""
        words = mine.text if mine else None
        return Form(
            title=t("Your answer"),
            callback=callback,
            parts=(
                *prose(spec.question),
                TextField("answer", t("Your answer"), value=words, required=mine is None),
                Note((self.who_sees(spec),)),
            ),
        )
