"""Local chains of real nodes; run it as scripts/devnet.

Everything stands in one folder ($BUSBAR_DEVNET): per chain a state file <chain-id>.json, a file <chain-id>.toml for
`busbar deploy`, and a folder <chain-id> with the nodes' homes and the home of a client. A node is known by its process
id and the time that process started, so a process that got the same id later is never ended.
"""

import argparse
import contextlib
import fcntl
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(os.environ["BUSBAR_DEVNET"])
# The best-known of all test mnemonics. Whoever funds these accounts on a real chain loses the money.
MNEMONIC = "abandon " * 11 + "about"
# Account i is the key m/44'/118'/0'/0/i of the mnemonic; validators follow from 100 on.
ACCOUNTS = ["owner", "operator", "utility", "guardian", "relayer", "crank", "solver", "faucet"]
ACCOUNTS += [f"home{number}" for number in range(1, 11)]
FIRST_VALIDATOR = 100
STAKE, COIN = "ustake", "ucoin"
FUNDS = {STAKE: 10**12, COIN: 10**15}
GAS_PRICE = f"0.001{STAKE}"
MAX_BLOCK_GAS = 100_000_000
VOTING_S = 20
START_LIMIT_S, STOP_LIMIT_S = 120, 20


class Failure(Exception):
    """What the user is told; exit code 1."""


# --- nodes as processes


def process_state(pid):
    """The kernel's letter for what the process does, and when it started, in ticks since boot."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None, None
    return fields[0], int(fields[19])


def started_ticks(pid):
    """When the process started; None when there is no such process (or only its remains)."""
    letter, ticks = process_state(pid)
    return None if letter == "Z" else ticks


def boot_id():
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def runs(node):
    process = node.get("process")
    return bool(process) and process["boot"] == boot_id() and started_ticks(process["pid"]) == process["started"]


def is_paused(node):
    return runs(node) and process_state(node["process"]["pid"])[0] == "T"


def start(chain, node):
    with open(log_of(chain, node), "ab") as log:
        pid = subprocess.Popen(
            [chain["wasmd"], "start", "--home", node["home"]],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        ).pid
    node["process"] = {"pid": pid, "started": started_ticks(pid), "boot": boot_id()}


def signal_to(node, sign):
    if runs(node):
        with contextlib.suppress(ProcessLookupError):
            os.kill(node["process"]["pid"], sign)


def stop(nodes):
    """Ends the nodes; at first politely, which a paused one hears when it goes on."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for node in nodes:
            signal_to(node, sign)
            signal_to(node, signal.SIGCONT)
        until = time.monotonic() + STOP_LIMIT_S
        while any(map(runs, nodes)) and time.monotonic() < until:
            time.sleep(0.05)
    if any(map(runs, nodes)):
        raise Failure("nodes do not end: " + ", ".join(str(n["process"]["pid"]) for n in nodes if runs(n)))


def height_of(node):
    """Height of the node's last block; None while it does not answer."""
    try:
        with urllib.request.urlopen(node["rpc"] + "/status", timeout=2) as answer:
            return int(json.load(answer)["result"]["sync_info"]["latest_block_height"])
    except (OSError, ValueError, KeyError):
        return None


