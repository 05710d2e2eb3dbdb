"""Reads the JSON lines of `busbar bench certificates --dump DIR` on stdin and compares with HiGHS on DIR's markets.

Usage: busbar bench certificates --network FILE --dump DIR | python3 bench/certificates.py DIR
Fails if a proposal was accepted whose welfare is below the optimum by more than epsilon, if the clearing itself was
refused within epsilon, if its bound lies below the optimum, or if fewer than half of the changes kept balance and limits.
"""
import collections
import json
import sys

from highs import Market


def main(folder):
    count = collections.Counter()
    refused, gaps, worst = collections.Counter(), [], 0.0
    for text in sys.stdin:
        row = json.loads(text)
        welfare, gap, epsilon = int(row["welfare"]), int(row["gap"]), row["epsilon_ppm"] / 1e6
        optimum, _ = Market(f"{folder}/{row['market']}").solve()
        # HiGHS' own rounding.
        slack = 1e-9 * abs(optimum) + 1
        assert int(row["dual"]) >= optimum - slack, f"{row['market']}: bound {row['dual']} below {optimum}"
        assert welfare <= optimum + slack, f"{row['market']}: welfare {welfare} above {optimum}"
        assert row["accepted"] == (gap <= epsilon * welfare), row
        if row["lowest_accepted"] is not None:
            lowest = int(row["lowest_accepted"])
            assert lowest >= optimum - epsilon * optimum - slack, f"{row['market']}: accepted {lowest}, optimum {optimum}"
            worst = max(worst, (optimum - lowest) / optimum)
        gaps.append(gap / welfare)
        count.update(
            markets=1,
            congested=int(row["rent"]) > 0,
            accepted=row["accepted"],
            changed=row["changed"],
            feasible=row["feasible"],
            changed_accepted=row["changed_accepted"],
        )
        refused.update(row["refused"])
    print(f"{count['markets']} markets, {count['congested']} congested, {count['accepted']} accepted")
    print(f"gap: mean {sum(gaps) / len(gaps):.1e} of W, largest {max(gaps):.1e}")
    print(f"{count['changed']} changed proposals, {count['feasible']} keep balance and limits")
    print(f"refused: {dict(sorted(refused.items()))}")
    print(f"{count['changed_accepted']} accepted, the worst {worst:.1e} below the optimum")
    assert 2 * count["feasible"] >= count["changed"], "fewer than half of the changes keep balance and limits"


if __name__ == "__main__":
    main(sys.argv[1])
