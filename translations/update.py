"""Brings the plugin's translations up to date: collects what the code says, merges, compiles, bundles.

    .cache/env-octoprint/bin/python translations/update.py

New or changed texts are left empty in `<language>/LC_MESSAGES/messages.po`: translate them, and run it
again. `--check` changes nothing and fails where something is missing or out of date.
"""

import argparse
import io
import sys
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
TEMPLATE = HERE / "messages.pot"
HEADER = "# FailWatch: what the OctoPrint plugin says."
ABOUT = {
    "project": "FailWatch",
    "version": "0",
    "msgid_bugs_address": "https://github.com/failwatch/failwatch/issues",
    "last_translator": "FailWatch maintainers",
    "language_team": "FailWatch maintainers",
}
KEYWORDS = dict.fromkeys(
    ("_", "gettext", "BadSetting", "SnapshotError", "LateSnapshot", "WebPage", "TooLittleData", "NotSent")
)
"""What texts to translate stand in: errors are translated where they are told."""
BUNDLED = REPOSITORY / "octoprint_failwatch" / "translations"


def main(arguments: list[str]) -> int:
    """Update or check; return 1 where a check fails or a text has no translation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args(arguments).check
    said = collect()
    files = {TEMPLATE: _po(said)}
    missing = []
    for source in sorted(HERE.glob("*/LC_MESSAGES/messages.po")):
        language = source.parent.parent.name
        catalog = _read(source, language)
        catalog.update(said, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        missing += [f"{language}: {message.id!r}" for message in catalog if message.id and not message.string]
        files[source] = _po(catalog)
        bundled = BUNDLED / language / "LC_MESSAGES"
        files[bundled / "messages.po"] = files[source]
        files[bundled / "messages.mo"] = _mo(catalog)
    stale = [path for path, content in files.items() if not path.exists() or not _same(path, content)]
    for line in missing:
        print(f"not translated: {line}")
    for path in stale:
        print(f"{'out of date' if check else 'written'}: {path.relative_to(REPOSITORY)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[path])
    return 1 if missing or (check and stale) else 0


def collect() -> Catalog:
    """Return every text of the plugin, with the files that say it."""
    with (HERE / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog(header_comment=HEADER, fuzzy=False, **ABOUT)
    found = extract_from_dir(REPOSITORY, methods, options, keywords=KEYWORDS)
    for file, _line, text, _comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        catalog.add(text, locations=[(file, 0)], context=context)
    return catalog


def _read(source: Path, language: str) -> Catalog:
    with source.open("rb") as file:
        catalog = read_po(file, locale=language)
    catalog.header_comment, catalog.fuzzy = HEADER, False
    for name, value in ABOUT.items():
        setattr(catalog, name, value)
    return catalog


def _po(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    catalog.creation_date = catalog.revision_date = None
    write_po(out, catalog, width=110, sort_by_file=True, omit_header=False, include_lineno=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    # Dates and tools would make a difference where there is none.
    volatile = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By')
    return "".join(line for line in lines if not line.startswith(volatile)).encode()


def _same(path: Path, content: bytes) -> bool:
    """Return whether a file says the same; a compiled one also names the tool that compiled it."""
    if path.suffix != ".mo":
        return path.read_bytes() == content
    texts = [GNUTranslations(io.BytesIO(data))._catalog for data in (path.read_bytes(), content)]
    return all({**one, "": ""} == {**texts[0], "": ""} for one in texts)


def _mo(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
