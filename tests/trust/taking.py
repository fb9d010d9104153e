"""`python -m tests.trust.taking`: imports files in processes of their own, for tests that kill them.

Reads the path of a file from each line of standard input. The process that imports it prints its number,
then a line for each step; and then comes `end`, once it is gone.
"""

import os
import sys

import django


def tell(word: object) -> None:
    """A whole line at once: PYTHONUNBUFFERED lets a kill come between a word of print() and its newline."""
    os.write(sys.stdout.fileno(), f"{word}\n".encode())


def take(path: str) -> None:
    from timeline.exchange import inward

    tell(os.getpid())
    inward.BATCH = 20
    with open(path, "rb") as file:
        inward.Import(file, progress=lambda size: tell("step")).run()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.settings")
    django.setup()
    from timeline.exchange import inward  # noqa: F401  (once, and not in each process)

    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            take(line.strip())
            os._exit(0)
        os.waitpid(process, 0)
        tell("end")


if __name__ == "__main__":
    main()
