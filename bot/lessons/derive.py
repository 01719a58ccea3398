"""Plan → Script, for lessons whose author wrote none.

What the fields of a plan turn into: what learners do is the prompt to them; what the facilitator
does, and how they adapt it, is for the facilitator alone; the technology that a phase names says
which activity runs. Pure: the same plan always gives the same script.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from bot.lessons import phrases, questions
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
    "Engage": "We begin with what you already know and think. There are no wrong answers here.",
    "Explore": "Now try it for yourselves, before anybody explains it.",
    "Explain": "Now your facilitator ties it together. Listen for what fits with what you found, "
    "and for what does not.",
    "Elaborate": "Now use what you know on something new.",
    "Extend": "Now take it further.",
    "Evaluate": "Time to look at what you made and what you learned.",
}
_STEPS = "Use these first minutes to get ready; the next posts take you through it step by step."
_TALKS = {
    "Elicit": "What do you already know about this, and where did you meet it?",
    "Engage": "What do you already know about this, and what would you like to find out?",
    "Explore": "What did you find? Share one thing that you noticed and one that is still unclear.",
    "Extend": "Where else could you use this?",
}
_POLLS = {
    "Elicit": "Which of these have you already come across in your work?",
    "Engage": "Which of these have you already come across in your work?",
    "Explain": "Which of these would you like to hear more about?",
    "Evaluate": "Which of these could you now explain to somebody else?",
}
_SHARE = "Share what you worked out: what did you decide, and why?"
_EXIT = (
    "What was the most important thing that you learned?",
    "What is still unclear to you?",
    "What would you like to hear more about?",
)
_WORK = {"Elicit": 2, "Engage": 2, "Explore": 5, "Explain": 4, "Elaborate": 5, "Evaluate": 1}
_NOT_IN_IDS = re.compile(r"[^\w-]+")
_YES_OR_NO = ("Yes", "No")
_FAMILIAR = ("It is new to me", "I have heard of it", "I have used it", "I could explain it")


@dataclass(frozen=True, slots=True)
class _Draft:
    """An activity before it has its id and its minutes.

    `weight` is its share of the phase; where there is no room for all, those of the lowest `rank`
    stay. No two of a phase have one `title`; "" is the kind's own.
    """

    kind: str
    rank: int
    weight: int
    spec: dict[str, Any]
    title: str = ""


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
        drafts = _fitting(_drafts(plan, index, places, safety.questions), minutes)
        activities = _timed(phase.name, minutes, _led(phase.name, drafts), used)
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
    if talk := _talk(plan, phase, family, with_roles=index == places.cases):
        drafts.append(talk)
    if safety and index == places.safety:
        spec = {"question": _safety_question(safety)}
        drafts.append(_Draft("discussion", 4, 1, spec, "What it means for us"))
    if index == places.reflection:
        drafts += _reflections(plan)
    elif phrases.names_reflection(phase.learner_activities):
        asked = ["What do you take from this for yourself?"]
        drafts.append(_reflection(asked, 3, 1, "A moment for yourself"))
    return drafts


def _in_own_words(plan: Plan) -> _Draft:
    question = "Before anybody explains anything: what have you found out so far?"
    if named := _options(plan)[:4]:
        question += f"\n\nIf you need a place to begin, take one of these: {', '.join(named)}."
    return _Draft("discussion", 2, 2, {"question": question}, "In your own words")


def _prompt(plan: Plan, phase: PhasePlan, family: str, *, with_cases: bool) -> _Draft:
    parts, title = [_LEADS[family]] if family else [], ""
    if phrases.filled(phase.learner_activities):
        todo = phrases.sentence(phrases.to_you(phase.learner_activities))
        gap = "\n\n" if "\n" in todo else " "
        parts.append(f"**What you will do:**{gap}{todo}")
    elif is_break(phase.name):
        parts.append("Stretch, have a drink, and be back when the next part begins.")
        title = "Time for a break"
    else:
        parts.append("Your facilitator leads this part.")
        title = "With your facilitator"
    if with_cases and (cases := phrases.bullets(map(phrases.to_you, plan.applications))):
        parts.append("If you need a case to work on, choose one of these or bring your own:")
        parts.append(cases)
    return _Draft("prompt", 0, _WORK.get(family, 3), {"text": "\n\n".join(parts)}, title)


def _led(phase: str, drafts: list[_Draft]) -> list[_Draft]:
    """Evaluate's prompt is short, and its work is in the posts that follow: say so."""
    first, *rest = drafts
    if family_of(phase) != "Evaluate" or not rest:
        return drafts
    return [replace(first, spec={"text": f"{first.spec['text']}\n\n{_STEPS}"}), *rest]


def _poll(plan: Plan, phase: PhasePlan, family: str) -> _Draft:
    topic = phrases.poll_topic(phase.technology) or phrases.poll_topic(phase.learner_activities)
    asked = phrases.poll_question(phase.technology) or phrases.poll_question(
        phase.learner_activities
    )
    options, title = _options(plan)[:6], ""
    other, several = len(options) >= 3, not topic or phrases.wants_several(topic)
    if asked and phrases.is_yes_or_no(asked):
        question, options, several, other = asked, _YES_OR_NO, False, True
    elif asked and other:
        question = asked
    elif not other:
        options, several, title = _FAMILIAR, False, "How well do you know it?"
        question = f"How well do you know {topic or plan.title or 'this'}?"
    elif topic and several:
        question = f"When it comes to {topic}, which of these are on your mind?"
    elif topic:
        question = f"When it comes to {topic}, which of these would you look at first?"
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
    return _Draft("poll", 1, 1, spec, title)


