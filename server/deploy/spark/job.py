#!/usr/bin/env python3
"""Scores a lake of manifests on many machines, with the `palisander` program as a filter.

    spark-submit job.py --program palisander --as-of 2026-11-01 INPUT OUTPUT        on a cluster
    python3 job.py --processes 4 --program palisander --as-of 2026-11-01 INPUT OUTPUT    on one machine, without Spark

INPUT is a folder of NDJSON (one manifest a line; `.gz` too), or of Parquet with the text of a manifest in one column. It and
OUTPUT are paths that every machine sees, or addresses that PyArrow knows (s3://, gs://, hdfs://, file://).

The input is cut into parts, always alike. First each part says what is to be remembered of it, and that becomes one history
edition; then each part is scored against the edition, by itself. OUTPUT/answers/part-*.ndjson, in the order of their names, are
byte for byte what one process writes of the whole input, and OUTPUT/faults what it says. A part that is done is not done again:
the same command goes on where it was stopped.

Exit codes are those of the program: 0 ok; 2 something could not be read (OUTPUT/faults says what); 3 bad arguments; 4
incomplete.
"""
import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import lake
from lake import BLOCK_BYTES, put, store

OK, UNREADABLE, BAD_ARGUMENTS, INCOMPLETE = 0, 2, 3, 4
# Editions that one call merges: its arguments stay far below what a system takes.
MERGED_AT_ONCE = 500
# The last thing that the program says of what it read; whoever does not say it was not able to write all.
BALANCE = re.compile(r"^palisander: (\d+) bills read, (?:(\d+) answered, )?(\d+) lost; (\d+) parts of the input unreadable")
SAID = "palisander: "
# Options of the program that name a file or a folder.
SOURCES = ("register", "alerts", "watchlist", "rules", "rules-key", "data")
REMEMBER = ["history", "extract"]
# The name of the edition that all parts are scored against.
EDITION = "edition.ndjson"


class Refused(Exception):
    """What was asked for cannot be done; the code says whose matter it is."""

    def __init__(self, code, why):
        super().__init__(code, why)
        self.code, self.why = code, why

    def __str__(self):
        return self.why


def filtered(question, arguments, blocks, folder):
    """What the program makes of the blocks: the file that it wrote, the lines that it said, and what those say. Where it did
    not take all, or did not say how many bills it read, what it wrote is not all."""
    made, said, taken = folder / "made", folder / "said", True
    command = [question["program"], *arguments, "--as-of", question["as_of"], "--input", "ndjson"]
    for option, path in question["sources"].items():
        command += [f"--{option}", path]
    # One core to a part; the cluster gives out the others.
    surroundings = {**os.environ, "RAYON_NUM_THREADS": "1", "NO_COLOR": "1"}
    with open(made, "wb") as out, open(said, "wb") as err:
        run = subprocess.Popen([*command, "-"], stdin=subprocess.PIPE, stdout=out, stderr=err, env=surroundings)
        try:
            for block in blocks:
                run.stdin.write(block)
            run.stdin.close()
        except BrokenPipeError:
            taken = False
        except BaseException:
            run.kill()
            raise
        finally:
            code = run.wait()
    said = said.read_text(errors="replace").splitlines()
    balance = next((match for line in reversed(said) if (match := BALANCE.match(line))), None)
    if code not in (OK, UNREADABLE, INCOMPLETE) or balance is None or not taken:
        why = "; ".join(said[-3:])
        whose = code if code in (UNREADABLE, BAD_ARGUMENTS) else INCOMPLETE
        raise Refused(whose, f"code {code} of {arguments[0]}: {why}")
    answered, lost = int(balance[2] or 0), int(balance[3])
    told = {"code": code, "bills": int(balance[1]), "answered": answered, "lost": lost, "unreadable": int(balance[4])}
    return made, said, told


def counted(blocks, told):
    """The same blocks, with their lines counted."""
    told["lines"] = 0
    for block in blocks:
        told["lines"] += block.count(b"\n")
        yield block


def remembered(question, part):
    """First pass: what is to be remembered of a part, and how many lines it has."""
    there, out = store(question["input"]), store(question["output"])
    lines = {}
    blocks = counted(lake.blocks_of(there, part, question["column"]), lines)
    with tempfile.TemporaryDirectory() as folder:
        made, _, told = filtered(question, REMEMBER, blocks, pathlib.Path(folder))
        out.take(f"history/{part.name}.ndjson", made)
    told |= lines
    put(out, f"history/{part.name}.done", json.dumps(told).encode())


