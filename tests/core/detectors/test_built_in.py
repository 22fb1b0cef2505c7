"""The built-in detector: its real model on drawn pictures, its boxes, its runtime's failures."""

import io
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import ncnn
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageDraw

from octoprint_failwatch.engine.detectors.built_in import BUILT_IN, BuiltInDetector, ModelFolder
from octoprint_failwatch.engine.detectors.built_in import compatibility as probe_module
from octoprint_failwatch.engine.detectors.built_in import detector as detector_module
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.detectors.built_in.heat_output import HeatOutput, islands, outermost, patches
from octoprint_failwatch.engine.detectors.built_in.net import NcnnNet, load
from octoprint_failwatch.engine.errors import BadPicture, BadSetting, ModelUnavailable
from octoprint_failwatch.engine.models import Box, Frame
from tests.patience import eventually

GOLDEN_PICTURES = Path(__file__).parents[2] / "data/golden"
GOLDEN = json.loads((GOLDEN_PICTURES / "golden.json").read_text("utf-8"))
"""Drawn pictures, and the p that torch gives them."""
HEAT = HeatOutput(share=0.02, slope=1.0, offset=0.0)


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def plain(size: tuple[int, int] = (640, 360)) -> Image.Image:
    """A bed, a wall, and a box that is printed well."""
    image = Image.new("RGB", size, (150, 150, 155))
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((0, height * 0.6, width, height), fill=(40, 40, 45))
    draw.rectangle((width * 0.4, height * 0.4, width * 0.6, height * 0.8), fill=(200, 90, 30))
    return image


def tangled(size: tuple[int, int] = (640, 360)) -> Image.Image:
    """The same with a heap of curls on the left."""
    image = plain(size)
    draw = ImageDraw.Draw(image)
    generator = np.random.default_rng(1)
    for _ in range(40):
        turns = np.cumsum(np.cumsum(generator.normal(0, 0.12, 120)) * 0.4 + generator.uniform(-0.3, 0.3))
        x = size[0] * 0.22 + generator.normal(0, 35) + np.cumsum(np.cos(turns)) * 3
        y = size[1] * 0.65 + generator.normal(0, 25) + np.cumsum(np.sin(turns)) * 3
        points = list(zip(x.tolist(), y.tolist(), strict=True))
        draw.line([(a + 1, b + 2) for a, b in points], fill=(90, 40, 10), width=2)
        draw.line(points, fill=(235, 120, 50), width=2)
    return image


@pytest.fixture(scope="module")
def detector() -> BuiltInDetector:
    return BuiltInDetector()


def test_what_is_learned_of_a_look_is_its_heat_and_its_p(detector):
    """What good looks explain is bound by the p that they had."""
    found = detector.look(Frame(jpeg(tangled()), 1.0, "printer", "camera"))
    assert found.evidence.p == found.p > 0.6


def test_sees_a_tangle_where_it_is_and_none_where_none_is(detector):
    good, bad = detector.answer(jpeg(plain())), detector.answer(jpeg(tangled()))
    assert good.p < 0.3
    assert bad.p > 0.6
    best = bad.boxes[0]
    assert best.x_min < 0.22 < best.x_max
    assert best.y_min < 0.65 < best.y_max
    assert best.x_max < 0.7


def test_any_shape_of_picture_is_answered(detector):
    for size in ((1, 1), (5000, 40), (40, 3000), (1280, 720), (480, 640)):
        detection = detector.answer(jpeg(Image.new("RGB", size, (90, 90, 90))))
        assert 0 <= detection.p <= 1


def test_what_is_no_picture_is_refused(detector):
    with pytest.raises(BadPicture):
        detector.answer(b"GIF89a, but not really")


async def test_detect_runs_beside_the_loop_and_is_niced():
    detector = BuiltInDetector()
    seen = []
    answer = detector._see

    def noting(*arguments):
        nice = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        seen.append((threading.current_thread() is threading.main_thread(), nice))
        return answer(*arguments)

    detector._see = noting
    here = os.getpriority(os.PRIO_PROCESS, 0)
    detection = await detector.detect(Frame(jpeg(tangled()), 0.0, "printer", "print"))
    await detector.close()
    assert detection.p > 0.6
    in_main_thread, nice = seen[0]
    assert not in_main_thread
    if sys.platform == "linux":
        assert nice == max(here, detector_module.NICENESS)
        assert os.getpriority(os.PRIO_PROCESS, 0) == here


async def test_a_sandbox_that_forbids_priorities_stops_nothing(monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refuse)
    detector = BuiltInDetector()
    assert (await detector.detect(Frame(jpeg(plain()), 0.0, "printer", "print"))).p < 0.3
    await detector.close()


