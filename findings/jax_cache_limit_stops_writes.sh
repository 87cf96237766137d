#!/usr/bin/env bash
# A size limit on JAX's persistent compilation cache stops every write if the folder holds an entry from before the limit.
#
# Expected: jax_compilation_cache_max_size, set for an existing cache folder, evicts old entries and stores new ones.
# Happens: entries written without a limit have no "-atime" file, and the eviction pass reads that file of every entry. So
#   each new program is compiled, its write fails with a Python warning (FileNotFoundError), and the next process compiles
#   it again. Old entries are still found, so that the cache seems to work. One process that runs without the limit in the
#   same folder is enough to stop the writes of all processes that have it.
# Instead: set the limit from the first run on and everywhere, or start with an empty folder, or give each entry without
#   one an "-atime" file of eight zero bytes (time zero in nanoseconds: evicted first). Let CI fail on this warning, or set
#   jax_raise_persistent_cache_errors. The limit also needs the package filelock, which jax does not install.
# Source: jax/_src/lru_cache.py: LRUCache.put writes the "-atime" file only if eviction is enabled; _evict_if_needed reads
#   it for every "*-cache" file. github.com/jax-ml/jax/issues/39880; mended in 0.12.0 (pull request 39883), not in 0.11.1.
#   Releases for Python 3.11 end with 0.10.2.
#
# Output (2026-11-30, Python 3.11, Linux x86-64):
#   jax 0.10.2 limit -1 program 1: write failed: False, entries: 1
#   jax 0.10.2 limit 100000000 program 2: write failed: True, entries: 1
#   jax 0.10.2 limit 100000000 program 2: write failed: True, entries: 1
#   after adding the -atime files:
#   jax 0.10.2 limit 100000000 program 2: write failed: False, entries: 2
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check jax==0.10.2 jaxlib==0.10.2 filelock==4.3.1
cat > compile.py <<'PROGRAM'
import sys
import warnings
from pathlib import Path

import jax
import jax.numpy as jnp

limit, factor = int(sys.argv[1]), float(sys.argv[2])
jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_compilation_cache_dir", "cache")
jax.config.update("jax_compilation_cache_max_size", limit)
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    jax.jit(lambda x: jnp.sin(x) * factor)(1.0)
failed = any("FileNotFoundError" in str(warning.message) and "-atime" in str(warning.message) for warning in caught)
entries = len(list(Path("cache").glob("*-cache")))
print(f"jax {jax.__version__} limit {limit} program {factor:g}: write failed: {failed}, entries: {entries}")
PROGRAM
run() { env -u JAX_COMPILATION_CACHE_DIR venv/bin/python compile.py "$@" | tee -a seen; }
run -1 1
run 100000000 2
run 100000000 2
for entry in cache/*-cache; do head -c 8 /dev/zero > "${entry%-cache}-atime"; done
echo "after adding the -atime files:" | tee -a seen
run 100000000 2
expected='limit -1 program 1: write failed: False, entries: 1
limit 100000000 program 2: write failed: True, entries: 1
limit 100000000 program 2: write failed: True, entries: 1
after adding the -atime files:
limit 100000000 program 2: write failed: False, entries: 2'
if [ "$(sed 's/^jax [0-9.]* //' seen)" != "$expected" ]; then
    echo "The behaviour changed: a limited cache no longer fails to write next to entries without -atime files." >&2
    exit 1
fi
