"""Safety considerations, sorted by whom they speak to."""

import re
from dataclasses import dataclass

from bot.lessons.phrases import filled, sentence, small, to_you
from bot.lessons.questions import FACILITATING

_QUESTION = re.compile(
    r"(?:discuss|address|highlight|emphasi[sz]e|explore|consider|examine) (?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
_TENDER = re.compile(
    r"\b(?:any|(?<!ethical )(?<!privacy )(?<!safety )concerns?|conflicts?|"
    r"discomfort|emotion\w*|reactions?|resistance|responses?|sensitiv\w*|trauma\w*|stress|throughout|anxiet\w*)\b",
    re.IGNORECASE,
)
"""What a facilitator handles with care, and no group is asked about."""
_NOTICE = re.compile(
    r"confidential|vendor|disclos|sensitive|classified|anonymi[sz]|intellectual property|respectful"
    r"|privacy (?:and \w+ )?when",
    re.IGNORECASE,
)
_STRESSED = re.compile(
    r"(?:highlight|emphasi[sz]e|stress) (?P<what>.*confidential.*)", re.IGNORECASE | re.DOTALL
)
_ANONYMOUS = re.compile(r"\banonymi[sz]", re.IGNORECASE)
_MATERIAL = re.compile(r"\b(?:data|datasets?|examples?|materials?)\b", re.IGNORECASE)
_REMIND = re.compile(
    r"remind (?:the )?(?:participants|learners|students|everyone|teams|groups) "
    r"(?:(?:of|about) )?(?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
_PLEASE = re.compile(
    r"(?:ensure|maintain|respect|protect|keep|avoid|use|follow|adhere|be|do not|don['’]t|refrain|"
    r"never|treat|handle|make sure|respond)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Safety:
    """`notice` for everyone before they write, in sentences; `questions` to talk about (without
    “discuss”); `facilitator` for the facilitator to see to."""

    notice: tuple[str, ...]
    questions: tuple[str, ...]
    facilitator: tuple[str, ...]


def sort_safety(lines: tuple[str, ...]) -> Safety:
    """Put every line that says something where it belongs, in order."""
    notice, questions, facilitator = [], [], []
    for line in filter(filled, lines):
        asked = _QUESTION.match(line)
        anonymous = _ANONYMOUS.search(line) and _MATERIAL.search(line)
        if _STRESSED.match(line):
            notice.append(_asked(line))
        elif asked and (line[:7].lower() == "discuss" or not _TENDER.search(line)):
            questions.append(to_you(asked["what"].strip(" .")))
        elif asked or anonymous or FACILITATING.match(line):
            facilitator.append(line)
        elif _NOTICE.search(line) or _REMIND.match(line):
            notice.append(_asked(line))
        else:
            facilitator.append(line)
    return Safety(tuple(notice), tuple(questions), tuple(facilitator))


def _asked(line: str) -> str:
    """The line as something that learners are asked to do."""
    reminder = _REMIND.match(line) or _STRESSED.match(line)
    if reminder:
        what = re.sub(r"\bthey (?=may|might|can|have)", "you ", to_you(reminder["what"]))
        return sentence(f"Please remember {what}")
    said = to_you(line)
    return sentence(f"Please {small(said)}" if _PLEASE.match(said) else said)
