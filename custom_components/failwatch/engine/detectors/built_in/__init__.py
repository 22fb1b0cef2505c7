"""The built-in detector: a small net that runs here, without any account.

It takes in each camera's normal: cells of the picture that look like a mess while the print is known
to be good (cables, lights, a logo) count for less, camera by camera. It learns from a frame only if
`frame.known_good`, and only once some more frames were good too. `normals()` shows what it has
learned and `forget(printer_id)` resets it; with a `data_dir` it outlasts a restart.

The runtime is imported by the first frame, after a child process has tried it: a runtime that was
built for another processor ends the process that imports it.

Settings: `model` (optional) is a folder with a model to use instead of the built-in one, see
`model_folder`.
"""

from .camera_baseline import CameraNormal
from .detector import BuiltInDetector
from .model_folder import BUILT_IN, ModelFolder

__all__ = ["BUILT_IN", "BuiltInDetector", "CameraNormal", "ModelFolder"]
