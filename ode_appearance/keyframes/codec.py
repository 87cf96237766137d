"""A keyframe as one small file: what the viewer's textures hold, as differences from the keyframe sent before it, deflated.

Texels are RGBA8 planes, the same on the server, in the file and as textures (web/shaders/keyframe-blend.glsl reads them):

    RGB texture   plane 0: red, green, blue of the display values, 0
    SVBRDF        plane 0: diffuse or albedo (3), specular red or metallic (high byte)
                  plane 1: specular green or metallic (low byte), specular blue, height (high, low)
                  plane 2: roughness u (high, low), roughness v (high, low); an isotropic model has u only
                  plane 3: normal x (high, low), normal y (high, low)

Colours and roughness are stored as their square roots, which makes the error even after the display's gamma, colours in 8
bits.

A file is a zlib stream: "ODEK", version, number of planes (a byte each), two zeros, width, height (uint32), the height map's
scale, lowest and highest value (float32), all little-endian; then each plane's four components in turn, height x width bytes
each, minus those of the keyframe sent before (modulo 256; the first one minus zero). Height is stored as
height / scale / 2 + 1/2. web/scripts/keyframes/keyframe-decoder.js is the decoder.

A number is sent as what is nearest to it in whole steps (`STEPS`) from the number that was sent before, so that errors do not
add up: it is never more than half a step wrong. What changes by less than that costs next to nothing. In full quality a
pixel's roughness and normal are sent exactly where a little error would show: in narrow highlights, and on slopes so steep
that the eye may or may not see them.
"""

import struct
import zlib
from typing import Literal

import numpy as np
from jaxtyping import Float32, UInt8

from ..config.schema import Kind

HEADER = struct.Struct("<4sBBHIIfff")
VERSION = 1
Quality = Literal["full", "light"]
STEPS: dict[Quality, dict[str, int]] = {
    "full": {"image": 1, "colour": 2, "metallic": 64, "height": 256, "roughness": 256, "normal": 256},
    "light": {"image": 16, "colour": 16, "metallic": 1024, "height": 1024, "roughness": 1024, "normal": 1024},
}
"""Of the numbers as they are stored: an image (of an RGB texture) and the colours of an SVBRDF have 8 bits, the others 16."""

NARROW, STEEP = 0.1, 0.55
"""A roughness and a normal's z below which both are sent exactly: the outermost places of the usual plane are seen from 33
degrees, and so are slopes from behind where z is less than 0.54."""

LEAST_UPWARD = 0.01
"""The least z of a normal, which is found from the rounded x and y: no surface is seen from behind."""

Maps = dict[str, Float32[np.ndarray, "_ h w"]]
Texels = UInt8[np.ndarray, "planes h w 4"]

# Where each number lies: its kind, and the bytes of a texel (4 * plane + component), the high one first.
_IMAGE = [("image", 0), ("image", 1), ("image", 2)]
_COLOUR = [("colour", 0), ("colour", 1), ("colour", 2)]
_SPECULAR = [("colour", 3), ("colour", 4), ("colour", 5)]
_METALLIC = [("metallic", 3, 4)]
_OTHERS = [("height", 6, 7), ("roughness", 8, 9), ("roughness", 10, 11), ("normal", 12, 13), ("normal", 14, 15)]
# Of no roughness at all, a highlight would be no number; this is 0.001.
_LEAST = {"roughness": 66}


def pack(maps: Maps, before: Texels | None = None, quality: Quality = "full") -> tuple[bytes, Texels]:
    """The file of a keyframe with the maps that `ode_appearance.decode` gives for its state, and the texels that it decodes to:
    give them as `before` when packing the next one."""
    layout, numbers = _to_numbers(maps)
    planes = 1 if "image" in maps else 4
    height, width = numbers.shape[1:]
    known = np.zeros((planes, height, width, 4), np.uint8) if before is None else before
    steps = _steps(layout, numbers, quality)
    texels = _to_texels(layout, _in_steps(layout, numbers, _from_texels(layout, known), steps), planes)
    heights = maps.get("height", np.zeros(1, np.float32))
    header = HEADER.pack(
        b"ODEK", VERSION, planes, 0, width, height, _height_scale(heights), float(heights.min()), float(heights.max())
    )
    # Neighbours have next to nothing in common but runs of zeros; looking for more costs ten times as long, for more bytes.
    compressor = zlib.compressobj(1, zlib.DEFLATED, strategy=zlib.Z_RLE)
    file = compressor.compress(header + (texels - known).transpose(0, 3, 1, 2).tobytes()) + compressor.flush()
    return file, texels


def _to_numbers(maps):
    """What is stored of maps, as whole numbers, and where."""
    if "image" in maps:
        return _IMAGE, _whole(maps["image"], 255)
    base = maps.get("diffuse", maps.get("albedo", np.zeros_like(maps["normal"])))  # some models are specular only
    own = maps["metallic"] if "metallic" in maps else np.sqrt(maps["specular"])
    across = maps["roughness"] if "roughness" in maps else maps["roughness_u"]
    upward = maps.get("roughness_v", np.zeros_like(across))  # an isotropic model has none
    height = maps["height"] / _height_scale(maps["height"]) / 2 + 0.5
    others = np.concatenate([height, np.sqrt(across), np.sqrt(upward), maps["normal"][:2] / 2 + 0.5])
    if "metallic" in maps:
        return _COLOUR + _METALLIC + _OTHERS, np.concatenate([_whole(np.sqrt(base), 255), _whole(own), _whole(others)])
    colours = _whole(np.concatenate([np.sqrt(base), own]), 255)
    return _COLOUR + _SPECULAR + _OTHERS, np.concatenate([colours, _whole(others)])


