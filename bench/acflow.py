"""Runs a balanced AC power flow over every cleared schedule of a demo and counts limits that it violates.

    busbar demo --network NETWORK.json --rating-scale S --schedules SCHEDULES.json ...
    python3 bench/acflow.py --case CASE.json --schedules SCHEDULES.json

Needs the Python package pandapower (3.5 was used; numba makes it faster) and shares no code with the product: CASE is
the grid as its authors published it (data/networks, pandapower or MATPOWER tables), with its own impedances and
ratings; only the ratings are multiplied by the schedules' scale. Every hour is computed twice: at the mean power that
its energy makes, and with every home at --peak-to-mean times it at once. Each draws or feeds reactive power at
--power-factor, the worse choice both ways: drawing lowers voltages, feeding raises them.

Exit 1 where a line or transformer is loaded above its rating, a voltage leaves its limits, or a flow has no solution.
"""

import argparse
import json
import math
import sys
from pathlib import Path

import pandapower as pp


def rows(net, table):
    """Rows of a table that pandapower wrote, by index."""
    if table not in net:
        return {}
    frame = json.loads(net[table]["_object"])
    named = (dict(zip(frame["columns"], row, strict=True)) for row in frame["data"])
    return dict(zip(frame["index"], named, strict=True))


def from_pandapower(case):
    """The grid without its loads, its buses by name."""
    case = case["_object"]
    net = pp.create_empty_network(f_hz=case["f_hz"])
    bus = {index: pp.create_bus(net, vn_kv=row["vn_kv"], name=str(index)) for index, row in rows(case, "bus").items()}
    for row in rows(case, "line").values():
        if row["in_service"]:
            pp.create_line_from_parameters(
                net, bus[row["from_bus"]], bus[row["to_bus"]], length_km=row["length_km"],
                r_ohm_per_km=row["r_ohm_per_km"], x_ohm_per_km=row["x_ohm_per_km"], c_nf_per_km=row["c_nf_per_km"],
                g_us_per_km=row["g_us_per_km"], max_i_ka=row["max_i_ka"], df=row["df"], parallel=row["parallel"],
            )  # fmt: skip
    kept = ("sn_mva", "vn_hv_kv", "vn_lv_kv", "vk_percent", "vkr_percent", "pfe_kw", "i0_percent", "shift_degree")
    taps = ("tap_side", "tap_neutral", "tap_pos", "tap_step_percent", "tap_step_degree", "tap_changer_type")
    for row in rows(case, "trafo").values():
        if row["in_service"]:
            values = {key: row[key] for key in kept + taps + ("parallel", "df") if row.get(key) is not None}
            pp.create_transformer_from_parameters(net, bus[row["hv_bus"]], bus[row["lv_bus"]], **values)
    for row in rows(case, "ext_grid").values():
        pp.create_ext_grid(net, bus[row["bus"]], vm_pu=row["vm_pu"])
    for table in ("switch", "shunt", "impedance", "trafo3w", "gen"):
        if rows(case, table):
            sys.exit(f"acflow: table {table} is not read")
    limits = {}
    for index, row in rows(case, "bus").items():
        limits[bus[index]] = (row.get("min_vm_pu"), row.get("max_vm_pu"))
    return net, limits


