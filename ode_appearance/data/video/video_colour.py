"""From a video's R'G'B' to sRGB: high dynamic range (ITU-R BT.2100) and wide gamuts.

Transfer functions and primaries are numbered as in ITU-T H.273. Values of standard dynamic range are read as sRGB, as in
browsers. High dynamic range is encoded for a display of gamma 2.4 (ITU-R BT.1886), so that it gets the values of a standard
range video of the same scene.
"""

import functools

import numpy as np
from jaxtyping import Float32, Float64, UInt8, UInt16

PQ, HLG = 16, 18
UNSPECIFIED, BT2020, DISPLAY_P3 = 2, 9, 12
# Luminance in cd/m²: of white (ITU-R BT.2408), and of the reference display for HLG (BT.2100).
WHITE, PEAK = 203.0, 1000.0
# Transfer functions and primaries close enough to those of sRGB to use the stored values.
_USUAL_TRANSFERS = {0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15}
_USUAL_PRIMARIES = {0, 1, 2, 3, 5, 6, 7}
_KNOWN_MATRICES = {0, 1, 2, 3, 4, 5, 6, 7, 9}
# Chromaticities (x, y) of red, green and blue: ITU-R BT.709, BT.2020 and SMPTE EG 432-1; the white of all is D65.
_CHROMATICITIES = {
    1: ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    BT2020: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    DISPLAY_P3: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
_D65 = (0.3127, 0.3290)
_BAND = 1 << 20


def video_to_srgb(values: UInt16[np.ndarray, "h w 3"], transfer: int, primaries: int) -> UInt8[np.ndarray, "h w 3"]:
    """Convert to sRGB; out-of-gamut colours are clipped.

    Args:
        values: Full-range R'G'B' of 16 bits.
        transfer: Transfer function (ITU-T H.273).
        primaries: Primaries (ITU-T H.273).

    Source:
        ITU-R BT.2100-2, tables 4 and 5; SMPTE RP 177.
    """
    high = transfer in (PQ, HLG)
    matrix = primaries_to_bt709(BT2020 if high and primaries == UNSPECIFIED else primaries).astype(np.float32)
    rows = max(1, _BAND // values.shape[1])
    result = np.empty(values.shape, np.uint8)
    for top in range(0, len(values), rows):
        light = _linear(transfer)[values[top : top + rows]]
        if transfer == HLG:
            light = _hlg_display(light)
        light = np.clip(light @ matrix.T, 0, 1)
        encoded = light ** (1 / 2.4) if high else _srgb_encoded(light)
        result[top : top + rows] = np.rint(255 * encoded)
    return result


def colour_notes(transfer: int, primaries: int, matrix: int) -> tuple[str, ...]:
    """Notes on the conversion of such colours, and on ignored properties."""
    notes = []
    if transfer in (PQ, HLG):
        kind = "HLG" if transfer == HLG else "PQ"
        notes.append(f"High dynamic range ({kind}) was converted to sRGB: {WHITE:.0f} cd/m² are white, brighter is clipped.")
    elif primaries in (BT2020, DISPLAY_P3):
        kind = "BT.2020" if primaries == BT2020 else "Display P3"
        notes.append(f"Its colours ({kind}) were converted to sRGB: colours outside of sRGB are clipped.")
    ignored = []
    if transfer not in _USUAL_TRANSFERS | {PQ, HLG}:
        ignored.append(f"transfer function {transfer}")
    if primaries not in _USUAL_PRIMARIES | {BT2020, DISPLAY_P3}:
        ignored.append(f"primaries {primaries}")
    if matrix not in _KNOWN_MATRICES:
        ignored.append(f"matrix {matrix}")
    if ignored:
        notes.append(f"Its {' and '.join(ignored)} (numbers of ITU-T H.273) were ignored: colours may be wrong.")
    return tuple(notes)


@functools.lru_cache(maxsize=8)
def primaries_to_bt709(primaries: int) -> Float64[np.ndarray, "3 3"]:
    """Matrix from linear R, G, B of these primaries to those of BT.709 (SMPTE RP 177); the identity where unknown."""
    if primaries not in _CHROMATICITIES:
        return np.eye(3)
    return np.linalg.solve(_to_xyz(1), _to_xyz(primaries))


def _to_xyz(primaries):
    columns = np.array([(x / y, 1, (1 - x - y) / y) for x, y in (*_CHROMATICITIES[primaries], _D65)]).T
    return columns[:, :3] * np.linalg.solve(columns[:, :3], columns[:, 3])


@functools.lru_cache(maxsize=4)
def _linear(transfer: int) -> Float32[np.ndarray, "65536"]:
    """Linear light of every 16-bit value, 1 for white: display light, except scene light (1 at the peak) for HLG."""
    signal = np.arange(65536) / 65535
    if transfer == PQ:
        # BT.2100-2, table 4: the reference PQ EOTF.
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 4096 * 128, 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
        power = signal ** (1 / m2)
        light = 10_000 / WHITE * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
    elif transfer == HLG:
        # BT.2100-2, table 5: the inverse of the reference HLG OETF.
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    else:
        light = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


def _hlg_display(scene):
    """BT.2100-2, table 5: the reference HLG OOTF, with a gamma of 1.2 for a display of 1000 cd/m²."""
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593], np.float32)
    return scene * (PEAK / WHITE * luminance**0.2)[..., None]


def _srgb_encoded(light):
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
