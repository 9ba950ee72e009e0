#!/usr/bin/env python3
"""Checks an export of the trail with nothing but Python's standard library.

    verify.py EXPORT [--key KEY] [--checkpoint FILE]... [--witness KEY]...

An implementation of its own of what the program eakte-verify does, for whoever would rather read
six hundred lines than trust a binary: signatures, entries, hashes, roots, tiles, the tie between
the years, commitments of details, earlier checkpoints, cosignatures of witnesses. A key is its text
or a file with it. Prints a line for each year and for each fault; exit status 0: no fault, 1: some,
2: it can't be said.
"""
import argparse, base64, binascii, datetime, hashlib, json, os, pathlib, re, stat, sys

FAULTS = {
    "key": "the key in the export isn't the one given",
    "stray": "is no part of an export",
    "empty": "there is no year in the export",
    "absent": "the trail of an earlier checkpoint isn't in the export",
    "checkpoint-missing": "there is no checkpoint that can be read",
    "checkpoint-form": "the checkpoint isn't in the form of one",
    "checkpoint-unsigned": "the checkpoint isn't signed with the key given",
    "checkpoint-signature": "the signature of the checkpoint is wrong",
    "origin": "the checkpoint is of another trail",
    "nothing": "the checkpoint speaks of no entries",
    "root": "the entries aren't those the checkpoint speaks of",
    "older": "the first entries aren't those of an earlier checkpoint",
    "cut": "the end was cut off: an earlier checkpoint has more entries",
    "cosigned-form": "in cosigned/ there is something that is no checkpoint of this trail",
    "witness-missing": "a witness vouched for no checkpoint of the last year",
    "witness-signature": "the signature of a witness is wrong",
    "witness-differs": "the first entries aren't those a witness vouched for",
    "witness-cut": "the end was cut off: a witness vouched for more entries",
    "stamped-form": "in stamped/ there is something that is no checkpoint of this trail",
    "stamp": "in stamped/ there is a timestamp of another text",
    "stamped-differs": "the first entries aren't those of a checkpoint that was timestamped",
    "stamped-cut": "the end was cut off: a timestamped checkpoint has more entries",
    "lost": "from here on entries are missing or unreadable",
    "surplus": "behind the entry there is something that is none",
    "form": "the entry isn't in the form of one",
    "log": "the entry belongs to another trail",
    "number": "here stands an entry with another number",
    "time": "the time is none",
    "opening": "a year begins with shard.open, and nothing else does",
    "tie": "only the first entry may speak of the year before",
    "chain": "the entry doesn't fit the final checkpoint of the year before",
    "tile": "the exported hash isn't that of this entry",
    "tile-missing": "the hashes from here on are missing or not as many as the entries",
    "detail-missing": "the details are missing",
    "detail-form": "a line of the details from here on can't be read",
    "detail-stray": "there are details that belong to no entry",
    "detail-part": "a part of the details was changed",
    "detail": "the details aren't those the entry commits to",
}
faults = 0


def fault(code, year="", entry=-1, more=""):
    global faults
    faults += 1
    place = f"{year}, entry {entry}: " if entry >= 0 else f"{year}: " if year else ""
    print(f"FAULT [{code}] {place}{FAULTS[code]}{more and ' ' + repr(more)}")


class Unknown(Exception):
    """It can't be said whether anything is wrong."""


def sha(data):
    return hashlib.sha256(data).digest()


# Ed25519 (RFC 8032, section 5.1), verification only. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z,
# xy = T/Z. Slow, but there is only a handful of signatures.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def point(data):
    """Decodes a point (5.1.3); ValueError if it isn't one."""
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
    """Whether [S]B = R + [k]A (5.1.7)."""
    if len(sig) != 64:
        return False
    try:
        a, r, s = point(public), point(sig[:32]), int.from_bytes(sig[32:], "little")
    except ValueError:
        return False
    if s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(sig[:32] + public + message).digest(), "little") % ORDER
    p, q = mul(s, BASE), add(r, mul(k, a))
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


# Keys, signed notes, checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

