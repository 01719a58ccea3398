"""``poll``: a question with options, one or several to choose, with "other" in own words if asked.

A vote can be changed until the poll closes. The group sees totals only; other words are shown to
the group without a name. The facilitator's evidence has names: this poll is not anonymous.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.chat.answer import Answer, Correct, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import FormSubmitted, Picked, Replied
from bot.chat.message import (
    Bar,
    Block,
    Button,
    Buttons,
    Choices,
    Form,
    FormText,
    Listing,
    Live,
    Message,
    Note,
    Option,
    Tally,
    Text,
    TextField,
)
from bot.chat.text import UserText
from bot.facilitation.activities.kind import (
    Kind,
    closing_blocks,
    opening_blocks,
    said_in,
    turnout,
)
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.activities.scene import Asked, Question, Scene, Spec, Verdict, is_reply
from bot.facilitation.activities.written import left_out, newest, read_button, written
from bot.facilitation.planning import is_asynchronous
from bot.facilitation.state import Given, Participant, Response
from bot.lessons.prose import prose
from bot.words import t

VOTE = "vote"
OTHER = "other"


class PollOption(BaseModel):
    """``id`` is stable: renaming the label does not move votes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,60}$",
        description="Keeps its votes when the label is worded anew: letters, digits, - and _.",
    )
    label: str = Field(min_length=1, description="What people choose.")


class PollSpec(Spec):
    """``results`` are shown to the group live, to each after their own vote, or at closing.

    With ``other`` one may answer in own words; ``other`` is then no option's id.
    """

    question: str = Field(
        min_length=1,
        description="What people vote on: Markdown, or the name of a Markdown file beside the "
        "script.",
    )
    options: tuple[PollOption, ...] = Field(
        min_length=2,
        max_length=20,
        description="What there is to choose, 2 to 20: each a text, or an id and a label.",
    )
    multiple: bool = Field(False, description="Whether one may choose several.")
    other: bool = Field(False, description="Whether one may answer in own words as well.")
    results: Literal["live", "after", "close"] = Field(
        "after",
        description="When the totals are shown: to everyone as votes come in (live), to each "
        "after their own vote (after), or when the poll closes (close).",
    )

    @field_validator(
        "options",
        mode="before",
        json_schema_input_type=Annotated[
            list[str | PollOption], Field(min_length=2, max_length=20)
        ],
    )
    @classmethod
    def _lettered(cls, options: Any) -> Any:
        """An option that is only a text gets a letter for an id."""
        if not isinstance(options, list | tuple):
            return options
        return tuple(
            {"id": ascii_lowercase[n % 26], "label": option} if isinstance(option, str) else option
            for n, option in enumerate(options)
        )

    @field_validator("options")
    @classmethod
    def _told_apart(cls, options: tuple[PollOption, ...]) -> tuple[PollOption, ...]:
        ids = [option.id for option in options]
        if len(set(ids)) < len(ids) or len({option.label for option in options}) < len(ids):
            raise ValueError("two options are the same")
        if OTHER in ids:
            raise ValueError(f"“{OTHER}” is the id of what people say in their own words")
        return options


