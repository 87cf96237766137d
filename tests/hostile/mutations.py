"""Hostile changes to the files of a checkpoint and to whole folders, drawn by hypothesis."""

import copy
import json
import os
import shutil
import struct
import zlib
from pathlib import Path

from hypothesis import strategies as st

LITERALS = [
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "9" * 400, "9" * 5000, "-0.0", "1e308", "4e-324", "true",
    "null", '"\\ud800"', '"\\u0000"', '"\\u001b[2J"', '"\\u202e"', '"../../etc/passwd"', '"' + "a" * 30_000 + '"',
    "[" * 3000 + "]" * 3000, '{"a":' * 2000 + "1" + "}" * 2000, "[[]]", "{}", "[]", '{"__proto__": {}}',
    '"<script>alert(1)</script>"', "[1, 2, 3]", "1.5", '"__import__(\'os\').system(\'touch trapped\')"', "-1", "0",
    "2147483648", "18446744073709551616", "[0] ", '"\\n"',
]  # fmt: skip
"""JSON, and what only looks like it, in the place of a value."""
HEADERS = [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': ()}", "__import__('os').system('touch trapped')", "(" * 900,
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 4, 1, 1), 'x': 1}",
    "{'descr': ('<f4', (99999, 99999)), 'fortran_order': False, 'shape': ()}",
    "{'descr': '<f8', 'fortran_order': True, 'shape': (-1,)}",
    "{'descr': {'names': ['a'], 'formats': ['<f4'], 'offsets': [1073741824]}, 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '1000000000f4', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': 'V2147483647', 'fortran_order': False, 'shape': (9,)}",
    "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (2,)}", "b'\\xff' * 99", "[" + "1," * 500 + "]", "-" * 1000 + "1",
    "{**{}}", "{'descr': '<U999999', 'fortran_order': False, 'shape': (3,)}", "lambda: 0",
    "{'descr': 'T', 'fortran_order': False, 'shape': (3,)}",
]  # fmt: skip
"""Headers of .npy records."""


@st.composite
def changed_bytes(draw, original: bytes, dense: int = 200) -> bytes:
    """One to four changes; half of them among the first `dense` bytes."""
    data = bytearray(original)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, min(len(data), dense if draw(st.booleans()) else len(data)) - 1)))
        match draw(st.sampled_from(["set", "bit", "cut", "delete", "insert", "double", "number", "fill"])):
            case "set":
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case "bit":
                data[at : at + 1] = bytes([byte ^ 1 << draw(st.integers(0, 7)) for byte in data[at : at + 1]])
            case "cut":
                del data[at:]
            case "delete":
                del data[at : at + draw(st.integers(1, 64))]
            case "insert":
                data[at:at] = draw(st.binary(max_size=64))
            case "double":
                data[at:at] = data[at : at + draw(st.integers(1, 4096))]
            case "number":
                data[at : at + 4] = struct.pack("<I", draw(st.sampled_from([0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF])))
            case "fill":
                data[at : at + 32] = bytes([draw(st.sampled_from([0, 32, 40, 91, 255]))]) * 32
    return bytes(data)


