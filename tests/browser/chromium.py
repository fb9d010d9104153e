"""The system's Chromium: where it is, how it is started, and how it is installed where it is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = """\
No Chromium found (looked for: {names}; CHROMIUM={given!r}). `make browser` needs one of the system's:
  Debian               apt-get install chromium
  Ubuntu               snap install chromium
  Fedora               dnf install chromium
  Arch                 pacman -S chromium
  macOS                brew install --cask chromium; name it as below, in /Applications/Chromium.app
  a browser elsewhere  make browser CHROMIUM=/path/to/chromium"""
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    # Nothing is asked outside this machine, whatever a page may name.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def path_of_chromium() -> str:
    """The path of the browser. Where there is none the run fails with what to do: it never passes untried."""
    given = os.environ.get("CHROMIUM", "")
    found = [path for name in ([given] if given else NAMES) if (path := shutil.which(name))]
    if not found:
        pytest.exit(MISSING.format(names=", ".join(NAMES), given=given), returncode=1)
    return found[0]


@contextmanager
def started() -> Iterator[Browser]:
    # Chromium's sandbox does not work for root, and nothing but this site is opened.
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    path = path_of_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *as_root])
        try:
            yield browser
        finally:
            browser.close()
