"""The small steps from a picture to p and boxes, each at its limits: of any model, and of the built-in one."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from octoprint_failwatch.engine.detectors.built_in import compatibility
from octoprint_failwatch.engine.detectors.built_in.box_and_class_outputs import BoxOutput, ClassOutput
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.detectors.built_in.heat_output import HeatOutput
from octoprint_failwatch.engine.detectors.built_in.letterbox import BARS, Letterbox, placed
from octoprint_failwatch.engine.detectors.built_in.model_folder import BUILT_IN, Input, ModelFolder, Runtime
from octoprint_failwatch.engine.errors import BadSetting, ModelUnavailable
from octoprint_failwatch.engine.models import Box, Detection


def floats(*values: float) -> memoryview:
    return memoryview(np.array(values, np.float32))


# The input


@pytest.mark.parametrize(
    ("picture", "size", "left", "top", "width", "height"),
    [
        ((100, 50), (40, 40), 0, 10, 40, 20),
        ((50, 100), (40, 20), 15, 0, 10, 20),
        ((100, 50), (40, 30), 0, 5, 40, 20),
        ((40, 40), (40, 40), 0, 0, 40, 40),
        ((1000, 1), (40, 40), 0, 19, 40, 1),
        ((1, 1000), (40, 20), 19, 0, 1, 20),
    ],
)
def test_a_picture_lies_in_the_middle_as_large_as_it_fits(
    picture: tuple[int, int], size: tuple[int, int], left: int, top: int, width: int, height: int
) -> None:
    """And grey beside it."""
    laid, letterbox = placed(Image.new("RGB", picture, "white"), size)
    assert laid.size == size
    white = {
        (x, y) for x in range(size[0]) for y in range(size[1]) if laid.getpixel((x, y)) == (255, 255, 255)
    }
    assert white == {(x, y) for x in range(left, left + width) for y in range(top, top + height)}
    assert laid.getpixel((size[0] - 1, size[1] - 1)) in (BARS, (255, 255, 255))
    assert letterbox == Letterbox(left / size[0], top / size[1], width / size[0], height / size[1])


def test_a_box_beside_the_picture_ends_at_its_edge() -> None:
    letterbox = Letterbox(0.25, 0.125, 0.5, 0.75)
    (box,) = letterbox.undone(Detection(0.5, (Box(0.0, 0.0, 1.0, 1.0, 0.5),))).boxes
    assert box == Box(0.0, 0.0, 1.0, 1.0, 0.5)
    (box,) = letterbox.undone(Detection(0.5, (Box(0.375, 0.5, 0.625, 0.6875, 0.5),))).boxes
    assert box == Box(0.25, 0.5, 0.75, 0.75, 0.5)


@pytest.mark.parametrize(
    ("picture", "size"),
    [
        ((640, 640), (320, 320)),
        ((1280, 320), (640, 160)),
        ((320, 1280), (160, 640)),
        ((6400, 100), (960, 32)),
        ((100, 6400), (32, 960)),
        ((1, 1), (320, 320)),
    ],
)
def test_a_picture_of_any_shape_is_given_in_about_so_many_pixels(
    picture: tuple[int, int], size: tuple[int, int]
) -> None:
    """In steps, at least one, and no side is longer than three times that of a square."""
    assert Input((0, 0, 0), (1, 1, 1), pixels=320 * 320).size_for(*picture) == size
    assert Input((0, 0, 0), (1, 1, 1), (7, 9), pixels=320 * 320).size_for(*picture) == (7, 9)


def described(folder: Path, **changes: Any) -> ModelFolder:
    (folder / "model.onnx").write_bytes(b"")
    given = {"mean": [1, 2, 3], "scale": [4, 5, 6], **changes}
    output = {"kind": "class", "failure": 1}
    (folder / "model.json").write_text(json.dumps({"name": "mine", "input": given, "output": output}))
    return ModelFolder.read(folder)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"width": 1, "height": 1}, True),
        ({"width": 0, "height": 8}, False),
        ({"width": 8, "height": 0}, False),
        ({"pixels": 1}, True),
        ({"pixels": 0}, False),
        ({"pixels": 4_000_000}, True),
        ({"pixels": 4_000_001}, False),
        ({"pixels": 1000, "step": 1}, True),
        ({"pixels": 1000, "step": 0}, False),
    ],
    ids=str,
)
def test_an_input_has_a_size_or_a_number_of_pixels(
    tmp_path: Path, changes: dict[str, int], fits: bool
) -> None:
    if not fits:
        with pytest.raises(BadSetting, match="width and height, or pixels"):
            described(tmp_path, **changes)
        return
    model = described(tmp_path, **changes)
    assert (model.input.mean, model.input.scale) == ((1, 2, 3), (4, 5, 6))
    assert model.input.step == changes.get("step", 32)
    assert (model.runtime, model.names, model.input.letterbox) == (
        Runtime.ONNX,
        ("in0", "out0", "out1"),
        False,
    )
    assert described(tmp_path, **changes, fit="letterbox").input.letterbox


@pytest.mark.parametrize("shape", [(3, 4), (1, 3, 4)])
def test_a_heat_map_has_rows_and_columns(shape: tuple[int, ...]) -> None:
    heat = HeatMap.of(memoryview(np.arange(12, dtype=np.float32).reshape(shape)))
    assert (heat.rows, heat.columns, heat.logits) == (3, 4, tuple(range(12)))


@pytest.mark.parametrize("cell", [math.nan, math.inf, -math.inf])
def test_a_heat_map_of_what_is_no_number_is_said(cell: float) -> None:
    with pytest.raises(ModelUnavailable, match="no number"):
        HeatMap.of(memoryview(np.array([[0.0, cell]], np.float32)))


# Heat


@pytest.mark.parametrize(("slope", "offset"), [(1.0, 0.0), (2.0, -1.0), (0.5, 1.0)])
def test_a_cell_belongs_to_a_box_from_p_0_28_on(slope: float, offset: float) -> None:
    output = HeatOutput(share=0.01, slope=slope, offset=offset)
    logit = (math.log(0.28 / 0.72) - offset) / slope
    cold = [-20.0] * 8
    assert output.p(logit) == pytest.approx(0.28)
    assert len(output.detection(HeatMap(3, (logit + 1e-9, *cold))).boxes) == 1
    assert output.detection(HeatMap(3, (logit - 1e-9, *cold))).boxes == ()


def test_p_and_a_boxs_score_are_made_of_the_same_number_of_cells() -> None:
    """Where a box has fewer, the rest counts as the coolest cell. The surest box comes first."""
    output = HeatOutput(share=0.19, slope=1.0, offset=0.0)
    cold = -8.0
    heat = HeatMap(4, (1.0, cold, cold, cold, *[cold] * 4, cold, cold, 4.0, 3.0))
    found = output.detection(heat)
    assert found.p == output.p_of(heat) == pytest.approx(output.p(3.5))
    sure, weak = found.boxes
    assert (sure.x_min, sure.y_min, sure.x_max, sure.y_max) == (0.5, 2 / 3, 1.0, 1.0)
    assert (weak.x_min, weak.y_min, weak.x_max, weak.y_max) == (0.0, 0.0, 0.25, 1 / 3)
    assert (sure.score, weak.score) == (pytest.approx(output.p(3.5)), pytest.approx(output.p(-3.5)))


@pytest.mark.parametrize(("share", "logit"), [(0.0, 4.0), (0.04, 4.0), (0.06, 4.0), (0.16, 3.0), (1.0, 0.4)])
def test_p_is_made_of_a_share_of_the_cells_and_of_one_at_least(share: float, logit: float) -> None:
    heat = HeatMap(5, (0.0, 4.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0, -2.0, 0.0))
    assert HeatOutput(share, 1.0, 0.0).p_of(heat) == pytest.approx(HeatOutput(share, 1.0, 0.0).p(logit))


@pytest.mark.parametrize(("logit", "p"), [(1e9, 1.0), (-1e9, 0.0), (0.0, 0.5)])
def test_p_is_a_number_however_hot_it_is(logit: float, p: float) -> None:
    assert HeatOutput(0.1, 1.0, 0.0).p(logit) == pytest.approx(p)


@pytest.mark.parametrize(("between", "boxes"), [(2.0, 2), (2.0 + 1e-9, 1)])
def test_two_peaks_have_a_box_each_where_the_heat_sinks_by_one_between_them(
    between: float, boxes: int
) -> None:
    heat = HeatMap(5, (*[-9.0] * 5, -9.0, 4.0, between, 3.0, -9.0, *[-9.0] * 5))
    assert len(HeatOutput(0.05, 1.0, 0.0).detection(heat).boxes) == boxes


# Boxes and classes


@pytest.mark.parametrize(("score", "counts"), [(0.25, True), (0.24, False)])
@pytest.mark.parametrize("layout", ["darknet", "yolo"])
def test_a_box_counts_from_the_threshold_on(layout: str, score: float, counts: bool) -> None:
    """Without other words from 0.25 on, and the surest one is p."""
    output = BoxOutput.read({"layout": layout})
    scores = np.array([[score], [0.5]])
    if layout == "darknet":
        outputs = [np.array([[0.0, 0.0, 0.1, 0.1], [0.5, 0.5, 0.6, 0.6]]), scores]
    else:
        centres = np.array([[5.0, 5.0, 10.0, 10.0], [55.0, 55.0, 10.0, 10.0]])
        outputs = [np.vstack([np.hstack([centres, scores]), np.zeros((8, 5))])]
    found = output.detection(outputs, 100, 100)
    assert (found.p, len(found.boxes)) == (0.5, 2 if counts else 1)


@pytest.mark.parametrize(("allowed", "kept"), [(0.5, 1), (0.51, 2), (None, 1)])
def test_of_two_boxes_that_overlap_by_more_than_is_allowed_one_stays(
    allowed: float | None, kept: int
) -> None:
    """They share half of what they cover together; without other words 0.45 is allowed."""
    more = {} if allowed is None else {"overlap": allowed - 0.005}
    output = BoxOutput.read({"layout": "darknet", **more})
    edges = np.array([[0.0, 0.0, 0.3, 1.0], [0.1, 0.0, 0.4, 1.0]])
    assert len(output.detection([edges, np.array([[0.5], [0.4]])], 8, 8).boxes) == kept


def test_only_the_classes_that_mean_failure_count() -> None:
    edges = np.array([[0.0, 0.0, 0.1, 0.1], [0.5, 0.5, 0.6, 0.6]])
    scores = np.array([[0.9, 0.1, 0.3], [0.1, 0.2, 0.8]])
    for classes, p in (([], 0.9), ([1, 2], 0.8), ([0], 0.9), ([1], 0.0)):
        found = BoxOutput.read({"layout": "darknet", "classes": classes}).detection([edges, scores], 8, 8)
        assert found.p == p


@pytest.mark.parametrize(
    ("score", "fits"), [(1.0009, True), (1.002, False), (-0.0009, True), (-0.002, False), (math.nan, False)]
)
def test_scores_are_probabilities_but_for_what_half_precision_loses(score: float, fits: bool) -> None:
    edges, scores = np.array([[0.0, 0.0, 0.1, 0.1]]), np.array([[score]])
    for answer in (
        lambda: BoxOutput.read({"layout": "darknet", "threshold": -1}).detection([edges, scores], 8, 8).p,
        lambda: ClassOutput.read({"failure": 0}).detection([floats(score)]).p,
    ):
        if fits:
            assert answer() == round(score)
        else:
            with pytest.raises(ModelUnavailable):
                answer()


def test_boxes_that_are_no_numbers_are_said() -> None:
    with pytest.raises(ModelUnavailable, match="no numbers"):
        BoxOutput.read({"layout": "darknet"}).detection(
            [np.array([[0.0, math.nan, 0.1, 0.1]]), np.ones((1, 1))], 8, 8
        )


def test_a_class_is_one_that_the_model_has() -> None:
    with pytest.raises(ValueError, match="from 0"):
        ClassOutput.read({"failure": -1})
    assert ClassOutput.read({"failure": 1}).detection([floats(0.25, 0.75)]).p == 0.75
    with pytest.raises(ModelUnavailable, match="2 classes, and none is number 2"):
        ClassOutput.read({"failure": 2}).detection([floats(0.25, 0.75)])


def test_a_single_logit_stands_for_failure_against_everything_else() -> None:
    output = ClassOutput.read({"failure": 0, "softmax": True})
    assert output.detection([floats(math.log(3))]).p == pytest.approx(0.75)
    assert output.detection([floats(math.log(3), math.log(2))]).p == pytest.approx(0.6)


# Whether it runs here


@pytest.mark.parametrize(("size", "tried"), [(None, ("64", "64")), ((8, 9), ("8", "9"))])
def test_a_net_is_tried_with_a_picture_that_it_takes(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int] | None, tried: tuple[str, str]
) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(compatibility, "_try", lambda *given: asked.append(given))
    whole = ModelFolder.read(BUILT_IN)
    model = ModelFolder(
        whole.folder, "", whole.runtime, Input((0, 0, 0), (1, 1, 1), size), {}, ("a", "b", "c")
    )
    compatibility.probe(model)
    files = [str(BUILT_IN / name) for name in ("model.ncnn.param", "model.ncnn.bin")]
    assert asked == [(Runtime.NCNN, (*files, "a", "b", *tried))]


@pytest.mark.parametrize(
    ("code", "said", "reason"),
    [
        (-4, "", "This machine's processor lacks instructions that ncnn was built with."),
        (-11, "", "ncnn crashes on this machine (SIGSEGV)."),
        (-999, "", "ncnn crashes on this machine (999)."),
        (1, "", "The built-in detector does not run here: exit code 1."),
        (1, "a\nb: c\n\n", "The built-in detector does not run here: b: c."),
        (1, "x" * 300, f"The built-in detector does not run here: {'x' * 200}."),
        (1, "ModuleNotFoundError: No module named 'a.b'", "The package a.b is not installed here."),
        (1, "ModuleNotFoundError", "The package ncnn is not installed here."),
    ],
)
def test_why_a_trial_failed_is_said_in_words(code: int, said: str, reason: str) -> None:
    assert compatibility._reason(Runtime.NCNN, code, said).startswith(reason)


@pytest.mark.parametrize(
    ("runtime", "system", "machine", "says"),
    [
        (Runtime.NCNN, "linux", "x86_64", "pip install --no-deps ncnn' adds it."),
        (Runtime.NCNN, "linux", "armv6l", "none for this processor (armv6l)"),
        (Runtime.NCNN, "linux", "arm64", "pip install --no-deps ncnn' adds it."),
        (Runtime.NCNN, "win32", "ARM64", "none for this processor (arm64)"),
        (Runtime.NCNN, "win32", "AMD64", "pip install --no-deps ncnn' adds it."),
        (Runtime.ONNX, "linux", "armv6l", "'pip install onnxruntime' adds it."),
    ],
)
def test_how_a_runtime_is_added_is_said_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, runtime: Runtime, system: str, machine: str, says: str
) -> None:
    monkeypatch.setattr(compatibility.platform, "machine", lambda: machine)
    monkeypatch.setattr(compatibility.sys, "platform", system)
    assert says in compatibility._install(runtime)
