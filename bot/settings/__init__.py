"""What the environment says, read once into frozen Settings.

| Variable | Meaning | Default |
|---|---|---|
| `FIVEFOLD_DATABASE` | `sqlite:///path` or `postgresql://…` | `sqlite:///fivefold.db` |
| `FIVEFOLD_SECRET` | 32 bytes or more in URL-safe base64, or the path of a file with them | a key file beside the SQLite file |
| `FIVEFOLD_PUBLIC_URL` | where people reach the pages | host and port |
| `FIVEFOLD_HOST` | the address to listen on | `127.0.0.1` |
| `FIVEFOLD_PORT`, or `PORT` | the port to listen on | the command's own |
| `FIVEFOLD_LESSONS` | the folder of the lessons that people can plan from inside a chat | `lesson_content` |
| `FIVEFOLD_LOG_LEVEL` | debug, info, warning or error | `info` |
| `FIVEFOLD_SLACK_SIGNING_SECRET` | proves that a request is Slack's; not with Socket Mode | |
| `FIVEFOLD_SLACK_APP_TOKEN` | `xapp-…`: hear Slack over Socket Mode instead of HTTP | |
| `FIVEFOLD_SLACK_BOT_TOKEN` | `xoxb-…`: the one workspace that is connected by hand | |
| `FIVEFOLD_SLACK_CLIENT_ID`, `…_CLIENT_SECRET` | connect any number of workspaces by OAuth | |
| `FIVEFOLD_SLACK_ALLOW` | what the installer allows besides: `history`, `groups`, or both | |
| `FIVEFOLD_SLACK_GOV` | yes for GovSlack | no |
| `FIVEFOLD_SLACK_API_URL` | another Slack API, for tests | Slack's own |
| `FIVEFOLD_TEAMS_APP_ID` | the Teams app: the client id of its registration in Entra | |
| `FIVEFOLD_TEAMS_APP_SECRET` | the value of one of its client secrets | |
| `FIVEFOLD_TEAMS_TENANT` | the id of the organisation's directory in Entra | |
| `FIVEFOLD_TEAMS_CLOUD` | `public`, `gcc` or `gcc-high` | `public` |
| `FIVEFOLD_TEAMS_ALLOW` | `replies`: what owners of teams allow besides | |
| `FIVEFOLD_TEAMS_LOCAL` | yes: no app, for the Agents Playground on this machine | no |

Slack is on when a signing secret or an app token is set, Teams when an app id is, or
`FIVEFOLD_TEAMS_LOCAL`. A variable that is empty counts as unset.

What each platform takes is read in a file of its own; here is what they share.
"""  # noqa: E501

from __future__ import annotations

import os
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from bot.settings.problem import SettingsError
from bot.settings.slack import SLACK_NAMES, SlackSettings, read_slack
from bot.settings.teams import TEAMS_NAMES, TeamsSettings, read_teams

__all__ = [
    "DATABASE",
    "LogLevel",
    "Settings",
    "SettingsError",
    "SlackSettings",
    "TeamsSettings",
    "given_in",
    "load_secret",
    "read_settings",
    "unknown",
]

LogLevel = Literal["debug", "info", "warning", "error"]

DATABASE = "sqlite:///fivefold.db"
NAMES = frozenset(
    {
        "FIVEFOLD_DATABASE",
        "FIVEFOLD_SECRET",
        "FIVEFOLD_PUBLIC_URL",
        "FIVEFOLD_HOST",
        "FIVEFOLD_PORT",
        "FIVEFOLD_LESSONS",
        "FIVEFOLD_LOG_LEVEL",
        *SLACK_NAMES,
        *TEAMS_NAMES,
    }
)
"""Every variable of Fivefold's own."""

SHORTEST_SECRET = 32
_LARGEST_SECRET_FILE = 10_000
_SQLITE_FILE = re.compile(r"sqlite(?:\+aiosqlite)?:///([^?]+)")
_POSTGRES = re.compile(r"postgres(?:ql)?(?:\+asyncpg)?://\S+")
_HOST = re.compile(r"[A-Za-z0-9.:_%-]+|\[[A-Fa-f0-9.:%]+\]")
_BASE64 = re.compile(r"[A-Za-z0-9_-]+=*")


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process is set up. ``public_url`` has no slash at its end and may be ``""``.

    ``lessons`` is the folder of those that people can plan from inside a chat; None for those that
    come along. ``secret`` is what ``FIVEFOLD_SECRET`` gave; `load_secret` finds one where it gave
    none.
    """

    database: str = field(default=DATABASE, repr=False)
    secret: bytes | None = field(default=None, repr=False)
    public_url: str = ""
    host: str = "127.0.0.1"
    port: int | None = None
    lessons: Path | None = None
    log_level: LogLevel = "info"
    slack: SlackSettings | None = None
    teams: TeamsSettings | None = None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings that these variables give. Raises SettingsError at the first bad value.

    Reads the secret's file if one is named, and writes nothing.
    """
    given = given_in(environ)
    port = "FIVEFOLD_PORT" if "FIVEFOLD_PORT" in given else "PORT"
    public_url = _public_url(given.get("FIVEFOLD_PUBLIC_URL", ""))
    host = _host(given.get("FIVEFOLD_HOST", "127.0.0.1"))
    return Settings(
        database=_database(given.get("FIVEFOLD_DATABASE", DATABASE)),
        secret=_secret(given["FIVEFOLD_SECRET"]) if "FIVEFOLD_SECRET" in given else None,
        public_url=public_url,
        host=host,
        port=_port(port, given[port]) if port in given else None,
        lessons=_folder(given["FIVEFOLD_LESSONS"]) if "FIVEFOLD_LESSONS" in given else None,
        log_level=_log_level(given.get("FIVEFOLD_LOG_LEVEL", "info")),
        slack=read_slack(given),
        teams=read_teams(given, host, public_url),
    )


