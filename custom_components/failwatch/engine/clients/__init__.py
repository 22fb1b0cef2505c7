"""HTTP clients of the detection services, with a typed method for every documented call.

Each service has its own module or package. All of them use `http`, the one place
where network failures become one of the errors in `engine.errors`. The clients know
nothing of frames and detections; `engine.detectors` does.
"""
