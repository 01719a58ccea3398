"""Durations as people write them, in minutes."""

import re
from dataclasses import dataclass, replace

MOST = 14 * 24 * 60
"""A live lesson longer than two weeks is taken for a slip of the pen."""

WITHIN = 500
"""Nobody looks for a duration further into a text than so many characters."""

_WORDS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), 1
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_PHRASES = {
    "three quarters of an hour": 45,
    "quarter of an hour": 15,
    "an hour and a half": 90,
    "one hour and a half": 90,
    "half an hour": 30,
    "half hour": 30,
    "an hour": 60,
}
_FRACTIONS = {
    "½": 0.5,
    "¼": 0.25,
    "¾": 0.75,
    "1/2": 0.5,
    "1/4": 0.25,
    "3/4": 0.75,
    " and a half": 0.5,
}

_COUNT = r"(?:\d{1,2}|two|three|four|five|six|seven|eight)"
_LOW = rf"(?P<low>\d{{1,4}}(?:[.,]\d{{1,2}})?|(?:{'|'.join(_WORDS)})(?= to ))"
_NUMBER = (
    r"(?P<number>\d{1,4}(?:[.,]\d{1,2})?(?: ?[½¼¾]| 1/2| and a half)?|[½¼¾]|[13]/[24]|"
    rf"(?:(?:twenty|thirty|forty|fifty)[ -]five|{'|'.join(_WORDS)})(?: and a half)?)"
)
_TO = r"[ \t\xa0]?(?:[-–—‐‑−]|to\b|bis\b)[ \t\xa0]?"
_SPACE = r"[ \t\xa0]{0,2}"
_HOURS = r"(?:hours?|hrs?|h)(?![a-z])\.?"
_MINUTES = r"(?:minutes?|mins?|m)(?![a-z])\.?"
_MEETINGS = (
    r"(?:sessions?|lessons?|periods?|classes|blocks?|meetings?|rounds?|stations?|rotations?)"
)
_DURATION = re.compile(
    r"(?<![\w.,/])(?:"
    rf"(?P<phrase>{'|'.join(_PHRASES).replace(' ', '[ -]')})(?!\w)"
    r"|(?P<from>\d{1,2}:[0-5]\d)(?::00)?(?: ?[ap]\.?m\b\.?)?"
    rf"{_TO}(?P<until>\d{{1,2}}:[0-5]\d)(?::00)?(?: ?[ap]\.?m\b\.?)?"
    rf"|(?P<clock>\d{{1,2}}:[0-5]\d){_SPACE}{_HOURS}"
    rf"|(?:(?P<times>{_COUNT})(?: ?[x×*]|(?: class)? {_MEETINGS}(?: of|,| \()?) ?)?"
    rf"(?:{_LOW}{_TO})?{_NUMBER}"
    rf"(?P<plus> ?\+)?[- \t\xa0‑]{{0,2}}\(?(?:in )?(?:(?P<hours>{_HOURS}|h(?=\d\d(?!\d)))"
    rf"(?:(?:,? (?:and )?|,)?(?P<rest>\d{{1,2}}) ?{_MINUTES}|(?P<bare> ?[0-5]\d(?![\w.,:])))?"
    rf"|(?P<minutes>{_MINUTES}|['′’](?![\w'′’]))))"
    r"(?: ?[x×*] ?(?P<after>\d{1,2})(?![\w.]))?",
    re.IGNORECASE,
)
_UNIT = re.compile(r"[\d½¼¾][\s+(‑-]{0,4}(?:in )?[hm'′’]|:[0-5]\d|hour|min", re.IGNORECASE)
"""What every duration has: a quick no for most texts."""

_LESSONS = re.compile(rf"(?<![\w.,])(?P<times>{_COUNT}) (?=\d{{1,3}}[ -]min)", re.IGNORECASE)
_OF_LESSONS = re.compile(rf"[ -](?:class )?{_MEETINGS}\b", re.IGNORECASE)
_EACH = re.compile(r",? (?:each|apiece|per \w{1,20})\b", re.IGNORECASE)
_PLUS = re.compile(r" ?\+ ?(?=\d)")
_UNTIL = re.compile(_TO)
_ABOUT = r"(?:approx(?:imately)?|about|around|circa|ca|c|minutes|mins?)"
_BARE = re.compile(
    rf"[^\w.,]{{0,4}}(?:{_ABOUT}\b\W{{0,3}})?"
    rf"(?:(?P<low>\d{{1,4}}){_TO})?(?P<number>\d{{1,4}})(?:[\s.]{{0,3}}|\s?\(?{_ABOUT}\b[.\s]?\)?\s?)\Z",
    re.IGNORECASE,
)
_BARE_SUM = re.compile(r"\s{0,9}\d{1,4}(?:\s{0,9}\+\s{0,9}\d{1,4}){1,9}\s{0,9}\Z")
_BARE_CLOCK = re.compile(r"\s*(\d{1,2}:[0-5]\d)(?::00)?\s*\Z")


