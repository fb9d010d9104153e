"""`python -m tests.trust.taking`: imports files in processes of their own, for tests that kill them.

Reads the path of a file from each line of standard input. The process that imports it prints its number,
then a line for each step; and then comes `end`, once it is gone.
"""

import os
import sys

import django


def take(path: str) -> None:
    from timeline.exchange import inward

    print(os.getpid(), flush=True)
    inward.BATCH = 20
    with open(path, "rb") as file:
        inward.Import(file, progress=lambda size: print("step", flush=True)).run()


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
        print("end", flush=True)


if __name__ == "__main__":
    main()
