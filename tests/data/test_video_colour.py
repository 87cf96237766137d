"""Colours of videos: matrices and ranges, and conversion of high dynamic range and wide gamuts to sRGB."""

import numpy as np
import pytest
from films import planar, write_film

from ode_appearance.data import load_exemplar
from ode_appearance.data.video.video_colour import colour_notes, primaries_to_bt709, video_to_srgb

COLOUR = np.array([200, 90, 40]) / 255
# Weights of red and blue in luma: ITU-R BT.601, BT.709 and BT.2020, by the numbers of ITU-T H.273.
WEIGHTS = {6: (0.299, 0.114), 5: (0.299, 0.114), 1: (0.2126, 0.0722), 9: (0.2627, 0.0593)}


def encoded(colour, matrix, full, bits):
    """Luma and chroma of a colour in [0, 1], by the formulas of ITU-T H.273."""
    red, blue = WEIGHTS[matrix]
    luma = red * colour[0] + (1 - red - blue) * colour[1] + blue * colour[2]
    chroma = (colour[2] - luma) / (2 - 2 * blue), (colour[0] - luma) / (2 - 2 * red)
    scale, half = 2 ** (bits - 8), 2 ** (bits - 1)
    steps = (2**bits - 1,) * 2 if full else (219 * scale, 224 * scale)
    return tuple(round(value) for value in (luma * steps[0] + (not full) * 16 * scale, *(c * steps[1] + half for c in chroma)))


def film(path, colours, *, matrix=1, full=False, bits=8, size=(64, 48), **tags):
    layout = "yuv444p" if bits == 8 else "yuv444p10le"
    frames = (planar(layout, size, encoded(np.asarray(colour), matrix, full, bits)) for colour in colours)
    tags = {"color_range": 2 if full else 1, **tags}
    return write_film(path, frames, codec=("ffv1", layout, {}), tags=tags)


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", [1, 5, 6])
def test_matrix_and_range_of_the_file(tmp_path, matrix, full, bits):
    path = film(tmp_path / "a.mkv", [COLOUR, COLOUR / 2], matrix=matrix, full=full, bits=bits, colorspace=matrix)
    exemplar = load_exemplar(path, size=48)
    np.testing.assert_allclose(exemplar.frames[0, :, 5, 5], 255 * COLOUR, atol=2)
    assert len(exemplar.notes) == 1


@pytest.mark.parametrize(("size", "matrix"), [((64, 48), 6), ((1280, 64), 1), ((64, 720), 1)])
def test_default_matrix_depends_on_the_size(tmp_path, size, matrix):
    path = film(tmp_path / "a.mkv", [COLOUR, COLOUR / 2], matrix=matrix, size=size)
    np.testing.assert_allclose(load_exemplar(path, size=48).frames[0, :, 5, 5], 255 * COLOUR, atol=2)


# BT.2408-7, table 1: reflectance in HLG and PQ signal, and the luminance on the reference display.
HLG, PQ = 18, 16
LEVELS = {HLG: {0.38: 26, 0.75: 203, 0.79: 255}, PQ: {0.38: 26, 0.58: 203, 0.60: 255}}


@pytest.mark.parametrize("transfer", LEVELS)
def test_high_dynamic_range_white_is_203(tmp_path, transfer):
    signals, lights = LEVELS[transfer].keys(), np.array([*LEVELS[transfer].values()])
    greys = 255 * np.minimum(1, lights / 203) ** (1 / 2.4)
    tags = {"colorspace": 9, "color_trc": transfer, "color_primaries": 9}
    path = film(tmp_path / "a.mkv", [(signal,) * 3 for signal in signals], matrix=9, bits=10, **tags)
    exemplar = load_exemplar(path, size=48)
    # The table rounds signals to a hundredth.
    np.testing.assert_allclose(exemplar.frames.mean(axis=(1, 2, 3)), greys, atol=3)
    assert exemplar.notes[0].startswith(f"High dynamic range ({'HLG' if transfer == HLG else 'PQ'}) was converted")


def test_high_dynamic_range_without_primaries_is_bt2020(tmp_path):
    """A file that names the transfer function only."""
    signal = (0.5, 0.3, 0.1)
    said, unsaid = (
        load_exemplar(
            film(tmp_path / f"{len(tags)}.mkv", [signal, (0, 0, 0)], matrix=9, bits=10, color_trc=HLG, **tags), size=48
        )
        for tags in ({}, {"colorspace": 9, "color_primaries": 9})
    )
    np.testing.assert_array_equal(said.frames, unsaid.frames)


def test_hlg_by_the_formula():
    """ITU-R BT.2100: of the scene's light 1/12 is the signal 0.5; the display multiplies by its luminance to the power 0.2."""
    values = np.full((1, 1, 3), round(0.5 * 65535), np.uint16)
    light = 1000 / 203 * (1 / 12) ** 1.2
    assert video_to_srgb(values, HLG, 9)[0, 0].tolist() == [round(255 * light ** (1 / 2.4))] * 3


def test_primaries():
    published = [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]  # ITU-R BT.2407
    np.testing.assert_allclose(primaries_to_bt709(9), published, atol=1e-4)
    np.testing.assert_allclose(primaries_to_bt709(12) @ np.ones(3), 1, atol=1e-12)
    np.testing.assert_array_equal(primaries_to_bt709(1), np.eye(3))


@pytest.mark.parametrize("transfer", [1, 13])
def test_wide_gamuts_keep_greys_and_change_colours(tmp_path, transfer):
    colours = [np.array([201, 60, 40]) / 255, np.full(3, 0.5)]
    tags = {"colorspace": 1, "color_primaries": 12, "color_trc": transfer}
    exemplar = load_exemplar(film(tmp_path / "a.mkv", colours, full=True, bits=10, **tags), size=48)
    # As LittleCMS converts it, by the curve of sRGB, from the profile of Display P3.
    np.testing.assert_allclose(exemplar.frames[0, :, 5, 5], [219, 41, 23], atol=2)
    np.testing.assert_allclose(exemplar.frames[1, :, 5, 5], 127.5, atol=1)
    assert exemplar.notes[0] == "Its colours (Display P3) were converted to sRGB: colours outside of sRGB are clipped."


def test_ignored_properties_are_noted():
    assert colour_notes(1, 1, 1) == colour_notes(2, 2, 2) == colour_notes(6, 5, 6) == ()
    assert colour_notes(9, 10, 14) == (
        "Its transfer function 9 and primaries 10 and matrix 14 (numbers of ITU-T H.273) were ignored: colours may be wrong.",
    )
