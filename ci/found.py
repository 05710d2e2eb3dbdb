#!/usr/bin/env python3
"""Uploads every contract to a devnet, founds a test region and prints what the uploads cost.

Usage: ci/found.py STATE.json ARTIFACTS: the state file of scripts/devnet, the folder of scripts/build-contracts.
Fails when the node refuses an upload, stores other bytes than it was sent, or a contract refuses its founding.
"""

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

# Seconds for one transaction to be in a block; blocks take a fraction of one.
INCLUSION_LIMIT_S = 60
ORDER = ["grid", "registry", "oracle", "market", "energy_token", "certificates"]
# What `busbar_testing::household` gives to tests.
PARAMS = {
    "import_tariff": "210000", "export_tariff": "70000", "price_floor": "0", "price_cap": "1000000",
    "imbalance_min": "-100000", "imbalance_max": "1000000",
    "connection_import": "1000000", "connection_export": "1000000",
    "horizon": 96, "gate_closure_s": 300, "solver_window_s": 120, "no_cancel_s": 30,
    "confirmation_window": 4, "dispute_window": 4, "correction_window": 96, "clock_tolerance_s": 30,
    "steps_per_device": 8, "orders_per_interval": 16384, "epsilon": "2000",
    "reference_window": 96, "residual_supply": "1000000", "zones": [],
    "order_fee": "0", "settlement_fee": "0", "clear_bounty": "0", "settle_bounty": "0", "solver_bounty": "0",
    "sealed_lock": "0", "sealed_fee": "0", "head_tolerance": "10000", "head_tolerance_wh": "100", "losses": "0",
    "frequency": {"nominal": "50000", "steps": []}, "missing_limit": 96, "bank": None,
}


class Node:
    """The chain through its own program."""

    def __init__(self, state):
        self.state, self.accounts = state, state["accounts"]

    def run(self, *arguments):
        command = [self.state["wasmd"], *map(str, arguments), "--home", self.state["client_home"], "--output", "json"]
        command += ["--node", self.state["nodes"][0]["rpc"].replace("http", "tcp")]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def query(self, *arguments):
        done = self.run("query", *arguments)
        if done.returncode:
            sys.exit(f"query {arguments}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def tx(self, *arguments):
        """Signs as the owner, sends, waits for the block; the result with its events and gas."""
        done = self.run(
            "tx", *arguments, "--from", "owner", "--keyring-backend", "test", "--chain-id", self.state["chain_id"], "--gas", "auto", "--gas-adjustment", "1.3",
            "--gas-prices", self.state["min_gas_price"], "--yes",
        )
        sent = json.loads(done.stdout) if done.returncode == 0 else {"code": 1, "raw_log": done.stderr.strip()}
        if sent["code"]:
            sys.exit(f"{arguments[:3]} is refused: {sent['raw_log'][-800:]}")
        until = time.monotonic() + INCLUSION_LIMIT_S
        while time.monotonic() < until:
            found = self.run("query", "tx", sent["txhash"])
            if found.returncode == 0:
                result = json.loads(found.stdout)
                if result["code"]:
                    sys.exit(f"{arguments[:3]} failed: {result['raw_log']}")
                return result
            time.sleep(0.1)
        sys.exit(f"{arguments[:3]}: {sent['txhash']} is in no block after {INCLUSION_LIMIT_S} s")


def attribute(result, event, key):
    for found in result["events"]:
        if found["type"] == event:
            for pair in found["attributes"]:
                if pair["key"] == key:
                    return pair["value"]
    sys.exit(f"no {key} in {event}")


def main():
    node = Node(json.loads(Path(sys.argv[1]).read_text()))
    artifacts = Path(sys.argv[2])
    wasm = {file.stem.removeprefix("busbar_"): file for file in artifacts.glob("busbar_*.wasm")}
    if set(wasm) != set(ORDER):
        sys.exit(f"{artifacts} has {sorted(wasm)}, the region needs {sorted(ORDER)}")
    codes, contracts = {}, {}
    for name in ORDER:
        stored = node.tx("wasm", "store", wasm[name])
        codes[name] = attribute(stored, "store_code", "code_id")
        checksum = attribute(stored, "store_code", "code_checksum")
        if checksum != hashlib.sha256(wasm[name].read_bytes()).hexdigest():
            sys.exit(f"{name}: the node stored {checksum}")
        size, gas = wasm[name].stat().st_size, int(stored["gas_used"])
        print(f"{name:13} code {codes[name]}  {size:7} bytes  upload {gas:8} gas", flush=True)

    def found(name, message):
        done = node.tx(
            "wasm", "instantiate", codes[name], json.dumps(message), "--label", name, "--admin", node.accounts["owner"]
        )
        contracts[name] = attribute(done, "instantiate", "_contract_address")
        print(f"{name:13} {contracts[name]}  founded with {done['gas_used']} gas", flush=True)

    owner = node.accounts["owner"]
    found("grid", {
        "domain": "test-devnet", "denom": node.state["denoms"]["coin"], "interval_s": "900", "energy_interval_s": "900",
        "operator": node.accounts["operator"], "utility": node.accounts["utility"], "params": PARAMS,
    })
    grid = contracts["grid"]
    for name in ["registry", "oracle", "market"]:
        found(name, {"owner": owner, "grid": grid})
    found("energy_token", {"grid": grid, "name": "Devnet energy", "symbol": "DEV"})
    wired = ["registry", "oracle", "market", "energy_token"]
    wiring = {"wire": {name: contracts[name] for name in wired}}
    node.tx("wasm", "execute", grid, json.dumps(wiring))
    found("certificates", {"grid": grid, "issuer": "Devnet registry"})

    known = node.query("wasm", "contract-state", "smart", grid, json.dumps({"contracts": {}}))["data"]
    if any(known[name] != contracts[name] for name in wired):
        sys.exit(f"the grid answers: {known}")
    print("founded: the grid knows its contracts")


if __name__ == "__main__":
    main()
