#!/usr/bin/env python3
"""Checks an export of the trail with nothing but Python's standard library.

    verify.py EXPORT [--vkey TEXT] [--checkpoint FILE]

An implementation of its own of what the package verify does: signatures, canonical
entries, hashes, roots, tiles, the tie between the years, commitments of details, and an
earlier checkpoint. Prints one line for each fault; exit code 0: none, 1: some, 2: usage.
"""
import argparse, base64, hashlib, json, pathlib, re, sys

FIELDS = ("v log seq time actor role dept client op object akten persons register class "
          "result rule policy purpose corr more prev detail").split()
faults = []


def fault(text):
    faults.append(text)


def sha(data):
    return hashlib.sha256(data).digest()


# Ed25519 (RFC 8032), verification only; slow, but a handful of signatures is all there is.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if x * x % P != xx:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != xx or (x == 0 and sign):
        raise ValueError("not a point")
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def mul(s, p):
    q = (0, 1, 1, 0)
    while s:
        if s & 1:
            q = add(q, p)
        p, s = add(p, p), s >> 1
    return q


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed_by(public, message, sig):
    try:
        a, r, s = point(public), point(sig[:32]), int.from_bytes(sig[32:], "little")
    except ValueError:
        return False
    if len(sig) != 64 or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(sig[:32] + public + message).digest(), "little") % ORDER
    p, q = mul(s, BASE), add(r, mul(k, a))
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def b64(text):
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64 isn't canonical")
    return raw


def open_checkpoint(note, vkey):
    """Returns (origin, size, root, body); raises ValueError."""
    name, keyhash, key = vkey.strip().split("+", 2)
    raw = b64(key)
    if raw[:1] != b"\x01" or sha(name.encode() + b"\n" + raw)[:4].hex() != keyhash:
        raise ValueError("the verifier key is mistyped")
    body, _, sigs = note.decode().rpartition("\n\n")
    body, good = body + "\n", False
    if not sigs.endswith("\n"):
        raise ValueError("not a signed note")
    for line in sigs[:-1].split("\n"):
        dash, who, sig = line.split(" ")
        if dash != "\u2014":
            raise ValueError("malformed signature line")
        if who == name and b64(sig)[:4] == bytes.fromhex(keyhash):
            good = signed_by(raw[1:], body.encode(), b64(sig)[4:])
    if not good:
        raise ValueError("not signed by the key given")
    origin, size, root, end = body.split("\n")
    if end or str(int(size)) != size or len(b64(root)) != 32:
        raise ValueError("malformed checkpoint")
    return origin, int(size), b64(root), body.encode()


def tile_name(n, width):
    name = f"{n % 1000:03d}"
    while n >= 1000:
        n //= 1000
        name = f"x{n % 1000:03d}/{name}"
    return name if width == 256 else f"{name}.p/{width}"


def root_of(edge):
    if not edge:
        return sha(b"")
    h = edge[-1]
    for left in reversed(edge[:-1]):
        h = sha(b"\x01" + left + h)
    return h


def leaf_of(entry):
    leaf = json.loads(entry)
    if list(leaf) != [f for f in FIELDS if f in leaf] or len(entry) > 1024 \
            or json.dumps(leaf, separators=(",", ":")).encode() != entry:
        raise ValueError("is not in the canonical form")
    return leaf


def check_detail(where, leaf, line):
    lines = ""
    for part in line["parts"]:
        salt, text = bytes.fromhex(part.get("salt", "")), part.get("text", "")
        if salt and sha(salt + text.encode()).hex() != part["commit"] or not salt and text:
            fault(f"{where}: a part of the detail isn't what was committed to")
        lines += " ".join([part["kind"], *part["keys"], part["commit"]]) + "\n"
    if sha(lines.encode()).hex() != leaf.get("detail"):
        fault(f"{where}: the detail isn't what the entry commits to")


