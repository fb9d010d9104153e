"""`manage.py demo`: what it prepares, and the whole of it in a process of its own, twice."""

import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from timeline.management.commands import demo
from timeline.models import Event

ROOT = Path(__file__).parent.parent


@pytest.mark.django_db
def test_the_fixtures_are_loaded_once() -> None:
    assert demo.load_fixtures() is True
    loaded = Event.objects.count()
    assert loaded > 0
    Event.objects.update(title="edited since")
    assert demo.load_fixtures() is False
    assert Event.objects.filter(title="edited since").count() == loaded


@pytest.mark.django_db
def test_the_admin_is_made_once_with_a_password_that_works() -> None:
    password = demo.make_admin()
    user = authenticate(username="admin", password=password)
    assert user is not None
    assert user.is_superuser
    assert user.is_staff
    assert demo.make_admin() is None
    assert get_user_model().objects.get().check_password(password)


@pytest.mark.parametrize("port", ["eighty", "-1", "65536", "٨٠"])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(CommandError, match="is not a port"):
        call_command("demo", f"--port={port}")


def test_a_port_in_use_is_named_before_anything_is_written() -> None:
    with socket.create_server((demo.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} is in use. Choose another"):
            call_command("demo", port=port)


def test_the_demo_is_not_for_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="this machine only"):
        call_command("demo", port=0)


def test_a_database_that_does_not_answer_is_an_error_in_words(tmp_path: Path) -> None:
    environment = os.environ | {"DATABASE_URL": f"postgres://nobody@/none?host={tmp_path}"}
    result = subprocess.run(
        [sys.executable, "manage.py", "demo", "--port=0"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.startswith("CommandError: The database cannot be used: ")


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The URL of an empty database of the kind that the suite runs on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder}/demo.sqlite3"
        return
    # Not Django's connection: CREATE DATABASE stands outside any transaction and test database.
    name = f"demo_{os.getpid()}"
    url = os.environ["DATABASE_URL"]
    with closing(psycopg2.connect(url)) as server:
        server.autocommit = True
        cursor = server.cursor()
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield re.sub(r"(://[^/]*/)[^?]*", rf"\g<1>{name}", url)
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running_demo(folder: Path, url: str) -> Iterator[tuple[str, str]]:
    """What the demo printed and the address it serves at, while it serves."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port=0"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        printed = ""
        for line in process.stdout:
            printed += line
            if "a query" in line:
                break
        found = re.search(r"http://127\.0\.0\.1:\d+", printed)
        assert found, printed
        yield printed, found[0]
    finally:
        process.terminate()
        process.communicate()


def status_of(address: str) -> int:
    with urllib.request.urlopen(address, timeout=30) as response:
        return int(response.status)


def test_the_demo_serves_and_keeps_its_data(tmp_path: Path) -> None:
    folder = tmp_path / "a folder with spaces"
    folder.mkdir()
    with empty_database(folder) as url:
        with running_demo(folder, url) as (printed, root):
            assert "Loaded the fixtures" in printed
            assert re.search(r"User admin, password \S{16} \(shown once\)", printed)
            addresses = re.findall(r"http://\S+", printed)
            assert [address.removeprefix(root) for address in addresses][:3] == [
                "/admin/",
                "/api/v1/",
                "/api/v1/docs/",
            ]
            assert {address: status_of(address) for address in addresses} == dict.fromkeys(addresses, 200)
            assert status_of(f"{root}/static/admin/css/base.css") == 200
        with running_demo(folder, url) as (printed, _):
            assert "it stays as it is" in printed
            assert "changepassword admin" in printed
            assert "(shown once)" not in printed
