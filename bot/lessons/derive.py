"""Plan → Script, for lessons whose author wrote none.

What the fields of a plan turn into: what learners do is the prompt to them; what the facilitator
does, and how they adapt it, is for the facilitator alone; the technology that a phase names says
which activity runs. Pure: the same plan always gives the same script.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from bot.lessons import phrases
from bot.lessons.around import closing, facilitator_notes, notes, notice, welcome
from bot.lessons.fields import split_label
from bot.lessons.names import family_of, is_break
from bot.lessons.plan import PhasePlan, Plan
from bot.lessons.safety import sort_safety
from bot.lessons.script import Activity, Script, ScriptPhase

DEFAULT_MINUTES = 15
MOST_ACTIVITIES = 4
"""Each is one post; with the phase's results there are at most five in the channel."""

_LEADS = {
    "Elicit": "We begin with what you already know.",
    "Engage": "We begin with what you already know and think.",
    "Explore": "Now try it for yourselves, before anybody explains it.",
    "Explain": "Now we put it into words.",
    "Elaborate": "Now use what you know on something new.",
    "Extend": "Now take it further.",
    "Evaluate": "Time to look at what you made and what you learned.",
}
_TALKS = {
    "Elicit": "What do you already know about this, and where did you meet it?",
    "Engage": "What do you already know about this, and what would you like to find out?",
    "Explore": "What did you find? Share one thing that you noticed and one that is still unclear.",
    "Extend": "Where else could you use this?",
}
_POLLS = {
    "Elicit": "Which of these have you already met in your work? Choose all that fit.",
    "Engage": "Which of these have you already met in your work? Choose all that fit.",
    "Explain": "Which of these would you like to hear more about? Choose all that fit.",
    "Evaluate": "Which of these could you now explain to somebody? Choose all that fit.",
}
_EXIT = (
    "What was the most important thing that you learned?",
    "What is still unclear to you?",
    "What would you like to hear more about?",
)
_WORK = {"Elicit": 2, "Engage": 2, "Explore": 5, "Explain": 4, "Elaborate": 5, "Evaluate": 1}
_NOT_IN_IDS = re.compile(r"[^\w-]+")
_FAMILIAR = ("It is new to me", "I have heard of it", "I have used it", "I could explain it")


@dataclass(frozen=True, slots=True)
class _Draft:
    """An activity before it has its id and its minutes.

    `weight` is its share of the phase; where there is no room for all, those of the lowest `rank`
    stay.
    """

    kind: str
    rank: int
    weight: int
    spec: dict[str, Any]


def derive(plan: Plan) -> Script:
    """The script that runs where the author wrote none.

    Every phase of the plan is there, in its order, with one to four activities whose minutes are
    whole, at least 1, and add up to the phase's own (15 where the plan gives none). Nothing that
    speaks to the facilitator reaches a learner.
    """
    safety = sort_safety(plan.safety)
    places = _Places.of(plan)
    used: Counter[tuple[str, str]] = Counter()
    phases = []
    for index, phase in enumerate(plan.phases):
        minutes = phase.minutes or DEFAULT_MINUTES
        drafts = _drafts(plan, index, places, safety.questions)
        activities = _timed(phase.name, minutes, _fitting(drafts, minutes), used)
        phases.append(ScriptPhase(phase.name, minutes, notes(phase), activities))
    return Script(
        phases=tuple(phases),
        notice=notice(safety.notice),
        welcome=welcome(plan),
        closing=closing(plan),
        facilitator_notes=facilitator_notes(plan, safety.facilitator),
        facilitator_questions=tuple(filter(phrases.filled, plan.reflection_facilitator)),
    )


@dataclass(frozen=True, slots=True)
class _Places:
    """Which phase, by its index, carries what the plan gives for the whole lesson."""

    cases: int
    safety: int
    reflection: int

    @classmethod
    def of(cls, plan: Plan) -> "_Places":
        families = [family_of(phase.name) for phase in plan.phases]
        last = len(families) - 1
        elaborate = _index(families, "Elaborate", -1)
        evaluate = last - _index(families[::-1], "Evaluate", 0)
        explain = _index(families, "Explain", last)
        return cls(elaborate, elaborate if elaborate >= 0 else explain, evaluate)


def _index(families: list[str], name: str, otherwise: int) -> int:
    return families.index(name) if name in families else otherwise


# The activities of one phase.


def _drafts(plan: Plan, index: int, places: _Places, safety: tuple[str, ...]) -> list[_Draft]:
    phase = plan.phases[index]
    family = family_of(phase.name)
    drafts = [_in_own_words(plan)] if family == "Explain" else []
    drafts.append(_prompt(plan, phase, family, with_cases=index == places.cases))
    if phrases.names_poll(phase.technology) or phrases.names_poll(phase.learner_activities):
        drafts.append(_poll(plan, phase, family))
    if question := _talk(plan, phase, family, with_roles=index == places.cases):
        drafts.append(_Draft("discussion", 2, 3, {"question": question}))
    if safety and index == places.safety:
        drafts.append(_Draft("discussion", 4, 1, {"question": _safety_question(safety)}))
    if index == places.reflection:
        drafts += _reflections(plan)
    elif phrases.names_reflection(phase.learner_activities):
        drafts.append(_reflection(["What do you take from this for yourself?"], 3, 1))
    return drafts


def _in_own_words(plan: Plan) -> _Draft:
    named = _options(plan)[:4]
    about = f" You could begin with one of these: {', '.join(named)}." if named else ""
    question = f"Before we explain anything: what have you found out, in your own words?{about}"
    return _Draft("discussion", 2, 2, {"question": question})


