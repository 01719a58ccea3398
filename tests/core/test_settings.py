"""The environment becomes settings, or one clear sentence about what is wrong with it."""

import re
import stat
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.settings
from bot.platforms.slack import config as slack
from bot.platforms.teams import config as teams
from bot.settings import (
    Settings,
    SettingsError,
    SlackSettings,
    TeamsSettings,
    load_secret,
    read_settings,
    unknown,
)
from bot.settings.slack import GOV_SLACK_API, SLACK_ALLOWS, SLACK_API
from bot.settings.teams import TEAMS_ALLOWS, TEAMS_CLOUDS, keep_local

SECRET = bytes(range(32))
SECRET_TEXT = urlsafe_b64encode(SECRET).decode()


def test_with_nothing_set_it_is_a_file_here_and_this_machine_alone() -> None:
    settings = read_settings({})
    assert settings == Settings()
    assert settings.database == "sqlite:///fivefold.db"
    assert settings.host == "127.0.0.1"


def test_what_is_set_is_taken() -> None:
    settings = read_settings(
        {
            "FIVEFOLD_DATABASE": "postgresql://me@db/fivefold",
            "FIVEFOLD_SECRET": SECRET_TEXT,
            "FIVEFOLD_PUBLIC_URL": "https://lessons.example.org/five/",
            "FIVEFOLD_HOST": "0.0.0.0",
            "FIVEFOLD_PORT": "9000",
            "FIVEFOLD_LOG_LEVEL": "DEBUG",
        }
    )
    assert settings == Settings(
        database="postgresql://me@db/fivefold",
        secret=SECRET,
        public_url="https://lessons.example.org/five",
        host="0.0.0.0",
        port=9000,
        log_level="debug",
    )


def test_a_name_that_is_nearly_one_of_ours_is_named_and_the_others_are_not() -> None:
    given = dict.fromkeys((*bot.settings.NAMES, "PORT", "HOME"), "x")
    assert unknown(given) == ()
    wrong = {"FIVEFOLD_TEAMS_APPID": "x", "FIVEFOLD_DATABSE": "x", "FIVEFOLD_EMPTY": " "}
    assert unknown({**given, **wrong}) == ("FIVEFOLD_DATABSE", "FIVEFOLD_TEAMS_APPID")


def test_every_name_is_one_that_is_written_down() -> None:
    said = bot.settings.__doc__ or ""
    listed = set(re.findall(r"FIVEFOLD_[A-Z_]*[A-Z]", said.replace("…_", "FIVEFOLD_SLACK_")))
    assert listed == bot.settings.NAMES


def test_empty_is_unset() -> None:
    names = ("FIVEFOLD_DATABASE", "FIVEFOLD_SECRET", "FIVEFOLD_PORT", "PORT", "FIVEFOLD_LOG_LEVEL")
    assert read_settings(dict.fromkeys(names, " ")) == Settings()


def test_the_lessons_may_be_of_another_folder(tmp_path: Path) -> None:
    assert read_settings({"FIVEFOLD_LESSONS": str(tmp_path)}).lessons == tmp_path


def test_a_port_of_our_own_comes_before_the_platforms() -> None:
    assert read_settings({"PORT": "5000"}).port == 5000
    assert read_settings({"PORT": "5000", "FIVEFOLD_PORT": "6000"}).port == 6000


