"""What stands around the activities: welcome, notice, closing, and the facilitator's notes.

The bot adds what is the same in every lesson: the title and what becomes of people's words at the
start, its thanks at the end.
"""

from collections.abc import Iterable

from bot.lessons.names import family_of
from bot.lessons.phrases import bullets, filled, small, to_you
from bot.lessons.plan import PhasePlan, Plan

_STEPS = {
    "Elicit": "gather what you already know",
    "Engage": "start from what you know and think",
    "Explore": "find things out for yourselves",
    "Explain": "put them into words",
    "Elaborate": "use them on something new",
    "Extend": "take it further",
    "Evaluate": "look back on what you made and learned",
}


def notes(phase: PhasePlan) -> str:
    """What the facilitator reads before a phase, in private."""
    written = (
        ("What you do", phase.facilitator_actions),
        ("How to adapt it", phase.differentiation),
        ("Resources", phase.resources),
        ("Technology", phase.technology),
        *((section.title.strip(" :*"), section.text) for section in phase.more),
    )
    return _headed(written)


def facilitator_notes(plan: Plan, safety: tuple[str, ...]) -> str:
    """What the facilitator reads before the run, in private; ends with a rule."""
    supports = [
        f"**{one.who}:** {one.text}" if one.who else one.text for one in plan.differentiation
    ]
    methods = [f"**{one.type}:** {one.text}" if one.type else one.text for one in plan.assessments]
    come = [plan.audience if filled(plan.audience) else ""]
    if brought := bullets(plan.prior_knowledge):
        come += ["They bring:", brought]
    written = _headed(
        (
            ("Have ready", bullets(plan.materials)),
            ("Who comes", "\n\n".join(part for part in come if part)),
            ("How to support them", bullets(supports)),
            ("Check before you begin", bullets(safety)),
            ("How you see what they learned", bullets(methods)),
            ("If you meet online", bullets(plan.virtual)),
        )
    )
    return f"{written}\n\n---" if written else ""


def _headed(parts: Iterable[tuple[str, str]]) -> str:
    return "\n\n".join(f"### {title}\n\n{text}" if title else text for title, text in parts if text)


def notice(lines: tuple[str, ...]) -> str:
    """What everyone is asked to keep to, before they write anything; "" if nothing."""
    if len(lines) == 1:
        return f"One thing before we begin: {small(lines[0])}"
    return f"A few things to keep in mind as you write:\n\n{bullets(lines)}" if lines else ""


def welcome(plan: Plan) -> str:
    """The first message, under the lesson's title: what awaits people, and to what end."""
    parts = [f"Good to have you here!{_way(plan)}"]
    about = []
    if filled(plan.audience):
        about.append(f"**For:** {plan.audience}")
    if filled(plan.duration):
        about.append(f"**Time:** {plan.duration}")
    parts.append(bullets(about))
    if objectives := bullets(to_you(one.text) for one in plan.objectives):
        parts += ["By the end you will be able to:", objectives]
    return "\n\n".join(part for part in parts if part)


def _way(plan: Plan) -> str:
    """What people will do, in one sentence, where all phases are of a kind that is known."""
    families = list(dict.fromkeys(family_of(phase.name) for phase in plan.phases))
    if "" in families or len(families) < 3:
        return ""
    *steps, last = (_STEPS[family] for family in families)
    return f" Together you will {', '.join(steps)}, and {last}."


def closing(plan: Plan) -> str:
    """The last message, under the bot's thanks: where to go from here."""
    parts = ["Take one idea with you, and try it out in the next few days."]
    if extensions := bullets(to_you(one) for one in plan.extensions):
        parts += ["If you would like to go further:", extensions]
    if resources := bullets(to_you(one) for one in plan.resources):
        parts += ["More on this:", resources]
    return "\n\n".join(parts)