@st.composite
def changed_json(draw, original: dict) -> bytes:
    """One to four of its values replaced, left out, renamed or put elsewhere; what results may be no JSON."""
    data, literals = copy.deepcopy(original), {}
    for number in range(draw(st.integers(1, 4))):
        target = data
        while True:
            names = list(target) if isinstance(target, dict) else list(range(len(target)))
            if not names:
                break
            name = draw(st.sampled_from(names))
            inner = target[name]
            if not isinstance(inner, dict | list) or not inner or draw(st.integers(0, 3)) == 0:
                break
            target = inner
        if not names:
            continue
        match draw(st.sampled_from(["literal", "literal", "value", "leave out", "rename", "add", "wrap", "swap"])):
            case "literal":
                literals[f"HERE{number}"] = draw(st.sampled_from(LITERALS))
                target[name] = f"HERE{number}"
            case "value":
                target[name] = draw(_values)
            case "leave out":
                del target[name]
            case "rename" if isinstance(target, dict):
                target[draw(st.text(max_size=8))] = target.pop(name)
            case "add" if isinstance(target, dict):
                target[draw(st.sampled_from(["format", "kind", "x", "__class__", "name", "step", ""]))] = draw(_values)
            case "swap":
                target[name] = copy.deepcopy(draw(st.sampled_from([original, *original.values()])))
            case _:
                target[name] = draw(st.sampled_from([[target[name]], {"a": target[name]}, [target[name]] * 300]))
    text = json.dumps(data, ensure_ascii=draw(st.booleans()))
    for name, literal in literals.items():
        text = text.replace(f'"{name}"', literal)
    return text.encode("utf-8", "surrogatepass")


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.integers(-(10**40), 10**40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


def config_files(original: bytes) -> st.SearchStrategy[bytes]:
    """Instead of a config.json."""
    anything = _values.map(lambda value: json.dumps(value).encode())
    facts = changed_json(json.loads(original))
    return st.one_of(facts, facts, facts, changed_bytes(original, len(original)), anything, st.binary(max_size=300))


@st.composite
def weight_files(draw, original: bytes) -> bytes:
    """Instead of a model.eqx: changed bytes, a forged header, records in another order, twice or not at all, or noise."""
    match draw(st.sampled_from(["bytes", "bytes", "header", "header", "records", "noise"])):
        case "bytes":
            return draw(changed_bytes(original))
        case "noise":
            return b"\x93NUMPY\x01\x00" + draw(st.binary(max_size=400))
    starts = [at for at in range(len(original)) if original.startswith(b"\x93NUMPY", at)]
    records = [original[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
    chosen = draw(st.integers(0, len(records) - 1))
    if draw(st.booleans()):
        text = draw(st.sampled_from(HEADERS) | st.text(max_size=200)).encode("utf-8", "replace")
        forged = b"\x93NUMPY\x01\x00" + struct.pack("<H", draw(st.sampled_from([len(text), 65535, 0, 1024]))) + text
        length = struct.unpack_from("<H", records[chosen], 8)[0]
        records[chosen] = forged + records[chosen][10 + length :]
    else:
        other = draw(st.integers(0, len(records) - 1))
        records[chosen], records[other] = records[other], records[chosen]
        records = records[: draw(st.integers(0, len(records)))] + records[draw(st.integers(0, len(records))) :]
    return b"".join(records)


@st.composite
def keyframe_files(draw, original: bytes) -> bytes:
    """Instead of a keyframes.bin: its bytes, its header or its keyframes changed; a keyframe may unpack to a gigabyte."""
    (length,) = struct.unpack_from("<I", original, 4)
    header, content = json.loads(original[8 : 8 + length]), original[8 + length :]
    match draw(st.sampled_from(["bytes", "header", "keyframe", "bomb"])):
        case "bytes":
            return draw(changed_bytes(original, 8 + length))
        case "header":
            text = draw(changed_json(header))
        case "keyframe":
            unpacked = zlib.decompress(content[: header["lengths"][0]])
            first = zlib.compress(draw(changed_bytes(unpacked, 28)))
            content = first + content[header["lengths"][0] :]
            text = json.dumps({**header, "lengths": [len(first), *header["lengths"][1:]]}).encode()
        case _:
            text = json.dumps({**header, "lengths": [len(BOMB)], "times": [0.0]}).encode()
            content = BOMB
    return original[:4] + struct.pack("<I", draw(st.sampled_from([len(text)] * 9 + [0, 0xFFFFFFFF]))) + text + content


BOMB = zlib.compress(bytes(200 << 20), 9)
"""200 MB in 200 KB."""


def picture_files(original: bytes) -> st.SearchStrategy[bytes]:
    """Instead of a preview.webp."""
    return st.one_of(changed_bytes(original, 64), st.binary(max_size=200), st.just(b"<html><script>alert(1)</script>"))


def change_folder(draw, folder: Path, secret: Path) -> None:
    """Files that are missing, in each other's places, links (to `secret`, too), folders, pipes, and others."""
    names = ["config.json", "model.eqx", "preview.webp", "README.md", "keyframes.bin"]
    for _ in range(draw(st.integers(1, 3))):
        path = folder / draw(st.sampled_from(names))
        change = draw(
            st.sampled_from(["missing", "folder", "pipe", "device", "out", "relative", "round", "nothing", "swap", "more"])
        )
        if change == "more":
            (
                folder / draw(st.sampled_from(["a.py", "model.eqx.bak", "__init__.py", "evil.html", ".env", "x" * 250]))
            ).write_text("x")
        elif change == "swap":
            other = folder / draw(st.sampled_from(names))
            if path.is_file() and other.is_file() and not path.is_symlink() and path != other:
                shutil.copy(other, path)
        else:
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            path.unlink(missing_ok=True)
            match change:
                case "folder":
                    path.mkdir()
                case "pipe":
                    os.mkfifo(path)
                case "device":
                    path.symlink_to("/dev/zero")
                case "out":
                    path.symlink_to(secret / path.name)
                case "relative":
                    path.symlink_to(Path("..") / secret.name / path.name)
                case "round":
                    path.symlink_to(path.name)
                case "nothing":
                    path.symlink_to(folder / "nothing")