async def test_check_says_what_runs():
    detector = BuiltInDetector()
    assert "ms a picture" in await detector.check()
    await detector.close()


@pytest.mark.parametrize("shape", [(), (6,), (2, 3, 4)])
def test_an_output_that_is_no_heat_map_is_said(shape):
    with pytest.raises(ModelUnavailable, match="no heat map"):
        HeatMap.of(memoryview(np.zeros(shape, np.float32)))


def test_answering_loads_neither_numpy_nor_the_formats_that_a_camera_does_not_send():
    """The one would take as much memory as the net, the others a tenth of all."""
    code = (
        "import sys\n"
        "from octoprint_failwatch.engine.detectors.built_in import BuiltInDetector\n"
        "p = BuiltInDetector().answer(sys.stdin.buffer.read()).p\n"
        "print(p > 0.6, *(name in sys.modules for name in ('numpy', 'PIL.WebPImagePlugin', 'pillow_heif')))"
    )
    picture = jpeg(tangled())
    ran = subprocess.run([sys.executable, "-c", code], input=picture, capture_output=True, check=True)
    assert ran.stdout.split() == [b"True", b"False", b"False", b"False"]


def test_importing_the_detector_loads_neither_numpy_nor_the_runtime():
    code = (
        "import sys\n"
        "from octoprint_failwatch.engine.detectors.built_in import BuiltInDetector\n"
        "BuiltInDetector()\n"
        "print([name for name in ('numpy', 'ncnn', 'onnxruntime') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def unusable(monkeypatch, tmp_path, body: str) -> BuiltInDetector:
    """A detector whose trial in a child process meets that."""
    script = tmp_path / "trial_run.py"
    script.write_text(body)
    monkeypatch.setattr(probe_module, "TRIAL_RUN", script)
    probe_module._try.cache_clear()
    return BuiltInDetector()


@pytest.mark.skipif(os.name != "posix", reason="signals are told by the exit code")
def test_an_illegal_instruction_ends_the_trial_and_not_the_host(monkeypatch, tmp_path):
    body = f"import os; os.kill(os.getpid(), {int(signal.SIGILL)})"
    detector = unusable(monkeypatch, tmp_path, body)
    with pytest.raises(ModelUnavailable, match="processor lacks instructions") as raised:
        detector.answer(jpeg(plain()))
    assert "detection service" in str(raised.value)


def test_a_missing_runtime_is_named_and_tried_again_once_it_is_there(monkeypatch, tmp_path):
    detector = unusable(monkeypatch, tmp_path, "import ncnn_of_another_machine")
    with pytest.raises(ModelUnavailable, match="ncnn_of_another_machine is not installed"):
        detector.answer(jpeg(plain()))
    (tmp_path / "trial_run.py").write_text("")
    assert detector.answer(jpeg(plain())).p < 0.3


def test_a_damaged_model_is_found_by_the_trial(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(BUILT_IN, folder)
    (folder / "model.ncnn.param").write_text("7767517\n1 1\nNoSuchLayer a 0 1 in0\n")
    probe_module._try.cache_clear()
    with pytest.raises(ModelUnavailable):
        BuiltInDetector(ModelFolder.read(folder)).answer(jpeg(plain()))


def description(**changes) -> dict:
    whole = {
        "name": "mine",
        "input": {"width": 8, "height": 8, "mean": [0, 0, 0], "scale": [1, 1, 1]},
        "output": {"kind": "class", "failure": 1},
    }
    return {**whole, **changes}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"output": {"kind": "guess"}}, "no output kind"),
        ({"input": {"mean": [0, 0, 0], "scale": [1, 1, 1]}}, "width and height, or pixels"),
        ({"input": {"width": 8, "height": 8, "mean": [0], "scale": [1]}}, "three numbers"),
        ({"input": {"width": 8, "height": 8, "mean": [0, 0, 0]}}, "scale"),
    ],
)
def test_a_wrong_description_is_said(tmp_path, changes, says):
    (tmp_path / "model.onnx").write_bytes(b"")
    (tmp_path / "model.json").write_text(json.dumps(description(**changes)))
    with pytest.raises(BadSetting, match=says):
        ModelFolder.read(tmp_path)


def test_an_empty_folder_is_said(tmp_path):
    with pytest.raises(BadSetting, match=r"no model\.json"):
        ModelFolder.read(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps(description()))
    with pytest.raises(BadSetting, match=r"neither .* nor model\.onnx"):
        ModelFolder.read(tmp_path)


def test_the_built_in_model_is_small_and_described():
    model = ModelFolder.read(BUILT_IN)
    assert sum(path.stat().st_size for path in model.files) <= 6_000_000
    assert model.input.size_for(1280, 720) == (448, 256)
    assert model.input.size_for(640, 480) == (384, 288)


