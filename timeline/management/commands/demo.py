"""`manage.py demo`: from an empty database to a running site on this machine."""

import argparse
import errno
import secrets
import socket
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from waitress.server import create_server

from timeline import kept
from timeline.limits import set_up_connections
from timeline.models import Event, User

HOST = "127.0.0.1"
FIXTURES = ("vocabularies", "turkey-s400")
# Measured: with these, 400 clients that send a byte now and then do not keep the others from being served.
# poll(), because select() ends at 1,024 connections.
SERVER_OPTIONS = {
    "threads": 8,
    "connection_limit": 2000,
    "channel_timeout": 20,
    "cleanup_interval": 5,
    "max_request_body_size": 64 * 1024 * 1024,  # the API has a limit of its own and answers in JSON
    "asyncore_use_poll": True,
    # What waits for a client that reads slowly, per stream. With the default of 16 MiB an export of a million
    # events took up to 69 MB of memory, with this some 14.
    "outbuf_high_watermark": 2 * 1024 * 1024,
}
ADDRESSES = """
Timeline is running; Ctrl-C stops it.

  Admin        {root}/admin/
  API          {root}/api/v1/
  its docs     {root}/api/v1/docs/
  a query      {root}/api/v1/actors/turkey/events/?date_from=2020
"""


def load_fixtures() -> bool:
    """Load the vocabularies and the first timeline, unless there are events already."""
    if Event.objects.exists():
        return False
    call_command("loaddata", *FIXTURES, verbosity=0)
    for _ in kept.settle_all():
        pass
    return True


def make_admin() -> str | None:
    """Make the superuser `admin` and return the password; None where there is one already."""
    users = User.objects
    if users.filter(username="admin").exists():
        return None
    password = secrets.token_urlsafe(12)
    users.create_superuser(username="admin", password=password)
    return password


def port_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; a port is a number from 0 to 65535")
    return int(text)


class Command(BaseCommand):
    help = "Migrate, load the fixtures into an empty database, make an admin, and serve on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=port_number, default=8000, help="0 takes any free port")

    def handle(self, *, port: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo is for this machine only: unset TIMELINE_ENV.")
        server = self.listen(port)  # first, so that a port in use is known before anything is written
        try:
            self.prepare()
            self.stdout.write(ADDRESSES.format(root=f"http://{HOST}:{server.effective_port}"))
            self.stdout.flush()  # a pipe would show the password only when the server has ended
            set_up_connections()  # from here on: preparing may take its time
            server.run()
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {error}") from error
        finally:
            server.close()

    def listen(self, port: int) -> Any:
        try:
            # Not left to waitress, which keeps its sockets open where the port cannot be had.
            listener = socket.create_server((HOST, port))
        except OSError as error:
            reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise CommandError(f"Port {port} {reason}. Choose another: make demo PORT=8001") from error
        return create_server(WSGIHandler(), sockets=[listener], **SERVER_OPTIONS)

    def prepare(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        loaded = load_fixtures()
        self.stdout.write("Loaded the fixtures." if loaded else "The database has events; it stays as it is.")
        password = make_admin()
        if password:
            self.stdout.write(f"User admin, password {password} (shown once)")
        else:
            self.stdout.write(
                "User admin exists; a new password: .venv/bin/python manage.py changepassword admin"
            )
