"""`python -m tests.trust.serve`: the site under waitress, served as `manage.py demo` does.

Prints the port that it took.
"""

import socket

from waitress.server import create_server

from timeline.wsgi import application


def main() -> None:
    from timeline.management.commands.demo import HOST, SERVER_OPTIONS

    server = create_server(application, sockets=[socket.create_server((HOST, 0))], **SERVER_OPTIONS)
    print(server.effective_port, flush=True)
    server.run()


if __name__ == "__main__":
    main()