def given_in(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that are set, without the spaces around their values."""
    return {name: value.strip() for name, value in environ.items() if value.strip()}


def unknown(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that look like Fivefold's and are none, in the order of the alphabet."""
    return tuple(
        sorted(n for n in given_in(environ) if n.startswith("FIVEFOLD_") and n not in NAMES)
    )


def load_secret(settings: Settings) -> bytes:
    """The secret that signs and seals, at least 32 bytes.

    Where none is set, it is kept in a file beside an SQLite database (its name and ``.key``),
    which is made, readable by its owner alone, if it is not there. Raises SettingsError where that
    is not possible, and for PostgreSQL.
    """
    if settings.secret is not None:
        return settings.secret
    match = _SQLITE_FILE.fullmatch(settings.database)
    if match is None:
        raise SettingsError(
            "FIVEFOLD_SECRET is not set, and every process needs the same one: make it once with "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'."
        )
    path = Path(f"{match[1]}.key")
    if not path.exists():
        _make_key_file(path)
    return _read_secret(path, "The key file")


def _database(url: str) -> str:
    if url.endswith(":///:memory:") or not (_SQLITE_FILE.fullmatch(url) or _POSTGRES.match(url)):
        # The value itself may hold a password, so it is not repeated.
        raise SettingsError(
            "FIVEFOLD_DATABASE is not a database that Fivefold can use: write "
            "sqlite:///fivefold.db (a file) or postgresql://user@host/name."
        )
    return url


def _secret(value: str) -> bytes:
    if not _BASE64.fullmatch(value):
        return _read_secret(Path(value), "FIVEFOLD_SECRET")
    secret = _decoded(value)
    if secret is None or len(secret) < SHORTEST_SECRET:
        raise SettingsError(
            f"FIVEFOLD_SECRET is too short: give at least {SHORTEST_SECRET} bytes in URL-safe "
            "base64, or the path of a file with them (with a slash in it, such as ./secret)."
        )
    return secret


def _decoded(text: str) -> bytes | None:
    try:
        return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except ValueError:
        return None


def _read_secret(path: Path, who: str) -> bytes:
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_SECRET_FILE).decode("ascii").strip()
    except OSError as error:
        why = (error.strerror or "it cannot be opened").lower()
        raise SettingsError(
            f"{who} {path} cannot be read ({why}): check the path and its rights."
        ) from None
    except ValueError:
        text = ""
    secret = _decoded(text) if _BASE64.fullmatch(text) else None
    if secret is None or len(secret) < SHORTEST_SECRET:
        raise SettingsError(
            f"{who} {path} holds no secret: put at least {SHORTEST_SECRET} bytes in URL-safe "
            "base64 there, and nothing else."
        )
    return secret


def _make_key_file(path: Path) -> None:
    """Several processes may start at once: all of them end with the same whole file."""
    import secrets

    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(f"{secrets.token_urlsafe(SHORTEST_SECRET)}\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        finally:
            draft.unlink()
    except FileExistsError:
        return
    except OSError as error:
        why = (error.strerror or "it cannot be written").lower()
        raise SettingsError(
            f"The key file {path} cannot be made ({why}): make its folder writable, or set "
            "FIVEFOLD_SECRET."
        ) from None


def _public_url(url: str) -> str:
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or parts.query or parts.fragment or parts.username or re.search(r"\s", url):
        raise SettingsError(
            "FIVEFOLD_PUBLIC_URL is not an address of pages: write it like "
            "https://lessons.example.org."
        )
    return url.rstrip("/")


def _host(host: str) -> str:
    if not _HOST.fullmatch(host):
        raise SettingsError(
            f"FIVEFOLD_HOST is {host!r}, which is no address to listen on: write it like "
            "127.0.0.1, or 0.0.0.0 for every network."
        )
    return host.strip("[]")


def _port(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= 65535):
        raise SettingsError(f"{name} is {value!r}: give a number from 1 to 65535.")
    return int(value)


def _folder(value: str) -> Path:
    folder = Path(value)
    if not folder.is_dir():
        raise SettingsError(
            f"FIVEFOLD_LESSONS is {value}, which is no folder: name the one that has a folder for "
            "each lesson."
        )
    return folder


def _log_level(value: str) -> LogLevel:
    for level in get_args(LogLevel):
        if value.lower() == level:
            return level  # type: ignore[no-any-return]
    raise SettingsError(
        f"FIVEFOLD_LOG_LEVEL is {value!r}: choose one of {', '.join(get_args(LogLevel))}."
    )
