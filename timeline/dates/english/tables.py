"""The words of English dates: what each word or phrase is, for the tokenizer and the grammar."""

from typing import Final, NamedTuple

from timeline.dates.words import MONTHS

# A word's kind tells the grammar where it may stand, its value what it means.
Word = tuple[str, object]


class Feast(NamedTuple):
    """A day of every year; `around` where the words mean the days about it as well, as "Christmas" does."""

    month: int
    day: int
    around: bool = False


def _same(kind: str, value: object, words: str) -> dict[str, Word]:
    return dict.fromkeys(words.split(), (kind, value))


def _phrases(word: Word, phrases: str) -> dict[str, Word]:
    return dict.fromkeys(phrases.split("|"), word)


def _counted(kind: str, words: str, first: int) -> dict[str, Word]:
    """Words in counting order; spellings of one number are joined by a stroke."""
    return {
        word: (kind, number)
        for number, spellings in enumerate(words.split(), first)
        for word in spellings.split("|")
    }


MONTH_NAMES: Final = MONTHS[1:]
DAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Nouns for a stage that are also its edge: "before the end of 1914".
BEGINNINGS: Final = frozenset(("beginning", "start", "opening", "onset"))
ENDS: Final = frozenset(("end", "ending", "close", "closing", "close of"))

WORDS: Final[dict[str, Word]] = {
    **_counted(
        "month",
        "january|jan february|feb|febr march|mar april|apr may june|jun july|jul august|aug"
        " september|sept|sep october|oct november|nov december|dec",
        1,
    ),
    **_counted(
        "weekday",
        "monday|mon tuesday|tue|tues wednesday|wed|weds thursday|thu|thur|thurs friday|fri"
        " saturday|sat sunday|sun",
        0,
    ),
    # EDTF's codes of the northern seasons.
    **_counted("season", "spring summer autumn|fall winter", 21),
    "springtime": ("season", 21),
    "summertime": ("season", 22),
    "wintertime": ("season", 24),
    **_counted(
        "ordinal",
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
        " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
        1,
    ),
    "thirtieth": ("ordinal", 30),
    **_counted(
        "count",
        "one|a|an two|couple three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen twenty",
        1,
    ),
    "thirty": ("count", 30),
    # "The seventeen hundreds".
    "hundreds": ("hundreds", 0),
    **_counted("tens", "twenties thirties forties fifties sixties seventies eighties nineties", 2),
    **_same("scale", 10**3, "thousand kya"),
    **_same("scale", 10**6, "million mya"),
    **_same("scale", 10**9, "billion bya"),
    **_same("stage", 0, "early beginning start opening onset"),
    **_same("stage", 1, "mid middle midst midyear"),
    **_same("stage", 2, "late end ending close closing"),
    **_same("comparative", 0, "earlier"),
    **_same("comparative", 2, "later"),
    # Nouns that only carry an adjective: "the early part of", "the first days of".
    **_same("carrier", None, "part parts portion stage stages"),
    **_same("fraction", "half", "half halves semester semesters"),
    **_same("fraction", "quarter", "quarter quarters trimester trimesters"),
    **_same("unit", "day", "day days"),
    **_same("unit", "week", "week weeks"),
    **_same("unit", "fortnight", "fortnight fortnights"),
    **_same("unit", "weekend", "weekend weekends"),
    **_same("unit", "month", "month months"),
    **_same("unit", "year", "year years yr yrs"),
    **_same("unit", "decade", "decade decades"),
    **_same("unit", "century", "century centuries cent"),
    **_same("unit", "millennium", "millennium millennia millenium"),
    **_same("era", "BC", "bc bce"),
    **_same("era", "AD", "ad ce"),
    **_same(
        "approximate",
        None,
        "circa ca cca cir approximate about around approximately approx roughly near toward towards",
    ),
    **_same(
        "uncertain", None, "uncertain probably possibly perhaps maybe likely presumably apparently reportedly"
    ),
    # Nearness adds nothing that a bound could say: "shortly before 1914" is before 1914.
    **_same(
        "degree",
        None,
        "shortly soon just long well immediately right directly sometime some very all whole entire entirety",
    ),
    **_same("relation", "before", "before pre"),
    **_same("relation", "after", "after post"),
    **_same("relation", "since", "since"),
    **_same("relation", "by", "by"),
    **_same("to", "until", "until till til"),
    **_same("to", "until", "through thru"),
    "to": ("to", "to"),
    "from": ("from", None),
    "between": ("between", None),
    **_same("and", None, "and & plus"),
    "but": ("but", None),
    "estimated": ("estimated", None),
    "or": ("or", None),
    **_same("in", None, "in on at during within throughout over"),
    "of": ("of", None),
    **_same("onward", "since", "onward onwards forward"),
    **_same("the", None, "the both either"),
    **_same("half_day", "am", "am"),
    **_same("half_day", "pm", "pm"),
    **_same("clock", 12, "noon midday"),
    **_same("clock", None, "morning afternoon evening dawn dusk midmorning"),
    # Both are where two days meet.
    **_same("clock", 24, "midnight night"),
    # "In the early hours of 6 June".
    "hours": ("clock", None),
    **_same("vague", None, "few several many numerous"),
    **_same("zone", "Z", "utc gmt z zulu"),
    **_same("zone", "-05:00", "est"),
    **_same("zone", "-04:00", "edt"),
    **_same("zone", "-07:00", "mst"),
    **_same("zone", "-06:00", "mdt"),
    **_same("zone", "-08:00", "pst"),
    **_same("zone", "-07:00", "pdt"),
    **_same("zone", "+01:00", "cet"),
    **_same("zone", "+02:00", "cest eet"),
    **_same("zone", "+03:00", "eest msk trt"),
    **_same("zone", "+09:00", "jst kst"),
    **_same("deictic", -1, "last previous preceding"),
    # "The past year" is the twelve months up to today, "last year" the one in the calendar.
    "past": ("past", -1),
    **_same("deictic", 0, "this current"),
    **_same("deictic", 1, "next following coming upcoming"),
    "yesterday": ("near", -1),
    **_same("near", 0, "today tonight"),
    "tomorrow": ("near", 1),
    "ago": ("ago", -1),
    "hence": ("ago", 1),
    **_same("present", None, "now ongoing present"),
    "unknown": ("unknown", None),
    "undated": ("undated", None),
    "sd": ("undated", None),
    "o'clock": ("o'clock", None),
    **_same("latter", -1, "latter final"),
    "former": ("former", 0),
    **_same("feast", Feast(12, 25, around=True), "christmas xmas"),
    **_same("feast", Feast(10, 31), "halloween"),
    **_same("s", None, "s 's"),
    **_same("suffix", None, "st nd rd th"),
    "t": ("t", None),
    "c": ("c", None),
    "q": ("q", None),
    "h": ("h", None),
    "ending": ("ending", None),
    **_same("opening", None, "commencing starting"),
}

