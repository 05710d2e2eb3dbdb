"""Reads the JSON lines of `busbar bench clearing --json --dump DIR` on stdin and solves DIR's markets with HiGHS.

Usage: busbar bench clearing --json --dump DIR | python3 bench/clearing.py DIR [NAME]
Prints one row of a table: median times of both, the ratio, the largest difference of welfare.
"""
import json
import statistics
import sys

from highs import Market


def main(folder, name):
    ours, theirs, difference = [], [], 0.0
    for text in sys.stdin:
        row = json.loads(text)
        optimum, taken = Market(f"{folder}/{row['market']}").solve(repeat=3)
        ours.append(row["ns"])
        theirs.append(taken)
        welfare = int(row["welfare"])
        if row["loops"] == 0:
            assert abs(welfare - optimum) <= 1e-9 * abs(optimum) + 1, f"{row['market']}: {welfare}, HiGHS {optimum}"
        difference = max(difference, (optimum - welfare) / optimum)
    mine, highs = statistics.median(ours) / 1e6, statistics.median(theirs) / 1e6
    loops = f", {row['loops']} loops" if row["loops"] else ""
    print(
        f"| {name or row['market']} | {row['orders']} | {row['buses']} buses{loops} | {mine:.3f} ms | {highs:.3f} ms "
        f"| {highs / mine:.1f} | {difference:.1e} |"
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
