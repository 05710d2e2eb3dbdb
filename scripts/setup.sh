# Sourced by the scripts beside it: moves to the repository's root and defines what a fresh machine is set up with.
# Needs rustup and git; installs toolchains with rustup, a C compiler and Python with Debian's package manager.
# shellcheck shell=bash

set -euo pipefail
readonly CALLED_FROM=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The toolchain that builds contracts: from 1.87 on rustc emits bulk-memory instructions, which nodes refuse.
readonly CONTRACT_RUST=1.86.0
readonly CARGO_DENY=0.20.2
# Debian 12's binaryen: another one gives other bytes.
readonly WASM_OPT=108
# Of the generation of the node's virtual machine.
readonly COSMWASM_CHECK=3.0.10

# Where cargo puts what it installs.
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"
# The build folder may stand elsewhere; the scripts and cargo agree on it.
CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
[[ $CARGO_TARGET_DIR == /* ]] || CARGO_TARGET_DIR="$CALLED_FROM/$CARGO_TARGET_DIR"
export CARGO_TARGET_DIR

# Progress goes to stderr: stdout is what the command itself has to say.
say() { printf '\n==> %s\n' "$*" >&2; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# The value of `channel` in rust-toolchain.toml.
workspace_rust() { sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml; }

# need_rust CHANNEL [--component C]... [--target T]...: installs what of it is missing.
need_rust() {
  local channel=$1 installed
  shift
  command -v rustup >/dev/null || fail "rustup is not in PATH: install it from https://rustup.rs"
  # Asking must not install: rustup would take its default profile, documentation and all.
  if ! installed=$(RUSTUP_AUTO_INSTALL=0 rustup component list --toolchain "$channel" --installed 2>/dev/null); then
    say "Installing Rust $channel"
    rustup toolchain install "$channel" --profile minimal --no-self-update "$@"
    return
  fi
  while [ $# -gt 0 ]; do
    if ! grep -qE "^(rust-std-)?$2(-|$)" <<<"$installed"; then
      say "Installing ${1#--} $2 of Rust $channel"
      rustup "${1#--}" add --toolchain "$channel" "$2"
    fi
    shift 2
  done
}

# need_package COMMAND-THAT-PROVES-IT PACKAGE...
need_package() {
  local probe=$1 sudo=
  shift
  if bash -c "$probe" >/dev/null 2>&1; then return; fi
  command -v apt-get >/dev/null || fail "missing: $*; install them with your system's package manager"
  [ "$(id -u)" = 0 ] || sudo=sudo
  say "Installing $* with apt-get"
  $sudo apt-get update -q
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qy --no-install-recommends "$@"
}

# SQLite is compiled from its C source, and Rust links with the C compiler.
need_c_compiler() {
  need_package 'printf "#include <stdio.h>\nint main(void) { return 0; }\n" | cc -x c -o /dev/null -' gcc libc6-dev
}

need_wasm_opt() {
  need_package 'command -v wasm-opt' binaryen
  local have
  have=$(wasm-opt --version)
  [[ "$have " == "wasm-opt version $WASM_OPT "* ]] ||
    fail "the contracts' checksums are those of wasm-opt $WASM_OPT (binaryen of Debian 12), here is: $have"
}

# The node is a Go program. Go fetches the toolchain that chain/node asks for by itself, from 1.21 on.
need_go() {
  local wanted have
  wanted=$(sed -n 's/^go \([0-9.]*\)$/\1/p' chain/node/go.mod)
  # What go.dev's archive and Debian's versioned packages install stands outside PATH.
  export PATH="$PATH:/usr/local/go/bin:/usr/lib/go/bin"
  if ! command -v go >/dev/null; then need_package 'go version' golang-go ca-certificates; fi
  have=$(cd / && GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | sed 's/^go//')
  if [ "$(printf '%s\n' 1.21 "$have" | sort -V | head -n 1)" != 1.21 ]; then
    fail "Go $have cannot build the node: install Go $wanted or newer from https://go.dev/dl/ (Debian 12: golang-go of bookworm-backports)"
  fi
}

need_cargo_deny() {
  if [ "$(cargo-deny --version 2>/dev/null)" = "cargo-deny $CARGO_DENY" ]; then return; fi
  say "Installing cargo-deny $CARGO_DENY (two minutes, once)"
  # A light build: it runs for a second.
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_TARGET_DIR="$CARGO_TARGET_DIR/tools" \
    cargo install --locked --force "cargo-deny@$CARGO_DENY"
  rm -rf "$CARGO_TARGET_DIR/tools"
}