def scored(question, task):
    """Second pass: the answers to a part. The lines before it in its file are there, empty, so that places are those of the
    file."""
    part, before = task
    there, out = store(question["input"]), store(question["output"])

    def blocks():
        for at in range(0, before, BLOCK_BYTES):
            yield b"\n" * min(BLOCK_BYTES, before - at)
        yield from lake.blocks_of(there, part, question["column"])

    arguments = ["score", "--format", "ndjson", "--view", question["view"], "--history", question["history"]]
    with tempfile.TemporaryDirectory() as folder:
        made, said, told = filtered(question, arguments, blocks(), pathlib.Path(folder))
        with open(made, "rb") as answers:
            n = sum(block.count(b"\n") for block in iter(functools.partial(answers.read, BLOCK_BYTES), b""))
        if n != told["answered"]:
            raise Refused(INCOMPLETE, f"{part.name}: {n} answers written, {told['answered']} said")
        out.take(f"answers/{part.name}.ndjson", made)
    # It knows the part as `-`. What it says of a register and the like is the same for all parts, and was told once.
    faults = [part.file + line.removeprefix(f"{SAID}-") for line in said if line.startswith(f"{SAID}-:")]
    put(out, f"faults/{part.name}.txt", "".join(f"{line}\n" for line in faults).encode())
    put(out, f"answers/{part.name}.done", json.dumps(told).encode())


class Processes:
    """Parts done by processes of this machine."""

    def __init__(self, n):
        self.n = n

    def share(self, paths):
        """Every process has them already."""

    def each(self, work, question, tasks):
        with concurrent.futures.ProcessPoolExecutor(self.n) as pool:
            for _ in pool.map(functools.partial(work, question), tasks):
                pass


class Cluster:
    """Parts done by the machines of a cluster; the program and what it reads are sent to each."""

    def __init__(self):
        from pyspark.sql import SparkSession

        self.context = SparkSession.builder.appName("palisander").getOrCreate().sparkContext
        self.context.addPyFile(lake.__file__)

    def share(self, paths):
        for path in paths:
            self.context.addFile(path, recursive=os.path.isdir(path))

    def each(self, work, question, tasks):
        if tasks:
            # A task each: what a machine takes with it when it dies is the part that it was at.
            self.context.parallelize(tasks, len(tasks)).foreach(functools.partial(away, work, question))


def away(work, question, task):
    """The work on a machine of the cluster, where what was sent lies in other places."""
    from pyspark import SparkFiles

    def found(path):
        return SparkFiles.get(os.path.basename(path))

    own = {name: found(question[name]) for name in ("program", "history") if name in question}
    sources = {option: found(path) for option, path in question["sources"].items()}
    work({**question, **own, "sources": sources}, task)


def done(out, folder):
    """Parts of a pass that are done, with what was told of them."""
    names = [name for name, _ in out.files() if name.startswith(f"{folder}/part-") and name.endswith(".done")]
    return {name.split("/")[1].removesuffix(".done"): json.loads(out.read(name)) for name in names}


def merged(question, out, parts, folder):
    """One edition of all parts, and of the one that was given, on this machine."""
    editions = [question["earlier"]] if question["earlier"] else []
    for part in parts:
        path = folder / part.name
        path.write_bytes(out.read(f"history/{part.name}.ndjson"))
        editions.append(str(path))
    turn = 0
    while turn == 0 or len(editions) > 1:
        merging, editions = [editions[at : at + MERGED_AT_ONCE] for at in range(0, len(editions), MERGED_AT_ONCE)], []
        for n, some in enumerate(merging):
            editions.append(str(folder / f"{turn}-{n}.ndjson"))
            run = [question["program"], "history", "merge", *some, "-o", editions[-1]]
            told = subprocess.run(run, capture_output=True, text=True)
            if told.returncode != OK:
                raise Refused(INCOMPLETE, f"code {told.returncode} of history merge: {told.stderr.strip()}")
        turn += 1
    edition = folder / EDITION
    os.replace(editions[0], edition)
    out.take(f"history/{EDITION}", edition)
    return str(edition)


def digest(path):
    """Of a file, or of a folder's files with their names."""
    path, whole = pathlib.Path(path), hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            whole.update(f"{file.relative_to(path)}\0{file.stat().st_size}\0".encode())
            with open(file, "rb") as content:
                for block in iter(functools.partial(content.read, BLOCK_BYTES), b""):
                    whole.update(block)
    return whole.hexdigest()


def agreed(out, question, files, part_bytes):
    """What is asked stands beside the answers; answers to another question are not gone on with."""
    asked = {key: question[key] for key in ("input", "as_of", "view", "column")} | {"part_bytes": part_bytes, "files": files}
    paths = {"program": question["program"], "earlier": question["earlier"], **question["sources"]}
    asked["digests"] = {name: digest(path) for name, path in paths.items() if path}
    if "question.json" not in [name for name, _ in out.files()]:
        put(out, "question.json", json.dumps(asked, indent=1).encode())
        return
    before = json.loads(out.read("question.json"))
    other = [key for key in asked if asked[key] != before.get(key)]
    if other:
        raise Refused(BAD_ARGUMENTS, f"the output holds answers to another question: {', '.join(other)} differ")


