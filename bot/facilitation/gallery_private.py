"""What the gallery shows of what one person gets: behind buttons, in forms, in private."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.chat.answer import Show
from bot.chat.callback import Callback
from bot.chat.event import FormSubmitted
from bot.chat.message import Buttons, Form, Message
from bot.chat.text import UserText
from bot.facilitation import made_up
from bot.facilitation.activities import KINDS, asides, groups, meeting, peers
from bot.facilitation.activities.groups import Groups
from bot.facilitation.activities.kind import WITHDRAW
from bot.facilitation.activities.peer_review import PeerReview
from bot.facilitation.activities.peers import Desk
from bot.facilitation.activities.ring import slot
from bot.facilitation.activities.scene import ASIDE, Asked, Scene
from bot.facilitation.activities.submission import Submission
from bot.facilitation.activities.works import HAND_IN
from bot.facilitation.my_part import my_part
from bot.facilitation.state import Given, Participant, Response, Run

Named = tuple[str, Message | Form]


def behind(
    said: Message, scene: Scene[Any], name: str, who: Participant | None = None
) -> Iterator[Named]:
    """What somebody, or else the first learner, is shown behind each button that opens something,
    and behind those in turn."""
    person = who or scene.participants[0]
    waiting, seen = [(name, said)], set[str]()
    while waiting:
        at, message = waiting.pop(0)
        for callback in _opening(message, scene):
            key = replace(callback, delivery="").encode()
            if key in seen:
                continue
            seen.add(key)
            shown = KINDS[scene.activity.kind].view(scene, person, callback)
            if isinstance(shown, Show):
                yield f"{at}-{callback.verb}", shown.what
                if isinstance(shown.what, Message):
                    waiting.append((f"{at}-{callback.verb}", shown.what))


def in_private(
    name: str, fresh: Scene[Any], answered: Scene[Any], closed: Scene[Any]
) -> Iterator[Named]:
    """What single people get around an activity, besides what its post leads to."""
    kind = fresh.activity.kind
    who = fresh.participants[0]
    if KINDS[kind].owned(answered, who):
        yield from _view(f"{name}-take-back", answered, who, WITHDRAW)
    if kind == Groups.name:
        yield from _view(f"{name}-mine", fresh, who, groups.JOIN)
        yield from _meeting(name, answered)
    if kind == Submission.name:
        yield from _overtaken(f"{name}-overtaken", answered)
    if kind == PeerReview.name:
        yield from _reviewing(name, fresh, answered, closed)


def parts(run: Run, fresh: Sequence[Scene[Any]], answered: Sequence[Scene[Any]]) -> Iterator[Named]:
    """My part of the first learner: before anything, with all of it due, given, and at the end."""
    who = made_up.people(run)[0]
    ended = [replace(scene, run=replace(run, status="ended")) for scene in answered]
    yield "my-part-empty", my_part(run, (), who)
    yield "my-part-due", my_part(run, fresh, who)
    yield "my-part-given", my_part(run, answered, who)
    yield "my-part-ended", my_part(replace(run, status="ended"), ended, who)


def asked(scenes: Sequence[Scene[Any]]) -> Iterator[Named]:
    """A private question and that somebody is stuck, with the answer."""
    found = (s for s in scenes if any(c.verb == asides.ASK for c in _opening(_say(s), s)))
    scene = next(found, None)
    if scene is None:
        return
    who, leader = scene.participants[0], scene.participants[-1]
    said = {f"{ASIDE}{asides.ASK}-1": made_up.SAID[2], f"{ASIDE}{asides.RESPOND}-{who.id}_1_2": ""}
    question, answer = (
        made_up.response(scene, owner, item, Given(text=UserText(text or made_up.SAID[0])))
        for owner, (item, text) in zip((who.id, leader.id), said.items(), strict=True)
    )
    scene = replace(scene, responses=(question, answer))
    about = f"{who.id}_1"
    yield "question", _tell(scene, asides.QUESTION, about)
    yield "question-stuck", _tell(scene, asides.QUESTION, f"{who.id}_{asides.STUCK}")
    yield from _view("question-respond", scene, leader, asides.RESPOND, about)
    yield "question-answered", _tell(scene, asides.RESPONSE, f"{leader.id}_{about}_2")


def _meeting(name: str, scene: Scene[Any]) -> Iterator[Named]:
    """What the first group is told where it meets, if it does somewhere."""
    placeless = replace(scene, capabilities=replace(scene.capabilities, open_place=False))
    for where, seen in (("place", scene), ("thread", placeless)):
        if meeting.meets(seen) == f"{where}s":
            yield f"{name}-{where}", _tell(seen, meeting.GROUP, meeting.about_of(seen, "g1"))
    if meeting.meets(scene) == "places":
        yield f"{name}-place-before", _tell(scene, meeting.GROUP, "g1.0")


def _reviewing(
    name: str, fresh: Scene[Any], answered: Scene[Any], closed: Scene[Any]
) -> Iterator[Named]:
    who, leader = fresh.participants[0], fresh.participants[-1]
    desk = Desk.of(fresh)
    if desk is None:
        return
    nothing = {id: replace(other, responses=()) for id, other in fresh.around.items()}
    empty = replace(fresh, assignments=(), around=nothing)
    yield f"{name}-nothing-in", _say(empty)
    yield from behind(_say(empty), empty, f"{name}-nothing-in")
    mine = next((slot(each.n) for each in desk.dealt_to(who.id)), "")
    steps = range(1, len(fresh.spec.rubric) + 1)
    for step in steps if mine else ():
        yield from _view(f"{name}-step-{step}", fresh, who, peers.REVIEW, f"{mine}-{step}")
    begun = [r for r in answered.responses if r.owner == who.id][:1]
    yield from _view(f"{name}-begun", replace(fresh, responses=tuple(begun)), who, peers.LIST)
    released = replace(closed, responses=(*closed.responses, _released(closed)))
    for state, scene in (("open", answered), ("released", released)):
        board = _tell(scene, peers.OVERVIEW, "")
        yield f"{name}-overview-{state}", board
        yield from behind(board, scene, f"{name}-overview-{state}", leader)
    for step in (*steps, len(steps) + 1):
        work = f"f_{desk.works()[0]}-{step}" if desk.works() else ""
        yield from _view(f"{name}-assess-{step}", fresh, leader, peers.REVIEW, work)
    for state, scene in (("peers", released), ("instead", made_up.assessed(released))):
        for work in [desk.owner_of(who.id)] if desk.works() else ():
            message = _tell(scene, peers.REVIEWS, work)
            yield f"{name}-feedback-{state}", message
            yield from behind(message, scene, f"{name}-feedback-{state}")
    yield f"{name}-unreviewed", _tell(replace(closed, responses=()), peers.TROUBLED, "unreviewed")
    if fresh.assignments:
        disputed, about = made_up.disputed(fresh)
        yield f"{name}-problem", _tell(disputed, peers.TROUBLED, about)
        if fresh.spec.open:
            yield f"{name}-openly", _tell(answered, peers.REVIEWED_OPENLY, about)


def _overtaken(name: str, scene: Scene[Any]) -> Iterator[Named]:
    """What somebody gets whose group changed the work while they were writing."""
    who = scene.participants[0]
    item = scene.spec.labels()[0][0]
    stale = Callback(HAND_IN, scene.opening.id, revision=1)
    event = FormSubmitted(
        id="preview",
        at=scene.opening.opened_at,
        who=who.person,
        name=who.name,
        place=scene.run.main,
        callback=stale.encode(),
        fields={item: ("What I wrote meanwhile.",)},
    )
    heard = Asked(
        scene.run, scene.activity, scene.spec, scene.opening, who, (), event, stale, scene=scene
    )
    answer = KINDS[scene.activity.kind].hear(heard).answer
    if isinstance(answer, Show):
        yield name, answer.what


def _view(
    name: str, scene: Scene[Any], who: Participant, verb: str, item: str = ""
) -> Iterator[Named]:
    callback = Callback(verb, scene.opening.id, item, scene.delivery)
    shown = KINDS[scene.activity.kind].view(scene, who, callback)
    if isinstance(shown, Show):
        yield name, shown.what


def _opening(message: Message, scene: Scene[Any]) -> Iterator[Callback]:
    """What the buttons carry that open something of this activity."""
    for block in message.blocks:
        for button in block.buttons if isinstance(block, Buttons) else ():
            callback = Callback.decode(button.callback)
            if button.does == "open" and callback.target == scene.opening.id:
                yield callback


def _released(scene: Scene[Any]) -> Response:
    leader = scene.participants[-1].id
    return made_up.response(scene, leader, peers.RELEASED, Given((peers.RELEASED,)))


def _tell(scene: Scene[Any], purpose: str, about: str) -> Message:
    return KINDS[scene.activity.kind].tell(scene, purpose, about)


def _say(scene: Scene[Any]) -> Message:
    return KINDS[scene.activity.kind].say(scene)