def listens(url):
    host, port = url.rpartition("/")[2].split(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
        return True
    except OSError:
        return False


def wait_until_open(chain, nodes, height):
    """Until each node has a block of that height and answers."""
    until = time.monotonic() + START_LIMIT_S
    for node in nodes:
        while not ((height_of(node) or 0) >= height and listens(node["grpc"]) and listens(node["rest"])):
            late = time.monotonic() > until
            if late or not runs(node):
                tail = "\n".join(log_of(chain, node).read_text(errors="replace").splitlines()[-15:])
                what = f"does not answer at height {height} after {START_LIMIT_S} s" if late else "ended by itself"
                raise Failure(f"{chain['chain_id']}/{node['name']} {what}; the end of its log:\n{tail}")
            time.sleep(0.1)


# --- the state files


def state_file(chain_id):
    return ROOT / f"{chain_id}.json"


def deployment_file(chain_id):
    return ROOT / f"{chain_id}.toml"


def log_of(chain, node):
    return ROOT / chain["chain_id"] / f"{node['name']}.log"


def load():
    return [json.loads(file.read_text()) for file in sorted(ROOT.glob("*.json"))]


def save(chain):
    new = ROOT / f"{chain['chain_id']}.new"
    new.write_text(json.dumps(chain, indent=2) + "\n")
    new.replace(state_file(chain["chain_id"]))


@contextlib.contextmanager
def alone():
    """Only one of `up` and `down` at a time."""
    ROOT.mkdir(parents=True, exist_ok=True)
    with open(ROOT / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- making a chain


@functools.cache
def node_program():
    """Path of wasmd, built where it is missing."""
    done = subprocess.run([Path(__file__).parent / "node"], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Failure("the node could not be built")
    return done.stdout.strip()


def wasmd(*arguments, stdin=None):
    done = subprocess.run(
        [node_program(), *map(str, arguments)], input=stdin, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failure(f"wasmd {' '.join(map(str, arguments))}: {done.stderr.strip()[-800:]}")
    return done.stdout


def free_ports(count):
    """Ports of the loopback that nobody listens on; held together so that they differ."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def set_toml(file, values):
    """Sets {(section, key): value} in place; keeps the node's own comments. A key that is not there is an error."""
    section, left, lines = "", dict(values), []
    for line in file.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[] ")
        key = line.partition("=")[0].strip()
        if (section, key) in left:
            line = f"{key} = {json.dumps(left.pop((section, key)))}"
        lines.append(line)
    if left:
        raise Failure(f"{file} has no {sorted(left)}")
    file.write_text("\n".join(lines) + "\n")


def make_keys(client, validators):
    """The keyring of the client, {name: address}."""
    numbers = {name: number for number, name in enumerate(ACCOUNTS)}
    numbers |= {f"validator{i}": FIRST_VALIDATOR + i for i in range(validators)}
    addresses = {}
    for name, number in numbers.items():
        out = wasmd(
            "keys", "add", name, "--recover", "--index", number, "--keyring-backend", "test", "--home", client,
            "--output", "json", stdin=MNEMONIC + "\n",
        )
        addresses[name] = json.loads(out)["address"]
    return addresses


def change_genesis(file):
    genesis = json.loads(file.read_text())
    genesis["consensus"]["params"]["block"]["max_gas"] = str(MAX_BLOCK_GAS)
    # A vote (to pin a code, to change a parameter) passes while a test waits.
    params = genesis["app_state"]["gov"]["params"]
    params["voting_period"], params["expedited_voting_period"] = f"{VOTING_S}s", f"{VOTING_S // 2}s"
    file.write_text(json.dumps(genesis))


def make_chain(chain_id, options):
    validators, block_ms, gas_price = options.validators, options.block_ms, options.gas_price
    folder = ROOT / chain_id
    shutil.rmtree(folder, ignore_errors=True)
    client = folder / "client"
    client.mkdir(parents=True)
    ports = iter(free_ports(4 * validators))
    nodes = []
    for i in range(validators):
        home = folder / f"node{i}"
        wasmd("init", f"node{i}", "--chain-id", chain_id, "--home", home, "--default-denom", STAKE)
        rpc, p2p, grpc, rest = (next(ports) for _ in range(4))
        nodes.append({
            "name": f"node{i}", "home": str(home), "id": wasmd("comet", "show-node-id", "--home", home).strip(),
            "rpc": f"http://127.0.0.1:{rpc}", "grpc": f"http://127.0.0.1:{grpc}", "rest": f"http://127.0.0.1:{rest}",
            "p2p": f"127.0.0.1:{p2p}",
        })
    addresses = make_keys(client, validators)

    first = Path(nodes[0]["home"])
    genesis = first / "config" / "genesis.json"
    wasmd("genesis", "bulk-add-genesis-account", accounts_file(folder, addresses), "--home", first)
    change_genesis(genesis)
    gentxs = folder / "gentxs"
    gentxs.mkdir()
    for i, node in enumerate(nodes):
        home = Path(node["home"])
        if home != first:
            shutil.copy(genesis, home / "config" / "genesis.json")
        wasmd(
            "genesis", "gentx", f"validator{i}", f"100000000000{STAKE}", "--chain-id", chain_id, "--home", home,
            "--keyring-backend", "test", "--keyring-dir", client, "--ip", "127.0.0.1",
            "--output-document", gentxs / f"{node['name']}.json",
        )
    wasmd("genesis", "collect-gentxs", "--gentx-dir", gentxs, "--home", first)
    shutil.rmtree(gentxs)
    for node in nodes:
        home = Path(node["home"])
        if home != first:
            shutil.copy(genesis, home / "config" / "genesis.json")
        configure(home / "config", node, nodes, options)

    write_deployment(folder, chain_id, nodes, gas_price)
    return {
        "chain_id": chain_id, "wasmd": node_program(), "block_ms": block_ms, "mempool": options.mempool,
        "bech32_prefix": "wasm",
        "denoms": {"stake": STAKE, "coin": COIN}, "min_gas_price": gas_price, "max_block_gas": MAX_BLOCK_GAS,
        "mnemonic": MNEMONIC, "client_home": str(client), "accounts": addresses, "nodes": nodes,
    }


def accounts_file(folder, addresses):
    """The funded accounts as `bulk-add-genesis-account` reads them."""
    coins = [{"denom": denom, "amount": str(amount)} for denom, amount in sorted(FUNDS.items())]
    file = folder / "accounts.json"
    file.write_text(json.dumps([{"address": address, "coins": coins} for address in addresses.values()]))
    return file


def write_deployment(folder, chain_id, nodes, gas_price):
    """The file that `busbar deploy` reads: this chain, the key of the first account, the devnet's region."""
    key = folder / "owner.key"
    key.touch(mode=0o600)
    key.write_text(MNEMONIC + "\n")

    def urls(kind):
        return json.dumps([node[kind] for node in nodes])

    head = f"""[chain]
chain_id = "{chain_id}"
grpc = {urls("grpc")}
bech32_prefix = "wasm"
gas_price = "{gas_price}"
max_gas = {MAX_BLOCK_GAS}

[key]
file = "{chain_id}/{key.name}"

"""
    region = (Path(__file__).parent / "devnet-region.toml").read_text()
    region = region.replace("[directory]\n", f"[directory]\nrpc = {urls('rpc')}\nrest = {urls('rest')}\n", 1)
    deployment_file(chain_id).write_text(head + region)


def configure(config, node, nodes, options):
    def listen(url):
        return "tcp://" + url.rpartition("/")[2]

    peers = ",".join(f"{other['id']}@{other['p2p']}" for other in nodes if other is not node)
    set_toml(config / "config.toml", {
        ("rpc", "laddr"): listen(node["rpc"]), ("rpc", "cors_allowed_origins"): ["*"], ("rpc", "pprof_laddr"): "",
        ("p2p", "laddr"): listen(node["p2p"]), ("p2p", "persistent_peers"): peers,
        ("p2p", "addr_book_strict"): False, ("p2p", "allow_duplicate_ip"): True, ("p2p", "pex"): False,
        ("consensus", "timeout_commit"): f"{options.block_ms}ms", ("tx_index", "indexer"): "kv",
        ("mempool", "size"): options.mempool,
    })
    set_toml(config / "app.toml", {
        ("", "minimum-gas-prices"): options.gas_price,
        ("api", "enable"): True, ("api", "enabled-unsafe-cors"): True, ("api", "address"): listen(node["rest"]),
        ("grpc", "enable"): True, ("grpc", "address"): node["grpc"].rpartition("/")[2], ("grpc-web", "enable"): False,
    })


# --- the commands


def up(options):
    with alone():
        wanted = [f"busbar-{i}" for i in range(1, options.chains + 1)]
        known = {chain["chain_id"]: chain for chain in load()}
        asked = (options.validators, options.block_ms, options.mempool, options.gas_price)

        def shape(chain):
            return len(chain["nodes"]), chain["block_ms"], chain["mempool"], chain["min_gas_price"]

        if known and (sorted(known) != sorted(wanted) or {shape(chain) for chain in known.values()} != {asked}):
            raise Failure("another devnet is up: `scripts/devnet down` first, or ask for the same again")
        chains = [known.get(name) or make_chain(name, options) for name in wanted]
        try:
            for chain in chains:
                for node in chain["nodes"]:
                    signal_to(node, signal.SIGCONT)
                    if not runs(node):
                        start(chain, node)
                        save(chain)
            for chain in chains:
                wait_until_open(chain, chain["nodes"], 2)
        except BaseException:
            stop([node for chain in chains for node in chain["nodes"]])
            raise
    status(options)


def down(_options):
    if not ROOT.exists():
        return
    with alone():
        chains = load()
        stop([node for chain in chains for node in chain["nodes"]])
        for chain in chains:
            shutil.rmtree(ROOT / chain["chain_id"], ignore_errors=True)
            state_file(chain["chain_id"]).unlink()
            deployment_file(chain["chain_id"]).unlink(missing_ok=True)
        # What an interrupted `up` left before it could save a state: nothing runs in it.
        for rest in ROOT.glob("busbar-*"):
            shutil.rmtree(rest, ignore_errors=True) if rest.is_dir() else rest.unlink()
        (ROOT / ".lock").unlink()
    with contextlib.suppress(OSError):
        ROOT.rmdir()


def one_node(options):
    """The node that a command names, as `busbar-1/node0` or, where that is clear, as `node0`; with its chain."""
    every = [(chain, node) for chain in load() for node in chain["nodes"]]
    named = [(c, n) for c, n in every if options.name in (n["name"], f"{c['chain_id']}/{n['name']}")]
    if len(named) != 1:
        there = ", ".join(f"{chain['chain_id']}/{node['name']}" for chain, node in every) or "none"
        raise Failure(f"{'more than one' if named else 'no'} node {options.name}; there are: {there}")
    return named[0]


def stop_one(options):
    with alone():
        stop([one_node(options)[1]])


def start_one(options):
    with alone():
        chain, node = one_node(options)
        signal_to(node, signal.SIGCONT)
        if not runs(node):
            start(chain, node)
            save(chain)
        # A chain that stands still makes no block for it: that it answers is enough.
        wait_until_open(chain, [node], 1)


def pause(options):
    _, node = one_node(options)
    if not runs(node):
        raise Failure(f"{options.name} does not run")
    signal_to(node, signal.SIGSTOP)


def status(options):
    chains = load()
    for chain in chains:
        for node in chain["nodes"]:
            node["running"], node["paused"] = runs(node), is_paused(node)
            node["height"] = height_of(node) if node["running"] and not node["paused"] else None
    if options.json:
        print(json.dumps(chains, indent=2))
        return
    if not chains:
        print("no devnet is up")
    for chain in chains:
        print(f"{chain['chain_id']}: blocks of {chain['block_ms']} ms, gas price {chain['min_gas_price']}")
        for node in chain["nodes"]:
            state = f"height {node['height']}" if node["running"] else "does not run (`start` starts it again)"
            state = "is paused (`start` lets it go on)" if node["paused"] else state
            print(f"  {node['name']}  {state}  rpc {node['rpc']}  grpc {node['grpc']}  rest {node['rest']}")
        print(f"  file   {deployment_file(chain['chain_id'])}  for `busbar deploy --chain`")
        print(f"  client {chain['wasmd']} --home {chain['client_home']}")
        print(f"  keys   {' '.join(chain['accounts'])}")


def logs(options):
    names = {f"{chain['chain_id']}/{node['name']}": log_of(chain, node) for chain in load() for node in chain["nodes"]}
    chosen = [file for name, file in names.items() if options.name in (None, name, *name.split("/"))]
    if not chosen:
        raise Failure(f"no node {options.name or ''}; there are: {', '.join(names) or 'none'}")
    follow = ["-f"] if options.follow else []
    os.execvp("tail", ["tail", "-n", str(options.lines), *follow, *map(str, chosen)])


def bounded(low, high):
    def read(text):
        if not (text.isdecimal() and low <= int(text) <= high):
            raise argparse.ArgumentTypeError(f"{text} is no integer from {low} to {high}")
        return int(text)

    return read


def main():
    parser = argparse.ArgumentParser(prog="scripts/devnet", description="Local chains of real nodes.")
    commands = parser.add_subparsers(required=True, metavar="up|down|stop|start|pause|status|logs")
    one = commands.add_parser("up", help="start chains, or what of them does not run")
    one.add_argument("--validators", type=bounded(1, 10), default=1, metavar="N", help="per chain (default 1)")
    one.add_argument("--chains", type=bounded(1, 8), default=1, metavar="K", help="busbar-1 to busbar-K (default 1)")
    one.add_argument("--block-ms", type=bounded(100, 60_000), default=500, metavar="MS", help="default 500")
    one.add_argument("--mempool", type=bounded(1, 5_000), default=5_000, metavar="N", help="transactions; default 5000")
    one.add_argument(
        "--gas-price", default=GAS_PRICE, metavar="PRICE",
        help=f"what the nodes ask for (default {GAS_PRICE}; 0{STAKE}: nothing)",
    )
    one.add_argument("--json", action="store_true", help="print the state as JSON")
    one.set_defaults(run=up)
    one = commands.add_parser("down", help="end what `up` started and remove its files")
    one.set_defaults(run=down)
    for name, run, what in (
        ("stop", stop_one, "end a node"),
        ("start", start_one, "start a node that does not run, or let one go on that is paused"),
        ("pause", pause, "freeze a node: its ports stay open, and it answers nothing"),
    ):
        one = commands.add_parser(name, help=what)
        one.add_argument("name", help="node0 or busbar-1/node0")
        one.set_defaults(run=run)
    one = commands.add_parser("status", help="endpoints, heights, keys")
    one.add_argument("--json", action="store_true", help="print the state as JSON")
    one.set_defaults(run=status)
    one = commands.add_parser("logs", help="the end of the nodes' logs")
    one.add_argument("name", nargs="?", help="busbar-1, node0 or busbar-1/node0")
    one.add_argument("-n", "--lines", type=bounded(1, 1_000_000), default=50)
    one.add_argument("-f", "--follow", action="store_true")
    one.set_defaults(run=logs)
    options = parser.parse_args()
    try:
        options.run(options)
    except Failure as failure:
        sys.exit(f"error: {failure}")


if __name__ == "__main__":
    main()