# Words that stand for one only together; the longest match wins. An inner "the" is left out.
_PHRASES: Final[dict[str, Word]] = {
    **_phrases(
        ("relation", "by"),
        "no later than|not later than|no later|on or before|in or before|at or before|not after|at latest"
        "|at latest by|by at latest|before or in|before or on",
    ),
    **_phrases(
        ("relation", "not before"),
        "no earlier than|not earlier than|no earlier|on or after|in or after|at or after|not before"
        "|no sooner than|at earliest|not until|after or in|after or on",
    ),
    "prior to": ("relation", "before"),
    "earlier than": ("relation", "before"),
    "later than": ("relation", "after"),
    "subsequent to": ("relation", "after"),
    "as of": ("relation", "since"),
    "as from": ("relation", "since"),
    "ever since": ("relation", "since"),
    "starting in": ("relation", "since"),
    "starting on": ("relation", "since"),
    "starting from": ("relation", "since"),
    "beginning in": ("relation", "since"),
    "beginning on": ("relation", "since"),
    "up to": ("to", "until"),
    "up until": ("to", "until"),
    "up through": ("to", "until"),
    "up to and including": ("to", "until"),
    "to and including": ("to", "until"),
    "and / or": ("slash", None),
    "one of": ("degree", None),
    "as well as": ("and", None),
    "or later": ("onward", "not before"),
    "or after": ("onward", "not before"),
    "or thereafter": ("onward", "not before"),
    "and later": ("onward", "not before"),
    "at earliest": ("onward", "not before"),
    "or earlier": ("onward", "by"),
    "or before": ("onward", "by"),
    "and earlier": ("onward", "by"),
    "at latest": ("onward", "by"),
    "to date": ("onward", "since"),
    "or so": ("or so", None),
    "or thereabouts": ("or so", None),
    "on or about": ("approximate", None),
    "in or about": ("approximate", None),
    "on or around": ("approximate", None),
    "in or around": ("approximate", None),
    "at about": ("approximate", None),
    "more or less": ("approximate", None),
    "close to": ("approximate", None),
    **_phrases(
        ("uncertain", None),
        "most likely|most probably|very likely|very probably|quite possibly|almost certainly",
    ),
    "it is thought": ("uncertain", None),
    "thought to be": ("uncertain", None),
    "said to be": ("uncertain", None),
    "course of": ("in", None),
    # What was so before is not said, and not claimed.
    **_phrases(("relation", "since"), "since at least|at least since|from at least|at least from"),
    **_phrases(("count", 2), "a couple of|a couple|couple of"),
    "a few": ("vague", None),
    "small hours": ("clock", None),
    "common era": ("era", "AD"),
    "anno domini": ("era", "AD"),
    "before christ": ("era", "BC"),
    "before common era": ("era", "BC"),
    "before present": ("ago", -1),
    "day before yesterday": ("near", -2),
    "day after tomorrow": ("near", 2),
    **_phrases(
        ("between", None),
        "some time from|some day from|some month from|some year from|sometime from|some time between"
        "|some day between|some year between|any time between|sometime between|any time from|anytime between"
        "|anytime from|anywhere between|anywhere from",
    ),
    **_phrases(("in", None), "all through|right through"),
    **_phrases(("to", "until"), "through to|all through to|right through to"),
    **_phrases(("every", "since"), "every year from|every month from|every day from|every season from"),
    **_phrases(("every", "until"), "every year up to|every month up to|every day up to|every season up to"),
    **_phrases(("unknown", None), "end unknown|start unknown|beginning unknown"),
    "turn of": ("turn", None),
    "week of": ("week of", "in"),
    "weekend of": ("week of", "weekend"),
    "week beginning": ("week of", "from"),
    "week starting": ("week of", "from"),
    "week commencing": ("week of", "from"),
    "week ending": ("week of", "to"),
    "close of": ("stage", 2),
    "christmas day": ("feast", Feast(12, 25)),
    "christmas eve": ("feast", Feast(12, 24)),
    "boxing day": ("feast", Feast(12, 26)),
    "new year's day": ("feast", Feast(1, 1)),
    "new years day": ("feast", Feast(1, 1)),
    "new year's eve": ("feast", Feast(12, 31)),
    "new years eve": ("feast", Feast(12, 31)),
    "new year's": ("feast", Feast(1, 1, around=True)),
    "valentine's day": ("feast", Feast(2, 14)),
    "may day": ("feast", Feast(5, 1)),
    "bastille day": ("feast", Feast(7, 14)),
    "independence day": ("feast", Feast(7, 4)),
    "armistice day": ("feast", Feast(11, 11)),
    "all saints day": ("feast", Feast(11, 1)),
    **_phrases(("degree", None), "some time|some point|any time|some day|some month|some season"),
    "local time": ("zone", ""),
    # From the seasons of no hemisphere to EDTF's codes for those of one.
    "northern hemisphere": ("hemisphere", 4),
    "southern hemisphere": ("hemisphere", 8),
    "present day": ("present", None),
    **_phrases(
        ("undated", None),
        "no date|no date given|no date known|without date|without a date|not dated|date unknown|unknown date"
        "|date not known|date unrecorded|date not recorded|date not given|date uncertain|not known"
        "|date unavailable|no date available|date not available|no date stated|date not stated"
        "|date illegible|time unknown|n d|s d",
    ),
}

