"""The input of the job in parts, and the files of its output.

Both lie in a folder that every machine sees, or at an address that PyArrow knows. What is asked of the parts, and who does it,
is not known here.
"""
import functools
import gzip
import os
import pathlib
import shutil
import tempfile
import typing
import uuid

# Bytes that are read, and handed on, at once.
BLOCK_BYTES = 1 << 20
# Rows of a Parquet file that are held at once.
ROWS = 4096
ENDINGS = (".ndjson", ".jsonl", ".parquet")


class Strange(Exception):
    """The input is nothing that has parts."""


class Part(typing.NamedTuple):
    """A piece of a file: bytes of NDJSON from one place to before another, or a group of rows; `end` None is its end."""

    n: int
    file: str
    start: int
    end: int | None

    @property
    def name(self):
        return f"part-{self.n:06}"


class Folder:
    """Files below a path that every machine sees."""

    def __init__(self, root):
        self.root = pathlib.Path(root)

    def files(self):
        """Each file that is not hidden, by the names on its way, with its bytes."""
        found = [path for path in self.root.rglob("*") if path.is_file()]
        return [(path.relative_to(self.root).as_posix(), path.stat().st_size) for path in found]

    def opened(self, name):
        return open(self.root / name, "rb")

    def read(self, name):
        return (self.root / name).read_bytes()

    def take(self, name, file):
        """Puts a file of this machine there, whole or not at all."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
        with open(file, "rb") as source, open(beside, "wb") as target:
            shutil.copyfileobj(source, target, BLOCK_BYTES)
            target.flush()
            os.fsync(target.fileno())
        os.replace(beside, path)

    def drop(self, name):
        (self.root / name).unlink(missing_ok=True)


class Lake:
    """The same at an address that PyArrow knows."""

    def __init__(self, address):
        from pyarrow import fs

        self.fs, self.root = fs.FileSystem.from_uri(address)

    def files(self):
        from pyarrow import fs

        found = self.fs.get_file_info(fs.FileSelector(self.root, recursive=True, allow_not_found=True))
        return [(one.path[len(self.root) :].lstrip("/"), one.size) for one in found if one.is_file]

    def opened(self, name):
        return self.fs.open_input_file(f"{self.root}/{name}")

    def read(self, name):
        with self.opened(name) as file:
            return file.read()

    def take(self, name, file):
        # An object appears when it is closed; where there are real files it gets its name when it is whole.
        path = f"{self.root}/{name}"
        folder = path.rsplit("/", 1)[0]
        self.fs.create_dir(folder, recursive=True)
        beside = f"{folder}/.{uuid.uuid4().hex}"
        with open(file, "rb") as source, self.fs.open_output_stream(beside) as target:
            shutil.copyfileobj(source, target, BLOCK_BYTES)
        self.fs.move(beside, path)

    def drop(self, name):
        self.fs.delete_file(f"{self.root}/{name}")


def store(where):
    return Lake(where) if "://" in where else Folder(where)


def put(there, name, content):
    """Puts a small file there."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        there.take(name, file.name)


def parts_of(there, part_bytes):
    """The input in parts, in order; where they begin depends on the input and the size alone."""
    named = [(name, size) for name, size in there.files() if not any(p.startswith(".") for p in name.split("/"))]
    # A folder stands where its name does, as for the program.
    named.sort(key=lambda one: [part.encode() for part in one[0].split("/")])
    strange = [name for name, _ in named if not name.removesuffix(".gz").endswith(ENDINGS)]
    if strange:
        raise Strange(f"`{strange[0]}` is neither NDJSON nor Parquet ({', '.join(ENDINGS)})")
    cuts = []
    for name, size in named:
        if name.endswith(".gz"):
            cuts.append((name, 0, None))
        elif name.endswith(".parquet"):
            cuts += [(name, group, group + 1) for group in range(parquet(there, name).num_row_groups)]
        else:
            cuts += [(name, start, min(start + part_bytes, size)) for start in range(0, size, part_bytes)]
    if not cuts:
        raise Strange("the input holds nothing")
    return [Part(n, *cut) for n, cut in enumerate(cuts)], dict(named)


def parquet(there, name):
    from pyarrow import parquet

    return parquet.ParquetFile(there.opened(name))


def blocks_of(there, part, column):
    """Whole lines of the part, in blocks."""
    if part.file.endswith(".parquet"):
        return rows(parquet(there, part.file), part, column)
    file = there.opened(part.file)
    if part.file.endswith(".gz"):
        return iter(functools.partial(gzip.open(file).read, BLOCK_BYTES), b"")
    return lines(file, part.start, part.end)


def lines(file, start, end):
    """The lines that begin from `start` to before `end`."""
    # Whether a line begins at `start` is told by the byte before it.
    at = max(start - 1, 0)
    begun = start == 0
    file.seek(at)
    while block := file.read(BLOCK_BYTES):
        if not begun:
            cut = block.find(b"\n") + 1
            begun, skipped = cut > 0, cut or len(block)
            at, block = at + skipped, block[skipped:]
            if at >= end:
                return
        past = at + len(block) >= end
        cut = block.find(b"\n", max(end - 1 - at, 0)) + 1 if past else 0
        if cut:
            yield block[:cut]
            return
        yield block
        at += len(block)


def rows(file, part, column):
    """A line for each row. What breaks lines between the values of JSON says nothing; a row without a text is a line that
    cannot be read, so that it is not gone without a word."""
    for batch in file.iter_batches(batch_size=ROWS, row_groups=[part.start], columns=[column]):
        texts = (text.encode() if isinstance(text, str) else text for text in batch.column(0).to_pylist())
        yield b"".join((text or b"null").replace(b"\n", b" ") + b"\n" for text in texts)