def _whole(values, most=65536):
    """(channels, h, w) in [0, 1] as whole numbers; of 16 bits 1/2 is in the middle, and 1 the last."""
    return np.minimum(np.rint(np.clip(values, 0, 1) * most), 65535).astype(np.int32)


def _steps(layout, numbers, quality):
    """The step of each number: of a channel, or of each of its pixels."""
    kinds = [kind for kind, *_ in layout]
    steps = np.array([STEPS[quality][kind] for kind in kinds], np.int32)[:, None, None]
    if quality != "full" or "normal" not in kinds:
        return steps
    roughness, normal = numbers[-4:-2], numbers[-2:] / 32768 - 1
    narrow = np.any((roughness > 0) & (roughness < np.sqrt(NARROW) * 65536), axis=0)  # 0 where a model has none upward
    steep = np.sum(normal**2, axis=0) > 1 - STEEP**2
    exact = np.isin(kinds, ("roughness", "normal"))[:, None, None] & (narrow | steep)
    return np.where(exact, 1, steps)


def _in_steps(layout, numbers, known, steps):
    """The nearest to `numbers` that whole steps from the `known` ones reach."""
    least, most = (
        np.array([of(kind, len(places)) for kind, *places in layout], np.int32)[:, None, None]
        for of in (lambda kind, _: _LEAST.get(kind, 0), lambda _, size: 256**size - 1)
    )
    return np.clip(known + steps * np.rint((numbers - known) / steps).astype(np.int32), least, most)


def _to_texels(layout, numbers, planes):
    texels = np.zeros((16 if planes > 1 else 4, *numbers.shape[1:]), np.uint8)
    for (_, high, *low), values in zip(layout, numbers, strict=True):
        texels[high] = values >> 8 * len(low)
        for place in low:
            texels[place] = values & 255
    return texels.reshape(planes, 4, *numbers.shape[1:]).transpose(0, 2, 3, 1)


def _from_texels(layout, texels):
    components = texels.transpose(0, 3, 1, 2).reshape(-1, *texels.shape[1:3]).astype(np.int32)
    return np.stack([components[high] * 256 + components[low[0]] if low else components[high] for _, high, *low in layout])


def unpack(file: bytes, before: Texels | None = None) -> tuple[Maps, Texels]:
    """What the viewer reads from a file: the maps by their general names (`base`, `specular`, ...), and the texels."""
    content = zlib.decompress(file)
    magic, version, planes, _, width, height, scale, _, _ = HEADER.unpack_from(content)
    if magic != b"ODEK" or version != VERSION:
        raise ValueError("This is not a keyframe file of this version.")
    difference = np.frombuffer(content, np.uint8, offset=HEADER.size).reshape(planes, 4, height, width)
    texels = difference.transpose(0, 2, 3, 1)
    texels = texels.copy() if before is None else texels + before
    first = texels[0] / np.float32(255)
    if planes == 1:
        return {"image": np.moveaxis(first[..., :3], -1, 0)}, texels
    pairs = texels[..., 0::2] * np.float32(256 / 65535) + texels[..., 1::2] / np.float32(65535)
    specular = np.stack([first[..., 3], texels[1, ..., 0] / np.float32(255), texels[1, ..., 1] / np.float32(255)])
    metallic = (texels[0, ..., 3] * np.float32(256) + texels[1, ..., 0]) / np.float32(65535)
    normal = np.moveaxis(pairs[3] * 2 - 1, -1, 0)
    upward = np.sqrt(np.maximum(LEAST_UPWARD**2, 1 - np.sum(normal**2, axis=0)))
    maps = {
        "base": np.moveaxis(first[..., :3], -1, 0) ** 2,
        "specular": specular**2,
        "metallic": metallic[None],
        "roughness_u": pairs[2, ..., 0][None] ** 2,
        "roughness_v": pairs[2, ..., 1][None] ** 2,
        "height": ((pairs[1, ..., 1] - 0.5) * 2 * scale)[None],
        "normal": np.stack([*normal, upward]) / np.linalg.norm([*normal, upward], axis=0),
    }
    return maps, texels


def check_keyframe(file: bytes, kind: Kind, size: tuple[int, int]) -> None:
    """Raise ValueError where a file is no keyframe of that kind and size (width, height); no more is unpacked than that has."""
    planes = 1 if kind == "rgb" else 4
    expected = HEADER.size + 4 * planes * size[0] * size[1]
    content = zlib.decompressobj().decompress(file, expected + 1)
    if len(content) != expected or HEADER.unpack_from(content)[:6] != (b"ODEK", VERSION, planes, 0, *size):
        raise ValueError("it is no keyframe of its bundle")


def bytes_per_pixel(kind: str) -> int:
    """Bytes of graphics memory that a pixel of one keyframe takes."""
    return 4 if kind == "rgb" else 16


def _height_scale(height):
    """A power of two that no height exceeds: it rarely changes, so differences between keyframes stay small."""
    return float(2.0 ** np.ceil(np.log2(max(float(np.abs(height).max()), 1e-3))))
