"""ICC profiles, made from primaries and a transfer function."""

import struct

P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
"""XYZ of red, green and blue, adapted to D50."""
CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
"""sRGB's, which Display P3 has, too."""


def profile(primaries=P3, curve=CURVE, space=b"RGB ") -> bytes:
    """A display's profile of version 4; of a grey one (space GRAY) the curve alone counts."""

    def fixed(*values):
        return struct.pack(f">{len(values)}i", *(round(65536 * value) for value in values))

    def text(words):
        return b"mluc" + struct.pack(">IIIHHII", 0, 1, 12, 0x656E, 0x5553, 2 * len(words), 28) + words.encode("utf-16-be")

    trc = b"para" + struct.pack(">IHH", 0, 3, 0) + fixed(*curve)
    tags = {b"desc": text("Made up"), b"cprt": text("CC0"), b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249)}
    if space == b"GRAY":
        tags[b"kTRC"] = trc
    else:
        tags |= {c + b"XYZ": b"XYZ \0\0\0\0" + fixed(*xyz) for c, xyz in zip((b"r", b"g", b"b"), primaries, strict=True)}
        tags |= {c + b"TRC": trc for c in (b"r", b"g", b"b")}
    at, table, data = 128 + 4 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        content = content.ljust(-(-len(content) // 4) * 4, b"\0")
        table += name + struct.pack(">II", at + len(data), len(content))
        data += content
    size = at + len(data)
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x04300000, b"mntr", space, b"XYZ ") + bytes(12) + b"acsp"
    head = head.ljust(68, b"\0") + fixed(0.9642, 1, 0.8249)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data
