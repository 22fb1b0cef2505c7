"""Models of users: boxes of YOLO and darknet nets, classes, and pictures in a letterbox."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from octoprint_failwatch.engine.detectors.built_in.box_and_class_outputs import (
    BoxOutput,
    ClassOutput,
    suppressed,
)
from octoprint_failwatch.engine.detectors.built_in.letterbox import placed
from octoprint_failwatch.engine.models import Box, Detection, overlap

DARKNET = BoxOutput.read({"layout": "darknet", "threshold": 0.08, "combine": "sum"})
EDGES = st.tuples(*[st.floats(0, 1)] * 4, st.floats(0, 1))


def floats(*values: float) -> memoryview:
    return memoryview(np.array(values, np.float32))


def test_darknet_boxes_are_shares_and_p_is_their_sum():
    boxes = np.array(
        [[[0.1, 0.1, 0.3, 0.3]], [[0.11, 0.1, 0.3, 0.3]], [[0.6, 0.5, 1.2, 0.9]], [[0, 0, 1, 1]]]
    )
    scores = np.array([[0.5], [0.4], [0.2], [0.05]])
    detection = DARKNET.detection([boxes, scores], 416, 416)
    assert detection.p == pytest.approx(0.7)
    assert [box.score for box in detection.boxes] == pytest.approx([0.5, 0.2])
    assert detection.boxes[1].x_max == 1.0


@pytest.mark.parametrize("turned", [False, True])
def test_yolo_boxes_are_pixels_of_the_input_whichever_way_the_table_lies(turned):
    output = BoxOutput.read({"layout": "yolo", "threshold": 0.25, "classes": [1]})
    table = np.zeros((6, 20))
    table[:, 0] = (320, 160, 64, 32, 0.1, 0.8)
    table[:, 1] = (100, 100, 10, 10, 0.9, 0.1)  # another class
    detection = output.detection([table.T if turned else table], 640, 320)
    assert detection.p == pytest.approx(0.8)
    (box,) = detection.boxes
    assert (box.x_min, box.y_min, box.x_max, box.y_max) == pytest.approx((0.45, 0.45, 0.55, 0.55))


def test_no_box_means_p_0():
    assert DARKNET.detection([np.zeros((3, 1, 4)), np.zeros((3, 1))], 416, 416) == Detection(0.0)


def test_a_class_is_the_answer_itself_or_by_softmax():
    scores = [floats(0.2, 0.8)]
    assert ClassOutput.read({"failure": 1}).detection(scores).p == pytest.approx(0.8)
    logits = [floats(1000.0, 1000.0 + np.log(3))]
    assert ClassOutput.read({"failure": 1, "softmax": True}).detection(logits).p == pytest.approx(
        0.75, abs=1e-4
    )


def test_an_unknown_layout_is_refused():
    with pytest.raises(ValueError, match="layout"):
        BoxOutput.read({"layout": "guess"})


@given(st.lists(EDGES, max_size=12), st.floats(0.1, 0.9))
def test_of_boxes_on_one_thing_the_best_is_kept(rows, allowed):
    boxes = [Box(min(a, c), min(b, d), max(a, c), max(b, d), score) for a, b, c, d, score in rows]
    kept = suppressed(boxes, allowed)
    assert all(overlap(a, b) <= allowed for a in kept for b in kept if a is not b)
    for box in boxes:
        assert any(
            box == other or (overlap(box, other) > allowed and other.score >= box.score) for other in kept
        )


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (300, 900), (416, 416)])
def test_a_box_in_a_letterbox_is_put_back_into_the_picture(width, height):
    image = Image.new("RGB", (width, height), "white")
    image.paste("red", (width // 4, height // 2, width // 2, height))
    laid, letterbox = placed(image, (416, 416))
    red = np.argwhere(np.asarray(laid)[:, :, 1] < 60)
    (top, left), (bottom, right) = red.min(0), red.max(0) + 1
    seen = Detection(0.5, (Box(left / 416, top / 416, right / 416, bottom / 416, 0.5),))
    (box,) = letterbox.undone(seen).boxes
    assert (box.x_min, box.y_min, box.x_max, box.y_max) == pytest.approx((0.25, 0.5, 0.5, 1.0), abs=0.02)


def test_a_folder_with_an_onnx_file_is_a_model(tmp_path):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    from octoprint_failwatch.engine.detectors.built_in import BuiltInDetector, ModelFolder

    boxes = np.array([[[0.2, 0.2, 0.4, 0.4]]], np.float32)[None]
    scores = np.array([[0.6]], np.float32)[None]
    mean = onnx.helper.make_node("ReduceMean", ["in"], ["mean"], axes=[1, 2, 3], keepdims=0)
    nodes = [
        mean,
        onnx.helper.make_node("Constant", [], ["boxes"], value=onnx.numpy_helper.from_array(boxes)),
        onnx.helper.make_node("Constant", [], ["base"], value=onnx.numpy_helper.from_array(scores)),
        onnx.helper.make_node("Mul", ["base", "mean"], ["scores"]),
    ]
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes,
        "net",
        [value("in", onnx.TensorProto.FLOAT, [1, 3, 16, 16])],
        [value("boxes", onnx.TensorProto.FLOAT, None), value("scores", onnx.TensorProto.FLOAT, None)],
    )
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8)
    (tmp_path / "model.onnx").write_bytes(made.SerializeToString())
    (tmp_path / "model.json").write_text(
        '{"name": "Obico", "input": {"width": 16, "height": 16, "mean": [0, 0, 0], "scale": [0.00392157, '
        '0.00392157, 0.00392157]}, "output": {"kind": "boxes", "layout": "darknet", "threshold": 0.08, '
        '"combine": "sum"}}'
    )
    detector = BuiltInDetector(ModelFolder.read(tmp_path))
    assert detector.combines_by_sum
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(out, "PNG")
    detection = detector.answer(out.getvalue())
    assert detection.p == pytest.approx(0.6, abs=0.01)
    assert detection.boxes[0].x_max == pytest.approx(0.4)
