"""Zip files of exports: uncompressed entries, readable by everyone, with a fixed time stamp."""

import io
import json
import zipfile

from ..media.encoders import save_still
from .age_map_png import ages_to_grey
from .export_job import ExportJob, file_stem
from .export_metadata import export_metadata
from .map_files import encode_map


def zip_entry(name: str) -> zipfile.ZipInfo:
    """A zip entry whose bytes do not depend on when it is written."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.external_attr = 0o644 << 16
    return info


def add_metadata(archive: zipfile.ZipFile, job: ExportJob, **more) -> None:
    """Add NAME.json with the metadata of the export; with painted ages also NAME_age.png, 16-bit grey."""
    if job.ages is not None:
        grey, (black, white) = ages_to_grey(job.ages, job.material.config.times.duration)
        picture = f"{file_stem(job.material)}_age.png"
        archive.writestr(zip_entry(picture), encode_map(grey[None], "png16"))
        more["ages"] = {"picture": picture, "black": black, "white": white, "unit": "model time ahead"}
    text = json.dumps({**export_metadata(job), **more}, indent=2, ensure_ascii=False) + "\n"
    archive.writestr(zip_entry(f"{file_stem(job.material)}.json"), text)


def write_frames_zip(job: ExportJob, file) -> None:
    """Write NAME_0000.png and so on, and NAME.json, to a zip file."""
    with zipfile.ZipFile(file, "w") as archive:
        for index, frame in enumerate(job.pictures()):
            still = io.BytesIO()
            save_still(frame, still)
            archive.writestr(zip_entry(f"{file_stem(job.material)}_{index:04d}.png"), still.getvalue())
        add_metadata(archive, job)
