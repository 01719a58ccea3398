"""What a lesson is about, in its author's own words: what personas speak of.

A lesson on compost is spoken of in words of compost, whatever language a persona wraps them in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.chat.message import Heading, Listing, Message, Text
from bot.chat.text import Emphasis, Inline, Strong
from bot.lessons.lesson import Lesson
from bot.lessons.prose import prose_line

MOST = 8
"""As many topics as somebody has in mind at once."""
_ENOUGH = 3
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Subject:
    """What a lesson is about. ``topics`` are things that its plan names, the chief ones first."""

    topics: tuple[str, ...] = ()

    def topics_of(self, message: Message) -> tuple[str, ...]:
        """What an answer to this message may speak of: see `near`."""
        return self.near(_read(message))

    def near(self, text: str) -> tuple[str, ...]:
        """What a text is about: the lesson's topics that it touches and the things it names.

        Where those are few, the lesson's others follow. At most `MOST`, each once.
        """
        words = _stems(text)
        touched = [topic for topic in self.topics if _stems(topic) & words]
        found = _once((*touched, *things_in(text)))
        more = self.topics if len(found) < _ENOUGH else ()
        return tuple(_once((*found, *more)))[:MOST]


def subject_of(lesson: Lesson) -> Subject:
    """Its key concepts; where there are few, also what its title and its objectives name."""
    plan = lesson.plan
    named = _once(filter(None, map(_concept, plan.key_concepts)))
    if len(named) < _ENOUGH:
        objectives = " ".join(_plain(objective.text) for objective in plan.objectives)
        named = _once((*named, *_title_phrases(_plain(plan.title)), *things_in(objectives)))
    return Subject(tuple(named))


_WORD = re.compile(r"[^\W\d_][\w-]*")
_WORD_OR_SIGN = re.compile(r"[^\W\d_][\w-]*|[^\s\w]")
# Words that name a thing: acronyms, and what ends like a noun of more than everyday length.
_NAMES_A_THING = re.compile(
    r"\w*[A-Z]\w*[A-Z]\w*|(?:monitor|(?:re)?train|test|report|onboard)ing"
    r"|\w{3,}(?:tion|ment|ance|ence|ency|ity|ics|ness|line|flow|ship)s?",
)
_NO_TOPIC = frozenset(
    "activity activities assessment assessments assignment discussion discussions moment moments "
    "question questions reflection reflections self-assessment".split()
)
# What stands in titles and says nothing of the matter.
_TITLE_WORDS = frozenset(
    "a about advanced an and applying at basic basics before beginners beyond building by "
    "choosing course everybody everyone evaluating exploring first for from fundamentals "
    "getting guide how improving in intro introducing introduction into is it learning lesson "
    "making mastering navigating of on or our part planning practical practice started the "
    "their through to toolkit towards tutorial under understanding using versus vs what when "
    "where which why with within without workshop your".split()
)
_ENDS_A_CONCEPT = re.compile(r"\s*(?:[:;(–—]|\s-\s)")


def things_in(text: str) -> tuple[str, ...]:
    """The words of a text that name a thing, each once, in the order in which they come."""
    return tuple(_once(_things(text)))


def _things(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        acronym = sum(letter.isupper() for letter in word) > 1
        known = word if acronym else word.lower()
        if len(word) <= 30 and _NAMES_A_THING.fullmatch(known) and known not in _NO_TOPIC:
            yield known


def _title_phrases(title: str) -> Iterator[str]:
    """What stands between the words that say nothing of the matter: “choosing a water filter” is
    about a water filter."""
    phrase: list[str] = []
    for sign in (*_WORD_OR_SIGN.findall(title), "."):
        if _WORD.fullmatch(sign) and sign.lower() not in _TITLE_WORDS:
            phrase.append(sign if sum(letter.isupper() for letter in sign) > 1 else sign.lower())
            continue
        said = " ".join(phrase)
        if 3 <= len(said) <= _LONGEST:
            yield said
        phrase.clear()


def _concept(markdown: str) -> str:
    """A key concept by its name, without what explains it; "" if that is no name."""
    name = _ENDS_A_CONCEPT.split(_plain(markdown).strip(), maxsplit=1)[0].strip(" .,")
    return name if len(name) <= _LONGEST and _WORD.search(name) else ""


def _read(message: Message) -> str:
    """The author's words in a message."""
    lines: list[str] = []
    for block in message.blocks:
        match block:
            case Heading(text):
                lines.append(text)
            case Text(line):
                lines.append("".join(map(_part, line)))
            case Listing(items):
                lines += ("".join(map(_part, item)) for item in items)
            case _:
                pass
    return "\n".join(lines)


def _plain(markdown: str) -> str:
    return "".join(map(_part, prose_line(markdown)))


def _part(part: Inline) -> str:
    match part:
        case str():
            return part
        case Strong(text) | Emphasis(text):
            return text
        case _:
            return " "


def _stems(text: str) -> frozenset[str]:
    """The longer words of a text without their endings, so that “composting” meets “compost”."""
    return frozenset(word.lower()[:6] for word in _WORD.findall(text) if len(word) > 3)


def _once(topics: Iterable[str]) -> list[str]:
    """Each once, however it is written."""
    found: dict[str, str] = {}
    for topic in topics:
        found.setdefault(topic.lower(), topic)
    return list(found.values())
