"""The metrics for Prometheus, and what they leave out."""

from pathlib import Path

import pytest

from octoprint_failwatch.engine.errors import BadPicture
from tests.server.serving import JPEG, serving

parser = pytest.importorskip("prometheus_client.parser")


async def test_figures_of_a_server(tmp_path: Path) -> None:
    async with serving(tmp_path, [0.5, 0.5, BadPicture("Bad.")], workers=1) as served:
        await served.result("secret-printer")
        await served.result("secret-printer")
        await served.predict("secret-printer")
        await served.predict(token="wrong")
        await served.client.get("/secret-path")
        await served.client.post("/healthz", data=JPEG)
        answer = await served.client.get("/metrics")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain")
        text = await answer.text()
    samples = {
        (sample.name, *(sample.labels[key] for key in sorted(sample.labels))): sample.value
        for family in parser.text_string_to_metric_families(text)
        for sample in family.samples
    }
    predict = "/ent/partners/api/predict/"
    assert samples["failwatch_frames_total",] == 2
    by_status = {key[1:]: value for key, value in samples.items() if key[0] == "failwatch_requests_total"}
    assert by_status == {
        (predict, "200"): 2,
        (predict, "400"): 1,
        (predict, "401"): 1,
        ("(unknown)", "404"): 1,
        ("(unknown)", "405"): 1,
    }
    assert samples["failwatch_answer_seconds_count",] == 2
    assert samples["failwatch_answer_seconds_bucket", "+Inf"] == 2
    assert 0 < samples["failwatch_answer_seconds_sum",] < 600
    assert samples["failwatch_waiting",] == 0
    assert samples["failwatch_workers",] == 1
    assert "secret" not in text
