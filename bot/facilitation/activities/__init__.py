"""The kinds of activity, one file each, and their registry.

What all kinds share is in `kind`; what happens between activities is in `timeline` and `run`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.facilitation.activities.discussion import Discussion
from bot.facilitation.activities.groups import Groups
from bot.facilitation.activities.kind import Kind
from bot.facilitation.activities.lobby import Lobby
from bot.facilitation.activities.peer_review import PeerReview
from bot.facilitation.activities.poll import Poll
from bot.facilitation.activities.prompt import Prompt
from bot.facilitation.activities.reflection import Reflection
from bot.facilitation.activities.submission import Submission

KINDS: Mapping[str, Kind[Any]] = {
    kind.name: kind
    for kind in (
        Prompt(),
        Discussion(),
        Poll(),
        Reflection(),
        Groups(),
        Submission(),
        PeerReview(),
        Lobby(),
    )
}
