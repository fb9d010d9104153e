"""`manage.py erase NOUN SLUG`: erase a thing, or a field of it, from everything that is kept."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from timeline.exchange.nouns import BY_TYPE
from timeline.identity import erasing, target
from timeline.identity.parts import ErasureError
from timeline.identity.target import Account, Target
from timeline.models import User


class Command(BaseCommand):
    help = (
        "Erase a thing, or a field of it, from what stands, from all past states, documents and the search. "
        "Only that something was erased, when and by whom, stays. It cannot be undone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("noun", help=f"one of: {', '.join(BY_TYPE)}")
        parser.add_argument("slug", help="its address; also of what is deleted or merged into another")
        parser.add_argument("--field", default="", help="such as summary, citations.0.quote or aliases")
        parser.add_argument("--with", dest="replacement", help="what comes to stand in the field")
        parser.add_argument("--by", required=True, help="the name of the user who erases")
        parser.add_argument("--basis", default="", help="why it has to be; it stays, so name nothing erased")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--no-sweep", action="store_true", help="leave the files for `manage.py sweep`")

    def handle(self, *, noun: str, slug: str, field: str, dry_run: bool, yes: bool, **options: Any) -> None:
        user = User.objects.filter(username=options["by"]).first()
        if user is None or not user.has_perm("timeline.add_erasure"):
            raise CommandError(f"“{options['by']}” is nobody who may erase.")
        given = {"by": user, "basis": options["basis"], "replacement": options["replacement"]}
        try:
            found = target.find(noun, slug)
            self.tell(found, field, erasing.erase(found, field, dry_run=True, **given))
            if dry_run:
                return
            if not yes and input(f"Type “{slug}” to erase it for ever: ") != slug:
                raise CommandError("Nothing was erased.")
            erasing.erase(found, field, **given)
        except ErasureError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write("Erased.")
        if not options["no_sweep"]:
            call_command("sweep", stdout=self.stdout)

    def tell(self, found: Target, field: str, account: Account) -> None:
        what = f"“{field}” of " if field else ""
        self.stdout.write(f"Would go: {what}{found.noun.name} “{found.name}”, with")
        for name, number in account:
            self.stdout.write(f"{number:>8,}  {name}")
        if account.retracted:
            self.stdout.write(f"Retracted: {', '.join(account.retracted)}")
        for note in erasing.notes(found, field):
            self.stdout.write(note)