def _options(plan: Plan) -> tuple[str, ...]:
    """The key concepts by name, each once."""
    names: dict[str, str] = {}
    for concept in filter(phrases.filled, plan.key_concepts):
        first = concept.split("\n", 1)[0]
        label = split_label(first)
        name = (label.label if label else first).strip(" *_`.")
        names.setdefault(name.casefold(), name)
    return tuple(name for name in names.values() if name)


def _talk(plan: Plan, phase: PhasePlan, family: str, *, with_roles: bool) -> _Draft | None:
    """The phase's discussion, or None where nothing is talked about."""
    asked, title, weight = questions.questions_in(phase.learner_activities), "", 3
    # The facilitator's line may say that there is a round of questions; its words stay with them.
    named = f"{phase.technology}\n{phase.facilitator_actions}"
    if phrases.names_questions(named) and questions.QUESTIONS not in asked:
        asked.append(questions.QUESTIONS)
    shown = any(one.startswith(questions.SHOW) for one in asked)
    if questions.QUESTIONS in asked:
        title = "Questions and thoughts" if len(asked) > 1 else "Your questions"
    elif shown:
        title = "Share what you have"
    if family == "Elaborate":
        title = "Share your work"
        asked += [] if shown else [_SHARE]
        if with_roles and (roles := phrases.bullets(map(phrases.to_you, plan.connections))):
            asked.append(f"And whom would you bring in? Think of people who know about:\n\n{roles}")
    if family == "Evaluate" and phrases.names_feedback(f"{named}\n{phase.learner_activities}"):
        title, weight = "Share and give feedback", 4
        asked = asked or ["Show the others what you made, in a few sentences."]
        asked.append(questions.FEEDBACK)
    if not asked and (family in _TALKS or questions.talks(phase.learner_activities)):
        asked.append(_TALKS.get(family, "What do you think?"))
    return (
        _Draft("discussion", 2, weight, {"question": "\n\n".join(asked)}, title) if asked else None
    )


def _safety_question(matters: tuple[str, ...]) -> str:
    if len(matters) == 1:
        return f"{questions.what_about(matters[0])} Where does this matter in your own work?"
    listed = phrases.bullets(map(phrases.capital, matters))
    return f"What do these mean for your own work?\n\n{listed}"


def _reflections(plan: Plan) -> list[_Draft]:
    own = [one for one in plan.reflection_learners if phrases.filled(one)]
    drafts = [_reflection(own, 1, 2) if own else _reflection(list(_EXIT), 1, 2, "Before you go")]
    thoughts = [questions.thought(one) for one in plan.metacognition if phrases.filled(one)]
    if thoughts := [one for one in thoughts if one]:
        drafts.append(_reflection(thoughts, 3, 1, "Where do you stand?"))
    return drafts


def _reflection(asked: list[str], rank: int, weight: int, title: str = "") -> _Draft:
    numbered = [{"id": f"q{n}", "text": text} for n, text in enumerate(asked, 1)]
    spec = {"questions": numbered, "visible": "facilitator"}
    return _Draft("reflection", rank, weight, spec, title)


# Their minutes and their names.


def _fitting(drafts: list[_Draft], minutes: int) -> list[_Draft]:
    """As many as there is room for, at least two minutes each."""
    room = min(MOST_ACTIVITIES, max(1, minutes // 2))
    kept = sorted(range(len(drafts)), key=lambda n: (drafts[n].rank, n))[:room]
    return [drafts[n] for n in sorted(kept)]


def _timed(
    phase: str, minutes: int, drafts: list[_Draft], used: Counter[tuple[str, str]]
) -> tuple[Activity, ...]:
    stem = slug(phase)
    activities = []
    for draft, length in zip(drafts, _shares(minutes, [one.weight for one in drafts]), strict=True):
        used[stem, draft.kind] += 1
        n = used[stem, draft.kind]
        name = f"{stem}.{draft.kind}" + (f"[{n}]" if n > 1 else "")
        spec = {"title": draft.title, **draft.spec} if draft.title else draft.spec
        activities.append(Activity(name, phase, draft.kind, length, True, spec))
    return tuple(activities)


def _shares(minutes: int, weights: list[int]) -> list[int]:
    """Whole minutes by weight, each at least 1, that add up to `minutes`."""
    rest, total = minutes - len(weights), sum(weights)
    shares = [rest * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: -(rest * weights[n] % total))
    for n in by_remainder[: rest - sum(shares)]:
        shares[n] += 1
    return [1 + share for share in shares]


def slug(phase: str) -> str:
    """How the ids of a phase's activities begin."""
    return _NOT_IN_IDS.sub("-", phase)[:32].strip("-") or "Phase"