def _prompt(plan: Plan, phase: PhasePlan, family: str, *, with_cases: bool) -> _Draft:
    parts = [_LEADS[family]] if family else []
    if phrases.filled(phase.learner_activities):
        parts.append("Your part:")
        parts.append("\n".join(f"> {line}" for line in phase.learner_activities.split("\n")))
    elif is_break(phase.name):
        parts.append("Time for a break.")
    else:
        parts.append("Your facilitator leads this part.")
    if with_cases and (cases := phrases.bullets(plan.applications)):
        parts.append("Choose a case to work on, or bring one of your own:")
        parts.append(cases)
    return _Draft("prompt", 0, _WORK.get(family, 3), {"text": "\n\n".join(parts)})


def _poll(plan: Plan, phase: PhasePlan, family: str) -> _Draft:
    topic = phrases.poll_topic(phase.technology) or phrases.poll_topic(phase.learner_activities)
    options = _options(plan)[:6]
    other, several = len(options) >= 3, not topic or phrases.wants_several(topic)
    if not other:
        options, several = _FAMILIAR, False
        question = f"How well do you know {topic or plan.title or 'this'}?"
    elif topic and several:
        question = f"When you think of {topic}: which of these play a part? Choose all that fit."
    elif topic:
        question = f"When you think of {topic}: which of these comes to mind first?"
    else:
        question = _POLLS.get(family, _POLLS["Explain"])
    spec = {
        "question": question,
        "options": [
            {"id": letter, "label": label} for letter, label in zip("abcdef", options, strict=False)
        ],
        "multiple": several,
        "other": other,
        "results": "after",
    }
    return _Draft("poll", 1, 1, spec)


def _options(plan: Plan) -> tuple[str, ...]:
    """The key concepts by name, each once."""
    names: dict[str, str] = {}
    for concept in filter(phrases.filled, plan.key_concepts):
        first = concept.split("\n", 1)[0]
        label = split_label(first)
        name = (label.label if label else first).strip(" *_`.")
        names.setdefault(name.casefold(), name)
    return tuple(name for name in names.values() if name)


def _talk(plan: Plan, phase: PhasePlan, family: str, *, with_roles: bool) -> str:
    """The question of the phase's discussion, or "" where it has none."""
    asked = phrases.questions_in(phase.learner_activities)
    # The facilitator's line may say that there is a round of questions; its words stay with them.
    named = f"{phase.technology}\n{phase.facilitator_actions}"
    if phrases.names_questions(named) and phrases.QUESTIONS not in asked:
        asked.append(phrases.QUESTIONS)
    if family == "Elaborate":
        asked.append("Share what you worked out: what did you decide, and why?")
        if with_roles and (roles := phrases.bullets(plan.connections)):
            asked.append(f"Whom would you bring in? Think of:\n\n{roles}")
    if family == "Evaluate" and phrases.names_feedback(f"{named}\n{phase.learner_activities}"):
        asked = asked or ["Show the others what you made, in a few sentences."]
        asked.append(phrases.FEEDBACK)
    if not asked and (family in _TALKS or phrases.talks(phase.learner_activities)):
        asked.append(_TALKS.get(family, "What do you think?"))
    return " ".join(asked)


def _safety_question(matters: tuple[str, ...]) -> str:
    if len(matters) == 1:
        return phrases.what_about(matters[0])
    listed = phrases.bullets(f"{one[0].upper()}{one[1:]}" for one in matters)
    return f"What do these mean for your own work?\n\n{listed}"


def _reflections(plan: Plan) -> list[_Draft]:
    own = [one for one in plan.reflection_learners if phrases.filled(one)]
    drafts = [_reflection(own or list(_EXIT), 1, 2)]
    if thoughts := [_thought(one) for one in plan.metacognition if phrases.filled(one)]:
        drafts.append(_reflection(thoughts, 3, 1))
    return drafts


def _thought(line: str) -> str:
    if line.rstrip().endswith("?"):
        return line
    return f"{phrases.to_you(line.rstrip(' .'))}: how do you see this for yourself?"


def _reflection(questions: list[str], rank: int, weight: int) -> _Draft:
    asked = [{"id": f"q{n}", "text": text} for n, text in enumerate(questions, 1)]
    return _Draft("reflection", rank, weight, {"questions": asked, "visible": "facilitator"})


# Their minutes and their names.


def _fitting(drafts: list[_Draft], minutes: int) -> list[_Draft]:
    """As many as there is room for, at least two minutes each."""
    room = min(MOST_ACTIVITIES, max(1, minutes // 2))
    kept = sorted(range(len(drafts)), key=lambda n: (drafts[n].rank, n))[:room]
    return [drafts[n] for n in sorted(kept)]


def _timed(
    phase: str, minutes: int, drafts: list[_Draft], used: Counter[tuple[str, str]]
) -> tuple[Activity, ...]:
    stem = _slug(phase)
    activities = []
    for draft, length in zip(drafts, _shares(minutes, [one.weight for one in drafts]), strict=True):
        used[stem, draft.kind] += 1
        n = used[stem, draft.kind]
        name = f"{stem}.{draft.kind}" + (f"[{n}]" if n > 1 else "")
        activities.append(Activity(name, phase, draft.kind, length, True, draft.spec))
    return tuple(activities)


def _shares(minutes: int, weights: list[int]) -> list[int]:
    """Whole minutes by weight, each at least 1, that add up to `minutes`."""
    rest, total = minutes - len(weights), sum(weights)
    shares = [rest * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: -(rest * weights[n] % total))
    for n in by_remainder[: rest - sum(shares)]:
        shares[n] += 1
    return [1 + share for share in shares]


def _slug(phase: str) -> str:
    return _NOT_IN_IDS.sub("-", phase)[:32].strip("-") or "Phase"
