"""What circa means here, in numbers: conventions that no calendar settles and an installation may change."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conventions:
    """How far `~` reaches, by the unit it stands at, to either side. The reasons are in docs/dates.md.

    An installation that changes one of these restamps its stored bounds afterwards.
    """

    circa_days: int = 3
    circa_months: int = 1
    circa_season_months: int = 2  # seasons, quarters, quadrimesters and semesters
    circa_years: int = 5
    circa_decade_years: int = 5
    circa_century_years: int = 25
    circa_millennium_years: int = 100
    circa_long_year_percent: int = 5  # years of more than four digits: nobody means five years there
