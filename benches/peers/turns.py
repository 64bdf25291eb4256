"""A peer's side of the run: its answers once, then a turn for each line that comes in.

The arguments are a file with the questions, the peer's name, and the seconds that a turn lasts at least.
"""
import json
import sys
import time


def asked():
    """The questions, and the name of the peer."""
    with open(sys.argv[1]) as file:
        return json.load(file), sys.argv[2]


def left_out(why):
    print(f"left out: {why}", flush=True)
    sys.exit()


def serve(answer):
    """Tells what `answer` gives, then how many seconds it takes."""
    print(json.dumps(answer()), flush=True)
    least = float(sys.argv[3])
    for _ in sys.stdin:
        start, times = time.perf_counter(), 0
        while (took := time.perf_counter() - start) < least or times == 0:
            answer()
            times += 1
        print(took / times, flush=True)
