"""The keyframe codec: the viewer's textures as differences from the previous keyframe, deflated.

Texels are RGBA8 planes, the same on the server, in the file and as textures (web/shaders/keyframe-blend.glsl reads them):

    RGB texture   plane 0: red, green, blue of the display values, 0
    SVBRDF        plane 0: diffuse or albedo (3), specular red or metallic (high byte)
                  plane 1: specular green or metallic (low byte), specular blue, height (high, low)
                  plane 2: roughness u (high, low), roughness v (high, low); an isotropic model has u only
                  plane 3: normal x (high, low), normal y (high, low)

Colours and roughness are stored as square roots, so that errors are uniform after the display's gamma; colours have 8 bits.

File format: a zlib stream of "ODEK", version, number of planes (one byte each), two zero bytes, width, height (uint32), the
height map's scale, minimum and maximum (float32), all little-endian; then the four components of each plane in turn, height x
width bytes each, minus those of the previous keyframe (modulo 256; the first keyframe minus zero). Height is stored as
height / scale / 2 + 1/2. Decoder: web/scripts/keyframes/keyframe-decoder.js.

Values are quantised relative to the previously decoded value, in steps of `QUANTIZATION_STEPS`. Errors therefore do not
accumulate: they are at most half a step, and changes below half a step cost almost no bytes. In full quality, roughness and
normals are exact where small errors are visible: in narrow highlights, and on slopes that nearly face away from the camera.
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
QUANTIZATION_STEPS: dict[Quality, dict[str, int]] = {
    "full": {"image": 1, "colour": 2, "metallic": 64, "height": 256, "roughness": 256, "normal": 256},
    "light": {"image": 16, "colour": 16, "metallic": 1024, "height": 1024, "roughness": 1024, "normal": 1024},
}
"""In stored units: the image of an RGB texture and the colours of an SVBRDF have 8 bits, other values 16."""

NARROW, STEEP = 0.1, 0.55
"""A roughness or normal z below these is stored exactly (both values of the pixel). At the border of the default plane the view
direction is tilted by up to 33 degrees, so slopes with z below 0.54 may face away from the camera."""

MIN_NORMAL_Z = 0.01
"""Minimum z of a decoded normal, which is computed from the quantised x and y."""

KeyframeMaps = dict[str, Float32[np.ndarray, "_ h w"]]
Texels = UInt8[np.ndarray, "planes h w 4"]

# Layout of the stored values: kind, and bytes of a texel (4 * plane + component), high byte first.
_IMAGE = [("image", 0), ("image", 1), ("image", 2)]
_COLOUR = [("colour", 0), ("colour", 1), ("colour", 2)]
_SPECULAR = [("colour", 3), ("colour", 4), ("colour", 5)]
_METALLIC = [("metallic", 3, 4)]
_OTHERS = [("height", 6, 7), ("roughness", 8, 9), ("roughness", 10, 11), ("normal", 12, 13), ("normal", 14, 15)]
# Above 0, where a highlight would divide by zero; 66 decodes to a roughness of 1e-6.
_MINIMUM = {"roughness": 66}


def encode_keyframe(maps: KeyframeMaps, previous: Texels | None = None, quality: Quality = "full") -> tuple[bytes, Texels]:
    """Encode a keyframe.

    Args:
        maps: As returned by `ode_appearance.decode`.
        previous: The texels of the previous keyframe; None for the first.
        quality: "full" or "light".

    Returns:
        The file, and the texels that it decodes to: `previous` of the next keyframe.
    """
    layout, values = _to_storage(maps)
    planes = 1 if "image" in maps else 4
    height, width = values.shape[1:]
    known = np.zeros((planes, height, width, 4), np.uint8) if previous is None else previous
    steps = _steps(layout, values, quality)
    texels = _to_texels(layout, _round_to_steps(layout, values, _from_texels(layout, known), steps), planes)
    heights = maps.get("height", np.zeros(1, np.float32))
    header = HEADER.pack(
        b"ODEK", VERSION, planes, 0, width, height, _height_scale(heights), float(heights.min()), float(heights.max())
    )
    # Neighbouring bytes share little but runs of zeros: full matching takes ten times as long and even gives larger files.
    compressor = zlib.compressobj(1, zlib.DEFLATED, strategy=zlib.Z_RLE)
    file = compressor.compress(header + (texels - known).transpose(0, 3, 1, 2).tobytes()) + compressor.flush()
    return file, texels


def _to_storage(maps):
    """The layout, and the values as integers of the storage format."""
    if "image" in maps:
        return _IMAGE, _to_integers(maps["image"], 255)
    base = maps.get("diffuse", maps.get("albedo", np.zeros_like(maps["normal"])))  # some models are specular only
    roughness_u = maps["roughness"] if "roughness" in maps else maps["roughness_u"]
    roughness_v = maps.get("roughness_v", np.zeros_like(roughness_u))  # an isotropic model has none
    height = maps["height"] / _height_scale(maps["height"]) / 2 + 0.5
    others = np.concatenate([height, np.sqrt(roughness_u), np.sqrt(roughness_v), maps["normal"][:2] / 2 + 0.5])
    if "metallic" in maps:
        colours, metallic = _to_integers(np.sqrt(base), 255), _to_integers(maps["metallic"])
        return _COLOUR + _METALLIC + _OTHERS, np.concatenate([colours, metallic, _to_integers(others)])
    colours = _to_integers(np.concatenate([np.sqrt(base), np.sqrt(maps["specular"])]), 255)
    return _COLOUR + _SPECULAR + _OTHERS, np.concatenate([colours, _to_integers(others)])


def _to_integers(values, scale=65536):
    """(channels, h, w) in [0, 1] as integers. With 16 bits, 1/2 is exactly the middle and 1 is clamped to 65535."""
    return np.minimum(np.rint(np.clip(values, 0, 1) * scale), 65535).astype(np.int32)


def _steps(layout, numbers, quality):
    """The quantisation step of each channel or pixel."""
    kinds = [kind for kind, *_ in layout]
    steps = np.array([QUANTIZATION_STEPS[quality][kind] for kind in kinds], np.int32)[:, None, None]
    if quality != "full" or "normal" not in kinds:
        return steps
    roughness, normal = numbers[-4:-2], numbers[-2:] / 32768 - 1
    narrow = np.any((roughness > 0) & (roughness < np.sqrt(NARROW) * 65536), axis=0)  # 0 where a model has none upward
    steep = np.sum(normal**2, axis=0) > 1 - STEEP**2
    exact = np.isin(kinds, ("roughness", "normal"))[:, None, None] & (narrow | steep)
    return np.where(exact, 1, steps)


def _round_to_steps(layout, numbers, known, steps):
    """`numbers` rounded to multiples of `steps` from `known`."""
    minimum, maximum = (
        np.array([bound(kind, len(places)) for kind, *places in layout], np.int32)[:, None, None]
        for bound in (lambda kind, _: _MINIMUM.get(kind, 0), lambda _, size: 256**size - 1)
    )
    return np.clip(known + steps * np.rint((numbers - known) / steps).astype(np.int32), minimum, maximum)


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


def decode_keyframe(file: bytes, previous: Texels | None = None) -> tuple[KeyframeMaps, Texels]:
    """Decode a keyframe, as in the viewer.

    Args:
        file: The keyframe file.
        previous: The texels of the previous keyframe; None for the first.

    Returns:
        Maps by names common to all BRDF models (`base`, `specular`, `metallic`, `roughness_u`, `roughness_v`, `height`,
        `normal`, or `image`), and the texels.

    Raises:
        ValueError: For another file format or version.
    """
    content = zlib.decompress(file)
    magic, version, planes, _, width, height, scale, _, _ = HEADER.unpack_from(content)
    if magic != b"ODEK" or version != VERSION:
        raise ValueError(f"The file is not a keyframe of version {VERSION}.")
    difference = np.frombuffer(content, np.uint8, offset=HEADER.size).reshape(planes, 4, height, width)
    texels = difference.transpose(0, 2, 3, 1)
    texels = texels.copy() if previous is None else texels + previous
    first = texels[0] / np.float32(255)
    if planes == 1:
        return {"image": np.moveaxis(first[..., :3], -1, 0)}, texels
    pairs = texels[..., 0::2] * np.float32(256 / 65535) + texels[..., 1::2] / np.float32(65535)
    specular = np.stack([first[..., 3], texels[1, ..., 0] / np.float32(255), texels[1, ..., 1] / np.float32(255)])
    metallic = (texels[0, ..., 3] * np.float32(256) + texels[1, ..., 0]) / np.float32(65535)
    normal = np.moveaxis(pairs[3] * 2 - 1, -1, 0)
    normal_z = np.sqrt(np.maximum(MIN_NORMAL_Z**2, 1 - np.sum(normal**2, axis=0)))
    maps = {
        "base": np.moveaxis(first[..., :3], -1, 0) ** 2,
        "specular": specular**2,
        "metallic": metallic[None],
        "roughness_u": pairs[2, ..., 0][None] ** 2,
        "roughness_v": pairs[2, ..., 1][None] ** 2,
        "height": ((pairs[1, ..., 1] - 0.5) * 2 * scale)[None],
        "normal": np.stack([*normal, normal_z]) / np.linalg.norm([*normal, normal_z], axis=0),
    }
    return maps, texels


def check_keyframe(file: bytes, kind: Kind, size: tuple[int, int]) -> None:
    """Check a keyframe file without decompressing more than the expected size.

    Args:
        file: The keyframe file.
        kind: The material's kind.
        size: (width, height) in pixels.

    Raises:
        ValueError: For another format, kind or size.
    """
    planes = 1 if kind == "rgb" else 4
    expected = HEADER.size + 4 * planes * size[0] * size[1]
    content = zlib.decompressobj().decompress(file, expected + 1)
    if len(content) != expected or HEADER.unpack_from(content)[:6] != (b"ODEK", VERSION, planes, 0, *size):
        raise ValueError("a keyframe has another kind or size than its bundle")


def bytes_per_pixel(kind: str) -> int:
    """Bytes of graphics memory per pixel of one keyframe."""
    return 4 if kind == "rgb" else 16


def _height_scale(height):
    """The smallest power of two not below any height. It rarely changes, so differences between keyframes stay small."""
    return float(2.0 ** np.ceil(np.log2(max(float(np.abs(height).max()), 1e-3))))
