"""Solves markets written by `busbar bench ... --dump` as linear programs with HiGHS (MIT licence).

The program is written from the market's definition and shares no code with the product: fills, flows, a balance
per bus, Kirchhoff's law within its tolerance on the cycles of a breadth-first spanning tree, limits of lines.
"""
import collections
import json
import time

import highspy
import numpy as np


def spanning_tree(buses, root, lines):
    """Breadth-first, lowest bus, then lowest line first: the bus above each bus and the line to it."""
    around = collections.defaultdict(list)
    for number, line in enumerate(lines):
        a, b = int(line["from"]), int(line["to"])
        around[a].append((b, number))
        around[b].append((a, number))
    up, queue = {root: None}, collections.deque([root])
    while queue:
        bus = queue.popleft()
        for other, number in sorted(around[bus]):
            if other not in up:
                up[other] = (bus, number)
                queue.append(other)
    assert len(up) == buses, "not connected"
    return up


def climb(up, lines, bus):
    """Lines from a bus to the root, with the sign of going up along them."""
    way = []
    while up[bus]:
        parent, number = up[bus]
        way.append((number, 1 if int(lines[number]["from"]) == bus else -1))
        bus = parent
    return way


def basis_cycles(up, lines):
    """Cycle of each line outside the tree: [(line, sign)]."""
    tree = {way[1] for way in up.values() if way}
    cycles = []
    for number, line in enumerate(lines):
        if number not in tree:
            signs = collections.Counter({number: 1})
            for member, sign in climb(up, lines, int(line["to"])):
                signs[member] += sign
            for member, sign in climb(up, lines, int(line["from"])):
                signs[member] -= sign
            cycles.append([(member, sign) for member, sign in signs.items() if sign])
    return cycles


class Market:
    """A market file as a linear program; energies in Wh, prices in coins per MWh (a thousandth of the file's)."""

    def __init__(self, path):
        with open(path) as file:
            market = json.load(file)
        self.orders, network = market["orders"], market["network"]
        self.lines, self.buses = network["lines"], len(network["buses"])
        up = spanning_tree(self.buses, int(network["root"]), self.lines)
        cycles = basis_cycles(up, self.lines)
        voltage = network.get("voltage")
        limits = sorted(voltage["limits"].items()) if voltage else []
        orders, lines = len(self.orders), len(self.lines)
        sign = np.array([1 if order["side"] == "buy" else -1 for order in self.orders])
        price = np.array([order["price"] for order in self.orders]) / 1000
        cost = np.concatenate([-sign * price, np.zeros(lines)])
        upper = np.concatenate([[order["quantity"] for order in self.orders], [line["capacity_wh"] for line in self.lines]])
        back = [line.get("capacity_back_wh", line["capacity_wh"]) for line in self.lines]
        lower = np.concatenate([np.zeros(orders), -np.array(back, dtype=float)])
        first = self.buses + len(cycles)
        rows = [([], []) for _ in range(first + len(limits))]

        def put(row, column, value):
            rows[row][0].append(column)
            rows[row][1].append(value)

        for number, order in enumerate(self.orders):
            put(int(order["bus"]), number, sign[number])
        for number, line in enumerate(self.lines):
            put(int(line["from"]), orders + number, 1)
            put(int(line["to"]), orders + number, -1)
        limit = np.zeros(len(rows))
        for number, cycle in enumerate(cycles):
            for member, direction in cycle:
                put(self.buses + number, orders + member, direction * self.lines[member]["reactance"])
            limit[self.buses + number] = sum(self.lines[member]["reactance"] for member, _ in cycle)
        least = -limit
        # LinDistFlow, times the base: the root's squared voltage less 2 (r + x tan phi) P on the way lies within limits.
        for number, (bus, between) in enumerate(limits, first):
            for member, direction in climb(up, self.lines, int(bus)):
                line = self.lines[member]
                ohms = (line["resistance"] + line["reactance"] * voltage["tan_phi_ppm"] / 1e6) / 1e5
                put(number, orders + member, 2 * ohms * -direction)
            root = (voltage["root_ppm"] / 1e6) ** 2
            limit[number] = (root - (between["min_ppm"] / 1e6) ** 2) * voltage["base_wh"]
            least[number] = (root - (between["max_ppm"] / 1e6) ** 2) * voltage["base_wh"]
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = orders + lines, len(rows)
        program.col_cost_, program.col_lower_, program.col_upper_ = cost, lower, upper.astype(float)
        program.row_lower_, program.row_upper_ = least, limit
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.cumsum([0] + [len(columns) for columns, _ in rows])
        program.a_matrix_.index_ = np.array([column for columns, _ in rows for column in columns])
        program.a_matrix_.value_ = np.array([value for _, values in rows for value in values], dtype=float)
        self.program = program

    def solve(self, repeat=1):
        """Largest welfare in the file's units (price times Wh) and the shortest time of solving, nanoseconds."""
        shortest = None
        for _ in range(repeat):
            highs = highspy.Highs()
            highs.setOptionValue("output_flag", False)
            highs.setOptionValue("threads", 1)
            highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
            highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
            highs.passModel(self.program)
            start = time.perf_counter_ns()
            highs.run()
            taken = time.perf_counter_ns() - start
            assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal, highs.getModelStatus()
            shortest = taken if shortest is None else min(shortest, taken)
            self.solution = highs.getSolution()
        return -highs.getInfo().objective_function_value * 1000, shortest
