"""``reflection``: questions to think about and answer in writing.

Visible to the facilitator only, it is answered by form, never in a thread.
Visible to everyone, it is answered in the thread, as a discussion is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.chat.answer import Answer, Correct, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import FormSubmitted, Replied, ReplyEdited
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    Form,
    Listing,
    Message,
    Note,
    Text,
    TextField,
)
from bot.chat.plain import plain_line
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
from bot.facilitation.changes import NOTHING
from bot.facilitation.state import Given, Participant
from bot.lessons.plan import Plan
from bot.lessons.prose import prose_line
from bot.words import t

ANSWER = "answer"


class ReflectionQuestion(BaseModel):
    """``id`` is stable within the activity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,60}$",
        description="Keeps its answers when the text is worded anew: letters, digits, - and _.",
    )
    text: str = Field(min_length=1, description="What is asked.")


class ReflectionSpec(Spec):
    """Who may read the answers is ``visible``."""

    questions: tuple[ReflectionQuestion, ...] = Field(
        min_length=1,
        max_length=20,
        description="What people think about and answer in writing: one question, or up to 20, "
        "each a text or an id and a text; “plan” stands for the plan's own questions for learners.",
    )
    visible: Literal["facilitator", "everyone"] = Field(
        "facilitator", description="Who may read the answers."
    )

    @field_validator(
        "questions",
        mode="before",
        json_schema_input_type=str
        | Annotated[list[str | ReflectionQuestion], Field(min_length=1, max_length=20)],
    )
    @classmethod
    def _numbered(cls, questions: Any) -> Any:
        """One question may stand alone, and one that is only a text gets a number for an id."""
        if isinstance(questions, str):
            questions = (questions,)
        if not isinstance(questions, list | tuple):
            return questions
        return tuple(
            {"id": f"q{n}", "text": question} if isinstance(question, str) else question
            for n, question in enumerate(questions, start=1)
        )

    @field_validator("questions")
    @classmethod
    def _told_apart(
        cls, questions: tuple[ReflectionQuestion, ...]
    ) -> tuple[ReflectionQuestion, ...]:
        if len({question.id for question in questions}) < len(questions):
            raise ValueError("two questions have the same id")
        return questions


class Reflection(Kind[ReflectionSpec]):
    """One item a question; a newer answer stands in place of the older one."""

    name = "reflection"
    model = ReflectionSpec
    main = "questions"

    def from_plan(self, plan: Plan) -> Sequence[str] | None:
        """The plan's own questions for learners."""
        return plan.reflection_learners

    def questions(self, spec: ReflectionSpec) -> tuple[Question, ...]:
        """The questions as the author wrote them."""
        return tuple(Question(q.id, q.text, "reflections") for q in spec.questions)

    def _title(self) -> str:
        return t("Look back")

    def talks(self, spec: ReflectionSpec) -> bool:
        """In the thread, where everyone may read it."""
        return spec.visible == "everyone"

    def overheard(self, spec: ReflectionSpec) -> str:
        """That everyone can read it, where it was to be private."""
        if spec.visible == "everyone":
            return ""
        return t(
            "Kept, but everyone here can read a reply in this thread. "
            "To answer for your facilitator only, delete it and use the button."
        )

    def say(self, scene: Scene[ReflectionSpec]) -> Message:
        """The questions, and a button to the form or the thread to answer in."""
        spec = scene.spec
        title = self.title(scene.spec)
        return Message(
            summary=f"{phase_title(scene.activity.phase)}: {title}",
            blocks=(
                *opening_blocks(scene, title),
                Text((t("Take a quiet moment for this:"),)),
                Listing(
                    tuple(prose_line(q.text) for q in spec.questions),
                    ordered=len(spec.questions) > 1,
                ),
                *self._how(scene),
                turnout(scene, self.answered(scene)),
                *closing_blocks(scene, self.who_sees(spec), self.handouts(scene), helps=True),
            ),
            invites_replies=self.talks(spec),
        )

    def hear(self, asked: Asked[ReflectionSpec]) -> Verdict:
        """The form; in the thread, a reply, with a private word if it was to be private."""
        verdict = self._heard(asked)
        if asked.spec.visible != "everyone":
            return verdict
        return put_in_thread(asked, verdict, self.questions(asked.spec))

    def _heard(self, asked: Asked[ReflectionSpec]) -> Verdict:
        match asked.event:
            case FormSubmitted() as event if asked.callback and asked.callback.verb == ANSWER:
                return self._answers(asked, event)
            case Replied() | ReplyEdited():
                return self.keep_reply(asked, self.overheard(asked.spec))
            case _:
                return super().hear(asked)

    def tell(self, scene: Scene[ReflectionSpec], purpose: str, about: str) -> Message:
        """The answers in the thread, where everyone may read them, or a private message."""
        if purpose == IN_THREAD and scene.spec.visible == "everyone":
            return in_thread(scene, self.title(scene.spec), self.questions(scene.spec))
        return super().tell(scene, purpose, about)

    def view(self, scene: Scene[ReflectionSpec], who: Participant, callback: Callback) -> Answer:
        """The form, with what this person wrote already, or what everyone wrote for everyone."""
        if callback.verb == READ and scene.spec.visible == "everyone":
            return Show(answers(scene, self.title(scene.spec), self.questions(scene.spec)))
        if callback.verb != ANSWER:
            return super().view(scene, who, callback)
        mine = {r.item: r.given for r in scene.responses if r.owner == who.id}
        return Show(self._form(callback.encode(), scene.spec, mine))

    def _answers(self, asked: Asked[ReflectionSpec], event: FormSubmitted) -> Verdict:
        questions = asked.spec.questions
        said = {q.id: said_in(event, q.id) for q in questions}
        before = {q.id: asked.standing(q.id) for q in questions}
        after = {
            item: Given(text=UserText(text)) if text.strip() else None
            for item, text in said.items()
            if text is not None
        }
        if not after or not any((*after.values(), *before.values())):
            first = questions[0].id
            return Verdict(Correct({first: t("Write an answer to at least one question.")}))
        changed = [asked.response(i, given) for i, given in after.items() if given != before[i]]
        note = t("Saved. You can change it until the lesson ends.")
        saved = Saved(note, again=any(before.values()))
        return Verdict(saved, asked.record(*changed) if changed else NOTHING)

    def _how(self, scene: Scene[ReflectionSpec]) -> tuple[Block, ...]:
        public = scene.spec.visible == "everyone"
        if public and scene.capabilities.hears_replies:
            return (Text((t("Reply in the thread of this post."),)),)
        callback = scene.callback(ANSWER)
        form = self._form(callback, scene.spec, {})
        label = t("Write my reflection")
        button = Button(label, callback, does="open", style="primary", form=form)
        if public:
            return write_and_read(scene, button, self.questions(scene.spec))
        return (Buttons((button,)),)

    def _form(self, callback: str, spec: ReflectionSpec, mine: dict[str, Given | None]) -> Form:
        fields = tuple(
            TextField(
                q.id,
                plain_line(prose_line(q.text)),
                value=given.text if given else None,
                required=False,
            )
            for q in spec.questions
            for given in (mine.get(q.id),)
        )
        return Form(
            title=t("My reflection"),
            callback=callback,
            parts=(*fields, Note((self.who_sees(spec),))),
            submit=t("Save"),
        )

    def who_sees(self, spec: ReflectionSpec) -> str:
        """Said at the post and in the form."""
        if spec.visible == "everyone":
            return t("Everyone here can read what you write.")
        return t("Only your facilitator can read what you write.")