@dataclass(frozen=True, slots=True)
class Length:
    """A duration found in a text: its minutes, what had to be decided, and where it stands.

    `low` is the lower number of a range in minutes, None where there is no range; `times` how often
    the time that was written is taken.
    """

    minutes: int
    note: str
    start: int
    end: int
    low: int | None = None
    times: int = 1


def find_length(text: str) -> Length | None:
    """The first duration in `text`, of which `WITHIN` characters are read, or None.

    Of a range the longer is taken, so that nobody is cut short, and of `45+ minutes` the 45; the
    note says so. Half minutes are rounded to the even one. Nothing, or more than `MOST`, is no
    duration.
    """
    if not _UNIT.search(text, 0, WITHIN):
        return None
    for found in _DURATION.finditer(text, 0, WITHIN):
        length = _length(found)
        if length:
            return _with_what_follows(text, length)
    return None


def read_length(text: str) -> Length | None:
    """The duration that `text` gives, where a number alone means minutes, and `1:30` 90 of them.

    So do numbers that are added up: `10 + 15`.
    """
    if _BARE_SUM.match(text):
        minutes = sum(map(int, text.split("+")))
        note = f"“{text.strip()}” is read as {minutes} minutes"
        return Length(minutes, note, 0, len(text)) if 1 <= minutes <= MOST else None
    if clock := _BARE_CLOCK.match(text):
        minutes = _clock(clock[1])
        note = f"“{clock[1]}” is read as {minutes} minutes"
        return Length(minutes, note, 0, len(text)) if minutes else None
    length, bare = find_length(text), _BARE.match(text)
    if length or not bare:
        return length
    minutes = int(bare["number"])
    if not 1 <= minutes <= MOST:
        return None
    note = f"“{text.strip()}” is read as minutes"
    if bare["low"]:
        note += f", and the longer, {minutes}, is planned"
    return Length(minutes, note, 0, len(text), int(bare["low"]) if bare["low"] else None)


def _length(found: re.Match[str]) -> Length | None:
    low: float | None = None
    if found["phrase"]:
        minutes: float = _PHRASES[found["phrase"].lower().replace("-", " ")]
    elif found["until"]:
        minutes = (_clock(found["until"]) - _clock(found["from"])) % 720
    elif found["clock"]:
        minutes = _clock(found["clock"])
    else:
        unit = 60 if found["hours"] else 1
        minutes = _number(found["number"]) * unit + int(found["rest"] or found["bare"] or 0)
        low = _number(found["low"]) * unit if found["low"] else None
    times = round(_number(found["times"] or "1")) * int(found["after"] or 1)
    minutes *= times
    if not 1 <= round(minutes) <= MOST:
        return None
    start, end = found.span()
    if found["number"] and found[0].count("(") > found[0].count(")") and end < len(found.string):
        end += found.string[end] == ")"
    return Length(
        round(minutes),
        _note(found, round(minutes)),
        start,
        end,
        None if low is None else round(low),
        times,
    )


def _with_what_follows(text: str, length: Length) -> Length:
    """`20 min + 10 min`, `45 min – 1 hour`, `two 45-minute lessons`, `15 mins each`."""
    while True:
        plus, until = _PLUS.match(text, length.end), _UNTIL.match(text, length.end)
        joint = plus or until
        found = _DURATION.match(text, joint.end()) if joint else None
        more = _length(found) if found else None
        if not more:
            break
        minutes = length.minutes + more.minutes if plus else max(length.minutes, more.minutes)
        shown = text[length.start : more.end]
        note = f"“{shown}” is planned as {minutes} minutes"
        low = None if plus else min(length.minutes, more.minutes)
        if minutes > MOST:
            break
        length = Length(minutes, note, length.start, more.end, low)
    lessons = _OF_LESSONS.match(text, length.end)
    times = _LESSONS.search(text, max(0, length.start - 6), length.end)
    if lessons and times and times.end() == length.start:
        minutes = length.minutes * round(_number(times["times"]))
        if 1 <= minutes <= MOST:
            return replace(length, minutes=minutes, start=times.start(), end=lessons.end())
    each = _EACH.match(text, length.end)
    if each and length.times == 1:
        shown = text[length.start : each.end()]
        note = length.note or f"for “{shown}” {length.minutes} minutes are planned in all"
        return replace(length, note=note, end=each.end())
    return replace(length, end=each.end()) if each else length


def _number(text: str) -> float:
    text = text.lower().replace(",", ".").replace("-", " ")
    extra = 0.0
    for sign, value in _FRACTIONS.items():
        if text.endswith(sign):
            text, extra = text.removesuffix(sign).strip(), value
    if not text or text[0].isdigit():
        return float(text or 0) + extra
    return sum(_WORDS[word] for word in text.split()) + extra


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _note(found: re.Match[str], minutes: int) -> str:
    if found["low"]:
        return f"of “{found[0].strip()}” the longer, {minutes} minutes, is planned"
    if found["plus"]:
        return f"for “{found[0].strip()}” {minutes} minutes are planned"
    return ""