def from_matpower(case, rating_w):
    """The grid without its loads; ratings of unrated branches from --rating-w."""
    net = pp.create_empty_network(f_hz=50)
    base, bus, limits, kv = case["baseMVA"], {}, {}, {}
    for row in case["bus"]:
        bus[row["bus"]] = pp.create_bus(net, vn_kv=row["baseKV"], name=str(row["bus"]))
        kv[row["bus"]] = row["baseKV"]
        # A bus that holds its voltage has none to keep.
        limits[bus[row["bus"]]] = (None, None) if row["type"] == 3 else (row["Vmin_pu"], row["Vmax_pu"])
        if row["type"] == 3:
            pp.create_ext_grid(net, bus[row["bus"]], vm_pu=row["Vm_pu"])
    for row in case["branch"]:
        if not row["status"]:
            continue
        if row["tap"] or row["b_pu"]:
            sys.exit("acflow: taps and charging of MATPOWER branches are not read")
        mva = row["rateA_MVA"] or (rating_w or sys.exit("acflow: unrated branches need --rating-w")) / 1e6
        ohm = kv[row["from"]] ** 2 / base
        pp.create_line_from_parameters(
            net, bus[row["from"]], bus[row["to"]], length_km=1, r_ohm_per_km=row["r_pu"] * ohm,
            x_ohm_per_km=row["x_pu"] * ohm, c_nf_per_km=0, max_i_ka=mva / math.sqrt(3) / kv[row["from"]],
        )  # fmt: skip
    return net, limits


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", type=Path, required=True, help="the published grid, pandapower or MATPOWER tables")
    parser.add_argument("--schedules", type=Path, required=True, help="what `busbar demo --schedules` wrote")
    parser.add_argument("--rating-w", type=float, help="rating of MATPOWER branches that have none")
    parser.add_argument("--power-factor", type=float, default=0.95)
    parser.add_argument("--peak-to-mean", type=float, default=1.2)
    parser.add_argument("--min-pu", type=float, default=0.9, help="lowest voltage of buses without limits of their own")
    parser.add_argument("--max-pu", type=float, default=1.1, help="highest voltage of buses without limits of their own")
    options = parser.parse_args()

    case = json.loads(options.case.read_text())
    net, own = from_pandapower(case) if "_object" in case else from_matpower(case, options.rating_w)
    low = [own[bus][0] or options.min_pu for bus in net.bus.index]
    high = [own[bus][1] or options.max_pu for bus in net.bus.index]
    schedules = json.loads(options.schedules.read_text())
    scale = float(schedules["rating_scale"])
    per_mw = schedules["interval_s"] / 3600 * 1e6
    named = {name: index for index, name in net.bus["name"].items()}
    load = {
        name: pp.create_load(net, named[name], p_mw=0)
        for name in sorted({name for hour in schedules["hours"] for name in hour})
    }
    tan_phi = math.tan(math.acos(options.power_factor))

    trading = [(number, hour) for number, hour in enumerate(schedules["hours"]) if hour]
    print(f"{len(schedules['hours'])} hours, {len(trading)} with trade; {len(net.bus)} buses, {len(net.line)} lines, "
          f"{len(net.trafo)} transformers, {len(load)} buses with homes; ratings x {schedules['rating_scale']}")  # fmt: skip
    failed = False
    for title, factor in (("mean", 1.0), ("peak", options.peak_to_mean)):
        flows = loadings = voltages = unsolved = 0
        lowest, highest, loaded = (math.inf, None, None), (-math.inf, None, None), (0.0, None, None)
        for number, hour in trading:
            net.load["p_mw"] = 0.0
            for name, energy in hour.items():
                net.load.at[load[name], "p_mw"] = energy / per_mw * factor
            net.load["q_mvar"] = net.load["p_mw"] * tan_phi
            try:
                pp.runpp(net, init="flat", tolerance_mva=1e-10, calculate_voltage_angles=False)
            except pp.LoadflowNotConverged:
                unsolved += 1
                continue
            flows += 1
            for kind, table in (("line", net.res_line), ("transformer", net.res_trafo)):
                percent = table["loading_percent"] / scale
                loadings += int((percent > 100).sum())
                if len(percent) and percent.max() > loaded[0]:
                    loaded = (percent.max(), f"{kind} {percent.idxmax()}", number)
            pu = net.res_bus["vm_pu"]
            voltages += int(((pu < low) | (pu > high)).sum())
            lowest = min(lowest, (pu.min(), net.bus["name"][pu.idxmin()], number))
            highest = max(highest, (pu.max(), net.bus["name"][pu.idxmax()], number))
        print(f"{title} power: {flows} flows solved, {unsolved} not; loadings above 100 %: {loadings}; voltages outside "
              f"limits: {voltages}")  # fmt: skip
        if flows:
            print(f"    highest loading {loaded[0]:.2f} % on {loaded[1]} in hour {loaded[2]}; "
                  f"lowest voltage {lowest[0]:.4f} p.u. at bus {lowest[1]} in hour {lowest[2]}, "
                  f"highest {highest[0]:.4f} at bus {highest[1]} in hour {highest[2]}")  # fmt: skip
        failed |= bool(loadings or voltages or unsolved)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
