#!/usr/bin/env python3
"""Boosted trees over raw fields, trained on an earlier month: a baseline for `palisander evaluate --ranking`.

In: two worlds of `palisander simulate` (canonical JSON), the one to learn from and the one to rank. Out: NDJSON of consignment and
score on standard output. Needs numpy, scipy and lightgbm (pip, in a venv of its own); nothing of the product uses it.

    python3 -m venv venv && venv/bin/pip install numpy scipy lightgbm==4.*
    venv/bin/python rank.py earlier world > boosted.ndjson
    palisander evaluate --truth world/truth.ndjson --ranking "boosted trees=boosted.ndjson" answers.ndjson
"""
import collections
import json
import pathlib
import re
import sys

import lightgbm
import numpy
import scipy.sparse

LEAST_ROWS = 20  # values and words that fewer bills have are left out


def bills(world):
    for path in sorted(pathlib.Path(world, "manifests").glob("*.ndjson")):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                manifest = json.loads(line)["manifest"]
                for bill in manifest["consignments"]:
                    yield manifest, bill


def numbers(bill):
    item = bill["goods_items"][0]
    mass, volume = item["gross_mass_kg"], item.get("volume_m3") or -1
    value = float(bill.get("value", {}).get("amount", -1))
    density = mass / volume if volume > 0 else -1
    return [mass, item.get("net_mass_kg", -1), volume, density, value, value / mass if value > 0 else -1, bill["n_packages"],
            mass / max(bill["n_packages"], 1), len(item["in_containers"]), len(item.get("documents", [])), len(bill["parties"]),
            len(bill["routing"]), len(item["description"])]


def values(manifest, bill):
    item, places = bill["goods_items"][0], bill["places"]
    code = item.get("hs_code", "")
    yield from (("code", code[:n]) for n in (2, 4, 6))
    yield "origin", item.get("origin")
    for name in ("original_loading", "loading", "discharge"):
        yield name, places.get(name)
    yield "procedure", bill["procedure"]
    yield "carrier", manifest["carrier"]["scac"]
    yield "ship", manifest["transport_means"]["imo"]
    yield "package", item["packages"][0]["kind"]
    for party in bill["parties"]:
        yield party["role"], party["address"]["country"]
    for paper in item.get("documents", []):
        yield "paper", paper["kind"]
    for word in set(re.findall(r"\w+", item["description"].lower())):
        yield "word", word


def table(world, columns=None):
    names, dense, sparse = [], [], []
    for manifest, bill in bills(world):
        names.append(bill["bill_of_lading"])
        dense.append(numbers(bill))
        sparse.append(sorted(set(values(manifest, bill)), key=str))
    if columns is None:
        counts = collections.Counter(value for row in sparse for value in row)
        columns = {value: n for n, value in enumerate(sorted((v for v, n in counts.items() if n >= LEAST_ROWS), key=str))}
    rows = [(n, columns[value]) for n, row in enumerate(sparse) for value in row if value in columns]
    at = numpy.array(rows, dtype=numpy.int64).T
    marked = scipy.sparse.csr_matrix((numpy.ones(len(rows), numpy.float32), at), shape=(len(names), len(columns)))
    return names, scipy.sparse.hstack([numpy.array(dense, numpy.float32), marked]).tocsr(), columns


def main(earlier, world):
    names, rows, columns = table(earlier)
    with open(pathlib.Path(earlier, "truth.ndjson"), encoding="utf-8") as lines:
        planted = {one["consignment"]: one["planted"] for one in map(json.loads, lines)}
    labels = numpy.array([planted[name] for name in names], dtype=numpy.int8)
    settings = dict(objective="binary", learning_rate=0.05, num_leaves=15, min_data_in_leaf=30, feature_fraction=0.5,
                    bagging_fraction=0.8, bagging_freq=1, lambda_l2=5.0, seed=1, deterministic=True, force_row_wise=True, verbose=-1)
    model = lightgbm.train(settings, lightgbm.Dataset(rows, labels), num_boost_round=300)
    names, rows, _ = table(world, columns)
    for name, score in zip(names, model.predict(rows)):
        print(json.dumps({"consignment": name, "score": float(score)}))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
