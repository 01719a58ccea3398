"""The npm package ``emulate``: Slack's Web API in a process of its own, for one workspace."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import PEERS

_BIN = PEERS / "node_modules" / ".bin"
_TRIES = 200
_PAUSE = 0.05


@asynccontextmanager
async def emulator(seed: Mapping[str, Any]) -> AsyncIterator[str]:
    """A Slack that holds what ``seed`` says: its address on this machine, without a last slash.

    Skips the test where the npm packages are missing. Ends the one process that it started.
    """
    node = shutil.which("node", path=f"{_BIN}{os.pathsep}{os.environ.get('PATH', '')}")
    script = PEERS / "node_modules" / "emulate" / "dist" / "index.js"
    if not node or not script.exists():
        pytest.skip("needs Node and the npm packages of tests/peers: make peers")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed.yaml"
        path.write_text(json.dumps({"slack": seed}), "utf-8")
        port = _free_port()
        process = await asyncio.create_subprocess_exec(
            node,
            *(str(script), "start", "-p", str(port), "-s", "slack", "--seed", str(path)),
            cwd=folder,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            await _answers(url, process)
            yield url
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                process.kill()
                await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _answers(url: str, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient() as http:
        for _ in range(_TRIES):
            assert process.returncode is None, f"the Slack emulator ended: {process.returncode}"
            try:
                await http.post(f"{url}/api/auth.test")
            except httpx.TransportError:
                await asyncio.sleep(_PAUSE)
            else:
                return
    raise AssertionError(f"the Slack emulator did not answer within {_TRIES * _PAUSE:g} s")
