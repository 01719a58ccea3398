"""Reading what a browser posts: bounded, and exactly as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.words import t

LARGEST = 1024 * 1024
"""Bytes of one posted form; 40,000 characters of any script fit, even encoded."""
_MOST_FIELDS = 2000

Posted = Mapping[str, tuple[str, ...]]


async def read_posted(request: Request) -> Posted:
    """The fields of a posted form, each with all its values.

    A browser sends a line break as CR LF whatever was typed; here it is LF again.
    Raises HTTPException: 413 when it is too large, 400 when it is no form.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise HTTPException(
                413, t("That is more than can be sent at once. Please send it in parts.")
            )
    fields: dict[str, tuple[str, ...]] = {}
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400, t("That could not be read. Go back and try again.")) from error
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value.replace("\r\n", "\n"))
    return fields


def only(posted: Posted, name: str) -> str:
    """The first value of a field, or ``""``."""
    return posted.get(name, ("",))[0]