def check_shard(folder, vkey, old, former):
    year = folder.name
    origin, size, root, body = open_checkpoint((folder / "checkpoint").read_bytes(), vkey)
    if origin != vkey.split("+")[0] + "/" + year:
        fault(f"{year}: the checkpoint is of {origin}")
    edge, count, tiles = [], 0, {}

    def compare(level, width):
        n, hashes = tiles[level][0], tiles[level][1]
        if (folder / "tile" / str(level) / tile_name(n, width)).read_bytes() != b"".join(hashes):
            fault(f"{year}: tile {level}/{n}: stored hashes aren't those of the entries")
        tiles[level] = [n + 1, []]

    def done(height, h):
        if height % 8 == 0:
            tiles.setdefault(height // 8, [0, []])[1].append(h)
            if len(tiles[height // 8][1]) == 256:
                compare(height // 8, 256)

    for n in range((size + 255) // 256):
        width = min(256, size - n * 256)
        data = (folder / "tile" / "entries" / tile_name(n, width)).read_bytes()
        lines = {}
        if (folder / "details").is_dir():
            text = (folder / "details" / tile_name(n, width)).read_text()
            lines = {line["seq"]: line for line in map(json.loads, text.split("\n")[:-1])}
        for _ in range(width):
            length = int.from_bytes(data[:2], "big")
            entry, data = data[2:2 + length], data[2 + length:]
            leaf, where = leaf_of(entry), f"{year}, entry {count}"
            if leaf["log"] != origin or leaf["seq"] != count or leaf["v"] != 1:
                fault(f"{where}: the entry is of another place")
            if (leaf["op"] == "shard.open") != (count == 0) or count and "prev" in leaf:
                fault(f"{where}: a shard begins with shard.open, and only there")
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", leaf["time"]):
                fault(f"{where}: the time is malformed")
            if count == 0 and former and leaf.get("prev") != sha(former[3]).hex():
                fault(f"{where}: doesn't fit the final checkpoint of {former[0]}")
            if "detail" in leaf and (folder / "details").is_dir():
                if count in lines:
                    check_detail(where, leaf, lines.pop(count))
                else:
                    fault(f"{where}: the detail is missing")
            h, height = sha(b"\x00" + entry), 0
            done(0, h)
            while count >> height & 1:
                h, height = sha(b"\x01" + edge.pop() + h), height + 1
                done(height, h)
            edge.append(h)
            count += 1
            if old and old[0] == origin and old[1] == count and root_of(edge) != old[2]:
                fault(f"{year}: the first {count} entries are not those of the earlier checkpoint")
        if data or lines:
            fault(f"{year}: something is left over behind entry {count - 1}")
    for level in list(tiles):
        if tiles[level][1]:
            compare(level, len(tiles[level][1]))
    if root_of(edge) != root:
        fault(f"{year}: the entries are not those of the checkpoint")
    if old and old[0] == origin and old[1] > size:
        fault(f"{year}: ends at {size} entries, the earlier checkpoint has {old[1]}")
    print(f"{year}: {size} entries, root {root.hex()}")
    return origin, size, root, body


def main():
    args = argparse.ArgumentParser()
    args.add_argument("export", type=pathlib.Path)
    args.add_argument("--vkey")
    args.add_argument("--checkpoint", type=pathlib.Path)
    args = args.parse_args()
    vkey = args.vkey or (args.export / "vkey").read_text()
    old = open_checkpoint(args.checkpoint.read_bytes(), vkey) if args.checkpoint else None
    former, seen = None, []
    for folder in sorted(p for p in args.export.iterdir() if p.is_dir()):
        try:
            former = check_shard(folder, vkey, old, former)
            seen.append(former[0])
        except (OSError, ValueError, KeyError, TypeError, IndexError) as e:
            fault(f"{folder.name}: can't be checked: {type(e).__name__}: {e}")
            former = None
    if not seen or old and old[0] not in seen:
        fault("a shard is missing")
    for f in faults:
        print("FAULT", f)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