def test_the_runtime_computes_what_torch_did():
    golden = json.loads((BUILT_IN / "by_torch.json").read_text())
    x, y, channel = (
        np.arange(golden["width"]),
        np.arange(golden["height"])[:, None],
        np.arange(3)[:, None, None],
    )
    pattern = np.sin(x / 7 + y / 11 + channel).astype(np.float32)
    net = load(ModelFolder.read(BUILT_IN))
    assert isinstance(net, NcnnNet)
    (heat,) = net.outputs(ncnn.Mat(pattern))
    # Half precision: weights have eleven bits.
    assert np.asarray(heat).reshape(6, 8) == pytest.approx(np.array(golden["heat"]), abs=0.06)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_p_is_what_torch_makes_of_the_picture(detector, name):
    """So it must be on every processor: rules and tuned limits are numbers that p is held against."""
    assert detector.answer((GOLDEN_PICTURES / name).read_bytes()).p == pytest.approx(GOLDEN[name], abs=0.003)


def test_the_pictures_held_against_torch_are_good_and_bad():
    assert min(GOLDEN.values()) < 0.2
    assert max(GOLDEN.values()) > 0.8


def test_half_precision_is_for_the_files_and_not_for_the_arithmetic():
    net = load(ModelFolder.read(BUILT_IN))
    assert isinstance(net, NcnnNet)
    assert net._net.opt.use_fp16_arithmetic is False


@given(arrays(np.float32, (9, 16), elements=st.floats(-12, 12, width=32)))
def test_a_box_stands_wherever_p_is_high_and_none_is_surer_than_p(heat):
    detection = HEAT.detection(HeatMap(16, tuple(heat.ravel().tolist())))
    assert 0 <= detection.p <= 1
    assert bool(detection.boxes) >= (detection.p >= 0.3)
    assert all(box.score <= detection.p + 1e-9 for box in detection.boxes)
    for box in detection.boxes:
        assert 0 <= box.x_min < box.x_max <= 1
        assert 0 <= box.y_min < box.y_max <= 1


def test_islands_touch_at_corners_too():
    assert sorted(map(len, islands({(0, 0), (1, 1), (3, 5)}))) == [1, 2]


def of_row(*logits: float) -> HeatMap:
    """Return a heat map with these logits in its middle row, and nothing elsewhere."""
    cold = [-9.0] * len(logits)
    return HeatMap(len(logits), (*cold, *logits, *cold))


def test_two_failures_side_by_side_get_a_box_each_where_the_heat_sinks_between_them():
    parted = HEAT.detection(of_row(-9, 3, 4, 0.5, 3, 2, -9)).boxes
    assert sorted((round(box.x_min * 7), round(box.x_max * 7)) for box in parted) == [(1, 4), (4, 6)]
    one = HEAT.detection(of_row(-9, 3, 4, 2.5, 3, 2, -9)).boxes
    assert [(round(box.x_min * 7), round(box.x_max * 7)) for box in one] == [(1, 6)]


@given(st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), st.floats(-1, 5), max_size=36))
def test_every_hot_cell_is_in_one_patch_and_none_reaches_beyond_its_island(hot):
    found = patches(hot)
    assert sorted(cell for patch in found for cell in patch) == sorted(hot)
    around = [set(island) for island in islands(hot.keys())]
    assert all(any(island >= patch.keys() for island in around) for patch in found)
    assert all(max(patch.values()) == next(iter(patch.values())) for patch in found)


def test_a_box_within_another_is_none_of_its_own_but_makes_it_as_sure():
    outer, within = Box(0, 0, 0.6, 0.6, 0.5), Box(0.1, 0.1, 0.3, 0.3, 0.8)
    beside = Box(0.5, 0, 1, 1, 0.4)
    assert set(outermost([within, outer, beside])) == {replace(outer, score=0.8), beside}
    assert outermost([outer, outer]) == [outer]


def test_p_is_the_logistic_of_the_hottest_cells():
    logits = [-5.0] * 100
    logits[23], logits[24] = 3.0, 1.0
    assert HEAT.detection(HeatMap(10, tuple(logits))).p == pytest.approx(1 / (1 + math.exp(-2.0)))


async def test_close_ends_the_thread():
    detector = BuiltInDetector()
    await detector.check()
    await detector.close()
    await eventually(
        lambda: not [one for one in threading.enumerate() if one.name.startswith("failwatch-net")]
    )


def test_nothing_but_the_model_is_in_its_folder():
    names = {path.name for path in Path(BUILT_IN).iterdir()}
    assert {"model.json", "model.ncnn.bin", "model.ncnn.param"} <= names
