"""Alerts by the full-text index of SQLite, and by bm25s."""
import sqlite3

import turns


def sqlite(question):
    """All records in one table of FTS5, in memory; all words of a question must be there."""
    try:
        there = sqlite3.connect(":memory:")
        there.execute("create virtual table alerts using fts5(id unindexed, title, text, taxa, countries, containers)")
    except sqlite3.OperationalError as error:
        turns.left_out(f"this SQLite has no FTS5 ({error})")
    sets = ("taxa", "countries", "containers")
    rows = [[one["id"], one["title"], one["text"], *(" ".join(one[key]) for key in sets)] for one in question["records"]]
    there.executemany("insert into alerts values (?, ?, ?, ?, ?, ?)", rows)
    there.execute("insert into alerts(alerts) values ('optimize')")
    first = "select id from alerts where alerts match ? order by rank limit 1"
    count = "select count(*) from alerts where alerts match ?"
    if question["kind"] == "filter":
        asked = [f'taxa:"{one["taxon"]}" AND countries:"{one["country"]}"' for one in question["asked"]]
        return lambda: [there.execute(count, [text]).fetchone()[0] for text in asked]
    return lambda: [there.execute(first, [text]).fetchone()[0] for text in question["asked"]]


def bm25(question):
    """All texts as one; the best by BM25, any word of a question counts."""
    import bm25s

    texts = [" ".join([one["title"], one["text"], *one["containers"]]) for one in question["records"]]
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords=None, show_progress=False), show_progress=False)

    def answer():
        found = []
        for text in question["asked"]:
            words = bm25s.tokenize([text], stopwords=None, show_progress=False)
            places, _ = index.retrieve(words, k=1, show_progress=False)
            found.append(question["records"][int(places[0, 0])]["id"])
        return found

    return answer


def main():
    question, name = turns.asked()
    try:
        turns.serve(sqlite(question) if name.startswith("SQLite") else bm25(question))
    except ImportError as error:
        turns.left_out(f"{error.name} is not installed")


main()
