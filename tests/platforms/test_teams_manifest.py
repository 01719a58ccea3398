"""The app package is as Microsoft's schema has it, asks for the least, and looks like something."""

from __future__ import annotations

import json
import struct
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from itertools import product
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft4Validator

from bot.facilitation.controls import parse_command
from bot.facilitation.wishes import wish
from bot.platforms.teams.config import ALLOWS
from bot.platforms.teams.icons import COLOUR_SIZE, OUTLINE_SIZE, colour_icon, outline_icon
from bot.platforms.teams.manifest import (
    COMMANDS,
    GOV_VERSION,
    REPLIES,
    VERSION,
    manifest,
    package,
    version_at,
)
from tests.conftest import PEERS

APP = "0f0f0f0f-0000-4000-8000-000000000001"
URL = "https://lessons.example.org/five"
EVERY = [(allow, gov) for allow, gov in product(((), tuple(ALLOWS)), (False, True))]


@cache
def schema(version: str) -> Draft4Validator:
    """Microsoft's own, as its package for makers of apps ships it."""
    folder = PEERS / "node_modules/@microsoft/app-manifest/build/json-schemas/teams"
    path = folder / f"v{version}" / "MicrosoftTeams.schema.json"
    return Draft4Validator(json.loads(path.read_text("utf-8")))


def pixels(png: bytes) -> tuple[int, list[tuple[int, ...]]]:
    """The side of a square picture, and its pixels: red, green, blue, opacity."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + data),)
        chunks[kind] = data
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (width, depth, colour, rest) == (height, 8, 6, [0, 0, 0])
    plain = zlib.decompress(chunks[b"IDAT"])
    assert len(plain) == height * (1 + width * 4)
    rows = [plain[n * (1 + width * 4) :][: 1 + width * 4] for n in range(height)]
    assert {row[0] for row in rows} == {0}
    return width, [tuple(row[x : x + 4]) for row in rows for x in range(1, len(row), 4)]


# -- the manifest


@pytest.mark.peers
@pytest.mark.parametrize(("allow", "gov"), EVERY)
def test_it_is_valid_against_microsofts_schema(allow: tuple[str, ...], gov: bool) -> None:
    made = manifest(APP, URL, allow, gov=gov, version=version_at(datetime.now(UTC)))
    assert made["manifestVersion"] == (GOV_VERSION if gov else VERSION)
    assert list(schema(made["manifestVersion"]).iter_errors(made)) == []


@pytest.mark.peers
def test_the_schema_would_say_what_is_wrong() -> None:
    """Above all, each of the two versions has its own way to ask for consent."""
    made = manifest(APP, URL, ("replies",))
    as_gov = {**made, "manifestVersion": GOV_VERSION}
    assert [e.message for e in schema(GOV_VERSION).iter_errors(as_gov)] != []
    assert [e.message for e in schema(VERSION).iter_errors({**made, "id": "fivefold"})] != []


def test_with_nothing_allowed_no_consent_is_asked_for() -> None:
    for gov in (False, True):
        made = manifest(APP, URL, gov=gov)
        assert made.keys() & {"authorization", "webApplicationInfo"} == set()
        assert REPLIES not in json.dumps(made)


def test_for_replies_one_consent_is_asked_for_and_the_description_says_so() -> None:
    made = manifest(APP, URL, ("replies",))
    asked = made["authorization"]["permissions"]["resourceSpecific"]
    assert asked == [{"name": REPLIES, "type": "Application"}]
    assert made["webApplicationInfo"]["id"] == APP
    assert made["webApplicationInfo"]["resource"]
    assert "read the messages" in made["description"]["full"]
    assert "read the messages" not in manifest(APP, URL)["description"]["full"]


def test_for_gcc_high_the_same_consent_is_asked_for_as_its_older_version_has_it() -> None:
    made = manifest(APP, URL, ("replies",), gov=True)
    assert made["webApplicationInfo"]["applicationPermissions"] == [REPLIES]
    assert "authorization" not in made


@pytest.mark.parametrize(("allow", "gov"), EVERY)
def test_one_bot_talks_in_teams_and_with_one_person_and_takes_no_files(
    allow: tuple[str, ...], gov: bool
) -> None:
    made = manifest(APP, URL, allow, gov=gov)
    (bot,) = made["bots"]
    assert bot["botId"] == made["id"] == APP
    assert set(bot["scopes"]) == {"team", "personal"}
    assert bot["supportsFiles"] is bot["isNotificationOnly"] is False
    assert "staticTabs" not in made
    assert "composeExtensions" not in made


def test_only_our_own_pages_are_named() -> None:
    made = manifest(APP, URL)
    assert made["validDomains"] == ["lessons.example.org"]
    for name in ("websiteUrl", "privacyUrl", "termsOfUseUrl"):
        assert made["developer"][name].startswith(URL)


def test_every_command_that_is_offered_is_understood() -> None:
    lists = manifest(APP, URL)["bots"][0]["commandLists"]
    assert [commands["scopes"] for commands in lists] == [["team"], ["personal"]]
    for commands in lists:
        titles = [command["title"] for command in commands["commands"]]
        assert len(set(titles)) == len(titles) <= 10
        assert set(titles) <= COMMANDS.keys()
    for words in COMMANDS:
        assert wish(words) or parse_command(words), words


MOMENTS = st.timedeltas(timedelta(), timedelta(days=36_500)).map(
    lambda later: datetime(2026, 1, 1, tzinfo=UTC) + later
)


@given(MOMENTS, st.timedeltas(timedelta(seconds=1), timedelta(days=9_000)))
def test_a_later_package_has_a_higher_version(moment: datetime, later: timedelta) -> None:
    def numbers(at: datetime) -> list[int]:
        return [int(part) for part in version_at(at).split(".")]

    assert numbers(moment) < numbers(moment + later)


@given(MOMENTS)
def test_a_version_has_three_numbers_without_leading_zeros(moment: datetime) -> None:
    parts = version_at(moment).split(".")
    assert len(parts) == 3
    assert all(part == str(int(part)) for part in parts)


# -- the package


def test_the_package_holds_the_manifest_and_the_icons_that_it_names() -> None:
    made: dict[str, Any] = manifest(APP, URL)
    with ZipFile(BytesIO(package(made))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted(["manifest.json", *made["icons"].values()])
        assert json.loads(archive.read("manifest.json")) == made
        assert pixels(archive.read(made["icons"]["color"]))[0] == 192
        assert pixels(archive.read(made["icons"]["outline"]))[0] == 32


def test_the_same_manifest_makes_the_same_package() -> None:
    assert package(manifest(APP, URL)) == package(manifest(APP, URL))


# -- the icons


def test_the_icon_in_colours_fills_its_square_and_keeps_its_sign_in_the_middle() -> None:
    size, found = pixels(colour_icon())
    assert size == COLOUR_SIZE
    assert {pixel[3] for pixel in found} == {255}
    ground = found[0]
    sign = [divmod(at, size) for at, pixel in enumerate(found) if pixel != ground]
    assert len({found[y * size + x] for y, x in sign}) >= 5
    assert min(min(where) for where in sign) >= 48
    assert max(max(where) for where in sign) < 144


def test_the_outline_is_white_on_nothing() -> None:
    size, found = pixels(outline_icon())
    assert size == OUTLINE_SIZE
    assert {pixel[:3] for pixel in found} == {(255, 255, 255)}
    opaque = [pixel[3] for pixel in found]
    assert {0, 255} <= set(opaque)
    assert found[0][3] == found[-1][3] == 0
    assert 0.1 < sum(opaque) / 255 / len(opaque) < 0.5
