"""`make words`: gather every sentence of the code, keep the translations still needed, say what is missing.

Exit code 1 while a sentence has no English; the tests say the same.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
NO_DATE = datetime(2027, 1, 1, tzinfo=UTC)  # a date of its own would change the file at each run


def gather() -> Catalog:
    """Every sentence of app/ and templates/, as babel.cfg tells, without its places."""
    mapping, found = ConfigParser(), Catalog()
    mapping.read(ROOT / "babel.cfg", encoding="utf-8")
    for section in mapping.sections():
        method, _, pattern = section.partition(": ")
        folder, _, inside = pattern.partition("/")
        options = {inside: dict(mapping[section])}
        for _file, _line, words, _comments, context in extract_from_dir(
            ROOT / folder, [(inside, method)], options, KEYWORDS
        ):
            found.add(words, context=context)
    return found


def read_english() -> Catalog:
    if not ENGLISH.exists():
        return Catalog(locale="en")
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def sentences(catalog: Catalog) -> Iterator[Message]:
    """The messages without the header."""
    return (message for message in catalog if message.id)


def is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def _plain(words: str | Sequence[str]) -> str:
    """A sentence whatever its spaces: a no-break space put right in the French asks for no new translation."""
    return " ".join("\n".join([words] if isinstance(words, str) else words).split())


def main() -> int:
    english = read_english()
    known = {_plain(message.id): message.string for message in sentences(english)}
    english.update(gather(), no_fuzzy_matching=True)
    for message in sentences(english):
        if not is_translated(message):
            message.string = known.get(_plain(message.id), message.string)
    english.obsolete.clear()
    english.header_comment = "# English, the second language of the site. The msgid is the French of the code."
    english.project, english.version, english.fuzzy = "Graine d’Actions", "1", False
    english.last_translator = english.language_team = english.msgid_bugs_address = "Graine d’Actions"
    english.creation_date = english.revision_date = NO_DATE
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as file:
        write_po(file, english, width=120, sort_output=True, no_location=True, ignore_obsolete=True)
    missing = [message for message in sentences(english) if not is_translated(message)]
    for message in missing:
        print(message.id if isinstance(message.id, str) else message.id[0])
    print(f"{len(english)} phrases, {len(missing)} sans traduction anglaise (translations/en).")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
