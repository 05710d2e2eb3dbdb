#!/usr/bin/env python3
"""DC optimal power flow of case5 with its ratings scaled, by HiGHS (MIT licence): bench/dcopf.py [FILE]

Writes what solver/tests/references.rs compares with (data/networks/reference/case5_scaled.json by default). The program
is written in voltage angles from the case's tables and shares no code with the product: P = (angle_from - angle_to) / x,
|P| <= scale * rateA where rateA > 0, prices are the duals of the balances. Scales at which the duals are not unique
would prove nothing: the bases are checked to be non-degenerate.
"""
import json
import sys
from pathlib import Path

import highspy
import numpy as np

DATA = Path(__file__).resolve().parent.parent / "data" / "networks"
SCALES = [0.75, 0.8, 0.9, 1.1, 1.25]
BASE_MVA = 100.0


def solve(case, scale):
    """Objective ($/h), prices by bus ($/MWh), dispatch by generator (MW) and flows by branch (MW)."""
    program = highspy.Highs()
    program.setOptionValue("output_flag", False)
    infinite = highspy.kHighsInf
    buses = [bus["bus"] for bus in case["bus"]]
    angles = {bus: program.addVariable(0.0 if n == 0 else -infinite, 0.0 if n == 0 else infinite)
              for n, bus in enumerate(buses)}
    dispatch = [program.addVariable(generator["Pmin_MW"], generator["Pmax_MW"], cost["coeffs"][0])
                for generator, cost in zip(case["gen"], case["gencost"])]
    leaving = {bus: 0 for bus in buses}
    flows = []
    for branch in case["branch"]:
        flow = (angles[branch["from"]] - angles[branch["to"]]) * (BASE_MVA / branch["x_pu"])
        flows.append(flow)
        leaving[branch["from"]] = leaving[branch["from"]] + flow
        leaving[branch["to"]] = leaving[branch["to"]] - flow
        if branch["rateA_MVA"] > 0:
            program.addConstr(flow <= scale * branch["rateA_MVA"])
            program.addConstr(flow >= -scale * branch["rateA_MVA"])
    balances = []
    for bus in case["bus"]:
        made = sum((power for generator, power in zip(case["gen"], dispatch) if generator["bus"] == bus["bus"]), 0)
        balances.append(program.addConstr(made - leaving[bus["bus"]] == float(bus["Pd_MW"])))
    program.run()
    assert program.getModelStatus() == highspy.HighsModelStatus.kOptimal, scale
    solution = program.getSolution()
    values = np.array(solution.col_value)
    prices = {str(bus): solution.row_dual[balance.index] for bus, balance in zip(buses, balances)}
    # A basic variable at a bound means that other duals fit as well.
    lower, upper = np.array(program.getLp().col_lower_), np.array(program.getLp().col_upper_)
    basic = [status == highspy.HighsBasisStatus.kBasic for status in program.getBasis().col_status]
    slack = np.minimum(values - lower, upper - values)
    assert all(room > 1e-6 for room, is_basic in zip(slack, basic) if is_basic), f"degenerate at {scale}"
    return {
        "case": "case5",
        "rateA_scale": scale,
        "objective": program.getObjectiveValue(),
        "Pg_MW": [values[power.index] for power in dispatch],
        "lmp": prices,
        "flow_MW": [(values[angles[b["from"]].index] - values[angles[b["to"]].index]) * BASE_MVA / b["x_pu"]
                    for b in case["branch"]],
    }


def main():
    case = json.loads((DATA / "matpower" / "case5.json").read_text())
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "reference" / "case5_scaled.json"
    published = json.loads((DATA / "reference" / "dcopf_reference.json").read_text())["results"][0]
    again = solve(case, 1)
    assert abs(again["objective"] - published["objective"]) < 1e-6 * published["objective"]
    results = [solve(case, scale) for scale in SCALES]
    note = "DC-OPF of case5 with rateA scaled, by bench/dcopf.py with the LP solver of HiGHS; MW, $/h, $/MWh."
    out.write_text(json.dumps({"note": note, "results": results}, indent=1) + "\n")
    for result in results:
        prices = ", ".join(f"{price:.4f}" for price in result["lmp"].values())
        print(f"ratings x {result['rateA_scale']}: {result['objective']:.4f} $/h, prices {prices}")


main()
