"""The built-in detector: a small net that runs on this machine, without an account.

It knows each camera's baseline: how its heat map looks in good pictures (cables, lights, a logo), and what
was there before there was a print. What that explains counts for less. It learns only what the watch hands
back to it; `baselines()` shows what it has learned and `forget(printer_id)` resets it; with a `data_dir` it
outlasts a restart.

The runtime is imported by the first frame, after a child process has tried it: a runtime that was
built for another processor ends the process that imports it.

Settings: `model` (optional) is a folder with a model to use instead of the built-in one, see
`model_folder`.
"""

from .camera_baseline import CameraBaseline
from .detector import BuiltInDetector, rename_camera
from .model_folder import BUILT_IN, ModelFolder

__all__ = ["BUILT_IN", "BuiltInDetector", "CameraBaseline", "ModelFolder", "rename_camera"]
