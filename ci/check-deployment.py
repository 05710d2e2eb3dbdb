#!/usr/bin/env python3
"""Asks a node how often a deployment has sent something: one transaction for each code and each contract, however often
it was interrupted.

Usage: ci/check-deployment.py STATE.json RECORD.json: the state file of scripts/devnet, the record of `busbar deploy`.
"""

import json
import sys
import urllib.request
from pathlib import Path


def main():
    state, record = (json.loads(Path(file).read_text()) for file in sys.argv[1:])

    def ask(path):
        with urllib.request.urlopen(state["nodes"][0]["rest"] + path, timeout=10) as answer:
            return json.load(answer)

    stored = {code["checksum"] for code in record["codes"].values()}
    on_chain = [code["data_hash"].lower() for code in ask("/cosmwasm/wasm/v1/code")["code_infos"]]
    if sorted(on_chain) != sorted(stored):
        sys.exit(f"the chain has the codes {on_chain}, the record {stored}")
    account = ask(f"/cosmos/auth/v1beta1/account_info/{record['deployer']}")["info"]
    sent, needed = int(account["sequence"]), len(stored) + len(record["contracts"])
    if sent != needed or "pending" in record:
        sys.exit(f"{sent} transactions were sent for {needed} steps, pending: {record.get('pending')}")
    print(f"{sent} transactions for {needed} steps")


if __name__ == "__main__":
    main()