# What a thing went through, by the group that a house counts into its date or leaves out.
_PHASES: Final[dict[str, str]] = {
    "plan": "project planned proposed",
    "making": (
        "made designed design drawn engraved etched painted carved woven conceived modeled modelled model"
        " negative negatives block plate dated executed created begun started composed written patented"
        " completed finished signed photographed taken built erected founded commissioned"
        " active flourished fl"
    ),
    "life": "born died b d baptised baptized buried",
    "printing": "printed print impression pulled",
    "remaking": (
        "manufactured remade reworked reconstructed reassembled assembled fabricated refabricated replica"
        " altered additions version edited reedited fired refired produced rebuilt recast revised"
    ),
    "copying": "cast reprinted reprint restored repaired retouched reproduction reissued copied copy",
    "showing": "published exhibited issued performed released edition publication",
}
WORDS.update({word: ("phase", phase) for phase, words in _PHASES.items() for word in words.split()})
# Words that qualify a phase and change no date.
WORDS.update(_same("phase word", None, "with partly posthumous posthumously editioned enlarged memorial re"))

# The numbers of centuries in Roman numerals: "XIX century".
ROMAN: Final[dict[str, Word]] = _counted(
    "ordinal",
    "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi",
    1,
)

# First word -> the phrases it opens, longest first, as (words, what they are).
PHRASES: Final[dict[str, list[tuple[tuple[str, ...], Word]]]] = {}
for _phrase in sorted(_PHRASES, key=lambda phrase: -phrase.count(" ")):
    _words = tuple(_phrase.split())
    PHRASES.setdefault(_words[0], []).append((_words, _PHRASES[_phrase]))
