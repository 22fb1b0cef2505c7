"""Build scenes from materials, boxes, rods, tubes of filament, and the renderer. Needs Blender as a module."""

from __future__ import annotations

import contextlib
import math
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

# isort: off
import bpy  # the two below are found once this one is imported
import bmesh
from mathutils import Vector

# isort: on
import numpy as np
from numpy.typing import NDArray

from .plan import Colour, Point

Object: TypeAlias = Any
Material: TypeAlias = Any
MESS = "mess"
"""The pass that tells the mess from everything else."""
DENOISED = "OPENIMAGEDENOISE"


def clear(width: int, height: int, samples: int) -> None:
    """Begin an empty scene that is rendered by path tracing on one core."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    render, cycles = scene.render, scene.cycles
    render.engine, cycles.device = "CYCLES", "CPU"
    cycles.samples, cycles.use_adaptive_sampling = samples, False
    cycles.use_denoising, cycles.denoiser = True, DENOISED
    cycles.denoising_input_passes, cycles.denoising_prefilter = "RGB_ALBEDO_NORMAL", "FAST"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 2, 2
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect, cycles.blur_glossy = 8, 0.5
    render.resolution_x, render.resolution_y = width, height
    render.threads_mode, render.threads = "FIXED", 1
    render.use_persistent_data = True
    output = scene.view_layers[0].aovs.add()
    output.name, output.type = MESS, "VALUE"
    scene.world = bpy.data.worlds.new("room")
    scene.world.use_nodes = True


class Camera:
    """Renders the scene; the passes go through files, as Blender hands out no others."""

    def __init__(self) -> None:
        """Lay out the files."""
        self._folder = tempfile.TemporaryDirectory(prefix="time-lapse-")
        scene = bpy.context.scene
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        layers = tree.nodes.new("CompositorNodeRLayers")
        files = tree.nodes.new("CompositorNodeOutputFile")
        files.base_path = self._folder.name
        files.format.file_format, files.format.color_depth = "OPEN_EXR", "32"
        files.file_slots.clear()
        for number, (name, output) in enumerate((("light", "Image"), (MESS, MESS))):
            files.file_slots.new(name)
            tree.links.new(layers.outputs[output], files.inputs[number])

    def shot(self, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the light of each pixel, and how much of it is mess."""
        bpy.context.scene.cycles.seed = seed
        with _quiet():
            bpy.ops.render.render()
        return self._read("light")[..., :3], self._read(MESS)[..., 0]

    def close(self) -> None:
        """Remove the files."""
        self._folder.cleanup()

    def _read(self, name: str) -> NDArray[np.float32]:
        path = next(Path(self._folder.name).glob(f"{name}*"))
        image = bpy.data.images.load(str(path))
        values = np.empty(len(image.pixels), np.float32)
        image.pixels.foreach_get(values)
        width, height = image.size
        bpy.data.images.remove(image)
        path.unlink()
        return values.reshape(height, width, -1)[::-1]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the renderer's progress, hundreds of lines a picture, off standard output."""
    kept = os.dup(1)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def material(
    colour: Colour,
    roughness: float = 0.5,
    *,
    metallic: float = 0.0,
    clear: float = 0.0,
    glow: float = 0.0,
    mess: float = 0.0,
    spots: tuple[Colour, float] | None = None,
) -> Material:
    """Return a material; `spots` are another colour and how many of them there are per centimetre."""
    made = bpy.data.materials.new("material")
    made.use_nodes = True
    nodes, links = made.node_tree.nodes, made.node_tree.links
    shader = nodes["Principled BSDF"]
    settings = {
        "Base Color": (*colour, 1),
        "Roughness": roughness,
        "Metallic": metallic,
        "Transmission Weight": clear,
        "Emission Color": (*colour, 1),
        "Emission Strength": glow,
    }
    for name, value in settings.items():
        shader.inputs[name].default_value = value
    if spots:
        noise, ramp = nodes.new("ShaderNodeTexNoise"), nodes.new("ShaderNodeValToRGB")
        where = nodes.new("ShaderNodeTexCoord")
        links.new(where.outputs["Object"], noise.inputs["Vector"])
        noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = spots[1], 4
        for element, tone, place in zip(
            ramp.color_ramp.elements, (colour, spots[0]), (0.35, 0.65), strict=True
        ):
            element.color, element.position = (*tone, 1), place
        links.new(noise.outputs[0], ramp.inputs[0])
        links.new(ramp.outputs[0], shader.inputs["Base Color"])
    told = nodes.new("ShaderNodeOutputAOV")
    told.aov_name = MESS
    told.inputs["Value"].default_value = mess
    return made


def empty(place: Point = (0, 0, 0), parent: Object = None) -> Object:
    """Return a handle by which what hangs on it is moved."""
    return _placed(None, None, place, (0, 0, 0), parent)