BAD = [
    ("FIVEFOLD_DATABASE", "mysql://db/five"),
    ("FIVEFOLD_DATABASE", "fivefold.db"),
    ("FIVEFOLD_DATABASE", "sqlite://"),
    ("FIVEFOLD_DATABASE", "sqlite:///:memory:"),
    ("FIVEFOLD_DATABASE", "sqlite+aiosqlite:///:memory:"),
    ("FIVEFOLD_SECRET", "short"),
    ("FIVEFOLD_SECRET", "./there/is/no/such/file"),
    ("FIVEFOLD_SECRET", "/"),
    ("FIVEFOLD_PUBLIC_URL", "lessons.example.org"),
    ("FIVEFOLD_PUBLIC_URL", "ftp://lessons.example.org"),
    ("FIVEFOLD_PUBLIC_URL", "https://"),
    ("FIVEFOLD_PUBLIC_URL", "https://[half"),
    ("FIVEFOLD_PUBLIC_URL", "https://example.org:port"),
    ("FIVEFOLD_PUBLIC_URL", "https://example.org/?a=b"),
    ("FIVEFOLD_HOST", "http://0.0.0.0"),
    ("FIVEFOLD_HOST", "two words"),
    ("FIVEFOLD_PORT", "0"),
    ("FIVEFOLD_PORT", "65536"),
    ("FIVEFOLD_PORT", "-1"),
    ("FIVEFOLD_PORT", "eighty"),
    ("FIVEFOLD_PORT", "²"),
    ("PORT", "9" * 5_000),
    ("FIVEFOLD_LESSONS", "./there/is/no/such/folder"),
    ("FIVEFOLD_LOG_LEVEL", "loud"),
    ("FIVEFOLD_SLACK_SIGNING_SECRET", "5ec4e7"),
    ("FIVEFOLD_SLACK_SIGNING_SECRET", "two words"),
    ("FIVEFOLD_SLACK_CLIENT_ID", "1.2"),
    ("FIVEFOLD_SLACK_CLIENT_SECRET", "c11e47"),
    ("FIVEFOLD_SLACK_APP_TOKEN", "xapp-1"),
    ("FIVEFOLD_SLACK_APP_TOKEN", "xoxb-1"),
    ("FIVEFOLD_SLACK_APP_TOKEN", "xapp-\n1"),
    ("FIVEFOLD_SLACK_BOT_TOKEN", "xoxb-1"),
    ("FIVEFOLD_SLACK_BOT_TOKEN", "xoxp-1"),
    ("FIVEFOLD_SLACK_ALLOW", "history,everything"),
    ("FIVEFOLD_SLACK_GOV", "maybe"),
    ("FIVEFOLD_SLACK_API_URL", "http://slack.example.org/api/"),
    ("FIVEFOLD_SLACK_API_URL", "slack.com/api"),
    ("FIVEFOLD_SLACK_API_URL", "https://"),
    ("FIVEFOLD_SLACK_API_URL", "https://[half"),
    ("FIVEFOLD_SLACK_API_URL", "https://slack.com/api/?token=x"),
    ("FIVEFOLD_TEAMS_APP_ID", "fivefold"),
    ("FIVEFOLD_TEAMS_APP_ID", "0f0f0f0f-0000-4000-8000-00000000000g"),
    ("FIVEFOLD_TEAMS_APP_ID", "0f0f0f0f-0000-4000-8000-000000000001"),
    ("FIVEFOLD_TEAMS_APP_SECRET", "5ec4e7~8Q"),
    ("FIVEFOLD_TEAMS_APP_SECRET", "two words"),
    ("FIVEFOLD_TEAMS_APP_SECRET", "0f0f0f0f-0000-4000-8000-000000000003"),
    ("FIVEFOLD_TEAMS_TENANT", "common"),
    ("FIVEFOLD_TEAMS_TENANT", "agency.onmicrosoft.com"),
    ("FIVEFOLD_TEAMS_TENANT", "0f0f0f0f-0000-4000-8000-000000000002"),
    ("FIVEFOLD_TEAMS_CLOUD", "gcc"),
    ("FIVEFOLD_TEAMS_CLOUD", "china"),
    ("FIVEFOLD_TEAMS_ALLOW", "replies"),
    ("FIVEFOLD_TEAMS_ALLOW", "everything"),
    ("FIVEFOLD_TEAMS_LOCAL", "perhaps"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_one_sentence_that_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} .+[^\n]\.$") as caught:
        read_settings({name: value})
    assert "\n" not in str(caught.value)


NAMES = sorted({name for name, _ in BAD})


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=80)))
def test_no_environment_does_more_than_be_refused(environ: dict[str, str]) -> None:
    try:
        read_settings(environ)
    except SettingsError as error:
        said = str(error)
    else:
        return
    assert any(name in said for name in environ)


def test_nothing_secret_is_shown_with_the_settings() -> None:
    database = "postgresql://me:hunter2@db/fivefold"
    settings = read_settings({"FIVEFOLD_SECRET": SECRET_TEXT, "FIVEFOLD_DATABASE": database})
    assert "hunter2" not in repr(settings)
    assert repr(SECRET) not in repr(settings)
    with pytest.raises(SettingsError) as caught:
        read_settings({"FIVEFOLD_DATABASE": "mysql://me:hunter2@db/fivefold"})
    assert "hunter2" not in str(caught.value)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(f"{SECRET_TEXT}\n", "ascii")
    assert read_settings({"FIVEFOLD_SECRET": str(path)}).secret == SECRET


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 40, b"two words " * 8])
def test_a_secrets_file_without_one_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="holds no secret"):
        read_settings({"FIVEFOLD_SECRET": str(path)})


