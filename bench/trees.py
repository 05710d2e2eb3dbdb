"""Compares the welfare of random trees with HiGHS.

Usage: BUSBAR_DUMP_MARKETS=DIR cargo test -p busbar-clearing --test random && python3 bench/trees.py DIR
Every market is one of the 10,000 of the test: uncongested, congested, tied, of negative prices, one-sided, empty.
"""
import json
import pathlib
import sys

from highs import Market


def main(folder):
    files = sorted(pathlib.Path(folder).glob("*.json"))
    assert files, f"no markets in {folder}"
    worst, traded, largest = 0.0, 0, 0
    for file in files:
        market = json.loads(file.read_text())
        welfare = int(market["welfare"])
        optimum = Market(file).solve()[0] if market["orders"] else 0.0
        assert abs(welfare - optimum) <= 1e-9 * max(1.0, abs(optimum)) + 1e-3, f"{file}: {welfare}, HiGHS {optimum}"
        worst = max(worst, abs(welfare - optimum) / max(1, welfare))
        traded += welfare > 0
        largest = max(largest, len(market["network"]["buses"]))
    print(f"{len(files)} trees of up to {largest} buses, {traded} with something to gain: equal welfare, largest difference {worst:.0e}")


if __name__ == "__main__":
    main(sys.argv[1])
