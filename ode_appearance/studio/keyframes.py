"""A keyframe as one small file: what the viewer's textures hold, as differences from the keyframe sent before it, deflated.

Texels are RGBA8 planes, the same on the server, in the file and on the graphics card (web/moment.glsl reads them):

    RGB texture   plane 0: red, green, blue of the display values, 0
    SVBRDF        plane 0: diffuse or albedo (3), specular red or metallic (high byte)
                  plane 1: specular green or metallic (low byte), specular blue, height (high, low)
                  plane 2: roughness u (high, low), roughness v (high, low); an isotropic model has u only
                  plane 3: normal x (high, low), normal y (high, low)

Colours and roughness are stored as their square roots, which makes the error even after the display's gamma, colours in 8
bits. Numbers of 16 bits are rounded to fewer (`BITS`): the picture does not show the others, and they do not compress.

A file is a zlib stream: "ODEK", version, number of planes (a byte each), two zeros, width, height (uint32), the height map's
scale, lowest and highest value (float32), all little-endian; then each plane's four components in turn, height x width bytes
each, minus those of the keyframe sent before (modulo 256; the first one minus zero). Height is stored as
height / scale / 2 + 1/2. web/keyframes.js is the decoder.
"""

import struct
import zlib

import numpy as np
from jaxtyping import Float32, UInt8

HEADER = struct.Struct("<4sBBHIIfff")
VERSION = 1
BITS = {"metallic": 11, "roughness": 11, "normal": 12, "height": 10}
"""Significant bits of the numbers that are stored in 16."""

Maps = dict[str, Float32[np.ndarray, "_ h w"]]
Texels = UInt8[np.ndarray, "planes h w 4"]


def to_texels(maps: Maps) -> Texels:
    """The texels of the maps that `ode_appearance.decode` gives for one state."""
    height, width = next(iter(maps.values())).shape[1:]
    if "image" in maps:
        texels = np.zeros((1, height, width, 4), np.uint8)
        texels[0, ..., :3] = _eight(maps["image"])
        return texels
    texels = np.zeros((4, height, width, 4), np.uint8)
    for name in ("diffuse", "albedo"):
        if name in maps:
            texels[0, ..., :3] = _eight(np.sqrt(maps[name]))
    if "specular" in maps:
        specular = _eight(np.sqrt(maps["specular"]))
        texels[0, ..., 3], texels[1, ..., :2] = specular[..., 0], specular[..., 1:]
    if "metallic" in maps:
        metallic = _sixteen(maps["metallic"][0], BITS["metallic"])
        texels[0, ..., 3], texels[1, ..., 0] = metallic[..., 0], metallic[..., 1]
    scale = _height_scale(maps["height"])
    texels[1, ..., 2:] = _sixteen(maps["height"][0] / scale / 2 + 0.5, BITS["height"])
    for start, names in ((0, ("roughness", "roughness_u")), (2, ("roughness_v",))):
        for name in names:
            if name in maps:
                texels[2, ..., start : start + 2] = _sixteen(np.sqrt(maps[name][0]), BITS["roughness"])
    for start, component in ((0, maps["normal"][0]), (2, maps["normal"][1])):
        texels[3, ..., start : start + 2] = _sixteen(component / 2 + 0.5, BITS["normal"])
    return texels


def pack(maps: Maps, before: Texels | None = None) -> tuple[bytes, Texels]:
    """The file of a keyframe, and its texels: give them as `before` when packing the next one."""
    texels = to_texels(maps)
    heights = maps.get("height", np.zeros(1, np.float32))
    header = HEADER.pack(
        b"ODEK", VERSION, len(texels), 0, texels.shape[2], texels.shape[1],
        _height_scale(heights), float(heights.min()), float(heights.max()),
    )  # fmt: skip
    difference = texels if before is None else texels - before
    # Harder compression gains under 1 %: what is left is noise.
    return zlib.compress(header + difference.transpose(0, 3, 1, 2).tobytes(), level=1), texels


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
    upward = np.sqrt(np.maximum(0, 1 - np.sum(normal**2, axis=0)))
    maps = {
        "base": np.moveaxis(first[..., :3], -1, 0) ** 2,
        "specular": specular**2,
        "metallic": metallic[None],
        "roughness_u": pairs[2, ..., 0][None] ** 2,
        "roughness_v": pairs[2, ..., 1][None] ** 2,
        "height": ((pairs[1, ..., 1] - 0.5) * 2 * scale)[None],
        "normal": np.stack([*normal, upward]),
    }
    return maps, texels


def bytes_per_pixel(kind: str) -> int:
    """Bytes of graphics memory that a pixel of one keyframe takes."""
    return 4 if kind == "rgb" else 16


def _eight(values):
    """(channels, h, w) in [0, 1] -> (h, w, channels) bytes."""
    return np.moveaxis(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8), 0, -1)


def _sixteen(values, bits):
    """(h, w) in [0, 1] -> (h, w, 2) high and low bytes; 1/2 and the other multiples of 2^-bits are exact."""
    step = 1 << (16 - bits)
    whole = np.minimum(np.rint(np.clip(values, 0, 1) * (65536 // step)).astype(np.uint32) * step, 65535)
    return np.stack([whole >> 8, whole & 255], axis=-1).astype(np.uint8)


def _height_scale(height):
    """A power of two that no height exceeds: it rarely changes, so differences between keyframes stay small."""
    return float(2.0 ** np.ceil(np.log2(max(float(np.abs(height).max()), 1e-3))))
