"""The phrases of a plan: what they name, and how they are turned to the reader.

A plan speaks about learners (“ask questions, and relate concepts to their own projects”); a
post speaks to them. The author's phrase stays as it is inside our sentence; only what is said of
learners (“their projects”, “the learner's organization”) is said to them (“your projects”).
"""

import re
from collections.abc import Iterable

ENDS = re.compile(r"(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)[.;!?](?:\s+|\Z)|\n+")
"""Where a sentence of the author's ends."""
DETERMINER = re.compile(
    r"(?:the|an?|your|our|my|each|any|some|all|one|two|its|their|this|these|those|both|every|no)\b",
    re.IGNORECASE,
)
ASKING = re.compile(r"(?:how|why|what|which|whether|where|when|who|whom)\b", re.IGNORECASE)

_UNSAID = frozenset({"", "tba", "tbc", "tbd", "todo", "n/a", "na", "none"})
_POLL = re.compile(r"\b(?:poll|polls|polling|vot(?:e|es|ing)|survey|surveys)\b", re.IGNORECASE)
_TOPIC = re.compile(r"\b(?:on|about|regarding|of) (?P<what>.+)", re.IGNORECASE)
_ASKED = re.compile(r"[:(“\"‘–—][ \t]*(?P<question>[^\W\d_][^?:“”\"()\n]{2,200}\?)")
_YES_OR_NO = re.compile(
    r"(?:am|are|is|was|were|do|does|did|have|has|had|can|could|will|would|should|may|might)\b",
    re.IGNORECASE,
)
_NO_TOPIC = frozenset({"key concepts", "concepts", "the lesson", "the topic", "topic", "learning"})
_IMPORTANCE = re.compile(r"(?P<what>(?:[\w-]+ ){1,4}?)importance")
_ASK = re.compile(r"\bask(?:ing)? (?:\w+ )?questions?\b", re.IGNORECASE)
_QA = re.compile(r"\bq ?(?:&|and) ?a\b|\bquestions? and answers?\b", re.IGNORECASE)
_FEEDBACK = re.compile(r"\bfeedback\b|\bpeer[- ]review", re.IGNORECASE)
_REFLECT = re.compile(r"\breflect", re.IGNORECASE)
_MANY = re.compile(
    r"\b(?:practices|experiences|tools|challenges|methods|skills|interests|needs|sources)\b",
    re.IGNORECASE,
)

_SMALL = "on|of|in|for|to|and|or|with|by|from|at|as|through"
_OF_LEARNERS = re.compile(
    r"\b(?:the )?(?:learner|student|participant|trainee)s?['’]s?(?= )|\bone['’]s(?= )", re.I
)
# What a person at work has; things have parts, impacts and features, and keep their “their”.
_THEIR = re.compile(
    rf"(?<!\band )\btheir(?= (?:(?!(?:{_SMALL})\b)[\w-]+ ){{0,2}}(?:own|organi[sz]ation(?:al|s)?|"
    r"compan(?:y|ies)|departments?|agenc(?:y|ies)|teams?|units?|industr(?:y|ies)|fields?|"
    r"workplaces?|work|jobs?|careers?|roles?|professional|specific|current|projects?|business|"
    r"areas? of responsibility|customers|clients|colleagues|superiors|peers|perspectives?|"
    r"perceptions?|approach|understanding|learning|experiences?|practices?|strengths|biases|"
    r"assumptions|knowledge|skills|findings|choices|answers|ideas|thoughts|contexts?|chosen|"
    r"contributions)\b)",
    re.IGNORECASE,
)
_OWN = re.compile(r"(?<!\byour )(?<!\bits )(?<!\bour )(?<!\btheir )(?<!['’]s )\bown (?=[a-z])")
_MINE = re.compile(
    r"\b(?P<verb>defend|post|present|refine|revise|share|showcase|submit|update) their(?= )", re.I
)
_PLACES = (
    r"(?:(?:own|current|specific|respective) )?"
    r"(?:organi[sz]ation|department|team|workplace|unit|compan|agenc|industr)"
)
_OF_PLACES = re.compile(rf"(?P<place>\byour {_PLACES})(?P<many>ies|s)(?P<mark>['’])", re.IGNORECASE)
_IN_PLACES = re.compile(
    rf"(?P<place>\b(?:across|at|for|from|in|of|to|within) your {_PLACES})(?P<many>ies|s)\b(?!['’])",
    re.IGNORECASE,
)
_ONE_PERSON = re.compile(
    r"(?P<role>\byour (?:[\w-]+ )?(?:role|job|position)) as (?P<kind>(?:[\w-]+ ){0,2}?[\w-]*"
    r"(?:professional|practitioner|leader|specialist|manager|developer|engineer|scientist|"
    r"educator|expert|official|maker|analyst|planner))s\b",
    re.IGNORECASE,
)
_BARE_OF = re.compile(
    rf"(?:(?!(?:{_SMALL}|about|that|how|is|are|instead|because|out|regardless|most|many|none|"
    r"lots?|plenty|examples?|ways?|kinds?|types?|sorts?|\w+ing)\b)[\w'’/-]+,? (?:and |or )?){1,5}"
    r"of ",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"(?:(?:presented|given|learned|provided|observed|proposed|key|main|primary|most) |"
    r"(?:scenario|case|case study|situation|problem|results?)\Z)",
    re.IGNORECASE,
)


