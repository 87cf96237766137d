"""Atomic writes, and temporary files of killed writers."""

import os
import time

import pytest

from ode_appearance.runtime.atomic_io import delete_stale_temporaries, write_atomically, write_temporary


def test_failed_write_keeps_the_old_content(tmp_path):
    path = tmp_path / "order.json"
    write_atomically(path, lambda file: file.write(b"old"))

    def fail(file):
        file.write(b"half of it")
        assert path.read_bytes() == b"old"
        raise OSError("No space left")

    with pytest.raises(OSError, match="No space"):
        write_atomically(path, fail)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]
    write_atomically(path, lambda file: file.write(b"new"))
    assert path.read_bytes() == b"new" and list(tmp_path.iterdir()) == [path]


def test_only_stale_temporary_files_are_deleted(tmp_path):
    """In any subfolder, once old enough; a younger file may still be written."""
    inner = tmp_path / "spots-Ab3" / "material"
    inner.mkdir(parents=True)
    old = [
        write_temporary(folder / name, lambda file: file.write(b"half"))
        for folder, name in ((tmp_path, "a.json"), (inner, "m.eqx"))
    ]
    young = write_temporary(inner / "m.eqx", lambda file: file.write(b"half"))
    others = [tmp_path / ".gitignore", inner / ".config.json", inner / "state.eqx", tmp_path / ".notes.of.mine-is_it"]
    others += [tmp_path / ".vimrc.original", inner / ".letter.to_my_ex", inner / "x.ode_appearance-abcdefgh"]
    for path in others:
        path.write_bytes(b"mine")
    folder = tmp_path / ".folder.abcdefgh"
    folder.mkdir()
    hour_ago = time.time() - 3600
    for path in (*old, *others, folder):
        os.utime(path, (hour_ago, hour_ago))
    delete_stale_temporaries(tmp_path)
    assert not any(path.exists() for path in old) and all(path.exists() for path in (young, folder, *others))
    delete_stale_temporaries(tmp_path, min_age=0)
    assert not young.exists() and all(path.exists() for path in (folder, *others))
    delete_stale_temporaries(tmp_path / "no_such_folder")