def asked():
    shape = argparse.RawDescriptionHelpFormatter
    told = argparse.ArgumentParser(description=__doc__, formatter_class=shape, exit_on_error=False)
    told.add_argument("input", help="a folder, or an address of one")
    told.add_argument("output", help="another")
    told.add_argument("--program", required=True, help="the `palisander` program, on this machine")
    told.add_argument("--as-of", required=True, metavar="DAY", help="the day whose law, measures, alerts and register count")
    for option in SOURCES:
        told.add_argument(f"--{option}", metavar="PATH", help="as for the program, on this machine")
    told.add_argument("--earlier", metavar="EDITION", help="a history edition of earlier bills, on this machine")
    told.add_argument("--view", choices=["full", "short"], default="full", help="how much each answer says")
    told.add_argument("--column", default="payload", help="the column of Parquet that holds a manifest [payload]")
    told.add_argument("--part-bytes", type=int, default=256 << 20, metavar="N", help="bytes of NDJSON in a part [256 MiB]")
    told.add_argument("--processes", type=int, metavar="N", help="without Spark, by N processes of this machine")
    try:
        return told.parse_args()
    except (argparse.ArgumentError, SystemExit) as error:
        # Python's own code for bad arguments says elsewhere that the input was unreadable.
        if isinstance(error, SystemExit) and error.code == 0:
            raise
        raise Refused(BAD_ARGUMENTS, str(error) if isinstance(error, argparse.ArgumentError) else "see --help") from error


def run(args, folder):
    question = {key: getattr(args, key) for key in ("input", "output", "program", "as_of", "view", "column", "earlier")}
    given = {option: getattr(args, option.replace("-", "_")) for option in SOURCES}
    question["sources"] = {option: path for option, path in given.items() if path}
    sent = [args.program, *question["sources"].values()]
    names = {os.path.basename(path) for path in sent} | {EDITION}
    if len(names) <= len(sent) or args.part_bytes < 1:
        raise Refused(BAD_ARGUMENTS, "a part has at least one byte, and files that are sent have names of their own")
    if f"{args.output}/".startswith(f"{args.input.rstrip('/')}/"):
        raise Refused(BAD_ARGUMENTS, "the output lies within the input, and would be read as such")
    # What the program does not take is found out here, before a cluster is troubled with it.
    (folder / "tried").mkdir()
    _, said, _ = filtered(question, REMEMBER, [], folder / "tried")
    print("\n".join(said), file=sys.stderr, flush=True)
    there, out = store(args.input), store(args.output)
    parts, files = lake.parts_of(there, args.part_bytes)
    agreed(out, question, files, args.part_bytes)
    workers = Processes(args.processes) if args.processes else Cluster()
    workers.share(sent)

    left = done(out, "history")
    workers.each(remembered, question, [part for part in parts if part.name not in left])
    left = done(out, "history")
    question["history"] = merged(question, out, parts, folder)
    workers.share([question["history"]])

    answered = done(out, "answers")
    before = lines_before(parts, left)
    workers.each(scored, question, [(part, before[part]) for part in parts if part.name not in answered])
    return summed(out, parts)


def lines_before(parts, left):
    """How many lines of its file lie before each part."""
    before, at = {}, {}
    for part in parts:
        before[part] = at.get(part.file, 0)
        at[part.file] = before[part] + left[part.name]["lines"]
    return before


def summed(out, parts):
    """Says what came of all parts, and gives the exit code."""
    answered = done(out, "answers")
    sums = {key: sum(told[key] for told in answered.values()) for key in ("bills", "answered", "lost", "unreadable")}
    sums |= {"parts": len(parts), "complete": len(answered) == len(parts) and sums["bills"] == sums["answered"] + sums["lost"]}
    put(out, "summary.json", json.dumps(sums).encode())
    # What those left half written that were killed.
    for name, _ in out.files():
        if name.rsplit("/", 1)[-1].startswith("."):
            out.drop(name)
    print(json.dumps(sums), flush=True)
    if not sums["complete"] or sums["lost"]:
        return INCOMPLETE
    return UNREADABLE if sums["unreadable"] else OK


def main():
    try:
        with tempfile.TemporaryDirectory() as folder:
            return run(asked(), pathlib.Path(folder))
    except Refused as error:
        print(f"job: {error}", file=sys.stderr)
        return error.code
    except lake.Strange as error:
        print(f"job: {error}", file=sys.stderr)
        return BAD_ARGUMENTS
    except Exception as error:  # Whatever broke, the parts that are done stay, and the same command goes on.
        print(f"job: stopped: {type(error).__name__}: {error}", file=sys.stderr)
        return INCOMPLETE


if __name__ == "__main__":
    sys.exit(main())
