"""Entries of zip files: not compressed again, readable by everybody, and without the time of day."""

import io
import json
import zipfile

from ..media.encoders import save_still
from .age_map_png import grey_of_ages
from .export_job import Job, file_name
from .map_files import encode_map
from .metadata import facts


def entry(name: str) -> zipfile.ZipInfo:
    """An entry that is the same whenever it is written."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.external_attr = 0o644 << 16
    return info


def add_facts(archive: zipfile.ZipFile, job: Job, **more) -> None:
    """NAME.json: what the export shows, and whose work it is. Where ages are painted NAME_age.png too, grey of 16 bits."""
    if job.ages is not None:
        grey, (black, white) = grey_of_ages(job.ages, job.material.config.times.duration)
        picture = f"{file_name(job.material)}_age.png"
        archive.writestr(entry(picture), encode_map(grey[None], "png16"))
        more["ages"] = {"picture": picture, "black": black, "white": white, "unit": "model time ahead"}
    text = json.dumps({**facts(job), **more}, indent=2, ensure_ascii=False) + "\n"
    archive.writestr(entry(f"{file_name(job.material)}.json"), text)


def write_frames(job: Job, file) -> None:
    """NAME_0000.png and so on, and NAME.json, in a zip file."""
    with zipfile.ZipFile(file, "w") as archive:
        for index, frame in enumerate(job.pictures()):
            still = io.BytesIO()
            save_still(frame, still)
            archive.writestr(entry(f"{file_name(job.material)}_{index:04d}.png"), still.getvalue())
        add_facts(archive, job)
