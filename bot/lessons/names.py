"""What authors call the parts of a plan: headings, labels, phases, and how they are compared."""

import re
from collections.abc import Mapping
from typing import Final

SECTIONS: Final[dict[str, str]] = {
    name: part
    for part, names in {
        "objectives": "learning objectives|objectives|learning objective|learning outcomes|"
        "outcomes|learning goals|goals|objective|we will learn|what we will learn|"
        "what you will learn|learner will be able to|learning intentions",
        "key_concepts": "key concepts|concepts|key terms|vocabulary|key vocabulary|core concepts|"
        "glossary|terms",
        "title": "title|lesson title|lesson|lesson name|topic|lesson topic|name of lesson",
        "prior_knowledge": "prior knowledge|prerequisites|prerequisite|prerequisite knowledge|"
        "prior knowledge required|required prior knowledge",
        "materials": "materials needed|materials|materials required|required materials|"
        "materials and resources|materials and equipment|equipment",
        "structure": "lesson structure|lesson plan|lesson sequence|lesson procedure|procedure|"
        "lesson flow|lesson outline|session plan|session outline|structure|5e lesson|"
        "5e lesson structure|5e model|5e instructional model|5e lesson plan|5e sequence|5e phases|"
        "5e|7e|7e model|7e lesson plan|phases|lesson phases|agenda|schedule|timetable|"
        "5e lesson sequence|5e learning cycle|5e cycle|5e procedure|5e instructional sequence|"
        "session flow|session structure|workshop structure|workshop flow|workshop plan|"
        "learning sequence|learning cycle|learning plan|teaching sequence|kolb cycle|"
        "sequence|sequence of activities|run of show",
        "assessments": "assessment methods|assessment|assessments|assessment strategies|"
        "assessment plan|assessment of learning",
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
        "adaptations for online learning|online adaptations|adaptations for virtual delivery|"
        "remote delivery|online delivery",
        "resources": "additional resources|resources|further resources|further reading|references",
        "audience": "target audience|audience|intended audience|target group|grade level|grade|"
        "grades|level|year group|age group|target learner|learner|who this is for|who is this for|"
        "for|for whom",
        "duration": "duration|total duration|time|total time|total|length|total length|timing|"
        "lesson duration|lesson length|session length|time required|time needed|estimated time|"
        "estimated duration|time frame|timeframe|class time",
    }.items()
    for name in names.split("|")
}
"""Headings and labels of a whole plan, normalised, and the part of the Plan they name."""

PHASE_PARTS: Final[dict[str, str]] = {
    name: part
    for part, names in {
        "duration": "duration|time|length|timing|time allotted|time allocated|estimated time|"
        "minutes|min|mins|time required|time needed|time frame|timeframe|estimated duration",
        "facilitator_actions": "facilitator|facilitator action|facilitator actions|"
        "facilitator activity|facilitator activities|"
        "facilitator role|facilitator tasks|facilitator task|facilitator moves|facilitator notes|"
        "facilitator does|facilitator do|facilitator will|facilitator guide|facilitator guidance|"
        "facilitator instructions|facilitator script|facilitator says|facilitator steps|"
        "facilitator questions|facilitator input|facilitator is doing|what facilitator does|"
        "what facilitator do|what facilitator is doing|role of facilitator|notes for facilitator|"
        "instructions for facilitator",
        "learner_activities": "learner|activities|activity|task|tasks|your task|"
        "learner activity|learner activities|learner action|learner actions|learner role|"
        "learner task|learner tasks|learner does|learner do|learner will|learner work|"
        "learner are doing|what learner do|what learner does|what learner are doing|"
        "what learner will do|role of learner|learner engagement|learner experience|"
        "learner instructions|instructions for learner",
        "resources": "resources used|resources|materials|materials used|resources needed|"
        "materials needed|resource|material|equipment|handouts|what you need",
        "differentiation": "differentiation|differentiation strategies|adaptations|adaptation|"
        "scaffolding|scaffolds|accommodations|support|supports|support and challenge",
        "technology": "technology integration|technology|technology used|tech integration|"
        "technology use|tech|digital tools|tools|ict|online tools",
    }.items()
    for name in names.split("|")
}
"""Labels inside a phase, normalised."""

PHASE_COLUMN: Final = frozenset(
    "phase|phases|stage|step|5e|5e phase|5e stage|e|7e|7e phase|part|section|segment|item|what|"
    "lesson phase|learning phase|no|nr".split("|")
)
"""What the column is called that names the phases of a table, normalised."""

