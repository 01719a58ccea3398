"""What the reader of scripts has to know of a kind, and what a kind finds wrong, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.lessons.plan import Plan
from bot.lessons.script import Activity, Script

_SAID = {
    "string_pattern_mismatch": "an id is up to 60 letters, digits, - and _",
    "string_too_short": "a text is missing",
    "string_type": "it needs a text",
    "tuple_type": "it needs a list",
    "dict_type": "it needs names with a text each",
    "too_short": "it needs at least {min_length}",
    "too_long": "it takes at most {max_length}",
    "bool_parsing": "say true or false",
    "bool_type": "say true or false",
    "int_parsing": "it needs a whole number",
    "int_parsing_size": "it needs a whole number",
    "int_type": "it needs a whole number",
    "int_from_float": "it needs a whole number",
    "greater_than_equal": "it has to be at least {ge}",
    "less_than_equal": "it can be at most {le}",
    "literal_error": "choose {expected}",
    "model_type": "it needs a text, or an id and a text",
    "model_attributes_type": "it needs a text, or an id and a text",
    "extra_forbidden": "there is no field “{name}” in it",
    "missing": "“{name}” is missing",
}
"""What pydantic finds wrong, in plain words."""


class ScriptKind(Protocol):
    """What the reader has to know of a kind of activity."""

    @property
    def name(self) -> str:
        """The key that stands for it in a script."""
        ...

    @property
    def model(self) -> type[BaseModel]:
        """Its fields; the model turns short forms into full ones."""
        ...

    @property
    def main(self) -> str:
        """The field that takes the value of that key; "" for a kind that no script names."""
        ...

    @property
    def days(self) -> int:
        """How many days it takes where the script does not say; 0 for as many as its phase."""
        ...

    def from_plan(self, plan: Plan) -> Sequence[str] | None:
        """What `plan` as that value stands for, or None where it stands for itself."""
        ...

    def misfits(self, script: Script, activity: Activity, spec: Any) -> str:
        """Why it cannot be where it is in the script; "" if it can."""
        ...


def scripted(kinds: Mapping[str, ScriptKind]) -> dict[str, ScriptKind]:
    """The kinds that a script can name."""
    return {name: kind for name, kind in kinds.items() if kind.main}


def unusable(script: Script, kinds: Mapping[str, ScriptKind]) -> Iterator[tuple[str, str]]:
    """The ids of the activities whose fields their kinds do not take, each with the reason.

    A script that was read has none; one whose places were filled in may.
    """
    for activity in script.activities():
        try:
            kinds[activity.kind].model.model_validate(activity.spec)
        except ValidationError as wrong:
            yield activity.id, reason(next(telling(wrong.errors())))


def reason(error: ErrorDetails) -> str:
    """What is wrong, as the end of a sentence."""
    where, context = error["loc"], error.get("ctx", {})
    if "_-]" not in context.get("pattern", "_-]"):
        return "an id is up to 60 letters, digits and _"
    if error["type"] not in _SAID:
        return error["msg"].removeprefix("Value error, ")
    said = _SAID[error["type"]].format(name=where[-1] if where else "", **context)
    # A name that is wrong, rather than what stands under it.
    return f"“{where[-2]}” is no name for it: {said}" if where[-1:] == ("[key]",) else said


def telling(errors: Sequence[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Without those who count as missing an item that is there, only wrong."""
    inside = {error["loc"][:1] for error in errors if len(error["loc"]) > 1}
    for error in errors:
        if error["type"] != "too_short" or error["loc"] not in inside:
            yield error
