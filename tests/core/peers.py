"""What tests of peer reviews look at: what a reviewer, an author and a facilitator are shown."""

from __future__ import annotations

from bot.chat.answer import Answer
from bot.chat.message import Form
from bot.chat.plain import plain
from tests.core.cohort import Cohort, form, message

REVIEW = "peer_review"
CRITERIA = ("whole", "clear")


def listed(cohort: Cohort, name: str) -> str:
    return plain(message(cohort.ask(name, REVIEW, "list")))


def step(cohort: Cohort, name: str, item: str) -> Form:
    return form(cohort.ask(name, REVIEW, "review", item))


def judge(cohort: Cohort, name: str, item: str, verb: str = "judge", **fields: str) -> Answer:
    given = {"level": "3", "comment": "Why"} | fields
    return cohort.send(name, cohort.callback(REVIEW, verb, item), **given)


def author_of(cohort: Cohort, name: str, slot: str) -> str:
    """Whose work a slot stands for."""
    what = next(a.what for a in cohort.dealt(REVIEW, name) if f"r{a.n}" == slot)
    return what.removeprefix("p-")


def post(cohort: Cohort) -> str:
    return plain(cohort.post(REVIEW))


def feedback(cohort: Cohort, name: str) -> list[str]:
    return [plain(said) for _, said in cohort.told(name, "reviews")]


def board(cohort: Cohort) -> str:
    (_, said), *_ = cohort.told("fay", "board")
    return plain(said)
