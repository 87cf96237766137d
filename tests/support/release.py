"""The paper's release as its zip file unpacks, made of small models whose weights are a formula."""

import zipfile
from pathlib import Path

import jax
import numpy as np
from figures import formula_field
from PIL import Image

from ode_appearance.config.schema import Architecture, Attention

ATTENTIVE = Architecture(12, 8, (1, 2), Attention(2, 4))
ANISOTROPIC, ISOTROPIC = Architecture(18, 8, (1,), None), Architecture(17, 8, (1, 2), None)
LOG_INTENSITY = 0.25


def write_model(path: Path, architecture: Architecture) -> None:
    """A `model.eqx` as the release writes it: in each attention, the number of heads stands before the qkv convolution."""
    leaves, _ = jax.tree_util.tree_flatten_with_path(formula_field(architecture))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for place, leaf in leaves:
            if jax.tree_util.keystr(place).endswith("to_qkv.weight"):
                np.save(file, np.int64(architecture.attention.heads))
            np.save(file, np.asarray(leaf))


def write_light(folder: Path) -> None:
    """A `light.eqx`: the log-intensity, and the place."""
    with (folder / "light.eqx").open("wb") as file:
        for value in (np.float32(LOG_INTENSITY), np.float64(0), np.float64(0)):
            np.save(file, value)


def write_release(root: Path) -> Path:
    """An unpacked release of four models, one of which is cut off, and what a sampler has written of one of them."""
    texture, svbrdf = root / "experiments_texture", root / "experiments_svbrdf"
    write_model(texture / "rusting_steel" / "model.eqx", ATTENTIVE)
    (texture / "rusting_steel" / "states.eqx").write_bytes(b"no concern of ours")
    exemplars = texture / "sampling_256_rusting_steel" / "exemplars"
    exemplars.mkdir(parents=True)
    for index in range(5):
        Image.new("RGB", (128, 128), (40 * index + 20,) * 3).save(exemplars / f"frame_{index:04d}.png")
    (exemplars / "exemplars.avi").write_bytes(b"no frame")
    for name, architecture in (("synthetic/metal_rusting", ANISOTROPIC), ("ice_melting", ISOTROPIC)):
        write_model(svbrdf / name / "model.eqx", architecture)
        write_light(svbrdf / name)
    write_model(svbrdf / "cut_off" / "model.eqx", ANISOTROPIC)
    whole = (svbrdf / "cut_off" / "model.eqx").read_bytes()
    (svbrdf / "cut_off" / "model.eqx").write_bytes(whole[:-100])
    (root / "__MACOSX").mkdir()
    (root / "__MACOSX" / "model.eqx").write_bytes(b"a resource fork")
    return root


def zipped(folder: Path, path: Path) -> Path:
    """A zip file of a folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return path
