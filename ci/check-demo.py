#!/usr/bin/env python3
"""Recomputes the energy sums of a demo run from the homes' CSV files and compares to the watt-hour.

    ci/check-demo.py --homes DIR --json FILE [--from ROW] [--hours N]

Shares no code with the product: Python's standard library and decimal arithmetic on the decimal text.
A row's energy is load [kWh] x 1000 and solar [W per kW] x nominal power [kW], each rounded half up;
its net is solar - load. Exit 0: every sum agrees; 1: a difference, shown in a table; 2: unusable input.
"""

import argparse
import csv
import json
import re
import sys
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path


class BadInput(Exception):
    """Something in the input that no sum can be made of."""


def energy_wh(text, factor, where):
    """The decimal text times the factor in whole watt-hours, half up."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise BadInput(f"{where}: {text!r} is not a decimal number") from None
    if not value.is_finite() or value < 0:
        raise BadInput(f"{where}: {text!r} is negative or not finite")
    return int((value * factor).to_integral_value(ROUND_HALF_UP))


def home_rows(path, nominal_kw, start, hours):
    """(solar Wh, load Wh) of each chosen row of one home."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    if hours is None:
        hours = len(rows) - start
    if start < 0 or hours < 1 or start + hours > len(rows):
        raise BadInput(f"{path.name}: rows {start} to {start + hours} asked for, the file has {len(rows)}")
    for number, row in enumerate(rows[start : start + hours], start=start + 2):
        where = f"{path.name}, line {number}"
        try:
            solar, load = row["solar_generation"], row["non_shiftable_load"]
        except KeyError as column:
            raise BadInput(f"{path.name}: no column {column}") from None
        yield energy_wh(solar, nominal_kw, where), energy_wh(load, 1000, where)


def expected(homes, start, hours):
    """The sums that the meters must have seen."""
    files = sorted(homes.glob("Building_*.csv"), key=lambda path: int(re.sub(r"\D", "", path.stem)))
    if not files:
        raise BadInput(f"{homes}: no Building_<n>.csv")
    assets = json.loads((homes / "assets.json").read_text(), parse_float=Decimal, parse_int=Decimal)
    sums = dict.fromkeys(("generation_wh", "consumption_wh", "gross_generation_wh", "gross_consumption_wh"), 0)
    lengths = set()
    for path in files:
        try:
            nominal_kw = assets[path.stem]["pv"]["attributes"]["nominal_power"]
        except KeyError as key:
            raise BadInput(f"assets.json: {path.stem} has no {key}") from None
        count = 0
        for solar, load in home_rows(path, nominal_kw, start, hours):
            sums["generation_wh"] += max(0, solar - load)
            sums["consumption_wh"] += max(0, load - solar)
            sums["gross_generation_wh"] += solar
            sums["gross_consumption_wh"] += load
            count += 1
        lengths.add(count)
    if len(lengths) != 1:
        raise BadInput(f"the homes' files differ in length: {sorted(lengths)} rows")
    return {"homes": len(files), "hours": lengths.pop(), **sums}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--homes", type=Path, required=True, help="the folder the demo ran on")
    parser.add_argument("--json", type=Path, required=True, help="the demo's --json file")
    parser.add_argument("--from", dest="start", type=int, default=0, help="first row, counted from 0")
    parser.add_argument("--hours", type=int, help="rows to take; all that follow when absent")
    arguments = parser.parse_args()
    try:
        want = expected(arguments.homes, arguments.start, arguments.hours)
        got = json.loads(arguments.json.read_text())
        # Integers of 64 bits and more may come as decimal strings.
        table = [(name, value, int(got[name])) for name, value in want.items()]
    except (BadInput, OSError, ValueError, KeyError) as error:
        print(f"check-demo: {error}", file=sys.stderr)
        return 2
    print(f"{'':22}{'CSV files':>16}{'demo':>16}{'difference':>12}")
    for name, value, shown in table:
        print(f"{name:22}{value:>16}{shown:>16}{shown - value:>12}")
    return 0 if all(value == shown for _, value, shown in table) else 1


if __name__ == "__main__":
    sys.exit(main())
