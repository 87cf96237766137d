"""Decodes one video file with PyAV; a script for a separate process (see video_process.py).

It reads a request (JSON) from standard input and writes messages to standard output: a line of JSON each, followed by as many
bytes as its "bytes" says. It imports nothing of this package, whose import takes seconds.
"""

import contextlib
import itertools
import json
import os
import sys

# Matrices between Y'CbCr and R'G'B' (ITU-T H.273) -> names of FFmpeg's scale filter.
_MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020"}
_UNSPECIFIED, _BT709, _BT601, _BT2020 = 2, 1, 6, 9
_PQ, _HLG = 16, 18
_DISPLAY_P3 = 12
# Without these, swscale is off by up to 4 of 255 in even areas.
_EXACT = "flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"


class RefusalError(Exception):
    """Its argument is the error for the parent process."""


def main() -> None:
    request = json.load(sys.stdin)
    _limit_memory(request["memory"])
    try:
        import av
    except ImportError:
        return _send({"error": "no PyAV"})
    try:
        # An open file and no protocols: the container cannot make FFmpeg open anything else.
        options = {"protocol_whitelist": "none"}
        reading = {"format": request["container"], "container_options": options, "buffer_size": 1 << 20}
        with open(request["path"], "rb") as file, av.open(file, **reading) as container:
            stream = _film(container)
            if request["picks"] is None:
                _scan(container, stream, request["max_count"])
            else:
                _decode(container, stream, request)
    except RefusalError as refusal:
        _send({"error": str(refusal)})
    except (av.FFmpegError, ValueError, MemoryError, OSError):
        _send({"error": "unreadable"})


def _limit_memory(size):
    # Windows has no such limit, and macOS does not enforce it.
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        size = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))


def _send(message, rows=()):
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    for row in rows:
        sys.stdout.buffer.write(row)
    sys.stdout.buffer.flush()


def _film(container):
    """The stream that players show: the default one, else the largest; cover images and thumbnails are skipped."""
    from av.stream import Disposition

    streams = list(container.streams.video)
    if not streams:
        raise RefusalError("no video")
    pictures = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    films = [stream for stream in streams if not stream.disposition & pictures]
    if not films:
        raise RefusalError("cover only")
    films = [stream for stream in films if stream.codec_context is not None]
    if not films:
        raise RefusalError("unknown codec")
    return max(films, key=lambda s: (bool(s.disposition & Disposition.default), s.width * s.height, -s.index))


def _packets(container, stream, damage):
    """Intact packets with data; `damage` collects the others."""
    import av

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError:
            damage.append("demuxer")
            return
        if packet.is_corrupt:
            damage.append("packet")
        elif packet.size:
            yield packet


def _scan(container, stream, max_count):
    """Send the size and the number of presented packets, at most `max_count` + 1; edit lists may cut packets."""
    count, damage = 0, []
    for packet in _packets(container, stream, damage):
        count += not packet.is_discard
        if count > max_count:
            break
    _send({"count": count, "width": stream.width, "height": stream.height, "damaged": bool(damage)})


def _decode(container, stream, request):
    """Send the requested frames in presentation order, then the time stamps of all."""
    import av

    codec = stream.codec_context
    codec.thread_type = "AUTO"
    codec.thread_count = min(4, os.cpu_count() or 1)
    codec.options = {"max_pixels": str(request["pixels"])}
    converter, picks = Converter(stream, request["pixels"]), iter(request["picks"])
    damage, stamps, wanted, frame, sent = [], [], next(picks, None), None, True
    # None flushes the decoder.
    for packet in itertools.chain(_packets(container, stream, damage), [None]):
        try:
            frames = codec.decode(packet)
        except av.FFmpegError:
            damage.append("decoder")
            continue
        for frame in frames:
            sent = len(stamps) == wanted
            if sent:
                converter.send(frame)
                wanted = next(picks, None)
            stamps.append(frame.pts)
    if frame is None:
        raise RefusalError("unreadable")
    if wanted is not None and not sent:
        # Fewer frames than packets: send the last frame, whatever its index.
        converter.send(frame)
    _send({"stamps": stamps, "length": frame.duration or 0, "damaged": bool(damage)})


