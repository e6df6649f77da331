"""A face detector of YuNet's shape in five kilobytes of ONNX: it takes pure red areas for faces.

Twelve outputs as OpenCV's FaceDetectorYN reads them: score, object, box and points at strides of 8, 16 and 32 pixels.
Written field by field, since no package here writes ONNX (field numbers: onnx.proto3 of the ONNX project).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from math import log

FLOAT, INT64 = 1, 7
FACE_CELLS = 4.0
"""Side of every box in cells of the stride."""
POINTS = (-0.5, -0.5, 1.5, -0.5, 0.5, 0.5, 0.0, 1.5, 1.0, 1.5)
"""Right eye, left eye, nose (in the middle: towards the camera), corners of the mouth; cells from the cell's corner."""


def small_yunet() -> bytes:
    """The whole ONNX file. Faces are only found at the stride of 32."""
    nodes, initializers, outputs = b"", b"", b""
    for stride in (8, 16, 32):
        pooled = f"pooled_{stride}"
        kernel = _ints("kernel_shape", (stride, stride)) + _ints("strides", (stride, stride))
        nodes += _node("AveragePool", ("input",), pooled, kernel)
        red = 1 / 255 if stride == 32 else 0.0  # a picture comes as blue, green, red, 0 to 255
        heads = {
            "cls": ([[-red, -red, red]], [0.0]),
            "obj": ([[0.0] * 3], [1.0]),
            "bbox": ([[0.0] * 3] * 4, [0.5, 0.5, log(FACE_CELLS), log(FACE_CELLS)]),
            "kps": ([[0.0] * 3] * 10, list(POINTS)),
        }
        for kind, (weights, bias) in heads.items():
            name, count = f"{kind}_{stride}", len(bias)
            flat = [value for row in weights for value in row]
            initializers += _tensor(f"w_{name}", (count, 3, 1, 1), struct.pack(f"<{len(flat)}f", *flat), FLOAT)
            initializers += _tensor(f"b_{name}", (count,), struct.pack(f"<{count}f", *bias), FLOAT)
            initializers += _tensor(f"s_{name}", (3,), struct.pack("<3q", 1, -1, count), INT64)
            nodes += _node("Conv", (pooled, f"w_{name}", f"b_{name}"), f"c_{name}", _ints("kernel_shape", (1, 1)))
            nodes += _node("Transpose", (f"c_{name}",), f"t_{name}", _ints("perm", (0, 2, 3, 1)))
            nodes += _node("Reshape", (f"t_{name}", f"s_{name}"), name, b"")
            outputs += _field(12, _value_info(name, (1, (320 // stride) ** 2, count)))
    graph = nodes + _field(2, b"small") + initializers + _field(11, _value_info("input", (1, 3, 320, 320))) + outputs
    return _number(1, 8) + _field(7, graph) + _field(8, _field(1, b"") + _number(2, 13))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _ints(name: str, values: Sequence[int]) -> bytes:
    return _field(5, _field(1, name.encode()) + b"".join(_number(8, value) for value in values) + _number(20, 7))


def _node(kind: str, inputs: Sequence[str], output: str, attributes: bytes) -> bytes:
    named = b"".join(_field(1, name.encode()) for name in inputs) + _field(2, output.encode())
    return _field(1, named + _field(3, f"n_{output}".encode()) + _field(4, kind.encode()) + attributes)


def _tensor(name: str, shape: Sequence[int], raw: bytes, kind: int) -> bytes:
    sides = b"".join(_number(1, side) for side in shape)
    return _field(5, sides + _number(2, kind) + _field(8, name.encode()) + _field(9, raw))


def _value_info(name: str, shape: Sequence[int]) -> bytes:
    sides = b"".join(_field(1, _number(1, side)) for side in shape)
    tensor = _number(1, FLOAT) + _field(2, sides)
    return _field(1, name.encode()) + _field(2, _field(1, tensor))
