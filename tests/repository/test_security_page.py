"""Every threat that docs/security.md lists is held by tests that exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "security.md").read_text("utf-8")
WITHOUT_HOSTS = {
    file.name: file
    for suite in ("core", "server", "repository")
    for file in (TESTS / suite).rglob("test_*.py")
}
ROW = re.compile(r"^\| (?!threat|---)(.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def test_every_threat_names_its_tests() -> None:
    rows = ROW.findall(PAGE)
    assert len(rows) >= 36
    for threat, _, tests in rows:
        named = re.findall(r"`([^`]+)`", tests)
        assert named, threat
        file = ""
        for name in named:
            given, _, test = name.partition("::")
            file = given if given != "…" else file
            path = TESTS / file if "/" in file else WITHOUT_HOSTS[file]
            content = path.read_text("utf-8")
            assert not test or re.search(rf"def {test}\b", content), name
