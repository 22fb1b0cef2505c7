"""Every text has its German, and what is bundled is what the sources say."""

import importlib.util
import re
from gettext import GNUTranslations
from pathlib import Path

import octoprint
import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PLACE = re.compile(r"%(?:\(\w+\))?[sdr]")
FORMAL = re.compile(r"\b(?:Sie|Ihnen|Ihr|Ihre[mnrs]?)\b")


def test_translations_are_complete_and_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    spec = importlib.util.spec_from_file_location("update", ROOT / "translations" / "update.py")
    assert spec is not None
    assert spec.loader is not None
    update = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(update)
    assert update.main(["--check"]) == 0, capsys.readouterr().out


def test_a_translation_has_the_same_places_for_numbers_and_names() -> None:
    with (ROOT / "translations/de/LC_MESSAGES/messages.po").open("rb") as file:
        catalog = read_po(file)
    for message in catalog:
        if message.id:
            assert sorted(PLACE.findall(message.string)) == sorted(PLACE.findall(message.id))


def test_german_speaks_to_people_as_octoprint_does() -> None:
    """OctoPrint's own German says du; a sentence that begins with "Sie" for a thing is worded otherwise."""
    with (ROOT / "translations/de/LC_MESSAGES/messages.po").open("rb") as file:
        texts = [str(message.string) for message in read_po(file)]
    assert any("deine" in text for text in texts)
    assert [text for text in texts if FORMAL.search(text)] == []


def test_no_text_is_one_that_octoprint_says_in_other_words() -> None:
    """Its page has one catalogue, in which OctoPrint's own translation comes before a plugin's."""
    catalogue = Path(octoprint.__file__).parent / "translations/de/LC_MESSAGES/messages.mo"
    with catalogue.open("rb") as file:
        theirs = GNUTranslations(file)
    with (ROOT / "translations/de/LC_MESSAGES/messages.po").open("rb") as file:
        ours = {str(message.id): message.string for message in read_po(file) if message.id}
    shared = {text: german for text, german in ours.items() if theirs.gettext(text) != text}
    assert "Cancel" in shared
    assert {text: theirs.gettext(text) for text in shared} == shared
