"""The rules of the house that a machine can see."""

import ast
import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt"]
LONGEST_FILE = 400

# Spelt in halves, so that this file keeps its own rule.
REGISTRY_HOSTS = ["pypi." + "org", "files.python" + "hosted.org", "registry.npm" + "js.org"]
SOMEBODYS_FOLDER = re.compile(r"(?<![\w.~/-])/(?:home|root|Users|work)/\w")


@cache
def kept_files() -> list[Path]:
    """Every file that git keeps, or would keep if it were added now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def modules(under: str = "bot") -> list[Path]:
    return sorted((ROOT / under).rglob("*.py"))


def lines_that(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """`path:line` of each line in which the pattern is found; binary files hold no lines."""
    found = []
    for path in paths:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}"
            for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line)
        ]
    return found


def test_every_file_can_be_read_in_one_sitting() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in modules()}
    too_long = {str(p.relative_to(ROOT)): n for p, n in lengths.items() if n > LONGEST_FILE}
    assert too_long == {}


def test_every_package_says_what_lives_there() -> None:
    folders = {path.parent for path in modules()}
    silent = [
        str(folder.relative_to(ROOT))
        for folder in sorted(folders)
        if not (folder / "__init__.py").exists()
        or not ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
    ]
    assert silent == []


def test_no_file_names_a_registry_host() -> None:
    hosts = re.compile("|".join(map(re.escape, REGISTRY_HOSTS)))
    assert lines_that(hosts, kept_files()) == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    assert lines_that(SOMEBODYS_FOLDER, kept_files()) == []


@pytest.mark.parametrize("package", ["chat", "lessons", "facilitation"])
def test_the_core_is_told_the_time_and_never_reads_it(package: str) -> None:
    reads = re.compile(r"\b(?:now|utcnow|today|uuid1|uuid4)\(")
    assert lines_that(reads, modules(f"bot/{package}")) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_carries_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    entries = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    assert entries
    pin = re.compile(r"[a-z0-9.-]+==\S+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries if not pin.fullmatch(entry.strip())] == []


def test_what_runs_is_pinned_as_it_is_tested() -> None:
    runtime, dev = (
        set(re.findall(r"^[a-z0-9.-]+==[^\s;]+", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        for name in LOCKS
    )
    assert runtime <= dev


def test_every_npm_package_carries_a_hash_and_no_address() -> None:
    lock = json.loads((ROOT / "tests/peers/package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [n for n, e in packages.items() if "integrity" not in e or "resolved" in e] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_that_is_promised_exists(name: str) -> None:
    if not (ROOT / name).exists():
        pytest.skip(f"{name} is not written yet")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    promised = re.findall(
        r"(?:^|`|&& )make(?: \w+=\S+)* ([a-z]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE
    )
    assert set(promised) - targets == set()