def test_without_a_secret_one_is_kept_beside_the_sqlite_file(tmp_path: Path) -> None:
    settings = read_settings({"FIVEFOLD_DATABASE": f"sqlite:///{tmp_path}/five.db"})
    first, second = load_secret(settings), load_secret(settings)
    key = tmp_path / "five.db.key"
    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [key]


def test_processes_that_start_together_end_with_one_secret(tmp_path: Path) -> None:
    settings = Settings(database=f"sqlite:///{tmp_path}/five.db")
    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(load_secret, [settings] * 64))
    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["five.db.key"]


def test_a_secret_that_is_set_makes_no_file(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/five.db"
    assert load_secret(Settings(database=database, secret=SECRET)) == SECRET
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_that_cannot_be_made_is_said() -> None:
    with pytest.raises(SettingsError, match="cannot be made"):
        load_secret(Settings(database="sqlite:////dev/null/five.db"))


def test_with_postgresql_the_secret_must_be_given() -> None:
    with pytest.raises(SettingsError, match="FIVEFOLD_SECRET is not set"):
        load_secret(Settings(database="postgresql://me@db/fivefold"))


# -- Slack

SOCKET = {"FIVEFOLD_SLACK_APP_TOKEN": "xapp-1-canary", "FIVEFOLD_SLACK_BOT_TOKEN": "xoxb-canary"}
OAUTH = {
    "FIVEFOLD_SLACK_SIGNING_SECRET": "canary1",
    "FIVEFOLD_SLACK_CLIENT_ID": "canary2",
    "FIVEFOLD_SLACK_CLIENT_SECRET": "canary3",
}


def test_slack_is_off_until_there_is_something_to_hear_it_by() -> None:
    assert read_settings({}).slack is None
    assert read_settings(dict.fromkeys((*SOCKET, *OAUTH), " ")).slack is None
    assert read_settings({"FIVEFOLD_SLACK_ALLOW": "history"}).slack is None


def test_one_workspace_over_socket_mode_takes_two_tokens() -> None:
    assert read_settings(SOCKET).slack == SlackSettings(
        app_token="xapp-1-canary", bot_token="xoxb-canary"
    )


def test_many_workspaces_over_http_take_three_values() -> None:
    assert read_settings(OAUTH).slack == SlackSettings(
        signing_secret="canary1", client_id="canary2", client_secret="canary3"
    )


@pytest.mark.parametrize("given", [SOCKET, OAUTH])
def test_one_value_less_is_refused_and_an_empty_one_is_one_less(given: dict[str, str]) -> None:
    for name in given:
        with pytest.raises(SettingsError):
            read_settings({**given, name: " "})


@pytest.mark.parametrize(
    ("words", "allow"),
    [
        ("", set()),
        ("history", {"history"}),
        (" Groups , history ,", {"history", "groups"}),
    ],
)
def test_the_installer_may_allow_more(words: str, allow: set[str]) -> None:
    slack = read_settings({**SOCKET, "FIVEFOLD_SLACK_ALLOW": words}).slack
    assert slack is not None
    assert slack.allow == allow


@pytest.mark.parametrize(
    ("name", "value", "api_url"),
    [
        ("GOV", "no", SLACK_API),
        ("GOV", "Yes", GOV_SLACK_API),
        ("API_URL", "http://127.0.0.1:4000/api", "http://127.0.0.1:4000/api/"),
        ("API_URL", "http://[::1]:4000/api/", "http://[::1]:4000/api/"),
        ("API_URL", "https://slack.example.org/api", "https://slack.example.org/api/"),
    ],
)
def test_another_slack_may_be_meant(name: str, value: str, api_url: str) -> None:
    slack = read_settings({**SOCKET, f"FIVEFOLD_SLACK_{name}": value}).slack
    assert slack is not None
    assert slack.api_url == api_url


def test_nothing_secret_of_slack_is_shown() -> None:
    assert "canary" not in repr(read_settings(SOCKET))
    assert "canary" not in repr(read_settings(OAUTH))
    for name, value in {**SOCKET, **OAUTH}.items():
        for bad in (value.removeprefix("x"), f"{value} {value}"):
            with pytest.raises(SettingsError) as caught:
                read_settings({name: bad})
            assert "canary" not in str(caught.value)


def test_the_platform_knows_slack_as_the_settings_do() -> None:
    assert set(slack.ALLOWS) == set(SLACK_ALLOWS)
    assert SLACK_API == slack.API


# -- Teams

APP = "0f0f0f0f-0000-4000-8000-000000000001"
TENANT = "0f0f0f0f-0000-4000-8000-000000000002"
TEAMS = {
    "FIVEFOLD_TEAMS_APP_ID": APP,
    "FIVEFOLD_TEAMS_APP_SECRET": "canary~8Q",
    "FIVEFOLD_TEAMS_TENANT": TENANT,
}
LOCAL = {"FIVEFOLD_TEAMS_LOCAL": "yes"}


def test_teams_is_off_until_there_is_an_app() -> None:
    assert read_settings({}).teams is None
    assert read_settings(dict.fromkeys(TEAMS, " ")).teams is None
    assert read_settings({"FIVEFOLD_TEAMS_LOCAL": "no"}).teams is None


def test_an_app_of_one_tenant_takes_three_values() -> None:
    expected = TeamsSettings(app_id=APP, secret="canary~8Q", tenant=TENANT)
    assert read_settings(TEAMS).teams == expected
    shouted = {**TEAMS, "FIVEFOLD_TEAMS_APP_ID": APP.upper()}
    assert read_settings(shouted).teams == expected


@pytest.mark.parametrize("name", TEAMS)
def test_an_app_with_one_value_less_is_refused_and_an_empty_one_is_one_less(name: str) -> None:
    """An empty app id above all: what comes would not be looked at."""
    with pytest.raises(SettingsError, match=name):
        read_settings({**TEAMS, name: " "})


@pytest.mark.parametrize("cloud", TEAMS_CLOUDS)
def test_the_cloud_may_be_any_that_the_platform_knows(cloud: str) -> None:
    found = read_settings({**TEAMS, "FIVEFOLD_TEAMS_CLOUD": cloud.upper()}).teams
    assert found is not None
    assert found.cloud == cloud
    assert teams.CLOUDS[cloud].name == cloud


def test_the_platform_knows_teams_as_the_settings_do() -> None:
    assert set(teams.CLOUDS) == set(TEAMS_CLOUDS)
    assert set(teams.ALLOWS) == set(TEAMS_ALLOWS)


@pytest.mark.parametrize("app", [TEAMS, LOCAL])
def test_owners_of_teams_may_allow_replies(app: dict[str, str]) -> None:
    found = read_settings({**app, "FIVEFOLD_TEAMS_ALLOW": "Replies ,"}).teams
    assert found is not None
    assert found.allow == {"replies"}


def test_for_the_playground_no_app_is_needed() -> None:
    assert read_settings(LOCAL).teams == TeamsSettings(local=True)
    at_home = {**LOCAL, "FIVEFOLD_HOST": "::1", "FIVEFOLD_PUBLIC_URL": "http://localhost:8080"}
    assert read_settings(at_home).teams == TeamsSettings(local=True)


@pytest.mark.parametrize("name", [*TEAMS, "FIVEFOLD_TEAMS_CLOUD"])
def test_for_the_playground_no_app_may_be_set(name: str) -> None:
    value = {**TEAMS, "FIVEFOLD_TEAMS_CLOUD": "gcc"}[name]
    with pytest.raises(SettingsError, match=f"FIVEFOLD_TEAMS_LOCAL is yes.*{name}"):
        read_settings({**LOCAL, name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIVEFOLD_HOST", "0.0.0.0"),
        ("FIVEFOLD_HOST", "::"),
        ("FIVEFOLD_HOST", "192.168.0.7"),
        ("FIVEFOLD_PUBLIC_URL", "https://lessons.example.org"),
    ],
)
def test_without_an_app_nobody_else_may_come_in(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=r"let (?:\w+ )?everybody in") as caught:
        read_settings({**LOCAL, name: value})
    assert value in str(caught.value) or name in str(caught.value)
    assert read_settings({**TEAMS, name: value}).teams is not None


def test_another_address_on_the_command_line_lets_nobody_else_in_either() -> None:
    keep_local("127.0.0.1")
    with pytest.raises(SettingsError, match="everybody"):
        keep_local("0.0.0.0")


def test_nothing_secret_of_teams_is_shown() -> None:
    assert "canary" not in repr(read_settings(TEAMS))
    for bad in ("canary canary", "canary"):
        with pytest.raises(SettingsError) as caught:
            read_settings({"FIVEFOLD_TEAMS_APP_SECRET": bad})
        assert "canary" not in str(caught.value)
