"""What shows only in a plan as a whole: missing phases, lengths that do not add up."""

from collections.abc import Iterator

from bot.lessons.names import FIVE, families, is_break
from bot.lessons.plan import Plan
from bot.lessons.problem import Problem


def judge(plan: Plan) -> list[Problem]:
    """The problems of a plan that was read; an error only where there is nothing to run."""
    problems = []
    if not plan.title:
        problems.append(_warning(None, "The plan has no title: begin it with a line “# Title”."))
    if not plan.objectives:
        problems.append(_warning(None, "The plan has no learning objectives: list them."))
    if not plan.phases:
        message = (
            "The plan has no phases, so there is nothing to run: write headings such as "
            "“### Engage” with “**Duration:** 20 minutes” below."
        )
        return [*problems, Problem("error", None, message)]
    return [*problems, *_phases(plan), *_names(plan), *_total(plan)]


def _phases(plan: Plan) -> Iterator[Problem]:
    for phase in plan.phases:
        if phase.minutes is None:
            yield _warning(
                phase.line,
                f"{phase.name} has no duration that can be read, so 15 minutes are planned: "
                "write “**Duration:** 15 minutes”.",
            )
        if not phase.learner_activities and not is_break(phase.name):
            yield _warning(
                phase.line,
                f"{phase.name} does not say what learners do: write “**Learner Activities:** …”.",
            )


def _names(plan: Plan) -> Iterator[Problem]:
    seen: set[str] = set()
    for phase in plan.phases:
        names = families(phase.name) or (phase.name,)
        if is_break(phase.name):
            continue
        if names[0] in seen:
            yield _note(phase.line, f"{names[0]} comes again: both run, in this order.")
        elif names[0] not in FIVE:
            yield _note(
                phase.line,
                f"“{phase.name}” is not a phase of 5E: it runs in its place all the same.",
            )
        seen.update(names)
    if not seen & set(FIVE):
        yield _warning(
            None,
            "The plan names none of the phases of 5E: its own run in their order, and learners "
            "are guided less from one to the next.",
        )
    elif missing := [name for name in FIVE if name not in seen]:
        yield _warning(
            None,
            f"The plan has no {' and no '.join(missing)}: add what is missing, or run it as it is.",
        )


def _total(plan: Plan) -> Iterator[Problem]:
    given = [phase.minutes for phase in plan.phases if phase.minutes is not None]
    breaks = sum(phase.minutes or 0 for phase in plan.phases if is_break(phase.name))
    if plan.duration_minutes is None:
        yield _note(
            None,
            "The plan gives no total duration that can be read: its phases take "
            f"{sum(given)} minutes.",
        )
    elif breaks and sum(given) - breaks == plan.duration_minutes:
        yield _note(
            None,
            f"The breaks are not part of the {plan.duration_minutes} minutes of the plan: with "
            f"them it takes {sum(given)}.",
        )
    elif len(given) == len(plan.phases) and sum(given) != plan.duration_minutes:
        yield _warning(
            None,
            f"The plan says {plan.duration_minutes} minutes, but its phases add up to "
            f"{sum(given)}: the phases’ own minutes are used. Change one or the other.",
        )


def _warning(line: int | None, message: str) -> Problem:
    return Problem("warning", line, message)


def _note(line: int | None, message: str) -> Problem:
    return Problem("note", line, message)
