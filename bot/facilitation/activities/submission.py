"""``submission``: work that is handed in, by each person or by a group together.

It is given by form: a text, a link, or the author's own fields, which join everybody's into one
table. Everything can be changed until the lesson ends, by anybody of a group; every version is
kept, and what comes after closing counts and is marked as late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from bot.chat.answer import Answer, Correct, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import FormSubmitted
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    Form,
    Heading,
    Live,
    Message,
    Note,
    Part,
    Table,
    Text,
    TextField,
)
from bot.chat.text import Line, UserText
from bot.facilitation.activities.grouping import groups_around, groups_before
from bot.facilitation.activities.kind import (
    WITHDRAW,
    Kind,
    closing_blocks,
    opening_blocks,
    said_in,
)
from bot.facilitation.activities.meeting import redrawn
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.activities.ring import join_ring, leave_ring, reviews_of
from bot.facilitation.activities.scene import Asked, Question, Scene, Verdict
from bot.facilitation.activities.submission_spec import LINK, TEXT, SubmissionSpec
from bot.facilitation.activities.works import (
    HAND_IN,
    last_edit,
    owner_name,
    owner_of,
    stamp,
    with_changes,
    work_blocks,
    work_of,
    works,
)
from bot.facilitation.activities.written import MOST, MOST_CHARACTERS, left_out
from bot.facilitation.changes import NOTHING, Changes
from bot.facilitation.handouts import WHOLE, Handout, lead, split_title
from bot.facilitation.rubric import criteria_of, rubric_text
from bot.facilitation.state import Given, Participant
from bot.lessons.prose import prose
from bot.lessons.script import Activity, Script
from bot.words import t, tn

WORKS = "works"
"""The verb to see what everybody handed in."""

RUBRIC = "rubric"


class Submission(Kind[SubmissionSpec]):
    """One item a field, owned by the person or by the group."""

    name = "submission"
    model = SubmissionSpec
    main = "task"
    alone = Kind.alone | {HAND_IN, WITHDRAW}

    def looks_at(self, script: Script, activity: Activity, spec: SubmissionSpec) -> tuple[str, ...]:
        """The groups there are, and the reviews of it."""
        groups = groups_before(script, activity)
        return (*((groups,) if groups else ()), *reviews_of(script, activity))

    def misfits(self, script: Script, activity: Activity, spec: SubmissionSpec) -> str:
        """A group can hand in only where there are groups."""
        if spec.by == "group" and not groups_before(script, activity):
            return "there are no groups before it: put “groups: 4” before it, or leave out “by”"
        return ""

    def questions(self, spec: SubmissionSpec) -> tuple[Question, ...]:
        """The fields."""
        return tuple(Question(item, label, "submissions") for item, label in spec.labels())

    def _title(self) -> str:
        return t("Hand in your work")

    def title(self, spec: SubmissionSpec) -> str:
        """The author's, or the one that the task begins with."""
        ours = t("Hand in your group’s work") if spec.by == "group" else self._title()
        return spec.title or split_title(spec.task)[0] or ours

    def answered(self, scene: Scene[SubmissionSpec]) -> int:
        """How many have handed in, themselves or with their group."""
        owners = set(works(scene))
        return sum(1 for p in scene.learners() if owner_of(scene, p.id) in owners)

    def handouts(self, scene: Scene[SubmissionSpec]) -> tuple[Handout, ...]:
        """The rubric by which it will be reviewed, before it is due, with what else there is."""
        own = super().handouts(scene)
        text = split_title(scene.spec.task)[1]
        if lead(text) != text:
            own = (Handout(WHOLE, self.title(scene.spec), text), *own)
        for each in scene.run.lesson.script.activities():
            if each.id in reviews_of(scene.run.lesson.script, scene.activity):
                text = rubric_text(criteria_of(each.spec.get("rubric", ())))
                return (*own, Handout(RUBRIC, t("How it is reviewed"), text))
        return own

    def overheard(self, spec: SubmissionSpec) -> str:
        """That everyone can read it."""
        return t(
            "Kept, but everyone here can read a reply in this thread. "
            "To hand in, delete it and use the button."
        )

    def say(self, scene: Scene[SubmissionSpec]) -> Message:
        """The task, the way to hand in, and how many have."""
        spec, title = scene.spec, self.title(scene.spec)
        callback = scene.callback(HAND_IN)
        form = self._form(callback, scene, None)
        button = Button(t("Hand in"), callback, does="open", style="primary", form=form)
        see = Button(t("See what came in"), scene.callback(WORKS), does="open")
        buttons = (button, see) if spec.public else (button,)
        together = t("You hand in as a group; any of you can write and change it.")
        return Message(
            summary=f"{phase_title(scene.activity.phase)}: {title}",
            blocks=(
                *opening_blocks(scene, title),
                *prose(lead(split_title(spec.task)[1])),
                *((Text((together,)),) if spec.by == "group" else ()),
                Buttons(buttons),
                Live((Note((self._turnout(scene),)),)),
                *self._late(scene),
                *closing_blocks(scene, self.seen_by(scene), self.handouts(scene), helps=True),
            ),
            invites_replies=False,
        )

    def open(self, scene: Scene[SubmissionSpec]) -> Changes:
        """Groups that meet somewhere can hand in from there."""
        groups = groups_around(scene) if scene.spec.by == "group" else None
        return redrawn(groups) if groups else NOTHING

    def hear(self, asked: Asked[SubmissionSpec]) -> Verdict:
        """What was handed in, or that it is taken back."""
        verb = asked.callback.verb if asked.callback else ""
        match asked.event:
            case FormSubmitted() as event if verb == HAND_IN and asked.scene:
                return self._kept(asked, asked.scene, event)
            case _:
                return super().hear(asked)

    def view(self, scene: Scene[SubmissionSpec], who: Participant, callback: Callback) -> Answer:
        """The form, with what was handed in already, or what everybody handed in."""
        if callback.verb == HAND_IN:
            if refused := self._refusal(scene, who):
                return Refused(refused)
            return Show(self._form(self._stamped(callback, scene, who), scene, who))
        if callback.verb == WORKS and (scene.spec.public or who.role == "facilitator"):
            return Show(self._table(scene))
        return super().view(scene, who, callback)

    def withdraw(self, asked: Asked[SubmissionSpec]) -> Verdict:
        """Take the work back, for the group too, and out of the reviews."""
        scene = asked.scene
        owner = owner_of(scene, asked.who.id) if scene else ""
        mine = work_of(scene, owner) if scene else {}
        if scene is None or not mine:
            return Verdict(Refused(t("There is nothing of yours here to take back.")))
        taken = asked.record(*(asked.response(item, None, owner) for item in mine))
        leaves = leave_ring(scene, owner, asked.event.at)
        return Verdict(Saved(t("Taken back.")), taken + leaves)

    def owner_name(self, scene: Scene[SubmissionSpec], owner: str) -> UserText:
        """The person's name or the group's."""
        return owner_name(scene, owner)

    def is_due(self, scene: Scene[SubmissionSpec], who: Participant) -> bool:
        """Until something is handed in, be it late."""
        mine = work_of(scene, owner_of(scene, who.id))
        asks = scene.asks(who) and (who.role == "learner" or scene.spec.by == "person")
        return scene.run.status != "ended" and asks and not mine

    def owned(self, scene: Scene[SubmissionSpec], who: Participant) -> tuple[str, ...]:
        """The fields that one's own or the group's work has."""
        return tuple(work_of(scene, owner_of(scene, who.id)))

    def given_by(self, scene: Scene[SubmissionSpec], who: Participant) -> tuple[Block, ...]:
        """The work, with who edited it last."""
        owner = owner_of(scene, who.id)
        shown = work_blocks(scene, owner)
        last = last_edit(scene, owner)
        return (*shown, *((last,) if shown and last else ()))

    def seen_by(self, scene: Scene[SubmissionSpec]) -> str:
        """Everyone, or the facilitator, of a group all of it, and who reviews it, without names."""
        spec, reviewed = scene.spec, self._is_reviewed(scene)
        if spec.public:
            return t("Everyone here can read what you hand in.")
        if spec.by == "group" and reviewed:
            return t(
                "Your group and your facilitator can read it; whoever reviews it sees no names."
            )
        if spec.by == "group":
            return t("Your group and your facilitator can read it.")
        if reviewed:
            return t("Your facilitator reads it with your name; whoever reviews it sees no name.")
        return t("Only your facilitator can read it.")

    def _is_reviewed(self, scene: Scene[SubmissionSpec]) -> bool:
        return bool(reviews_of(scene.run.lesson.script, scene.activity))

    def _refusal(self, scene: Scene[SubmissionSpec], who: Participant) -> str:
        if scene.spec.by == "group" and who.role == "learner" and not owner_of(scene, who.id):
            return t("You are in no group yet: press “Show my group” in the post of the groups.")
        if scene.spec.by == "group" and who.role == "facilitator":
            return t("Groups hand in here; facilitators are in none.")
        return ""

    def _kept(
        self, asked: Asked[SubmissionSpec], scene: Scene[SubmissionSpec], event: FormSubmitted
    ) -> Verdict:
        if refused := self._refusal(scene, asked.who):
            return Verdict(Refused(refused))
        owner = owner_of(scene, asked.who.id) or asked.who.id
        before = work_of(scene, owner)
        said = {item: said_in(event, item) for item, _ in asked.spec.labels()}
        texts = {item: text for item, text in said.items() if text is not None}
        after = {i: Given(text=UserText(x)) if x.strip() else None for i, x in texts.items()}
        first = asked.spec.labels()[0][0]
        if not texts or not any((before | after).values()):
            return Verdict(Correct({first: t("Write something, or give a link, then send it.")}))
        if LINK in after and not asked.spec.fields and not _is_link(texts[LINK]):
            wrong = t("That is no link, such as https://example.org – or leave it empty.")
            return Verdict(Correct({LINK: wrong}))
        seen = asked.callback.revision if asked.callback else 0
        if not seen:
            # A form that came with the post shows nothing of what others of the group wrote.
            seen = stamp({}) if asked.spec.by == "group" else 0
        if seen and seen != stamp(before) and after != {i: before.get(i) for i in after}:
            return self._overtaken(asked, scene, owner, texts)
        changed = [
            asked.response(item, given, owner)
            for item, given in after.items()
            if given != before.get(item)
        ]
        late = any(response.late for response in changed)
        note = t("Saved, and marked as late. You can change it until the lesson ends.")
        in_time = t("Saved. You can change it until the lesson ends.")
        if not changed:
            return Verdict(Saved(in_time, again=True))
        joins = (
            NOTHING if before else join_ring(with_changes(scene, changed), owner, asked.event.at)
        )
        saved = Saved(note if late else in_time, again=bool(before))
        return Verdict(saved, asked.record(*changed) + joins)

    def _overtaken(
        self,
        asked: Asked[SubmissionSpec],
        scene: Scene[SubmissionSpec],
        owner: str,
        texts: dict[str, str],
    ) -> Verdict:
        """It was changed since this form was opened: nobody's words go unseen."""
        callback = Callback(HAND_IN, asked.opening.id, revision=stamp(work_of(scene, owner)))
        told = t(
            "It was changed while you were writing. This is how it stands now; what you wrote is "
            "below. Put the two together, then send it."
        )
        written = {item: Given(text=UserText(text)) for item, text in texts.items() if text}
        form = self._filled(callback.encode(), scene, written)
        last = last_edit(scene, owner)
        now = (Note((told,)), *work_blocks(scene, owner), *((last,) if last else ()))
        return Verdict(Show(replace(form, parts=(*now, *form.parts))))

    def _form(self, callback: str, scene: Scene[SubmissionSpec], who: Participant | None) -> Form:
        owner = owner_of(scene, who.id) if who else ""
        form = self._filled(callback, scene, work_of(scene, owner) if owner else {})
        last = last_edit(scene, owner) if owner else None
        return replace(form, parts=(*form.parts, last)) if last else form

    def _filled(
        self, callback: str, scene: Scene[SubmissionSpec], values: Mapping[str, Given]
    ) -> Form:
        hints = {field.id: field.hint for field in scene.spec.fields}
        if not scene.spec.fields:
            hints[TEXT] = t("A text, a link to where it can be read, or both.")
            hints[LINK] = t("It begins with https://")
        fields: tuple[Part, ...] = tuple(
            TextField(
                item,
                label,
                hint=hints.get(item, ""),
                value=values[item].text if item in values else None,
                multiline=item != LINK or bool(scene.spec.fields),
                required=False,
            )
            for item, label in scene.spec.labels()
        )
        seen = Note((self.seen_by(scene),))
        task = prose(lead(split_title(scene.spec.task)[1]))
        return Form(t("Hand in"), callback, (*task, *fields, seen), t("Hand in"))

    def _stamped(self, callback: Callback, scene: Scene[SubmissionSpec], who: Participant) -> str:
        owner = owner_of(scene, who.id)
        return replace(callback, revision=stamp(work_of(scene, owner))).encode()

    def _late(self, scene: Scene[SubmissionSpec]) -> tuple[Block, ...]:
        if scene.opening.is_open or scene.run.status == "ended":
            return ()
        return (Note((t("You can still hand in; it is then marked as late."),)),)

    def _turnout(self, scene: Scene[SubmissionSpec]) -> str:
        if scene.spec.by == "group":
            return tn(
                "{count} group has handed in", "{count} groups have handed in", len(works(scene))
            )
        turnout = scene.turnout(self.answered(scene))
        if turnout.of is None:
            return tn(
                "{count} person has handed in", "{count} people have handed in", turnout.answered
            )
        return tn(
            "{done} of {count} has handed in",
            "{done} of {count} have handed in",
            turnout.of,
            done=turnout.answered,
        )

    def _table(self, scene: Scene[SubmissionSpec]) -> Message:
        """Everybody's, the newest of them where they are very many, each whole."""
        title = t("What came in")
        owners = works(scene)
        rows: list[tuple[Line, ...]] = []
        room = MOST_CHARACTERS
        for owner in reversed(owners):
            mine = work_of(scene, owner)
            cells = [
                ((mine[item].text or UserText("")) if item in mine else UserText(""))
                for item, _ in scene.spec.labels()
            ]
            room -= sum(len(cell.text) for cell in cells)
            if rows and (room < 0 or len(rows) == MOST):
                break
            rows.insert(0, ((owner_name(scene, owner),), *((cell,) for cell in cells)))
        columns = (t("Who"), *(label for _, label in scene.spec.labels()))
        body: tuple[Block, ...] = (Table(columns, tuple(rows)),)
        if not rows:
            body = (Text((t("Nothing has come in yet."),)),)
        blocks = (Heading(title, 2), *left_out(len(owners) - len(rows)), *body)
        return Message(title, blocks, invites_replies=False)


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return False
    words = text.strip()
    web = parts.scheme in ("http", "https") and bool(parts.netloc)
    bare = "." in words and "://" not in words and not any(map(str.isspace, words))
    return not words or web or bare
