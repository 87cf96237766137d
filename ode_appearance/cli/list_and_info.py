"""`list` and `info`: the local materials, and the metadata of one material."""

from ..checkpoints.checkpoint import load_config
from ..checkpoints.library import find_folder
from ..checkpoints.registry import list_materials
from ..errors import CheckpointError
from ..models.maps import map_channels
from ..models.material import describe_starts
from ..models.unet_weights import count_parameters
from ..runtime.environment import check_folder
from ..runtime.folders import CHECKPOINTS_VARIABLE


def add_to(verbs) -> None:
    """Add the verbs to the parser."""
    parser = verbs.add_parser("list", help="list the materials in checkpoints/")
    parser.set_defaults(run=run_list)
    parser = verbs.add_parser("info", help="print the metadata of a material")
    parser.add_argument("name", help="a name in checkpoints/, a folder, or a Hub repository user/repo[@revision]")
    parser.set_defaults(run=run_info)


def run_list(options) -> None:
    """Print a line per material, with the error of a broken one."""
    check_folder(CHECKPOINTS_VARIABLE)
    for name in list_materials():
        try:
            config = load_config(find_folder(name))
        except CheckpointError as error:
            print(f"{name:28} broken: {error}")
            continue
        kind = config.kind if config.brdf is None else f"{config.kind} ({config.brdf})"
        print(f"{name:28} {kind:34} time {config.first_time:g} to {config.times.duration:g}")


def run_info(options) -> None:
    """Print the metadata of one material, a line each."""
    config = load_config(find_folder(options.name))
    times, solver, light = config.times, config.solver, config.light
    how = f"step {solver.fixed_step:g}" if solver.fixed_step else f"rtol {solver.rtol:g}, atol {solver.atol:g}"
    metadata = {
        "name": config.name,
        "kind": config.kind if config.brdf is None else f"{config.kind}, {config.brdf}",
        "maps": ", ".join(f"{name} {channels}" for name, channels in map_channels(config)),
        "parameters": f"{count_parameters(config.architecture):,}",
        "time": f"warm-up {-times.warmup:g} to 0, exemplar 0 to {times.duration:g} ({times.frames} frames)",
        "start": describe_starts(config),
        "solver": f"{solver.method}, {how}",
        "sizes": f"width and height in multiples of {config.architecture.downsampling}",
        "light": f"({light.x:g}, {light.y:g}), log-intensity {light.log_intensity:.3f}" if config.brdf else "",
        "exemplar": config.exemplar.name,
        "took": config.exemplar.real_duration,
        "credit": config.exemplar.credit,
        "licence": config.exemplar.license,
        **{f"training: {name}".replace("_", " "): value for name, value in config.training.items()},
        **{f"measure: {name}".replace("_", " "): value for name, value in config.measures.items()},
    }
    for name, value in metadata.items():
        if value not in ("", None):
            print(f"{name + ':':34} {value}")
