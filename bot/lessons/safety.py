"""Safety considerations, sorted by whom they speak to."""

import re
from dataclasses import dataclass

from bot.lessons.phrases import filled, to_you

_QUESTION = re.compile(
    r"(?:discuss|address|highlight|emphasi[sz]e|explore|consider|examine|acknowledge) (?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
_NOTICE = re.compile(r"confidential|vendor|disclos|sensitive|classified|anonymi[sz]", re.IGNORECASE)
_ANONYMOUS = re.compile(r"\banonymi[sz]", re.IGNORECASE)
_MATERIAL = re.compile(r"\b(?:data|datasets?|examples?|materials?)\b", re.IGNORECASE)
_REMIND = re.compile(
    r"remind (?:the )?(?:participants|learners|students|everyone|teams|groups) (?:of|about|that) "
    r"(?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Safety:
    """`notice` for everyone before they write, `questions` to talk about (without “discuss”),
    `facilitator` for the facilitator to see to."""

    notice: tuple[str, ...]
    questions: tuple[str, ...]
    facilitator: tuple[str, ...]


def sort_safety(lines: tuple[str, ...]) -> Safety:
    """Put every line that says something where it belongs, in order."""
    notice, questions, facilitator = [], [], []
    for line in filter(filled, lines):
        if found := _QUESTION.match(line):
            questions.append(found["what"].strip(" ."))
        elif _NOTICE.search(line) and not (_ANONYMOUS.search(line) and _MATERIAL.search(line)):
            reminder = _REMIND.match(line)
            notice.append(f"Keep in mind: {to_you(reminder['what'])}" if reminder else line)
        else:
            facilitator.append(line)
    return Safety(tuple(notice), tuple(questions), tuple(facilitator))