COLUMNS: Final = frozenset(
    "field|value|values|item|items|detail|details|description|information|info|element|"
    "component|property|name|type|method|methods|strategy|strategies|group|who|how|what|"
    "learner|learner group|learner type|type of learner|kind|need|needs|support|supports|"
    "alignment|aligned with|aligns with|objective alignment|term|definition|meaning|concept|"
    "quantity|number|amount|assessment|assessment method|assessment type|differentiation|tool|"
    "evidence|purpose|link|resource|material|question|adaptation|accommodation".split("|")
)
"""Names of columns, normalised, that say nothing about a lesson."""

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

KOLB: Final[dict[str, str]] = {
    name: phase
    for phase, names in {
        "Experience": "experience|concrete experience|experiencing",
        "Reflect": "reflect|reflective observation|reflecting|observe",
        "Think": "think|conceptualise|conceptualize|abstract conceptualisation|"
        "abstract conceptualization|thinking|generalise|generalize",
        "Act": "act|apply|active experimentation|acting|applying|experiment",
    }.items()
    for name in names.split("|")
}
"""The phases of Kolb's cycle. Everyday words, so they count only where three stand together."""

FIVE = ("Engage", "Explore", "Explain", "Elaborate", "Evaluate")

BLOOM: Final = frozenset(
    "remember remembering knowledge understand understanding comprehension apply applying "
    "application analyze analyzing analyse analysing analysis evaluate evaluating evaluation "
    "create creating creation synthesis synthesize synthesizing".split()
)

ROLES: Final[dict[str, str]] = {
    word: role
    for role, words in {
        "facilitator": "facilitator facilitators teacher teachers instructor instructors trainer "
        "trainers educator educators tutor tutors lecturer lecturers mentor mentors coach "
        "coaches moderator moderators",
        "learner": "learner learners student students participant participants trainee trainees "
        "pupil pupils attendee attendees apprentice apprentices child children",
    }.items()
    for word in words.split()
}
BRACKETED = re.compile(r"(?P<name>[^(\[]*)[(\[](?P<inside>[^)\]]*)[)\]]\s*\Z")
_JOINTS = re.compile(r"[/&+,]|\band\b", re.IGNORECASE)
_COMPOUND = re.compile(r"[/&+,(\[]|\band\b", re.IGNORECASE)
_LONGEST = 160
_UNSAID = frozenset({"the", "s"})
_NUMBER = r"(?:\d{1,3}|one|two|three|four|five|six|seven|[ivx]{1,4})"
_ORDINAL = re.compile(
    rf"\s*(?:(?P<step>(?:(?:5e )?(?:phase|stage|step)|day|session) *#?{_NUMBER}\b|5e *:|phase *:)|"
    rf"(?:section|part) *{_NUMBER}\b|\(?\d{{1,3}}\)(?=\s)|\d\ufe0f?\u20e3|\d{{1,2}}(?=\s+[–—-]\s)|"
    r"(?:\d{1,3}[.):]|\d{1,3}(?:\.\d{1,3}){1,3}[.):]?)(?=\s)|(?:[ivx]{1,4}|[a-h])[.)](?=\s))"
    r"\s*[:.)–—-]*\s*",
    re.IGNORECASE,
)
_BREAK = re.compile(r"(?<![^\W_])(?:break|pause|recess|lunch|coffee)(?![^\W_])", re.IGNORECASE)
_AROUND = re.compile(
    r"[\W_]{0,8}(?:warm[ -]?up|welcome|ice[ -]?breaker|check[ -](?:in|out)|wrap[ -]?up|closing|"
    r"closure)(?![^\W_])(?P<more>.*)",
    re.IGNORECASE | re.DOTALL,
)
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_CONTINUED = frozenset("continued contd cont again part phase stage step ii iii".split())
_FRAMES = frozenset({"phase", "stage", "step"})
_PIECES = re.compile(r"[:/|()\[\]–—,.&+]|\s-\s|\band\b", re.IGNORECASE)
_MENTIONS = [
    re.compile(rf"(?<![^\W_])(?:{'|'.join(phases)})(?![^\W_])", re.IGNORECASE)
    for phases in (KOLB, PHASES)
]
_LAST_SIGNS = re.compile(r"\s[^\w\s()\[\]]{1,8}\Z")
_SIGNS = re.compile(r"[^\w(\[<“\"'¿¡]*")


def normal(name: str) -> str:
    """The form in which names are compared: bare lower-case words, one word for each role."""
    words: list[str] = []
    for found in _WORDS.findall(name.casefold()):
        word = found.split("'")[0].split("’")[0]
        word = ROLES.get(word, word)
        if word not in _UNSAID and word not in words[-1:]:
            words.append(word)
    return " ".join(words)


