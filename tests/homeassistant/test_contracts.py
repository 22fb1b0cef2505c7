"""What HACS and hassfest check, and what keeps texts, icons and code together."""

import ast
import json
import os
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from PIL import Image

from custom_components.failwatch import (
    binary_sensor,
    button,
    event,
    image,
    number,
    select,
    sensor,
    switch,
)
from custom_components.failwatch.cameras import issues, lights
from custom_components.failwatch.condition import CONDITIONS
from custom_components.failwatch.const import SUBENTRY_CAMERA
from custom_components.failwatch.device_trigger import TRIGGER_TYPES
from custom_components.failwatch.engine import errors
from custom_components.failwatch.engine.detectors import FIELDS
from custom_components.failwatch.engine.judging.rules import RULE_SETS
from custom_components.failwatch.engine.judging.verdict import Rule
from custom_components.failwatch.octoprint import errors as octoprint_errors
from custom_components.failwatch.shared.problems import SETTING_TEXTS
from custom_components.failwatch.trigger import TRIGGERS

ROOT = Path(__file__).parents[2]
HERE = ROOT / "custom_components" / "failwatch"
EN: dict[str, Any] = json.loads((HERE / "translations" / "en.json").read_text())
ICONS: dict[str, Any] = json.loads((HERE / "icons.json").read_text())
SOURCES = {
    str(path.relative_to(HERE)): path.read_text()
    for path in HERE.rglob("*.py")
    if "engine" not in path.relative_to(HERE).parts
}


def flat(value: Any, prefix: str = "") -> dict[str, str]:
    if isinstance(value, str):
        return {prefix: value}
    return {key: text for name, item in value.items() for key, text in flat(item, f"{prefix}.{name}").items()}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_manifest() -> None:
    manifest = json.loads((HERE / "manifest.json").read_text())
    assert list(manifest)[:2] == ["domain", "name"]
    assert list(manifest)[2:] == sorted(list(manifest)[2:])
    allowed = {
        "after_dependencies", "codeowners", "config_flow", "dependencies", "documentation", "domain",
        "integration_type", "iot_class", "issue_tracker", "loggers", "name", "requirements", "version",
        "zeroconf",
    }  # fmt: skip
    assert set(manifest) <= allowed
    assert {"codeowners", "documentation", "domain", "issue_tracker", "name", "version"} <= set(manifest)
    assert manifest["iot_class"] in {"local_push", "local_polling", "cloud_push", "cloud_polling"}
    assert manifest["integration_type"] in {"hub", "device", "service"}
    assert manifest["domain"] == HERE.name
    assert manifest["requirements"] == []
    assert all(owner.startswith("@") for owner in manifest["codeowners"])
    assert manifest["documentation"].startswith("https://")
    assert "home-assistant.io" not in manifest["documentation"]
    others = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
        others += [folder for name in files if name == "manifest.json" and Path(folder) != HERE]
    assert not others


def test_one_version() -> None:
    manifest = json.loads((HERE / "manifest.json").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert manifest["version"] == project["project"]["version"]


def test_hacs() -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text())
    assert set(hacs) <= {"name", "homeassistant", "country", "hacs", "render_readme"}
    assert hacs["name"] == "FailWatch"
    assert [path.name for path in (ROOT / "custom_components").iterdir() if path.is_dir()] == ["failwatch"]
    assert (ROOT / "README.md").read_text().strip()
    assert (ROOT / "LICENSE").read_text().strip()