class Converter:
    """Sends frames as R'G'B' at their display aspect ratio, through a filter graph that is kept while the format stays the
    same.

    Values are full range: 8 bits, or 16 where the parent converts the transfer function or primaries. PyAV's
    `to_ndarray("rgb24")` takes no matrix or range from the frame in versions before 17, and is less exact.
    """

    def __init__(self, stream, pixels):
        self._stream, self._pixels, self._key, self._graph = stream, pixels, None, None

    def send(self, frame) -> None:
        codec = self._stream.codec_context
        transfer, primaries, matrix = int(codec.color_trc), int(codec.color_primaries), int(frame.colorspace)
        deep = transfer in (_PQ, _HLG) or primaries in (_BT2020, _DISPLAY_P3)
        aspect = self._stream.sample_aspect_ratio or codec.sample_aspect_ratio or 1
        # Stretch the shorter side of a pixel, so that no detail is lost.
        width = round(frame.width * max(aspect, 1))
        height = round(frame.height / min(aspect, 1))
        if width * height > self._pixels:
            raise RefusalError("too large")
        matrix = _matrix_of(frame, matrix, transfer)
        key = (frame.width, frame.height, frame.format.name, width, height, matrix, int(frame.color_range), deep)
        if key != self._key:
            self._key, self._graph = key, _graph(frame, width, height, matrix, deep)
        source, sink, _ = self._graph
        source.push(frame)
        row = width * (6 if deep else 3)
        about = {"transfer": transfer, "primaries": primaries, "matrix": matrix, "turn": _turn(frame)}
        _send({"bytes": row * height, "width": width, "height": height, "deep": deep, **about}, _rows(sink.pull(), row))


def _matrix_of(frame, matrix, transfer):
    """The frame's matrix; where unspecified, as players choose: BT.709 for high definition, else BT.601."""
    if _kind(frame.format) == "rgb":
        return 0
    if matrix != _UNSPECIFIED:
        return matrix
    if transfer in (_PQ, _HLG):
        return _BT2020
    return _BT709 if frame.width >= 1280 or frame.height > 576 else _BT601


def _kind(layout):
    if layout.is_rgb or layout.has_palette:
        return "rgb"
    return "yuv" if len(layout.components) >= 3 else "grey"


def _graph(frame, width, height, matrix, deep):
    import av.filter

    kind, scale = _kind(frame.format), f"w={width}:h={height}:{_EXACT}"
    full = int(frame.color_range) == 2 or frame.format.name.startswith("yuvj")
    if kind == "yuv":
        scale += f":in_color_matrix={_MATRICES.get(matrix, 'bt709')}"
    if full or kind == "yuv" or int(frame.color_range) == 1:
        scale += f":in_range={'pc' if full else 'tv'}:out_range=pc"
    graph = av.filter.Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format.name, time_base=frame.time_base or 1)
    parts = [source, graph.add("scale", scale), graph.add("format", "rgb48le" if deep else "rgb24"), graph.add("buffersink")]
    for one, other in itertools.pairwise(parts):
        one.link_to(other)
    graph.configure()
    return parts[0], parts[-1], graph


def _turn(frame):
    """Signs (a, b, c, d) of the display matrix, which maps (x, y) to (ax + cy, bx + dy); None where there is none."""
    data = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return None
    entries = memoryview(bytes(data)).cast("i")
    largest = max(abs(entries[place]) for place in (0, 1, 3, 4))
    return [round(entries[place] / largest, 2) if largest else 0 for place in (0, 1, 3, 4)]


def _rows(frame, length):
    plane = frame.planes[0]
    view = memoryview(plane)
    for row in range(frame.height):
        yield view[row * plane.line_size : row * plane.line_size + length]


if __name__ == "__main__":
    main()
