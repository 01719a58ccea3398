"""Sentences for learners, made from the phrases of a plan.

A plan speaks about learners (“ask questions, and relate concepts to their own projects”); a
post speaks to them. The author's phrase stays as it is inside our sentence; only “their” becomes
“your”.
"""

import re
from collections.abc import Iterable

_UNSAID = frozenset({"", "tba", "tbc", "tbd", "todo", "n/a", "na", "none"})
_ENDS = re.compile(r"[.;!?](?:\s+|\Z)|\n+")
_COMMA = re.compile(r",\s+")
_AND = re.compile(r"(?:and then|and|then)\s+", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+")
_THEIR = re.compile(r"\b(?:their|learners?['’]s?|students?['’]s?|participants?['’]s?)(?= )", re.I)
_WHERE = re.compile(
    r"(?:in|as) (?:an? |the |their )?(?:small |whole |home |expert )?"
    r"(?:groups?|teams?|pairs?|class|breakout rooms?)\b(?! ?discussion)[,:]?\s*",
    re.IGNORECASE,
)
_VERBS = frozenset(
    "analyze answer apply ask assess brainstorm collaborate compare complete conduct consider "
    "contribute create critique debate define demonstrate describe design develop discuss "
    "document draft draw engage evaluate examine explain explore follow form give identify "
    "investigate join listen list make map note observe participate plan post practice predict "
    "prepare present propose provide rate read receive record reflect relate report research "
    "respond review revise select share showcase sketch solve submit suggest summarize take "
    "talk teach test think try use vote watch work write".split()
)
_DETERMINER = re.compile(r"(?:the|a|an|your|our|each|any|one|two|its|this|these|those)\b", re.I)
_ASKING = ("how", "why", "what", "which", "whether", "where", "when", "who")

_TALK = re.compile(
    r"(?:(?:participate|engage|take part|join|contribute) (?:in|to) )?(?:an? |the |in )?"
    r"(?:[\w-]+ ){0,2}?discussions?(?: (?:on|about|of|around|regarding) (?P<what>.+))?\Z",
    re.IGNORECASE,
)
_DISCUSS = re.compile(r"(?:discuss|talk about|reflect on|consider) (?P<what>.+)", re.IGNORECASE)
_BRAINSTORM = re.compile(r"brainstorm(?:ing)? (?P<what>.+)", re.IGNORECASE)
_SHARE = re.compile(r"share (?P<what>.+)", re.IGNORECASE)
_PRESENT = re.compile(r"(?:present|report|showcase|share back) (?P<what>.+)", re.IGNORECASE)
_RELATE = re.compile(r"relate (?P<what>.+)", re.IGNORECASE)
_DO = re.compile(r"(?:compare|debate|predict|propose|suggest|identify|describe) .+", re.IGNORECASE)
_TOPIC = re.compile(r"\b(?:on|about|regarding|of) (?P<what>.+)", re.IGNORECASE)
_POLL = re.compile(r"\b(?:poll|polls|polling|vot(?:e|es|ing)|survey|surveys)\b", re.IGNORECASE)
_ASK = re.compile(r"\bask(?:ing)? (?:\w+ )?questions?\b", re.IGNORECASE)
_QA = re.compile(r"\bq ?(?:&|and) ?a\b|\bquestions? and answers?\b", re.IGNORECASE)
_FEEDBACK = re.compile(r"\bfeedback\b|\bpeer[- ]review", re.IGNORECASE)
_REFLECT = re.compile(r"\breflect", re.IGNORECASE)
_MANY = re.compile(
    r"\b(?:practices|experiences|tools|challenges|methods|skills|interests|needs|sources)\b",
    re.IGNORECASE,
)

QUESTIONS = "What questions do you have? Ask them here, and answer somebody else’s where you can."
FEEDBACK = "Then give feedback to at least one other: what works well, and what would you improve?"


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
    """What a poll is about: “main causes of failure” of “a poll for opinions on main causes …”."""
    poll = _POLL.search(text)
    sentence = _ENDS.split(text[poll.end() :])[0] if poll else ""
    topic = _TOPIC.search(sentence)
    return to_you(topic["what"].strip(" .")) if topic else ""


def wants_several(topic: str) -> bool:
    """True for a topic of which people have more than one (practices, tools, challenges)."""
    return bool(_MANY.search(topic))


def to_you(phrase: str) -> str:
    """Turn what is said of learners to them: their own projects → your own projects."""
    return _THEIR.sub("your", phrase)


def questions_in(activities: str) -> list[str]:
    """The questions in what learners do, in order, each once; [] where nothing is talked about."""
    asked = (_question(clause) for clause in _clauses(activities))
    return list(dict.fromkeys(one for one in asked if one))


def talks(activities: str) -> bool:
    """True where learners talk with one another, though it may not say about what."""
    return any(_TALK.match(clause) or _question(clause) for clause in _clauses(activities))


def what_about(phrase: str) -> str:
    """A question about a noun phrase or a “how …” clause."""
    phrase = to_you(phrase.strip(" ."))
    if phrase.split(" ", 1)[0].lower() in _ASKING:
        return f"Tell the group {phrase}."
    return f"What is your view of {phrase}?"


def bullets(lines: Iterable[str]) -> str:
    """A Markdown list of the author's lines, those still to be filled left out."""
    kept = (line.replace("\n", "\n  ") for line in lines if filled(line))
    return "\n".join(f"- {line}" for line in kept)


def _clauses(activities: str) -> list[str]:
    """The single things to do: cut at sentences, and at commas before a verb."""
    clauses: list[str] = []
    for sentence in _ENDS.split(activities):
        fresh = True
        for piece in _COMMA.split(_WHERE.sub("", _BULLET.sub("", sentence, count=1))):
            bare = _AND.sub("", piece, count=1) if _AND.match(piece) else piece
            word = bare.split(" ", 1)[0].strip("*_").lower()
            if fresh or word in _VERBS:
                clauses.append(bare.strip())
            else:
                clauses[-1] += f", {piece}"
            fresh = False
    return [one.strip(" .") for one in clauses if filled(one)]


def _question(clause: str) -> str:
    if names_questions(clause):
        return QUESTIONS
    if names_feedback(clause):
        return ""
    if found := _TALK.match(clause):
        return what_about(found["what"]) if found["what"] else ""
    if found := _DISCUSS.match(clause):
        return "" if clause.lower().startswith("reflect") else what_about(found["what"])
    if found := _BRAINSTORM.match(clause):
        what = to_you(found["what"])
        if _DETERMINER.match(what):
            return f"What comes to mind about {what}?"
        return f"Which {what} can you think of?"
    if found := _PRESENT.match(clause):
        what = to_you(re.split(r" (?:to|with) ", found["what"], maxsplit=1)[0])
        whose = what if _DETERMINER.match(what) else f"your {what}"
        return f"Post a short summary of {whose} here: what should the others take from it?"
    if found := _SHARE.match(clause):
        what = to_you(found["what"])
        if what.lower().startswith("experiences"):
            return f"What are your {what}?"
        return f"What would you like to share about {what}?"
    if found := _RELATE.match(clause):
        return f"Tell the group how you relate {to_you(found['what'])}."
    if _DO.match(clause):
        return f"{clause[0].upper()}{to_you(clause[1:])}: what is your answer?"
    return ""
