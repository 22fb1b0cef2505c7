"""The rules of Home Assistant's own validator (hassfest) that are checked only there, in our words."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parents[2] / "custom_components" / "failwatch"
TEXTS = {path.stem: json.loads(path.read_text()) for path in (HERE / "translations").glob("*.json")}
ICONS: dict[str, Any] = json.loads((HERE / "icons.json").read_text())
MANIFEST: dict[str, Any] = json.loads((HERE / "manifest.json").read_text())


def flat(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    else:
        for name, item in value.items():
            yield from flat(item, f"{place}/{name}")


ANY = "*"
"""Stands for keys that are ours to choose; `object` for whatever a page of our own needs."""
STATE_TEXTS = {"state": {ANY: str}, "name": str}
FIELDS = {ANY: {"name": str, "description": str, "example": str}}
SECTION = {"name": str, "description": str, "data": {ANY: str}, "data_description": {ANY: str}}
STEP = {
    "title": str,
    "description": str,
    "data": {ANY: str},
    "data_description": {ANY: str},
    "menu_options": {ANY: str},
    "menu_option_descriptions": {ANY: str},
    "submit": str,
    "sections": {ANY: SECTION},
}
FLOW = {
    "step": {ANY: STEP},
    "error": {ANY: str},
    "abort": {ANY: str},
    "progress": {ANY: str},
    "create_entry": {ANY: str},
}
DESCRIBED = {ANY: {"name": str, "description": str, "fields": FIELDS, "sections": {ANY: SECTION}}}
KEYS: Mapping[str, Any] = {
    "title": str,
    "config": {**FLOW, "flow_title": str, "initiate_flow": {"user": str, "reconfigure": str}},
    "config_subentries": {
        ANY: {**FLOW, "entry_type": str, "initiate_flow": {"user": str, "reconfigure": str}}
    },
    "options": FLOW,
    "config_panel": object,
    "common": {ANY: str},
    "selector": {ANY: {"options": {ANY: str}, "choices": {ANY: str}, "fields": FIELDS, "unit_of_measurement": {ANY: str}}},
    "entity": {
        ANY: {
            ANY: {
                "name": str,
                "state": {ANY: str},
                "state_attributes": {ANY: STATE_TEXTS},
                "unit_of_measurement": str,
            }
        }
    },
    "exceptions": {ANY: {"message": str}},
    "issues": {ANY: {"title": str, "description": str, "fix_flow": FLOW}},
    "services": DESCRIBED,
    "triggers": DESCRIBED,
    "conditions": DESCRIBED,
    "device_automation": {
        kind: {ANY: str} for kind in ("trigger_type", "condition_type", "action_type", "extra_fields", "trigger_subtype")
    },
}  # fmt: skip
"""Every key that a translation may have: another one is refused, as it is there."""


def unknown(texts: Any, keys: Any, place: str = "") -> Iterator[str]:
    if keys is object:
        return
    if keys is str or isinstance(texts, str):
        if not (keys is str and isinstance(texts, str)):
            yield place
        return
    for name, item in texts.items():
        allowed = keys.get(name, keys.get(ANY))
        if allowed is None:
            yield f"{place}/{name}"
        else:
            yield from unknown(item, allowed, f"{place}/{name}")


@pytest.mark.parametrize("language", TEXTS)
def test_translations_have_only_keys_that_are_known(language: str) -> None:
    assert not list(unknown(TEXTS[language], KEYS))


def test_a_key_that_nobody_knows_is_found() -> None:
    assert list(unknown({"config": {"step": {"user": {"titel": "x"}}}}, KEYS)) == ["/config/step/user/titel"]
    assert list(unknown({"exceptions": {"bad": "x"}}, KEYS)) == ["/exceptions/bad"]


@pytest.mark.parametrize("language", TEXTS)
def test_texts_are_as_they_must_be(language: str) -> None:
    """No addresses (they come by placeholders), no markup, no quoted placeholders, no space at the ends."""
    for place, text in flat(TEXTS[language]):
        assert not re.search(r"https?://|www\.", text), place
        assert not re.search(r"<[a-zA-Z/][^>]*>", text), place
        assert not re.search(r"'\{\w*\}'", text), place
        assert text == text.strip(), place
        for name in re.findall(r"\{([^}]*)\}", text):
            assert re.fullmatch(r"[a-z_]\w*", name), place


@pytest.mark.parametrize("language", TEXTS)
def test_keys_are_slugs(language: str) -> None:
    for place, _ in flat(TEXTS[language]):
        for name in place.strip("/").split("/"):
            assert re.fullmatch(r"[a-z0-9_]+", name), place


def steps(flow: Any) -> Iterator[Any]:
    for step in flow.get("step", {}).values():
        yield step
        yield from step.get("sections", {}).values()


@pytest.mark.parametrize("language", TEXTS)
def test_flows_and_issues_are_whole(language: str) -> None:
    texts = TEXTS[language]
    flows = [texts["config"], *texts["config_subentries"].values()]
    flows += [issue["fix_flow"] for issue in texts["issues"].values() if "fix_flow" in issue]
    for flow in flows:
        for step in steps(flow):
            assert set(step.get("data_description", {})) <= set(step.get("data", {}))
            assert set(step.get("menu_option_descriptions", {})) <= set(step.get("menu_options", {}))
    for name, issue in texts["issues"].items():
        assert issue["title"], name
        assert ("description" in issue) != ("fix_flow" in issue), name


@pytest.mark.parametrize("language", TEXTS)
def test_the_title_of_a_repair_fits_one_line_of_a_phone(language: str) -> None:
    """Home Assistant writes what follows over a second line."""
    for name, issue in TEXTS[language]["issues"].items():
        for step in steps(issue.get("fix_flow", {})):
            assert len(step["title"]) <= 32, name
            assert "{" not in step["title"], f"{name}: nobody knows how long that becomes"


@pytest.mark.parametrize("file", ["services.yaml", "triggers.yaml", "conditions.yaml"])
def test_targets_are_filtered_by_entity_only(file: str) -> None:
    for name, one in yaml.safe_load((HERE / file).read_text()).items():
        assert set(one) <= {"target", "fields"}, name
        assert set(one.get("target", {})) <= {"entity"}, f"{name}: a target takes no device filter"
        for field, about in one.get("fields", {}).items():
            assert len(about["selector"]) == 1, f"{name}/{field}"
            assert set(about) <= {"selector", "required", "default", "example", "advanced", "filter"}, field


def test_no_icon_repeats_its_default() -> None:
    for platform, entities in ICONS["entity"].items():
        for key, icons in entities.items():
            assert icons["default"].startswith("mdi:"), f"{platform}/{key}"
            for state, icon in icons.get("state", {}).items():
                assert icon != icons["default"], f"{platform}/{key}/{state}"
                assert icon.startswith("mdi:")
    for section, word in (("services", "service"), ("triggers", "trigger"), ("conditions", "condition")):
        for name, icons in ICONS[section].items():
            assert set(icons) <= {word, "sections"}, name


def test_loggers_do_not_repeat_the_package() -> None:
    """They are for libraries: the integration's own logger is known."""
    assert not [name for name in MANIFEST.get("loggers", []) if "failwatch" in name]
    assert MANIFEST["domain"] not in [
        *MANIFEST.get("dependencies", []),
        *MANIFEST.get("after_dependencies", []),
    ]


def test_the_integration_is_typed() -> None:
    assert (HERE / "py.typed").exists()


@pytest.mark.parametrize("file", ["services.yaml", "triggers.yaml", "conditions.yaml"])
def test_everything_is_in_the_docs_with_its_options_and_an_example(file: str) -> None:
    page = (HERE.parents[1] / "docs" / "home-assistant.md").read_text()
    examples = "\n".join(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL))
    word = {"services.yaml": "action", "triggers.yaml": "trigger", "conditions.yaml": "condition"}[file]
    described = yaml.safe_load((HERE / file).read_text())
    rows = dict(re.findall(r"^\| `failwatch\.(\w+)` (\|.*)$", page, re.MULTILINE))
    assert described.keys() <= rows.keys()
    for name, one in described.items():
        for field in one.get("fields", {}):
            assert f"`{field}`" in rows[name], f"{name}: {field}"
        assert re.search(rf"{word}: failwatch\.{name}$", examples, re.MULTILINE), name
