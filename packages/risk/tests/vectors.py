#!/usr/bin/env python3
"""Computes in NumPy, in floating point, what the crate computes in integers, and writes vectors.json.

Input: the homes of data/homes, all ten together by the hour. Run it again after a change of formula; needs NumPy:
packages/risk/tests/vectors.py
"""
import csv
import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
HOMES = HERE.parents[2] / "data" / "homes"
STEP = 8  # every eighth hour is compared
SCALE = 1e6


def column(path, name):
    with open(path, newline="") as file:
        return np.array([float(row[name]) for row in csv.DictReader(file)])


def homes():
    """Wh drawn and fed by each home and hour."""
    assets = json.loads((HOMES / "assets.json").read_text())
    drawn, fed, solar = 0, 0, 0
    for number in range(1, 11):
        path = HOMES / f"Building_{number}.csv"
        power = assets[f"Building_{number}"]["pv"]["attributes"]["nominal_power"]
        load = np.floor(column(path, "non_shiftable_load") * 1000 + 0.5)
        roof = np.floor(column(path, "solar_generation") * power + 0.5)
        net = load - roof
        drawn = drawn + np.maximum(net, 0)
        fed = fed + np.maximum(-net, 0)
        solar = solar + roof
    return drawn.astype(np.int64), fed.astype(np.int64), solar.astype(np.int64)


def away(values):
    """Rounded away from zero."""
    return (np.sign(values) * np.ceil(np.abs(values))).astype(np.int64)


def joint(x, y, decay):
    """Exponentially weighted means, variances and covariance after each observation."""
    mean = np.array([x[0], y[0]], dtype=np.float64)
    gram = np.zeros((2, 2))
    out = [(mean.copy(), gram.copy())]
    for pair in np.stack([x, y], axis=1)[1:].astype(np.float64):
        error = pair - mean
        gram = decay * gram + (1 - decay) * np.outer(error, error)
        mean = mean + (1 - decay) * error
        out.append((mean.copy(), gram.copy()))
    return out


def series(x, y, decay):
    steps = []
    for at, (mean, gram) in enumerate(joint(x, y, decay)):
        if at % STEP != STEP - 1:
            continue
        deviation = np.sqrt(np.diag(gram))
        product = deviation[0] * deviation[1]
        steps.append({
            "at": at,
            "means": [str(round(value * SCALE)) for value in mean],
            "volatilities": [str(round(value * SCALE)) for value in deviation],
            "covariance": str(round(gram[0, 1])),
            "correlation": str(round(gram[0, 1] / product * SCALE)) if product > 0 else None,
        })
    return {
        "decay": round(decay * 1e6),
        "x": x.tolist(),
        "y": y.tolist(),
        "steps": steps,
    }


def medians(random):
    """Weighted medians by cumulative weights of the sorted values."""
    cases = []
    for count in [1, 2, 3, 4, 7, 10, 31]:
        values = random.integers(-60_000, 60_000, count)
        weights = random.integers(1, 1_000_000, count)
        order = np.argsort(values, kind="stable")
        reached = np.cumsum(weights[order])
        median = int(values[order][np.searchsorted(reached, reached[-1] / 2)])
        distance = np.abs(values - median)
        order = np.argsort(distance, kind="stable")
        reached = np.cumsum(weights[order])
        spread = int(distance[order][np.searchsorted(reached, reached[-1] / 2)])
        cases.append({
            "values": values.tolist(), "weights": weights.tolist(), "median": median, "deviation": spread,
        })
    return cases


def main():
    drawn, fed, solar = homes()
    tariff = np.floor(column(HOMES / "pricing.csv", "electricity_pricing") * 1e6 + 0.5).astype(np.int64)
    share = away((drawn - fed) / np.maximum(1, drawn + fed) * 1e6)
    # A price that moves with the region's balance: a quarter of the tariff is taken off where it feeds alone.
    price = (tariff + tariff * share // 4_000_000).astype(np.int64)
    change = away(2 * (price[1:] - price[:-1]) / (np.abs(price[1:]) + np.abs(price[:-1])) * 1e6)
    days = [
        {
            "base": int(np.sum((price * drawn)[day:day + 24]) // np.sum(drawn[day:day + 24])),
            "peak": int(np.sum((price * drawn)[day + 8:day + 20]) // max(1, np.sum(drawn[day + 8:day + 20]))),
        }
        for day in range(0, len(price), 24)
    ]
    vectors = {
        "drawn": drawn.tolist(), "fed": fed.tolist(), "price": price.tolist(),
        "share": share.tolist(), "change": change.tolist(), "days": days,
        "joint": [
            series(solar, price, 0.94),
            series(share[1:], change, 0.99),
        ],
        "medians": medians(np.random.default_rng(1)),
    }
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in vectors.items())
    (HERE / "vectors.json").write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
