"""Figures for Prometheus: requests, latencies, the queue, and what was refused."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aiohttp import web

from .connections import Connections
from .detector_queue import DetectorQueue
from .responses import Handler, path_of

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0)
"""Upper bounds of the time that an answer took, in seconds; a last one has no bound."""


class Figures:
    """Counts requests while the server runs. No figure names a token, a printer or a picture."""

    def __init__(self, path: str, queue: DetectorQueue, connections: Connections) -> None:
        """Measure the response time of that path."""
        self._path = path
        self._queue = queue
        self._connections = connections
        self._requests: Counter[tuple[str, int]] = Counter()
        self._took = [0] * (len(BUCKETS) + 1)
        self._took_in_all = 0.0

    @web.middleware
    async def watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count a request by its path in the API and by its status."""
        began = time.perf_counter()
        response = await handler(request)
        path = path_of(request)
        self._requests[path, response.status] += 1
        if path == self._path and response.status == web.HTTPOk.status_code:
            took = time.perf_counter() - began
            self._took[bisect_left(BUCKETS, took)] += 1
            self._took_in_all += took
        return response

    async def metrics(self, _: web.Request) -> web.Response:
        """Answer in the format of Prometheus."""
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def collect(self) -> Iterator[Metric]:
        """Yield every figure, as a collector of prometheus_client does."""
        from prometheus_client.core import (
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        requests = CounterMetricFamily(
            "failwatch_requests", "Requests, by path and status", labels=["path", "status"]
        )
        for (path, status), count in sorted(self._requests.items()):
            requests.add_metric([path, str(status)], count)
        yield requests
        frames = self._requests[self._path, web.HTTPOk.status_code]
        yield CounterMetricFamily("failwatch_frames", "Frames that were answered", value=frames)
        buckets, so_far = [], 0
        for bound, count in zip([*map(str, BUCKETS), "+Inf"], self._took, strict=True):
            so_far += count
            buckets.append((bound, so_far))
        yield HistogramMetricFamily(
            "failwatch_answer_seconds", "How long answers took", buckets=buckets, sum_value=self._took_in_all
        )
        yield GaugeMetricFamily(
            "failwatch_waiting", "Frames that have no answer yet", value=self._queue.waiting
        )
        yield GaugeMetricFamily("failwatch_workers", "Frames looked at at once", value=self._queue.workers)
        yield GaugeMetricFamily(
            "failwatch_connections", "Connections that are open", value=len(self._connections)
        )
        yield CounterMetricFamily(
            "failwatch_connections_refused",
            "Connections that were turned away",
            value=self._connections.turned_away,
        )
