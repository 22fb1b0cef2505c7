"""Load a net and run it once in a separate process: a runtime that crashes must not end FailWatch.

Run as a script: `trial_run.py RUNTIME FILE… INPUT OUTPUT WIDTH HEIGHT`. Imports nothing of the core.
"""

from __future__ import annotations

import sys


def main(runtime: str, *rest: str) -> None:
    """Run the net on an empty picture."""
    *files, name, answer, width, height = rest
    size = int(width), int(height)
    if runtime == "ncnn":
        import ncnn

        net = ncnn.Net()
        if net.load_param(files[0]) or net.load_model(files[1]):
            raise SystemExit("the model's files do not load")
        with net.create_extractor() as extractor:
            empty = bytes(3 * size[0] * size[1])
            extractor.input(name, ncnn.Mat.from_pixels(empty, ncnn.Mat.PixelType.PIXEL_RGB, *size))
            failed, _ = extractor.extract(answer)
        if failed:
            raise SystemExit("the model gives no answer")
    else:
        import numpy as np
        import onnxruntime

        session = onnxruntime.InferenceSession(files[0], providers=["CPUExecutionProvider"])
        session.run(None, {session.get_inputs()[0].name: np.zeros((1, 3, *size[::-1]), np.float32)})


if __name__ == "__main__":
    main(*sys.argv[1:])