def filled(text: str) -> bool:
    """False for a place that the author has still to fill: `[insert link]`, TBD, nothing."""
    bare = text.strip(" \t\n.…_–—-")
    if bare.lower() in _UNSAID:
        return False
    inside = bare[1:-1]
    bracketed = f"{bare[0]}{bare[-1]}" in ("[]", "<>", "{}") and len(bare) > 1
    return not bracketed or any(one in inside for one in "[]<>{}")


def names_poll(text: str) -> bool:
    """True where a poll, a vote or a survey is named."""
    return bool(_POLL.search(text))


def names_questions(text: str) -> bool:
    """True where learners are to ask questions."""
    return bool(_QA.search(text) or _ASK.search(text))


def names_feedback(text: str) -> bool:
    """True where learners are to give one another feedback."""
    return bool(_FEEDBACK.search(text))


def names_reflection(text: str) -> bool:
    """True where learners are to reflect."""
    return bool(_REFLECT.search(text))


def poll_topic(text: str) -> str:
    """What a poll is about: “the main causes of failure” of “a poll on main causes of failure”."""
    poll = _POLL.search(text)
    sentence = ENDS.split(text[poll.end() :])[0] if poll else ""
    topic = _TOPIC.search(sentence)
    what = to_you(topic["what"].strip(" .?!“”\"'‘’()")) if topic else ""
    if found := _IMPORTANCE.fullmatch(what):
        return f"the importance of {found['what'].strip()}"
    return "" if what.lower() in _NO_TOPIC else with_the(what)


def poll_question(text: str) -> str:
    """The question that the author wants asked in a poll, word for word; "" where none is given.

    It stands behind a colon or a dash, in quotes or in brackets: “Poll: Have you tried it?”.
    """
    poll = _POLL.search(text)
    asked = _ASKED.search(text, poll.end(), poll.end() + 400) if poll else None
    return asked["question"].strip() if asked else ""


def is_yes_or_no(question: str) -> bool:
    """True for what can be answered by yes or no: “Have you tried it?”."""
    return bool(_YES_OR_NO.match(question))


def wants_several(topic: str) -> bool:
    """True for a topic of which people have more than one (practices, tools, challenges)."""
    return bool(_MANY.search(topic))


def to_you(text: str) -> str:
    """Turn what is said of learners to them: in learners' organizations → in your organization.

    What is said of other things (“components and their interconnections”) stays.
    """
    text = _OF_LEARNERS.sub(lambda found: _cased("your", found[0]), text)
    text = _THEIR.sub(lambda found: _cased("your", found[0]), text)
    text = _MINE.sub(r"\g<verb> your", text)
    text = _OWN.sub("your own ", text)
    text = _OF_PLACES.sub(lambda found: f"{_singular(found)}{found['mark']}s", text)
    text = _IN_PLACES.sub(_singular, text)
    return _ONE_PERSON.sub(
        lambda found: f"{found['role']} as {_an(found['kind'])} {found['kind']}", text
    )


def with_the(phrase: str) -> str:
    """The phrase as it stands in a sentence: main causes of failure → the main causes of failure.

    The article is added only where it is sure to be right.
    """
    if DETERMINER.match(phrase) or ASKING.match(phrase):
        return phrase
    if re.match(r"personal\b", phrase, re.IGNORECASE):
        return f"your {phrase}"
    return f"the {phrase}" if _BARE_OF.match(phrase) or _GIVEN.match(phrase) else phrase


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return f"{text[:1].upper()}{text[1:]}"


def small(text: str) -> str:
    """The text as it goes on inside a sentence; acronyms and names with capitals stay."""
    return text if text[1:2].isupper() or text[:2] == "I " else f"{text[:1].lower()}{text[1:]}"


def sentence(text: str) -> str:
    """The text with a full stop, if it is one line that has no end yet."""
    return f"{text}." if "\n" not in text and re.search(r"[\w)\]'’\"”]\Z", text) else text


def bullets(lines: Iterable[str]) -> str:
    """A Markdown list of the author's lines, those still to be filled left out."""
    kept = (line.replace("\n", "\n  ") for line in lines if filled(line))
    return "\n".join(f"- {line}" for line in kept)


def _cased(word: str, instead_of: str) -> str:
    return capital(word) if instead_of[0].isupper() else word


def _singular(found: re.Match[str]) -> str:
    return found["place"] + ("y" if found["many"].lower() == "ies" else "")


def _an(words: str) -> str:
    first = words.split(" ", 1)[0]
    if first[1:2].isupper():
        return "an" if first[0] in "AEFHILMNORSX" else "a"
    return "an" if first[:1].lower() in "aeio" else "a"
