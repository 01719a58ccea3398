"""What stands around the activities: welcome, notice, closing, and the facilitator's notes."""

from collections.abc import Iterable

from bot.lessons import phrases
from bot.lessons.plan import PhasePlan, Plan


def notes(phase: PhasePlan) -> str:
    """What the facilitator reads before a phase, in private."""
    written = (
        ("What you do", phase.facilitator_actions),
        ("Differentiation", phase.differentiation),
        ("Resources", phase.resources),
        ("Technology", phase.technology),
        *((section.title.strip(" :*"), section.text) for section in phase.more),
    )
    return _labelled(written)


def facilitator_notes(plan: Plan, safety: tuple[str, ...]) -> str:
    """What the facilitator reads before the run, in private."""
    supports = [f"{one.who}: {one.text}" if one.who else one.text for one in plan.differentiation]
    methods = [f"{one.type}: {one.text}" if one.type else one.text for one in plan.assessments]
    lists = (
        ("Have ready", plan.materials),
        ("See to it before you begin", safety),
        ("What learners bring", plan.prior_knowledge),
        ("Differentiation", supports),
        ("Assessment", methods),
        ("When you meet online", plan.virtual),
    )
    return _labelled((label, phrases.bullets(lines)) for label, lines in lists)


def _labelled(parts: Iterable[tuple[str, str]]) -> str:
    return "\n\n".join(f"**{label}**\n\n{text}" if label else text for label, text in parts if text)


def notice(lines: tuple[str, ...]) -> str:
    """What everyone reads before they write anything."""
    kept = "What you write in this lesson is kept as the record of it."
    return f"{kept} Please keep to this:\n\n{phrases.bullets(lines)}" if lines else kept


def welcome(plan: Plan) -> str:
    """The first message: what, for whom, how long, and to what end."""
    parts = [f"Welcome to **{plan.title}**." if plan.title else "Welcome."]
    about = []
    if phrases.filled(plan.audience):
        about.append(f"For: {plan.audience}")
    if phrases.filled(plan.duration):
        about.append(f"Duration: {plan.duration}")
    if plan.phases:
        about.append(f"Parts: {', '.join(phase.name for phase in plan.phases)}")
    parts.append(phrases.bullets(about))
    if objectives := phrases.bullets([one.text for one in plan.objectives]):
        parts += ["At the end you will be able to:", objectives]
    return "\n\n".join(part for part in parts if part)


def closing(plan: Plan) -> str:
    """The last message: thanks, and where to go from here."""
    parts = ["That was the lesson. Thank you for taking part, and for all that you wrote."]
    if extensions := phrases.bullets(plan.extensions):
        parts += ["If you would like to go further:", extensions]
    if resources := phrases.bullets(plan.resources):
        parts += ["To read on:", resources]
    return "\n\n".join(parts)