def box(
    size: Point, place: Point, made_of: Material, *, turn: Point = (0, 0, 0), parent: Object = None
) -> Object:
    """Return a box with rounded edges."""
    mesh = bmesh.new()
    bmesh.ops.create_cube(mesh, size=1)
    bmesh.ops.scale(mesh, vec=size, verts=mesh.verts)
    bevel = min(0.1, 0.25 * min(size))
    bmesh.ops.bevel(mesh, geom=mesh.edges[:], offset=bevel, segments=2, affect="EDGES", profile=0.5)
    return _of_mesh(mesh, made_of, place, turn, parent)


def cylinder(
    radius: float,
    height: float,
    place: Point,
    made_of: Material,
    *,
    turn: Point = (0, 0, 0),
    top: float | None = None,
    parent: Object = None,
) -> Object:
    """Return a cylinder, or a cone that ends in the radius `top`."""
    mesh = bmesh.new()
    bmesh.ops.create_cone(
        mesh, cap_ends=True, segments=28, radius1=radius, radius2=radius if top is None else top, depth=height
    )
    return _of_mesh(mesh, made_of, place, turn, parent)


def rod(start: Point, end: Point, radius: float, made_of: Material) -> Object:
    """Return a rod from one point to another."""
    first, last = Vector(start), Vector(end)
    way = last - first
    turn = way.to_track_quat("Z", "Y").to_euler()
    return cylinder(radius, way.length, tuple((first + last) / 2), made_of, turn=tuple(turn))


def tubes(
    lines: Iterable[NDArray[np.float32]],
    radius: float,
    made_of: Material,
    *,
    closed: bool = False,
    parent: Object = None,
) -> Object:
    """Return round lines, such as filament and cables."""
    curve = bpy.data.curves.new("tubes", "CURVE")
    curve.dimensions, curve.bevel_depth, curve.bevel_resolution = "3D", radius, 1
    curve.use_fill_caps = True
    for line in lines:
        points = np.c_[np.asarray(line, np.float32), np.ones(len(line), np.float32)]
        spline = curve.splines.new("POLY")
        spline.points.add(len(points) - 1)
        spline.points.foreach_set("co", points.ravel())
        spline.use_cyclic_u, spline.use_smooth = closed, True
    return _placed(curve, made_of, (0, 0, 0), (0, 0, 0), parent)


def sheet(heights: NDArray[np.float32], size: float, place: Point, turn: Point, made_of: Material) -> Object:
    """Return a crumpled sheet of a grid of heights."""
    rows, columns = heights.shape
    points = [
        (size * (x / (columns - 1) - 0.5), size * (y / (rows - 1) - 0.5), float(heights[y, x]))
        for y in range(rows)
        for x in range(columns)
    ]
    faces = [
        (i, i + 1, i + columns + 1, i + columns)
        for y in range(rows - 1)
        for i in range(y * columns, (y + 1) * columns - 1)
    ]
    mesh = bpy.data.meshes.new("sheet")
    mesh.from_pydata(points, [], faces)
    return _placed(mesh, made_of, place, turn, None)


def face(points: Sequence[Point], made_of: Material, parent: Object = None) -> Object:
    """Return a flat face between points."""
    mesh = bpy.data.meshes.new("face")
    mesh.from_pydata([tuple(point) for point in points], [], [list(range(len(points)))])
    return _placed(mesh, made_of, (0, 0, 0), (0, 0, 0), parent)


def lamp(place: Point, size: float, power: float, colour: Colour, towards: Point) -> Object:
    """Return a square light."""
    light = bpy.data.lights.new("lamp", "AREA")
    light.size, light.energy, light.color = size, power, colour
    turn = (Vector(towards) - Vector(place)).to_track_quat("-Z", "Y").to_euler()
    return _placed(light, None, place, tuple(turn), None)


def ambient(colour: Colour, strength: float) -> None:
    """Set the light that comes from everywhere."""
    background = bpy.context.scene.world.node_tree.nodes["Background"]
    background.inputs[0].default_value, background.inputs[1].default_value = (*colour, 1), strength


def look_from(place: Point, towards: Point, lens: float) -> None:
    """Put the camera there."""
    camera = bpy.data.cameras.new("camera")
    camera.lens, camera.clip_start = lens, 0.1
    turn = (Vector(towards) - Vector(place)).to_track_quat("-Z", "Y").to_euler()
    held = _placed(camera, None, place, tuple(turn), None)
    bpy.context.scene.camera = held


def remove(gone: Object) -> None:
    """Take an object out of the scene, and its shape with it."""
    data = gone.data
    bpy.data.objects.remove(gone)
    (bpy.data.curves if isinstance(data, bpy.types.Curve) else bpy.data.meshes).remove(data)


def _of_mesh(mesh: Any, made_of: Material, place: Point, turn: Point, parent: Object) -> Object:
    data = bpy.data.meshes.new("mesh")
    mesh.to_mesh(data)
    mesh.free()
    data.shade_smooth()
    data.set_sharp_from_angle(angle=math.radians(35))
    return _placed(data, made_of, place, turn, parent)


def _placed(data: Any, made_of: Material, place: Point, turn: Point, parent: Object) -> Object:
    made = bpy.data.objects.new("object", data)
    made.location, made.rotation_euler, made.parent = place, turn, parent
    if made_of:
        data.materials.append(made_of)
    bpy.context.scene.collection.objects.link(made)
    return made
