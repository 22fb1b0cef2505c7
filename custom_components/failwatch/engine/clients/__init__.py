"""Clients of the detection services: every documented call, typed, over aiohttp.

Each service has a module or package of its own; all of them speak through `http`, the one place
where what goes wrong on the wire becomes one of the errors of `detection.errors`. The clients know
nothing of frames and detections: that is the work of `detection.detectors`.
"""