class Poll(Kind[PollSpec]):
    """One vote a person, kept as the item ``vote``."""

    name = "poll"
    model = PollSpec
    main = "question"
    late_answers = False

    def questions(self, spec: PollSpec) -> tuple[Question, ...]:
        """The question and its options."""
        options = [(option.id, option.label) for option in spec.options]
        other = [(OTHER, t("Something else"))] if spec.other else []
        return (Question(VOTE, spec.question, "polls", (*options, *other)),)

    def answered(self, scene: Scene[PollSpec]) -> int:
        """How many have voted; what is said in the thread is no vote."""
        return len(scene.given(VOTE))

    def _title(self) -> str:
        return t("Quick poll")

    def say(self, scene: Scene[PollSpec]) -> Message:
        """The options while it is open; the tally when it may be seen by everyone."""
        spec = scene.spec
        title = self.title(scene.spec)
        shown = spec.results == "live" or not scene.opening.is_open
        body: tuple[Block, ...] = (
            *(self._choices(scene) if scene.opening.is_open else ()),
            *(self._results(scene) if shown else (turnout(scene, self.answered(scene)),)),
        )
        return Message(
            summary=f"{phase_title(scene.activity.phase)}: {title}",
            blocks=(
                *opening_blocks(scene, title),
                *prose(spec.question),
                *body,
                *closing_blocks(scene, self.who_sees(spec), self.handouts(scene)),
            ),
            invites_replies=False,
        )

    def hear(self, asked: Asked[PollSpec]) -> Verdict:
        """A vote, by button or, in own words, by form."""
        match asked.event:
            case Picked() as event if asked.callback and asked.callback.verb == VOTE:
                return self._vote(asked, tuple(dict.fromkeys(event.options)))
            case FormSubmitted() as event if asked.callback and asked.callback.verb == OTHER:
                return self._other(asked, said_in(event, OTHER))
            case Replied():
                return self.keep_reply(asked, self._no_vote(asked))
            case _:
                return super().hear(asked)

    def view(self, scene: Scene[PollSpec], who: Participant, callback: Callback) -> Answer:
        """The form for own words, or the results for somebody who may see them."""
        spec = scene.spec
        mine = dict(scene.given(VOTE)).get(who.id)
        if callback.verb == OTHER and spec.other:
            return Show(self._form(callback.encode(), spec, mine))
        if callback.verb == "results" and (spec.results != "close" or not scene.opening.is_open):
            if mine is None and spec.results == "after" and scene.opening.is_open:
                return Refused(t("Vote first, then you see how the others voted."))
            return Show(self._so_far(scene, mine))
        return super().view(scene, who, callback)

    def _vote(self, asked: Asked[PollSpec], options: tuple[str, ...]) -> Verdict:
        spec = asked.spec
        known = {option.id for option in spec.options}
        if not options:
            return Verdict(Refused(t("Choose at least one option, then send.")))
        if not known.issuperset(options) or (len(options) > 1 and not spec.multiple):
            return Verdict(Refused(t("That option is not in this poll. Please vote again.")))
        before = asked.standing(VOTE)
        words = before.text if before and spec.multiple else None
        given = Given((*options, *((OTHER,) if words else ())), words)
        return self._kept(asked, given)

    def _no_vote(self, asked: Asked[PollSpec]) -> str:
        """What whoever comments before voting is told, once; "" where there is no need."""
        # Below a post that other activities share, they may be speaking of any of them.
        shared = is_asynchronous(asked.run, asked.activity.phase)
        told = asked.standing(VOTE) or any(is_reply(response.item) for response in asked.mine)
        if shared or told or not asked.opening.is_open or asked.who.role == "facilitator":
            return ""
        return t("Kept as a comment. To vote, choose in the post itself.")

    def _other(self, asked: Asked[PollSpec], text: str | None) -> Verdict:
        if not asked.spec.other:
            return Verdict(Refused(t("This poll takes its own options only.")))
        before = asked.standing(VOTE) if asked.spec.multiple else None
        options = tuple(o for o in before.options if o != OTHER) if before else ()
        if text and text.strip():
            return self._kept(asked, Given((*options, OTHER), UserText(text)))
        if options and text is not None:
            return self._kept(asked, Given(options))
        return Verdict(Correct({OTHER: t("Write something, then send it.")}))

    def _kept(self, asked: Asked[PollSpec], given: Given) -> Verdict:
        changes = asked.record(asked.response(VOTE, given))
        note = t("Your vote is saved. You can change it until the poll closes.")
        saved = Saved(note, again=asked.standing(VOTE) is not None)
        return Verdict(saved, changes, then="results" if asked.spec.results == "after" else "")

    def _choices(self, scene: Scene[PollSpec]) -> tuple[Block, ...]:
        spec = scene.spec
        choices = Choices(
            callback=scene.callback(VOTE),
            options=tuple(Option(option.id, option.label) for option in spec.options),
            label=t("Choose all that fit") if spec.multiple else t("Choose one"),
            multiple=spec.multiple,
            submit=t("Send my vote"),
        )
        other = Button(
            t("Something else …"),
            scene.callback(OTHER),
            does="open",
            form=self._form(scene.callback(OTHER), spec, None),
        )
        results = Button(t("See results"), scene.callback("results"), does="open")
        extra = (
            *((other,) if spec.other else ()),
            *((results,) if spec.results == "after" else ()),
        )
        return (choices, *((Buttons(extra),) if extra else ()))

    def _results(self, scene: Scene[PollSpec]) -> tuple[Block, ...]:
        """For the post: own words stand in it unless others share it."""
        if scene.shared and scene.spec.other:
            return (self._tally(scene), Buttons((read_button(scene, "results"),)))
        said = self._own_words(scene, written(scene, VOTE))
        return (self._tally(scene), *((Live(said),) if said else ()))

    def _tally(self, scene: Scene[PollSpec]) -> Tally:
        votes = [given for _, given in scene.given(VOTE)]
        bars = tuple(
            Bar(label, sum(option in vote.options for vote in votes))
            for option, label in self.questions(scene.spec)[0].options
        )
        return Tally(t("Results"), bars, len(votes))

    def _own_words(self, scene: Scene[PollSpec], said: Sequence[Response]) -> tuple[FormText, ...]:
        # Not in the order of writing, which would tell whose they are.
        owners = {response.owner for response in said}
        texts = (given.text for owner, given in scene.given(VOTE) if owner in owners)
        words = tuple((text,) for text in texts if text)
        return (Text((t("In their own words:"),)), Listing(words)) if words else ()

    def _so_far(self, scene: Scene[PollSpec], mine: Given | None) -> Message:
        saved = t("Your vote is saved. You can change it until the poll closes.")
        if not scene.opening.is_open:
            saved = t("This poll is closed.")
        head = (Text((saved,)),) if mine else ()
        title = t("Results so far") if scene.opening.is_open else t("Results")
        said = written(scene, VOTE)
        shown = newest(said)
        more = left_out(len(said) - len(shown))
        return Message(title, (*head, self._tally(scene), *self._own_words(scene, shown), *more))

    def _form(self, callback: str, spec: PollSpec, mine: Given | None) -> Form:
        words = mine.text if mine else None
        label = t("In your own words")
        # Beside options of the same vote, own words can be taken back by emptying the field.
        return Form(
            title=t("Something else"),
            callback=callback,
            parts=(
                TextField(OTHER, label, value=words, required=not (spec.multiple and words)),
                Note((t("Everyone sees these words with the results, without your name."),)),
            ),
            submit=t("Send my vote"),
        )

    def who_sees(self, spec: PollSpec) -> str:
        """Said at the post and in the form."""
        when = {
            "live": t("Everyone sees the totals as they come in."),
            "after": t(
                "You see the totals after your vote; everyone sees them when the poll closes."
            ),
            "close": t("Everyone sees the totals when the poll closes."),
        }[spec.results]
        return " ".join((when, t("Your facilitator can see who chose what.")))
