"""A made-up cohort for the gallery: three learners and a facilitator, and all that they give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.chat.address import Person
from bot.chat.text import UserText
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.groups import Groups
from bot.facilitation.activities.peer_review import PeerReview
from bot.facilitation.activities.peers import COUNTED, SELF, Desk
from bot.facilitation.activities.poll import OTHER
from bot.facilitation.activities.ring import SAID_WRONG, slot
from bot.facilitation.activities.scene import Scene
from bot.facilitation.activities.submission import Submission
from bot.facilitation.activities.submission_spec import LINK
from bot.facilitation.activities.works import owner_of
from bot.facilitation.rubric import LEVELS
from bot.facilitation.seeing import Known, scene_of
from bot.facilitation.state import Assignment, Given, Opening, Participant, Response, Run

NAMES = ("Amina Diallo", "Jonas Weber", "Li Wei")
LEADER = "Rosa Lindqvist"
SAID = (
    "We lost six weeks because nobody had written down which data the model was trained on.",
    "For me it is the hand-over: the people who build it are not the people who run it.",
    "I am not sure yet – could somebody show an example from a small agency?",
)


def people(run: Run) -> tuple[Participant, ...]:
    """The learners, and last the facilitator."""
    named = [("p", "learner", name) for name in NAMES] + [("f", "facilitator", LEADER)]
    return tuple(
        Participant(
            id=f"{letter}{n}",
            run=run.id,
            person=Person("preview", "preview", f"{letter}{n}"),
            name=UserText(name),
            role="facilitator" if role == "facilitator" else "learner",
            joined_at=run.start,
        )
        for n, (letter, role, name) in enumerate(named, 1)
    )


def known(run: Run, openings: Sequence[Opening]) -> Known:
    """All that is known once everybody has given all there is to give in these openings."""
    found = Known(openings=tuple(openings), participants=people(run))
    for opening in openings:
        dealt = assignments(scene_of(run, opening, found))
        found = replace(found, assignments={**found.assignments, opening.id: dealt})
        given = answers(scene_of(run, opening, found))
        found = replace(found, responses={**found.responses, opening.id: given})
    return found


def unanswered(found: Known, *openings: str) -> Known:
    """What is known while nobody has given anything in these openings."""
    return replace(
        found, responses={id: r for id, r in found.responses.items() if id not in openings}
    )


def assignments(scene: Scene[Any]) -> tuple[Assignment, ...]:
    """What is dealt when it opens. There are always two groups, so that each has another."""
    if scene.activity.kind != Groups.name:
        return KINDS[scene.activity.kind].open(scene).assignments
    at = scene.opening.opened_at
    return tuple(
        Assignment(scene.run.id, scene.opening.id, who.id, 1, f"g{n % 2 + 1}", at)
        for n, who in enumerate(scene.learners())
    )


def answers(scene: Scene[Any]) -> tuple[Response, ...]:
    """One answer of each learner to each question; the last who can does so in own words."""
    if scene.activity.kind == Submission.name:
        return tuple(_works(scene))
    if scene.activity.kind == PeerReview.name:
        return tuple(_reviews(scene))
    questions = KINDS[scene.activity.kind].questions(scene.spec)
    return tuple(
        response(scene, who.id, each.item, _given([option for option, _ in each.options], n))
        for each in questions
        for n, who in enumerate(scene.learners())
    )


def assessed(scene: Scene[Any]) -> Scene[Any]:
    """A peer review in which the facilitator has reviewed the first work, in place of the peers."""
    desk = Desk.of(scene)
    leader = scene.participants[-1].id
    if desk is None or not desk.works():
        return scene
    name = f"f_{desk.works()[0]}"
    said = [
        response(scene, leader, f"{name}.{criterion.id}", Given(("3",), UserText(SAID[1])))
        for criterion in scene.spec.rubric
    ]
    said.append(response(scene, leader, f"{name}.{COUNTED}", Given(("instead",))))
    return replace(scene, responses=(*scene.responses, *said))


def disputed(scene: Scene[Any]) -> tuple[Scene[Any], str]:
    """A peer review in which somebody says that a work is a problem, and what that is about."""
    first = min(scene.assignments, key=lambda each: (each.who, each.n))
    said = response(
        scene, first.who, f"{slot(first.n)}.{SAID_WRONG}", Given(text=UserText("It is about bees."))
    )
    about = f"{first.who}_{slot(first.n)}"
    return replace(scene, responses=(*scene.responses, said)), about


def response(scene: Scene[Any], owner: str, item: str, given: Given, by: str = "") -> Response:
    """What one owner gave, a minute after it opened."""
    return Response(
        run=scene.run.id,
        opening=scene.opening.id,
        owner=owner,
        item=item,
        at=scene.opening.opened_at + timedelta(minutes=1),
        given=given,
        event=f"preview-{item}-{owner}",
        by=by,
    )


def _works(scene: Scene[Any]) -> Iterator[Response]:
    """Each work, written by the last of those whose it is."""
    writers = {owner_of(scene, who.id): (n, who.id) for n, who in enumerate(scene.learners())}
    for owner, (n, who) in writers.items():
        for item, _ in scene.spec.labels():
            text = "https://example.org/our-work" if item == LINK else SAID[n % len(SAID)]
            by = who if owner != who else ""
            yield response(scene, owner, item, Given(text=UserText(text)), by)


def _reviews(scene: Scene[Any]) -> Iterator[Response]:
    """All reviews, every one with another level, so that some are far apart."""
    desk = Desk.of(scene)
    slots = [(each.who, slot(each.n)) for each in scene.assignments]
    if desk and scene.spec.self:
        slots += [(who.id, SELF) for who in scene.learners() if desk.authored_by(who.id)]
    for n, (who, name) in enumerate(slots):
        for step, criterion in enumerate(scene.spec.rubric):
            given = Given((str(LEVELS[(n + step) % len(LEVELS)]),), UserText(SAID[n % len(SAID)]))
            yield response(scene, who, f"{name}.{criterion.id}", given)


def _given(options: Sequence[str], n: int) -> Given:
    if not options:
        return Given(text=UserText(SAID[n % len(SAID)]))
    if OTHER in options and n == len(NAMES) - 1:
        return Given((OTHER,), UserText(SAID[n]))
    return Given((options[n % len(options)],))
