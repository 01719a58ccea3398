"""Messages and forms as JSON and back, without loss: for storage, previews and the wire.

Every value carries its class under ``"_"``; moments, days and times are ISO 8601 text.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from bot.chat import message as blocks
from bot.chat import text as inlines
from bot.chat.message import Form, Message

_CLASSES: Mapping[str, Any] = {
    name: value
    for module in (inlines, blocks)
    for name, value in vars(module).items()
    if dataclasses.is_dataclass(value) and isinstance(value, type)
}
_MOMENTS: Mapping[str, Any] = {"datetime": datetime, "date": date, "time": time}


def _encode(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _encode(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"_": type(value).__name__, **fields}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, datetime | date | time):
        return {"_": type(value).__name__, "iso": value.isoformat()}
    return value


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item) for item in value)
    if isinstance(value, dict):
        name = value["_"]
        if name in _MOMENTS:
            return _MOMENTS[name].fromisoformat(value["iso"])
        return _CLASSES[name](**{k: _decode(v) for k, v in value.items() if k != "_"})
    return value


def dumps(what: Message | Form) -> str:
    """The JSON text of a message or form; the same value always gives the same text."""
    return json.dumps(_encode(what), ensure_ascii=False, separators=(",", ":"))


def loads(text: str) -> Message | Form:
    """What `dumps` was given. Raises ValueError, KeyError or TypeError for any other text."""
    what = _decode(json.loads(text))
    if not isinstance(what, Message | Form):
        raise TypeError("neither a message nor a form")
    return what
