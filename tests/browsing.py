"""Chromium for the browser tests, and what it complains about."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def program() -> str | None:
    """CHROME_BIN, or the first browser found on PATH."""
    if os.environ.get("CHROME_BIN"):
        return shutil.which(os.environ["CHROME_BIN"])
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def running_browser(chromium: str) -> Iterator[Browser]:
    # Chromium's sandbox does not work for root.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else [*FLAGS]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        try:
            yield browser
        finally:
            browser.close()


def watch(page: Page, complaints: list[str]) -> None:
    """Note every console error, script error and request to another host."""
    page.on(
        "console",
        lambda message: (
            complaints.append(f"console: {message.text}") if message.type == "error" else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("request", lambda request: _note_foreign(request.url, complaints))


def new_page(context: BrowserContext, complaints: list[str]) -> Page:
    page = context.new_page()
    page.set_default_timeout(10_000)
    watch(page, complaints)
    return page


def _note_foreign(url: str, complaints: list[str]) -> None:
    if urlsplit(url).scheme not in {"data", "blob"} and urlsplit(url).hostname != "localhost":
        complaints.append(f"request to another host: {url}")
