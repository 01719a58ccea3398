"""The JSON Schema of `script.yaml`, for editors: what each key takes, and what it is for.

The fields of a kind come from its model; what all activities take is here. The reader decides what
runs: all that it takes without a problem is valid by the schema too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.lessons.minutes import MOST
from bot.lessons.places import NAME
from bot.lessons.read_activities import ID, OVERRIDABLE, PACES
from bot.lessons.read_values import MOST_DAYS, MOST_LISTED
from bot.lessons.script_kinds import ScriptKind, scripted

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# YAML takes some words for numbers, or for yes and no. The reader takes every word for a word.
_TEXT = ["string", "number", "boolean"]
_YES = [True, False, "yes", "no"]


def script_schema(kinds: Mapping[str, ScriptKind]) -> Schema:
    """The JSON Schema (2020-12) of a script with these kinds of activity."""
    defs: Schema = {}
    names = scripted(kinds)
    for name, kind in names.items():
        defs |= _kind(name, kind)
    asks = [{"$ref": f"#/$defs/{name}"} for name in names]
    defs["activity"] = {
        "description": "A kind with its fields. A text alone, or the name of a Markdown file, is "
        "a prompt.",
        "anyOf": [_text("A prompt: Markdown, or the name of a Markdown file.", 1), *asks],
    }
    defs["phase"] = _PHASE
    return {
        "$schema": DIALECT,
        "title": "The script of a lesson",
        "description": "What runs, beside the plan: script.yaml.",
        "type": "object",
        "additionalProperties": False,
        "properties": _TOP,
        "$defs": defs,
    }


def _text(description: str, least: int = 0) -> Schema:
    return {
        "description": description,
        "type": _TEXT,
        **({"minLength": least} if least else {}),
    }


def _whole(description: str, most: int) -> Schema:
    return {"description": description, "type": "integer", "minimum": 1, "maximum": most}


def _texts_by_name(description: str, of_each: Schema) -> Schema:
    return {"description": description, "type": "object", "additionalProperties": of_each}


def _activities(description: str, **more: int) -> Schema:
    return {
        "description": description,
        "type": "array",
        **more,
        "maxItems": MOST_LISTED,
        "items": {"$ref": "#/$defs/activity"},
    }


_HANDOUT = {"type": "string", "pattern": r"\.md$"}
_MINUTES = "How long it is open in a live run; what has none shares what the phase has left."
_TOP: Schema = {
    "who": _texts_by_name(
        "The kinds of learners that the lesson knows, each a name and what it is called. Before "
        "the lesson people are asked which they are, and “extra” takes these names.",
        _text("What people read."),
    ),
    "places": {
        **_texts_by_name(
            "What the facilitator fills in when scheduling, each a name and what is wanted, as "
            "“Link to your slides”. {{name}} stands for it in any text. A paragraph, list item or "
            "table row whose place stays unfilled is left out.",
            _text("What the facilitator is asked for.", 1),
        ),
        "propertyNames": {"pattern": f"^{NAME}$"},
    },
    "notes": _text(
        "For facilitators, before the lesson: Markdown, or the name of a Markdown file. What the "
        "plan says to them follows."
    ),
    "before": _activities("What people do before a live run, while it is open for days."),
    "phases": {
        "description": "The plan's phases by their names; of several with one name the second is "
        "“Name[2]”. A phase that is left out runs as the plan alone would.",
        "type": "object",
        "additionalProperties": {"$ref": "#/$defs/phase"},
    },
    "after": _activities("What people do after a live run, due “days” later."),
    "welcome": _text("Opens the lesson, for everyone, in place of what the plan gives: Markdown."),
    "notice": _text(
        "Shown before the first place to write, in place of what the plan gives: what to keep to "
        "and what to keep out. Markdown, or the name of a Markdown file."
    ),
    "closing": _text("Ends the lesson, for everyone, in place of what the plan gives: Markdown."),
}
_PHASE: Schema = {
    "description": "What happens in a phase of the plan.",
    "type": "object",
    "additionalProperties": False,
    "required": ["do"],
    "properties": {
        "minutes": _whole("How long it takes in a live run, in place of the plan's.", MOST),
        "days": _whole("How many days it takes when the lesson runs over days.", MOST_DAYS),
        "notes": _text(
            "For facilitators, before the phase: Markdown, or the name of a Markdown file. What "
            "the plan says to them follows."
        ),
        "extra": _texts_by_name(
            "Handouts for some, open to everybody and read in private: a name from “who”, and a "
            "Markdown file.",
            _HANDOUT,
        ),
        "do": _activities("What happens, in this order; each is one post.", minItems=1),
    },
}
_COMMON: Schema = {
    "id": {
        "description": "Names the activity for good: one word. Otherwise it is called Phase.kind, "
        "Phase.kind[2] and so on.",
        "type": _TEXT,
        "pattern": f"^{ID}$",
    },
    "minutes": _whole(_MINUTES, MOST),
    "days": _whole(
        "How many days it is open before a live run, or when the lesson runs over days; after a "
        "live run, in how many days it is due.",
        MOST_DAYS,
    ),
    "wait": {
        "description": "In a live run the facilitator opens it, by pressing Next or Resume.",
        "enum": _YES,
        "default": False,
    },
    "read": {
        "description": "Markdown files that a button at the post opens in private: one, or a list.",
        "anyOf": [_HANDOUT, {"type": "array", "maxItems": MOST_LISTED, "items": _HANDOUT}],
    },
}
_PACE = {
    "live": "What is different in a live run: any of these fields again.",
    "async": "What is different when the lesson runs over days: any of these fields again.",
}


def _kind(name: str, kind: ScriptKind) -> Schema:
    """The definitions of a kind: an activity of it, and what else its fields refer to."""
    model = kind.model.model_json_schema()
    fields = {
        name if field == kind.main else field: _readable(schema)
        for field, schema in model["properties"].items()
    }
    # The key that says the kind stands first.
    fields = {name: fields.pop(name), **fields}
    changes = f"{name}_changes"
    overridden: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {**fields, **{key: _COMMON[key] for key in OVERRIDABLE}},
    }
    paces = {pace: {"description": _PACE[pace], "$ref": f"#/$defs/{changes}"} for pace in PACES}
    required = [name if field == kind.main else field for field in model["required"]]
    activity = {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": {**fields, **_COMMON, **paces},
    }
    inner = {each: _readable(schema) for each, schema in model.get("$defs", {}).items()}
    return {name: activity, changes: overridden, **inner}


def _readable(schema: Schema) -> Schema:
    """A model's schema as the script is written, without what speaks to programmers."""
    found: Schema = {}
    for key, value in schema.items():
        if key == "title" or (key == "default" and value in ("", [], None)):
            continue
        if key == "properties":
            found[key] = {name: _readable(each) for name, each in value.items()}
        elif key in ("anyOf", "oneOf", "allOf"):
            # What is left out is left out, not null.
            given = [_readable(each) for each in value if each != {"type": "null"}]
            found |= {key: given} if len(given) > 1 else given[0]
        elif key == "items" or (key == "additionalProperties" and isinstance(value, dict)):
            found[key] = _readable(value)
        elif (key, value) == ("type", "string") and "enum" not in schema:
            found[key] = _TEXT
        elif (key, value) == ("type", "boolean"):
            found["enum"] = _YES
        elif key != "description" or "properties" not in schema:
            found[key] = value
    return found
