"""The environment becomes settings, or one clear sentence about what is wrong with it."""

import stat
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings, SettingsError, load_secret, read_settings

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


def test_empty_is_unset() -> None:
    names = ("FIVEFOLD_DATABASE", "FIVEFOLD_SECRET", "FIVEFOLD_PORT", "PORT", "FIVEFOLD_LOG_LEVEL")
    assert read_settings(dict.fromkeys(names, " ")) == Settings()


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
    ("FIVEFOLD_LOG_LEVEL", "loud"),
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