def part_named(label: str, names: Mapping[str, str]) -> tuple[str, str]:
    """The part in `names` that a label or a heading names, or "", and what it adds in brackets.

    “Materials/Resources” names the part that both of them name; of “Dauer / Duration”, a name in
    two languages, the other one is what it adds.
    """
    if len(label) > _LONGEST:
        return "", ""
    if part := names.get(normal(label)):
        return part, ""
    if not _COMPOUND.search(label):
        return "", ""
    if part := _part_named(label, names):
        return part, ""
    pieces = [piece.strip() for piece in label.split("/")]
    parts = {piece: names.get(normal(piece), "") for piece in pieces}
    if len(known := set(parts.values()) - {""}) == 1:
        return known.pop(), " / ".join(piece for piece in pieces if not parts[piece])
    bracketed = BRACKETED.match(label)
    part = _part_named(bracketed["name"], names) if bracketed else ""
    return (part, bracketed["inside"].strip()) if part and bracketed else ("", "")


def _part_named(label: str, names: Mapping[str, str]) -> str:
    if part := names.get(normal(label)):
        return part
    parts = {names.get(normal(piece), "") for piece in _JOINTS.split(label)}
    return parts.pop() if len(parts) == 1 else ""


def without_ordinal(title: str) -> str:
    """The title without `1.`, `Section 2 -`, `Phase 3:`, signs before it and emphasis around it."""
    return _unnumbered(title)[0].rstrip("*_ :") or title.strip()


def has_step(title: str) -> bool:
    """True for headings that call themselves a phase: `Phase 2: …`, `Step 3 …`."""
    return _unnumbered(title)[1]


def _unnumbered(title: str) -> tuple[str, bool]:
    """What follows the numbers before a title, and whether they count phases."""
    rest, step = _without_signs(title.strip().strip("*_").strip()), False
    # An author may number a heading that has a number for its sign.
    for _ in range(2):
        found = _ORDINAL.match(rest)
        after = _without_signs(rest[found.end() :]) if found else ""
        if not found or not after:
            break
        rest, step = after, step or bool(found["step"])
    return rest, step


def phase_named(title: str, phases: Mapping[str, str] = PHASES) -> str | None:
    """The name of the phase that a title opens, or None where it names none of `phases`.

    A word of 5E alone gives its usual form. With more around it (“Explore Continued”, “Engage: the
    hook”, “Einstieg / Engage”) the author's words stay.
    """
    if len(title) > _LONGEST:
        return None
    bare = _bare(title)
    if bare in phases:
        return phases[bare] if phases is PHASES else _shown(title)
    first, *others = [_bare(piece) for piece in _PIECES.split(title) if _bare(piece)] or [""]
    words = first.split()
    verb = bool(words) and phases.get(words[0], "").lower() == words[0]
    goes_on = len(words) == 1 or (len(words) > 1 and words[1] in _CONTINUED | {"1", "2", "3"})
    opens = (verb and goes_on) or (first in phases and phases is not PHASES)
    elsewhere = first not in SECTIONS and any(phases.get(o, "").lower() == o for o in others)
    return _shown(title) if opens or elsewhere else None


def mentions(line: str, phases: Mapping[str, str]) -> bool:
    """Whether a line names a phase where it may open one: a quick no for most lines."""
    return bool(_MENTIONS[phases is PHASES].search(line, 0, _LONGEST))


def is_break(name: str) -> bool:
    """True for a phase in which nothing is asked of anybody: it keeps its place and its minutes."""
    return bool(_BREAK.search(name)) and not family_of(name)


def begins_around(line: str) -> bool:
    """A quick no for most lines that `is_around` says no to once their duration is gone."""
    return bool(_AROUND.match(line))


def is_around(title: str) -> bool:
    """True for what people do before the first phase or after the last: “Warm-up”, “Wrap-up”."""
    found = _AROUND.match(title)
    return found is not None and not _WORDS.search(found["more"])


def families(name: str) -> tuple[str, ...]:
    """The phases of 5E or 7E that a name belongs to: “Explain and Elaborate” is both."""
    first, *others = [_bare(piece) for piece in _PIECES.split(name) if _bare(piece)] or [""]
    found = [PHASES.get(first.split()[0], "") if first else ""]
    found += [PHASES[other] for other in others if other in PHASES]
    return tuple(dict.fromkeys(filter(None, found)))


def family_of(name: str) -> str:
    """The phase that a name belongs to (“Explore Continued” is Explore again), or ""."""
    return next(iter(families(name)), "")


def _bare(title: str) -> str:
    words = normal(title).split()
    return (
        " ".join(word for word in words if word not in _FRAMES) if len(words) < 4 else normal(title)
    )


def _shown(title: str) -> str:
    return _LAST_SIGNS.sub("", title.strip("*_ :"))


def _without_signs(title: str) -> str:
    """The title from its first word on; a title of signs alone stays."""
    return _SIGNS.sub("", title, count=1) or title