def test_one_oldest_home_assistant() -> None:
    floor = json.loads((ROOT / "hacs.json").read_text())["homeassistant"]
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert f"homeassistant~={floor}" in groups["homeassistant-floor"]
    for blueprint in (ROOT / "blueprints").rglob("*.yaml"):
        assert f"min_version: {floor}" in blueprint.read_text(), blueprint
    for page in (ROOT / "README.md", ROOT / "docs" / "home-assistant.md"):
        assert f"{floor.removesuffix('.0')} or newer" in page.read_text(), page


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.stem
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]*(?:#[^)]*)?)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        there = (page.parent / path) if path else page
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


@pytest.mark.parametrize("name", ["icon", "logo"])
def test_brand(name: str) -> None:
    for theme in ("", "dark_"):
        with Image.open(HERE / "brand" / f"{theme}{name}.png") as small:
            with Image.open(HERE / "brand" / f"{theme}{name}@2x.png") as large:
                assert (large.width, large.height) == pytest.approx(
                    (small.width * 2, small.height * 2), abs=2
                )
                assert small.mode == "RGBA"
            if name == "icon":
                assert small.size == (256, 256)
            else:
                assert 128 <= min(small.size) <= 256


LANGUAGES = [path.stem for path in (HERE / "translations").glob("*.json")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_whole(language: str) -> None:
    texts = flat(json.loads((HERE / "translations" / f"{language}.json").read_text()))
    english = flat(EN)
    assert texts.keys() == english.keys()
    for key, text in texts.items():
        assert text.strip(), key
        assert "[%key:" not in text, key
        assert placeholders(text) == placeholders(english[key]), key


PLATFORMS: dict[str, list[Any]] = {
    "binary_sensor": list(binary_sensor.BINARY_SENSORS),
    "button": [*button.BUTTONS, *button.JOB_BUTTONS, button.FORGET_USUAL],
    "event": [event.HAPPENING],
    "image": [image.TAGGED_PICTURE],
    "number": list(number.NUMBERS),
    "select": [select.RULE_SET],
    "sensor": [*sensor.SENSORS, sensor.LEARNED],
    "switch": list(switch.SWITCHES),
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_entities_have_names_and_icons(platform: str) -> None:
    keys = {description.key for description in PLATFORMS[platform]}
    assert set(EN["entity"][platform]) == keys
    assert all(EN["entity"][platform][key]["name"] for key in keys)
    with_class = {description.key for description in PLATFORMS[platform] if description.device_class}
    with_class -= {"failure_state", "watch_state", "last_look"}
    assert keys - with_class <= set(ICONS["entity"][platform])
    assert set(ICONS["entity"][platform]) <= keys
    for description in PLATFORMS[platform]:
        if options := getattr(description, "options", None):
            assert set(EN["entity"][platform][description.key]["state"]) == set(options)


def test_event_types_have_names() -> None:
    states = EN["entity"]["event"]["happening"]["state_attributes"]["event_type"]["state"]
    assert set(states) == set(event.EVENT_TYPES)


@pytest.mark.parametrize(
    ("file", "section"),
    [("services.yaml", "services"), ("triggers.yaml", "triggers"), ("conditions.yaml", "conditions")],
)
def test_what_is_described_has_texts_and_icons(file: str, section: str) -> None:
    described = yaml.safe_load((HERE / file).read_text())
    assert set(EN[section]) == set(described)
    assert set(ICONS[section]) == set(described)
    for name, one in described.items():
        fields = one.get("fields", {})
        assert set(EN[section][name].get("fields", {})) == set(fields)
        for field in fields.values():
            if key := field.get("selector", {}).get("select", {}).get("translation_key"):
                options = field["selector"]["select"]["options"]
                assert set(EN["selector"][key]["options"]) == set(options)


def test_triggers_and_conditions_are_described() -> None:
    assert set(yaml.safe_load((HERE / "triggers.yaml").read_text())) == set(TRIGGERS)
    assert set(yaml.safe_load((HERE / "conditions.yaml").read_text())) == set(CONDITIONS)
    assert set(EN["device_automation"]["trigger_type"]) == set(TRIGGER_TYPES)
    assert set(EN["device_automation"]["condition_type"]) == set(CONDITIONS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", ["triggers", "conditions"])
def test_triggers_and_conditions_are_found_by_the_integrations_name(language: str, section: str) -> None:
    """The automation editor looks for what is typed in their names and descriptions."""
    texts = json.loads((HERE / "translations" / f"{language}.json").read_text())[section]
    assert not [key for key, text in texts.items() if "FailWatch" not in text["name"] + text["description"]]


def raised_keys() -> set[str]:
    return {key for source in SOURCES.values() for key in re.findall(r'translation_key="(\w+)"', source)}


def kinds_of(module: ModuleType, base: type[Exception]) -> set[str]:
    return {
        error.kind
        for error in vars(module).values()
        if isinstance(error, type) and issubclass(error, base) and "kind" in vars(error)
    }


CORE_KINDS = kinds_of(errors, errors.FailWatchError) | {lights.LightFailed.kind}
OCTOPRINT_KINDS = kinds_of(octoprint_errors, octoprint_errors.OctoPrintError)
ON_PAGES_OF_THEIR_OWN = {octoprint_errors.KeyDenied.kind}
ONLY_WHILE_LINKING = {octoprint_errors.TooManyRequests.kind}
ONLY_ONCE_LINKED = {
    octoprint_errors.WrongMoment.kind,
    octoprint_errors.NotAllowed.kind,
    octoprint_errors.OtherOctoPrint.kind,
    octoprint_errors.NoSuchPrint.kind,
}


def test_every_exception_has_a_text() -> None:
    chosen = {f"cannot_{command}" for command in ("pause", "resume", "cancel")}
    kinds = CORE_KINDS | OCTOPRINT_KINDS - ON_PAGES_OF_THEIR_OWN - ONLY_WHILE_LINKING
    assert raised_keys() | chosen | kinds <= {*EN["exceptions"], *EN["issues"], *EN["selector"]}
    written = set(re.findall(r'"(\w+)"', SOURCES["services.py"]))
    assert set(EN["exceptions"]) <= raised_keys() | written | chosen | kinds | set(SETTING_TEXTS.values())


def test_every_error_has_a_text_in_the_forms() -> None:
    pictures = {"no_snapshot", "dark", "frozen", "light_failed"}
    assert CORE_KINDS - pictures <= set(EN["config"]["error"])
    assert set(EN["config"]["error"]) >= OCTOPRINT_KINDS - ON_PAGES_OF_THEIR_OWN - ONLY_ONCE_LINKED
    assert set(EN["config_subentries"][SUBENTRY_CAMERA]["error"]) >= CORE_KINDS


def test_every_reason_has_a_text() -> None:
    attributes = EN["entity"]["sensor"]["watch_state"]["state_attributes"]
    assert set(attributes["blind_reason"]["state"]) == CORE_KINDS | set(issues.STATUS_PROBLEMS)
    assert set(EN["entity"]["sensor"]["failure_state"]["state_attributes"]["rule"]["state"]) == set(Rule)
    assert {f"blind_{reason}" for reason in issues.OWN_TEXTS} | {"blind_service"} <= set(EN["issues"])


def test_every_setting_has_a_text() -> None:
    steps = EN["config"]["step"]
    for kind in ("super_api", "ml_api", "obico_printer", "hacarus", "deepomatic"):
        for field in FIELDS[kind]:
            place = next(
                (step for step in (steps[kind], steps["choices"]) if field.key in step["data"]), None
            )
            assert place is not None, f"{kind}: {field.key}"
            assert place["data_description"][field.key]
            if field.options:
                assert set(EN["selector"][field.key]["options"]) == set(field.options)
    assert set(EN["selector"]["rule_set"]["options"]) == set(RULE_SETS)


def test_every_field_is_explained() -> None:
    steps = [*EN["config"]["step"].values(), *EN["config_subentries"][SUBENTRY_CAMERA]["step"].values()]
    steps += [section for step in steps for section in step.get("sections", {}).values()]
    for step in steps:
        assert set(step.get("data", {})) == set(step.get("data_description", {}))


def test_steps_are_those_of_the_code() -> None:
    flows = [SOURCES[name] for name in ("config_flow.py", "flows/octoprint.py", "flows/service.py")]
    methods = set(re.findall(r"def async_step_(\w+)", "".join(flows)))
    texts = set(EN["config"]["step"])
    silent = {"zeroconf", "reauth", "wait_for_key", "ask_for_key", "finish", "reconfigure"}
    assert texts == methods - silent


def test_quality_scale() -> None:
    rules = yaml.safe_load((HERE / "quality_scale.yaml").read_text())["rules"]
    assert len(rules) == 54
    for name, rule in rules.items():
        status = rule if isinstance(rule, str) else rule["status"]
        assert status in ("done", "exempt", "todo"), name
        if status == "exempt":
            assert rule["comment"], name


def test_every_platform_says_how_many_updates_at_once() -> None:
    for platform in PLATFORMS:
        assert re.search(r"^PARALLEL_UPDATES = \d", SOURCES[f"{platform}.py"], re.MULTILINE), platform


def test_the_core_knows_no_host() -> None:
    for path in (HERE / "engine").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names.append(node.module or "")
            assert not [name for name in names if name.split(".")[0] in ("homeassistant", "octoprint")], path


@pytest.mark.parametrize("path", sorted((ROOT / "blueprints").rglob("*.yaml")), ids=lambda path: path.stem)
def test_blueprints_say_where_they_come_from(path: Path) -> None:
    text = path.read_text()
    assert f"source_url: https://github.com/failwatch/failwatch/blob/main/{path.relative_to(ROOT)}" in text