def b64(text):
    raw = base64.b64decode(text.encode("ascii"), validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64 isn't canonical")
    return raw


class Key:
    LOG, WITNESS = 1, 4

    def __init__(self, text, kind):
        self.name, digits, rest = text.strip().split("+", 2)
        raw = b64(rest)
        self.hash, self.public = sha(self.name.encode() + b"\n" + raw)[:4], raw[1:]
        if raw[:1] != bytes([kind]) or len(raw) != 33 or self.hash.hex() != digits \
                or not self.name or " " in self.name or "\n" in self.name:
            raise ValueError("not a key")


def read_key(text, kind):
    try:
        return Key(text, kind)
    except ValueError:
        try:
            return Key(pathlib.Path(text).read_text(), kind)
        except (OSError, ValueError):
            raise Unknown(f"{text!r} is neither a verifier key nor a file with one")


class Note:
    """A signed note; ValueError if data isn't one."""

    def __init__(self, data):
        if data is None or len(data) > 1 << 16 or data[-1:] != b"\n":
            raise ValueError("not a signed note")
        body, gap, lines = data[:-1].decode().rpartition("\n\n")
        if not gap:
            raise ValueError("not a signed note")
        self.body, self.signatures = (body + "\n").encode(), []
        for line in lines.split("\n"):
            dash, name, sig = line.split(" ")
            if dash != "\u2014" or not name or len(b64(sig)) < 5:
                raise ValueError("malformed signature line")
            self.signatures.append((name, b64(sig)[:4], b64(sig)[4:]))
        self.origin, size, root, end = (body + "\n").split("\n")
        if end or not self.origin or not re.fullmatch("0|[1-9][0-9]{0,18}", size) or len(b64(root)) != 32:
            raise ValueError("malformed checkpoint")
        self.size, self.root = int(size), b64(root)
        if self.size >= 2**63:
            raise ValueError("malformed checkpoint")

    def of(self, key):
        return [sig for name, digits, sig in self.signatures if (name, digits) == (key.name, key.hash)]

    def wrong(self, key):
        """The code of what is wrong with the log's signature, None if nothing."""
        if not all(signed_by(key.public, self.body, sig) for sig in self.of(key)):
            return "checkpoint-signature"
        return None if self.of(key) else "checkpoint-unsigned"

    def cosigned(self, key):
        """When the witness cosigned; None if it didn't, False if a cosignature is wrong."""
        when = None
        for sig in self.of(key):
            at = int.from_bytes(sig[:8], "big")
            message = b"cosignature/v1\ntime %d\n" % at + self.body
            if at > 1 << 40 or not signed_by(key.public, message, sig[8:]):
                return False
            when = max(when or 0, at)
        return when


# Timestamps (RFC 3161): what was stamped and when. Who stamped it is checked with openssl.

def der(data, tag):
    """The contents of the first value in data, which has the tag, and what follows it."""
    if len(data) < 2 or data[0] != tag or data[1] == 0x80:
        raise ValueError("not DER of that form")
    n, at = data[1], 2
    if n > 0x80:
        at += n - 0x80
        n = int.from_bytes(data[2:at], "big")
    if len(data) < at + n:
        raise ValueError("not DER of that form")
    return data[at:at + n], data[at + n:]


def read_token(data):
    SEQUENCE, SET, OID, OCTETS, INTEGER, TIME, FIRST = 0x30, 0x31, 0x06, 0x04, 0x02, 0x18, 0xA0
    inner, rest = der(data, SEQUENCE)
    if rest:
        raise ValueError("there is more")
    for path in [(SEQUENCE, SEQUENCE), (OID, FIRST)]:  # past the status, then past the kind of the token
        inner = der(der(inner, path[0])[1], path[1])[0]
    inner = der(inner, SEQUENCE)[0]
    for tag in (INTEGER, SET):
        inner = der(inner, tag)[1]
    inner = der(der(der(inner, SEQUENCE)[0], OID)[1], FIRST)[0]
    inner = der(der(inner, OCTETS)[0], SEQUENCE)[0]
    for tag in (INTEGER, OID):
        inner = der(inner, tag)[1]
    imprint, inner = der(inner, SEQUENCE)
    kind, digest = der(imprint, SEQUENCE)
    if der(kind, OID)[0].hex() != "608648016503040201":  # SHA-256
        raise ValueError("another hash")
    when = der(der(inner, INTEGER)[1], TIME)[0]
    return der(digest, OCTETS)[0], when.decode("ascii", "replace")


# Entries.

TEXT = r'"[A-Za-z0-9._\-+:/#=@~]+"'
NUMBER = r"(?:0|[1-9][0-9]{0,17})"
LIST = rf"\[{TEXT}(?:,{TEXT})*\]"


def field(name, form=TEXT, needed=False):
    return f'(?:,"{name}":{form}){"" if needed else "?"}'


ENTRY = re.compile((
    r'\{"v":1' + field("log", needed=True) + field("seq", NUMBER, True) + field("time", needed=True)
    + field("actor", needed=True) + field("role") + field("dept") + field("client") + field("op", needed=True)
    + field("object") + field("akten", LIST) + field("persons", LIST) + field("register") + field("class")
    + field("result", needed=True) + field("rule") + field("policy") + field("purpose") + field("corr")
    + field("more", NUMBER) + field("prev") + field("detail") + r"\}").encode())


def is_time(text):
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", text):
        return False
    try:
        datetime.datetime.fromisoformat(text[:-1])
    except ValueError:
        return False
    return True


# Details: one line of JSON for each entry that has any, in one form.

def canonical(line):
    text = json.dumps(line, separators=(",", ":"), ensure_ascii=False)
    for c in "<>&\u2028\u2029":
        text = text.replace(c, f"\\u{ord(c):04x}")
    return text.encode() + b"\n"


def parse_detail(raw):
    """A line of details, None if it isn't one."""
    try:
        line = json.loads(raw.decode())
        if list(line) != ["seq", "parts"] or type(line["seq"]) is not int or type(line["parts"]) is not list \
                or not -2**63 <= line["seq"] < 2**63 or canonical(line) != raw:
            return None
        for part in line["parts"]:
            names = ["kind", "keys", "commit"] + [n for n in ("salt", "text") if n in part]
            texts = [part[n] for n in names if n != "keys"] + part["keys"]
            if list(part) != names or type(part["keys"]) is not list \
                    or not all(type(t) is str for t in texts) or "" in (part.get("salt"), part.get("text")):
                return None
        return line
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def fits(part):
    salt, text = part.get("salt", ""), part.get("text", "")
    if not salt:
        return not text
    try:
        raw = binascii.unhexlify(salt)
    except ValueError:
        return False
    return len(raw) == 32 and raw.hex() == salt and sha(raw + text.encode()).hex() == part["commit"]


class Details:
    """The details beside a bundle, a line at a time; next is the first that no entry has claimed."""

    def __init__(self, year, path):
        self.year, self.file, self.next = year, None, None
        if year.plain and path is not None:
            self.file = open(path, "rb")
            self.advance()

    def advance(self):
        self.next = None
        while self.file and self.next is None:
            raw = self.file.readline(8 << 20)
            if not raw:
                break
            while len(raw) == 8 << 20 and raw[-1:] != b"\n":  # too long: skip what is left of it
                more = self.file.readline(8 << 20)
                raw = raw if more and more[-1:] != b"\n" else b"\n"
            self.next = parse_detail(raw)
            if self.next is None:
                self.year.fault("detail-form", self.year.count)

    def before(self, seq):
        while self.next and self.next["seq"] < seq:
            self.year.fault("detail-stray", self.next["seq"])
            self.advance()

    def compare(self, seq, commitment):
        self.before(seq)
        if commitment is None or not self.year.plain:
            return
        if not self.next or self.next["seq"] != seq:
            self.year.fault("detail-missing", seq)
            return
        lines = ""
        for part in self.next["parts"]:
            if not fits(part):
                self.year.fault("detail-part", seq)
            lines += part["kind"] + " " + " ".join(part["keys"]) + " " + part["commit"] + "\n"
        if sha(lines.encode()).hex() != commitment:
            self.year.fault("detail", seq)
        self.advance()

    def skip(self, seq):
        self.before(seq)
        if self.next and self.next["seq"] == seq:
            self.advance()

    def rest(self):
        self.before(2**63)
        self.close()

    def close(self):
        if self.file:
            self.file.close()


def regular(path):
    """The path if a regular file is there, None otherwise."""
    try:
        return path if stat.S_ISREG(os.stat(path).st_mode) else None
    except OSError:
        return None


def read(path, limit=1 << 24 | 1 << 10):
    path = regular(path)
    if path is None or os.stat(path).st_size > limit:
        return None
    try:
        return path.read_bytes()
    except OSError:
        return None


def tile_name(n, width):
    name = f"{n % 1000:03d}"
    while n >= 1000:
        n //= 1000
        name = f"x{n % 1000:03d}/{name}"
    return name if width == 256 else f"{name}.p/{width}"


def root_of(edge):
    """The root of a tree from the hashes of the complete subtrees at its edge, largest first."""
    if not edge:
        return sha(b"")
    h = edge[-1]
    for left in reversed(edge[:-1]):
        h = sha(b"\x01" + left + h)
    return h


class Year:
    def __init__(self, folder, key, former):
        self.folder, self.name, self.key, self.former = folder, folder.name, key, former
        self.at, self.seen, self.marks = None, set(), []
        self.plain = (folder / "details").is_dir()
        self.edge, self.count, self.tiles, self.tiled, self.shift = [], 0, {}, False, 0
        self.dropped, self.drops = False, {}

    def fault(self, code, entry=-1, more=""):
        fault(code, self.name, entry, more)

    def check(self, older, witnesses):
        data = read(self.folder / "checkpoint", 1 << 16)
        if data is None:
            return self.fault("checkpoint-missing")
        try:
            note = Note(data)
        except ValueError:
            return self.fault("checkpoint-form")
        if note.wrong(self.key):
            return self.fault(note.wrong(self.key))
        self.at = note
        if note.origin != f"{self.key.name}/{self.name}":
            self.fault("origin")
        self.witness(note, witnesses)
        if (self.folder / "cosigned").is_dir():
            for path in sorted((self.folder / "cosigned").iterdir()):
                try:
                    note = Note(read(path, 1 << 16))
                except ValueError:
                    note = None
                if not note or note.origin != self.at.origin or note.wrong(self.key):
                    self.fault("cosigned-form", more=path.name)
                else:
                    self.witness(note, witnesses)
        if (self.folder / "stamped").is_dir():
            for path in sorted((self.folder / "stamped").iterdir()):
                if path.suffix != ".tsr":
                    self.stamped(path)
        self.marks += [(n, "older", "cut") for n in older if n.origin == self.at.origin]
        if self.at.size == 0:
            self.fault("nothing")
        self.dropped = self.at.size > 0 and not (self.folder / "tile").is_dir()
        if self.dropped:  # all that can be compared is the final checkpoint
            for note, differs, cut in self.marks:
                if note.size > self.at.size:
                    self.fault(cut)
                elif note.size == self.at.size and note.root != self.at.root:
                    self.fault(differs)
            return
        self.compare_marks()
        if self.entries():
            for level in sorted(self.tiles):
                if self.tiles[level][1]:
                    self.tile(level)
        if self.count == self.at.size and root_of(self.edge) != self.at.root:
            self.fault("root")
        for note, _, cut in self.marks:
            if note.size > self.at.size:
                self.fault(cut)
        print(f"{self.name}: {self.count} entries of {self.at.size}, root {root_of(self.edge).hex()}")

    def witness(self, note, witnesses):
        for key in witnesses:
            when = note.cosigned(key)
            if when is False:
                self.fault("witness-signature", more=key.name)
            elif when is not None:
                self.seen.add(key.name)
                self.marks.append((note, "witness-differs", "witness-cut"))
                print(f"{self.name}: {key.name!r} vouched for {note.size} entries at {when}")

    def stamped(self, path):
        data = read(path, 1 << 16)
        try:
            note = Note(data)
        except ValueError:
            note = None
        if not note or note.origin != self.at.origin or note.wrong(self.key):
            return self.fault("stamped-form", more=path.name)
        self.marks.append((note, "stamped-differs", "stamped-cut"))
        try:
            digest, when = read_token(read(path.with_name(path.name + ".tsr"), 1 << 18) or b"")
        except ValueError:
            return print(f"{self.name}: the timestamp of stamped/{path.name!r} can't be read here")
        if digest != sha(data):
            return self.fault("stamp", more=path.name)
        print(f"{self.name}: {note.size} entries were timestamped at {when}; check the token with openssl ts -verify")

    def compare_marks(self):
        for note, differs, _ in self.marks:
            if note.size == self.count and note.root != root_of(self.edge):
                self.fault(differs)

    def entries(self):
        for n in range((self.at.size + 255) // 256):
            width = min(256, self.at.size - n * 256)
            if not self.bundle(tile_name(n, width), width):
                self.fault("lost", self.count)
                return False
        return True

    def bundle(self, name, width):
        data, at = read(self.folder / "tile" / "entries" / name, 256 * (2 + (1 << 16))), 0
        if data is None:
            return False
        details = Details(self, regular(self.folder / "details" / name))
        for _ in range(width):
            length = int.from_bytes(data[at:at + 2], "big")
            if len(data) - at < 2 + length or len(data) - at < 2:
                details.close()
                return False
            entry = data[at + 2:at + 2 + length]
            at += 2 + length
            self.entry(entry, details)
            self.grow(sha(b"\x00" + entry))
            self.compare_marks()
        details.rest()
        if at < len(data):
            self.fault("surplus", self.count - 1)
        return True

    def entry(self, entry, details):
        seq = self.count
        if len(entry) > 1024 or not ENTRY.fullmatch(entry):
            self.fault("form", seq)
            return details.skip(seq + self.shift)
        leaf = json.loads(entry)
        if leaf["log"] != self.at.origin:
            self.fault("log", seq)
        elif leaf["seq"] != seq and leaf["seq"] - seq != self.shift:
            self.fault("number", seq, str(leaf["seq"]))
        elif not is_time(leaf["time"]):
            self.fault("time", seq)
        elif (leaf["op"] == "shard.open") != (seq == 0):
            self.fault("opening", seq)
        elif seq and "prev" in leaf:
            self.fault("tie", seq)
        if leaf["op"] == "trail.drop" and leaf.get("object", "").startswith("shard/"):
            self.drops[leaf["object"][6:]] = leaf["time"]
        if leaf["op"] == "restore":
            print(f"{self.name}, entry {seq}: an older state was put back, says {leaf['time']}")
        self.shift = leaf["seq"] - seq
        if seq == 0:
            self.chain(leaf)
        details.compare(leaf["seq"], leaf.get("detail"))

    def chain(self, leaf):
        former = self.former if self.former and self.former.at else None
        if "prev" not in leaf:
            if former or "object" in leaf:
                self.fault("chain", 0)
        elif not former:
            print(f"{self.name}: the year before isn't in the export; the tie to it was not checked")
        elif leaf["prev"] != sha(former.at.body).hex() or leaf.get("object") != "shard/" + former.name:
            self.fault("chain", 0)

    def grow(self, h):
        height = 0
        self.node(height, h)
        while self.count >> height & 1:
            h, height = sha(b"\x01" + self.edge.pop() + h), height + 1
            self.node(height, h)
        self.edge.append(h)
        self.count += 1

    def node(self, height, h):
        if height % 8 == 0:
            self.tiles.setdefault(height // 8, [0, []])[1].append(h)
            if len(self.tiles[height // 8][1]) == 256:
                self.tile(height // 8)

    def tile(self, level):
        n, hashes = self.tiles[level]
        self.tiles[level] = [n + 1, []]
        first = n * 256 << 8 * level
        data = read(self.folder / "tile" / str(level) / tile_name(n, len(hashes)), 256 * 32)
        if data is None or len(data) != 32 * len(hashes):
            return self.fault("tile-missing", first)
        for i, h in enumerate(hashes):
            if data[32 * i:32 * i + 32] != h:
                if level == 0 or not self.tiled:
                    self.fault("tile", first + (i << 8 * level))
                self.tiled = True
                break


def check(export, key, older, witnesses):
    try:
        names = sorted(os.listdir(export))
    except OSError:
        raise Unknown(f"{str(export)!r} can't be read")
    exported = read(export / "vkey", 1 << 16)
    try:
        exported = Key((exported or b"").decode(), Key.LOG)
    except ValueError:
        exported = None
    if key is None:
        if exported is None:
            raise Unknown("the export has no verifier key: give yours with --key")
        key = exported
        print("the key was taken from the export itself: compare it with the one you were given")
    elif exported is None or (exported.name, exported.public) != (key.name, key.public):
        fault("key")
    notes = []
    for path in older:
        try:
            notes.append(Note(read(path, 1 << 16)))
            if notes[-1].wrong(key):
                raise ValueError
        except ValueError:
            raise Unknown(f"{str(path)!r} is no checkpoint signed with the key of this trail")
    years = []
    for name in names:
        folder = export / name
        if name == "vkey":
            continue
        if folder.is_symlink() or not folder.is_dir() or not re.fullmatch("[0-9]{4}", name):
            fault("stray", more=name)
            continue
        year = Year(folder, key, years[-1] if years else None)
        years.append(year)
        year.check(notes, witnesses)
    for i, year in enumerate(years):
        told = [y.drops[year.name] for y in years[i + 1:] if year.name in y.drops]
        if year.dropped and told:
            print(f"{year.name}: {year.at.size} entries were removed at the end of their term, on {told[0]}")
        elif year.dropped:
            year.fault("lost", 0)
    if not years:
        fault("empty")
    for note in notes:
        if not any(y.at and y.at.origin == note.origin for y in years):
            fault("absent", more=note.origin)
    for k in witnesses:
        if years and k.name not in years[-1].seen:
            fault("witness-missing", years[-1].name, more=k.name)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("export", type=pathlib.Path)
    args.add_argument("--key")
    args.add_argument("--checkpoint", type=pathlib.Path, action="append", default=[])
    args.add_argument("--witness", action="append", default=[])
    args = args.parse_args()
    try:
        key = read_key(args.key, Key.LOG) if args.key else None
        check(args.export, key, args.checkpoint, [read_key(w, Key.WITNESS) for w in args.witness])
    except Unknown as e:
        print("verify.py:", e, file=sys.stderr)
        return 2
    print(f"{faults} faults" if faults else "nothing is missing, nothing was changed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
