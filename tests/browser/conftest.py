"""The demo as a newcomer starts it (a process of its own, a data folder of its own) and Debian's chromium."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.pages import SimPage

ARTEFACTS = Path(__file__).parents[2] / "artefacts" / "browser"
_START_S = 90
_STOP_S = 20
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Demo:
    url: str


@pytest.fixture(scope="session")
def chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("chromium is not installed (on Debian: apt install chromium)")
    return path


@pytest.fixture(scope="session")
def demo(chromium: str) -> Iterator[Demo]:
    with tempfile.TemporaryDirectory(prefix="booka-demo-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        log = Path(folder) / "demo.log"
        with log.open("w") as output:
            process = _start_demo(Path(folder) / "data", output)
        try:
            yield Demo(_printed_url(process, log))
            process.send_signal(signal.SIGINT)
            assert process.wait(_STOP_S) == 0
        finally:
            process.kill()
            process.wait()


def _start_demo(data_dir: Path, output: IO[str]) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BOOKA_")}
    environment |= {"BOOKA_NOW": "2026-03-02T08:00:00+01:00", "BOOKA_QUIET_WINDOW_MS": "100"}
    command = ["demo", "--port", str(_free_port()), "--data-dir", str(data_dir)]
    program = [sys.executable, "-c", "from cli.main import main; main()"]
    return subprocess.Popen([*program, *command], env=environment, stdout=output, stderr=output)


def _printed_url(process: subprocess.Popen[bytes], log: Path) -> str:
    started = time.monotonic()
    while process.poll() is None and time.monotonic() - started < _START_S:
        found = re.search(r"http://\S+/sim", log.read_text())
        if found:
            return found.group()
        time.sleep(0.1)
    pytest.fail(f"the demo did not start:\n{log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(_ARGUMENTS))
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(browser: Browser, demo: Demo, request: pytest.FixtureRequest) -> AsyncIterator["OpenPage"]:
    opener = OpenPage(browser, demo.url, request.node.name)
    yield opener
    await opener.close()


class OpenPage:
    """Opens /sim in a window of its own; at the end a picture is kept and nothing may have gone wrong in it."""

    def __init__(self, browser: Browser, url: str, name: str) -> None:
        self._browser, self._url, self._name = browser, url, name
        self._page: SimPage | None = None

    async def __call__(self, size: tuple[int, int], language: str, **choice: str) -> SimPage:
        window = await self._browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
        self._page = SimPage(window, language, is_narrow=size[0] < 860)
        await self._page.open(self._url, choice)
        return self._page

    async def close(self) -> None:
        if self._page is None:
            return
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        await self._page.window.screenshot(path=ARTEFACTS / f"{self._name}.png")
        await self._page.window.close()
        assert self._page.faults == []
        assert [url for url in self._page.requested if not url.startswith(self._page.origin)] == []
