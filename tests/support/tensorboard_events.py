"""TensorBoard's event files as tensorboardX's own messages read them."""

import io
import struct

import numpy as np
from PIL import Image
from tensorboardX.proto.event_pb2 import Event, SessionLog


def read_events(folder):
    """({scalar: {iteration: value}}, {iteration: picture (h, w, 3)}) of a folder's event files."""
    scalars, pictures = {}, {}
    for event in _events(folder):
        for value in event.summary.value:
            if value.HasField("image"):
                pictures[event.step] = np.asarray(Image.open(io.BytesIO(value.image.encoded_image_string)).convert("RGB"))
            elif value.HasField("simple_value"):
                scalars.setdefault(value.tag, {})[event.step] = value.simple_value
    return scalars, pictures


def purged_steps(folder):
    """The steps from which on TensorBoard is to hide what earlier event files of a folder hold."""
    return [event.step for event in _events(folder) if event.session_log.status == SessionLog.START]


def _events(folder):
    for path in sorted(folder.glob("events.*")):
        data, place = path.read_bytes(), 0
        while place < len(data):  # a record: its length, a checksum, the message, a checksum
            (length,) = struct.unpack_from("<Q", data, place)
            yield Event.FromString(data[place + 12 : place + 12 + length])
            place += 12 + length + 4
