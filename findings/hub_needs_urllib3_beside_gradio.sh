#!/usr/bin/env bash
# huggingface_hub 1.16.0 imports urllib3, which it does not require: `import gradio` fails in a fresh environment.
#
# Expected: an installation that pip resolves without a conflict imports; huggingface_hub 1.x uses httpx, so neither Gradio nor
#   the Hub's client should need urllib3.
# Happens: gradio 6.10.0 accepts huggingface_hub 1.16.0. Its client's module for the provider Together imports urllib3, which
#   nothing in the environment requires, and `import gradio` raises ModuleNotFoundError. Where requests or another package brings
#   urllib3, as in most environments, it goes unnoticed: a lowest-version test in a fresh environment finds it.
# Instead: require huggingface_hub>=1.17, or urllib3.
# Source: huggingface_hub/inference/_providers/together.py of 1.16.0, `from urllib3.filepost import encode_multipart_formdata`;
#   the package's metadata lists no urllib3.
#
# Output (2026-12-01, Python 3.11, Linux x86-64):
#   gradio 6.10.0 huggingface_hub 1.16.0 urllib3 absent: No module named 'urllib3'
#   gradio 6.10.0 huggingface_hub 1.17.0 urllib3 absent: imported
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
for version in 1.16.0 1.17.0; do
    venv/bin/python -m pip install --quiet --disable-pip-version-check gradio==6.10.0 "huggingface_hub==$version"
    venv/bin/python - "$version" <<'PROGRAM'
import importlib.metadata
import importlib.util
import sys

version = sys.argv[1]
required = importlib.metadata.requires("huggingface_hub") or []
if any(line.startswith("urllib3") and "extra ==" not in line for line in required):
    sys.exit("The behaviour changed: huggingface_hub requires urllib3.")
there = "present" if importlib.util.find_spec("urllib3") else "absent"
try:
    import gradio
    result = "imported"
except ModuleNotFoundError as error:
    result = str(error)
print("gradio", importlib.metadata.version("gradio"), "huggingface_hub", version, "urllib3", f"{there}:", result)
if there != "absent" or result != ("No module named 'urllib3'" if version == "1.16.0" else "imported"):
    sys.exit("The behaviour changed: another package brings urllib3, or the import gives another result than described.")
PROGRAM
done
