"""Where Gradio keeps what is uploaded: in the app's own folder, so that of an app that was killed it is deleted, too.

Gradio's own clearing only knows the files of the process that it runs in. Part of Gradio reads the variable when it is loaded,
and the rest when an app is made and served, so this module comes before Gradio. The folder is none of those whose files are
served as they are (see app/ui/layout.py): in one of them, a page that somebody uploads would be shown as a page of the app.
"""

import os
import sys
from pathlib import Path

from .scratch import PREFIX, scratch_folder

VARIABLE, NAME = "GRADIO_TEMP_DIR", "gradio"


def _given() -> bool:
    """Whether somebody has chosen a folder. One of another app is not chosen, but inherited from the app that started this."""
    folder = Path(os.environ.get(VARIABLE, ""))
    return folder != Path() and not (folder.name == NAME and folder.parent.name.startswith(PREFIX))


def own_uploads() -> Path | None:
    """The folder of uploads, where nobody has chosen another one."""
    return None if _given() or VARIABLE not in os.environ else Path(os.environ[VARIABLE])


if not _given() and "gradio" not in sys.modules:  # a Gradio that is there already would look in two places
    os.environ[VARIABLE] = str(scratch_folder() / NAME)
