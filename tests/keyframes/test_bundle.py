"""Keyframe bundles: round trip, invalid and damaged files."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raising import raises

from ode_appearance.errors import CheckpointError
from ode_appearance.keyframes.bundle import Bundle, read_bundle, write_bundle

BUNDLE = Bundle(3, (16, 8), (-1.0, 0.0, 2.5), "ab" * 32, (b"first", b"", b"the last"))


def test_round_trip():
    assert read_bundle(write_bundle(BUNDLE)) == BUNDLE


@pytest.mark.parametrize(
    "change",
    [{"times": (0.0, 0.0, 1.0)}, {"times": (0.0, float("nan"), 1.0)}, {"size": (0, 8)}, {"seed": -1}, {"times": (0.0, 1.0)}],
)
def test_invalid_fields_are_refused(change):
    with raises(CheckpointError, code="invalid-bundle"):
        read_bundle(write_bundle(dataclasses.replace(BUNDLE, **change)))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_is_another_bundle(data):
    file = bytearray(write_bundle(BUNDLE))
    for _ in range(data.draw(st.integers(1, 4))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    del file[data.draw(st.integers(0, len(file))) :]
    try:
        bundle = read_bundle(bytes(file))
    except CheckpointError:
        return
    assert sum(map(len, bundle.keyframes)) <= len(file)
