"""What authors call the parts of a plan: headings, labels, phases, and how they are compared."""

import re
from typing import Final

SECTIONS: Final[dict[str, str]] = {
    name: part
    for part, names in {
        "objectives": "learning objectives|objectives|learning objective|learning outcomes|"
        "outcomes|learning goals|goals|objective",
        "key_concepts": "key concepts|concepts|key terms|vocabulary|key vocabulary|core concepts",
        "prior_knowledge": "prior knowledge|prerequisites|prerequisite knowledge|"
        "prior knowledge required|required prior knowledge",
        "materials": "materials needed|materials|materials required|required materials|"
        "materials and resources|materials and equipment|equipment",
        "structure": "lesson structure|lesson plan|lesson sequence|lesson procedure|procedure|"
        "lesson flow|lesson outline|5e lesson|5e lesson structure|5e model|5e instructional model|"
        "5e lesson plan|5e sequence|phases|lesson phases|agenda|schedule|learning sequence",
        "assessments": "assessment methods|assessment|assessments|assessment strategies|"
        "assessment plan",
        "differentiation": "differentiation strategies|differentiation|differentiated instruction|"
        "accommodations|adaptations for different learner",
        "connections": "cross disciplinary connections|interdisciplinary connections|connections|"
        "cross curricular connections",
        "applications": "real world applications|real world connections|applications|"
        "real world application",
        "metacognition": "metacognition opportunities|metacognition|metacognitive opportunities|"
        "metacognitive strategies",
        "extensions": "extension activities|extensions|extension|extension activity",
        "safety": "safety considerations|safety|safety notes|ethics and safety|"
        "safety and ethics|ethical considerations",
        "reflection": "reflection questions|reflection|reflections|reflection question",
        "reflection_learners": "for learner|learner reflection|learner reflection questions|"
        "reflection questions for learner|questions for learner",
        "reflection_facilitator": "for facilitator|facilitator reflection|"
        "facilitator reflection questions|reflection questions for facilitator|"
        "questions for facilitator",
        "virtual": "adaptations for virtual learning|virtual adaptations|virtual learning|"
        "adaptations for online learning|online adaptations|adaptations for virtual delivery",
        "resources": "additional resources|resources|further resources|further reading|references",
        "audience": "target audience|audience|intended audience|grade level|target learner|"
        "who this is for",
        "duration": "duration|total duration|time|total time|length|lesson duration|"
        "time required|estimated time|estimated duration",
    }.items()
    for name in names.split("|")
}
"""Headings and labels of a whole plan, normalised, and the part of the Plan they name."""

PHASE_PARTS: Final[dict[str, str]] = {
    name: part
    for part, names in {
        "duration": "duration|time|length|timing|time allotted|time allocated|estimated time|"
        "minutes|time required",
        "facilitator_actions": "facilitator actions|facilitator action|facilitator activities|"
        "facilitator activity|facilitator role|facilitator|facilitator moves|facilitator notes",
        "learner_activities": "learner activities|learner activity|learner actions|"
        "learner action|learner role|learner tasks|learner task|learner|what learner do|"
        "activities|activity",
        "resources": "resources used|resources|materials|materials used|resources needed|"
        "materials needed|resource",
        "differentiation": "differentiation|differentiation strategies|adaptations|adaptation|"
        "scaffolding|accommodations|support",
        "technology": "technology integration|technology|technology used|tech integration|"
        "technology use|tech|digital tools|tools",
    }.items()
    for name in names.split("|")
}
"""Labels inside a phase, normalised."""

PHASES: Final[dict[str, str]] = {
    name: phase
    for phase, names in {
        "Elicit": "elicit|elicitation",
        "Engage": "engage|engagement",
        "Explore": "explore|exploration",
        "Explain": "explain|explanation",
        "Elaborate": "elaborate|elaboration",
        "Evaluate": "evaluate|evaluation",
        "Extend": "extend",
    }.items()
    for name in names.split("|")
}
"""The phases of 5E and 7E by the words that open their headings."""

FIVE = ("Engage", "Explore", "Explain", "Elaborate", "Evaluate")

BLOOM: Final = frozenset(
    "remember remembering knowledge understand understanding comprehension apply applying "
    "application analyze analyzing analyse analysing analysis evaluate evaluating evaluation "
    "create creating creation synthesis synthesize synthesizing".split()
)

_ROLES: Final[dict[str, str]] = {
    word: role
    for role, words in {
        "facilitator": "facilitator facilitators teacher teachers instructor instructors trainer "
        "trainers educator educators tutor tutors",
        "learner": "learner learners student students participant participants trainee trainees "
        "pupil pupils",
    }.items()
    for word in words.split()
}
_ORDINAL = re.compile(
    r"\s*(?:(?P<step>(?:phase|stage|step) *\d{1,3}\b|5e *:)|(?:section|part) *\d{1,3}\b|"
    r"(?:\d{1,3}[.):]|\d{1,3}(?:\.\d{1,3}){1,3}[.):]?)(?=\s)|[ivx]{1,4}[.)])\s*[:.)–—-]*\s*",
    re.IGNORECASE,
)
_BREAK = re.compile(r"\b(?:break|pause|lunch|coffee)\b", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_CONTINUED = re.compile(r"\s*(?:[:.,–—(\[-]|continued\b|again\b|part\b|phase\b|\d)", re.IGNORECASE)


def normal(name: str) -> str:
    """The form in which names are compared: bare lower-case words, one word for each role."""
    words = (word.split("'")[0].split("’")[0] for word in _WORDS.findall(name.casefold()))
    return " ".join(_ROLES.get(word, word) for word in words)


def without_ordinal(title: str) -> str:
    """The title without `1.`, `Section 2 -`, `Phase 3:` and emphasis around it."""
    title = title.strip().strip("*_").strip()
    found = _ORDINAL.match(title)
    return title[found.end() if found else 0 :].strip("*_ ") or title


def has_step(title: str) -> bool:
    """True for headings that call themselves a phase: `Phase 2: …`, `Step 3 …`."""
    found = _ORDINAL.match(title.strip().strip("*_"))
    return bool(found and found["step"])


def phase_named(title: str) -> str | None:
    """The name of the phase that a heading opens, or None where it names none of 5E or 7E.

    A word of 5E alone gives its usual form. With more behind it (“Explore Continued”,
    “Engage: the hook”) the author's words stay.
    """
    words = normal(title).split()
    if not words or words[0] not in PHASES:
        return None
    if words == [words[0]] or words[1:] == ["phase"]:
        return PHASES[words[0]]
    behind = title.strip("*_ ")[len(words[0]) :]
    return title if _CONTINUED.match(behind) and words[0] == PHASES[words[0]].lower() else None


def is_break(name: str) -> bool:
    """True for a phase in which nothing is asked of anybody."""
    return bool(_BREAK.search(name))


def family_of(name: str) -> str:
    """The phase that a name belongs to (“Explore Continued” is Explore again), or ""."""
    words = normal(name).split()
    return PHASES.get(words[0], "") if words else ""
