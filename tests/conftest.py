"""What every test shares: how hard Hypothesis tries, and what a test may need from outside."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

PEERS = Path(__file__).parent / "peers"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this machine cannot run, and say what would make it run."""
    if item.get_closest_marker("browser") and not shutil.which("chromium"):
        pytest.skip("needs Chromium: apt-get install chromium")
    if item.get_closest_marker("peers") and not (
        shutil.which("node") and (PEERS / "node_modules" / ".installed").exists()
    ):
        pytest.skip("needs Node and the npm packages of tests/peers: make peers")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser as people have it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()
