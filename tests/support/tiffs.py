"""TIFF files as scientific cameras write them, which Pillow does not."""

import struct

import numpy as np


def tiff(values: np.ndarray, *, apart=False, photometric=None, order="<", tags=()) -> bytes:
    """An uncompressed TIFF of (h, w) or (h, w, c) unsigned or floating-point numbers; `apart` puts each colour in a plane.

    `tags` are more of (tag, type, value), of one value each.
    """
    colours = 1 if values.ndim == 2 else values.shape[2]
    height, width = values.shape[:2]
    bits, kind = 8 * values.dtype.itemsize, 3 if values.dtype.kind == "f" else 1
    planes = [values[..., colour] for colour in range(colours)] if apart and colours > 1 else [values]
    data = [np.ascontiguousarray(plane, plane.dtype.newbyteorder(order)).tobytes() for plane in planes]
    photometric = (1 if colours == 1 else 2) if photometric is None else photometric
    wanted = [(256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * colours), (259, 3, [1]), (262, 3, [photometric])]
    wanted += [(277, 3, [colours]), (278, 4, [height]), (279, 4, [len(plane) for plane in data])]
    wanted += [(284, 3, [2 if apart else 1]), (339, 3, [kind] * colours), *((tag, type, [value]) for tag, type, value in tags)]
    count = len(wanted) + 1
    after = 8 + 2 + 12 * count + 4
    room = sum(_size(type) * len(numbers) for _, type, numbers in wanted) + 4 * len(data)
    start = after + room + 64
    wanted.append((273, 4, [start + sum(map(len, data[:plane])) for plane in range(len(data))]))
    directory, extra = b"", b""
    for tag, type, numbers in sorted(wanted):
        content = struct.pack(f"{order}{len(numbers)}{'HI'[type == 4]}", *numbers)
        if len(content) > 4:
            extra, content = extra + content, struct.pack(f"{order}I", after + len(extra))
        directory += struct.pack(f"{order}HHI", tag, type, len(numbers)) + content.ljust(4, b"\0")
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, count)
    return (head + directory + bytes(4) + extra).ljust(start, b"\0") + b"".join(data)


def _size(type):
    return 4 if type == 4 else 2
