//! `busbar keys`: a person's keys.
use std::io::{IsTerminal, Read};

use busbar_chain::grpc::Key;
use rand::RngCore;
use rand::rngs::OsRng;
use serde::Serialize;
use thiserror::Error;

use super::keyring::Keyring;
use super::options::{Backend, KeyOptions, Output};
use super::{answer, table};
use crate::exit::BadInput;

/// Commands of `busbar keys`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a key, or bring one along from its mnemonic
    Add(Add),
    /// List the keys
    List(Shared),
    /// Show one key's address
    Show(One),
    /// Delete a key for good
    Delete(Delete),
}

/// Options that all of them share.
#[derive(Debug, clap::Args)]
pub struct Shared {
    #[command(flatten)]
    keys: KeyOptions,
    /// Prefix of the chain's addresses
    #[arg(long, value_name = "PREFIX", default_value = "wasm", value_parser = prefix)]
    prefix: String,
    /// How to print the result
    #[arg(long, short, value_enum, default_value_t)]
    output: Output,
}

/// Options of `busbar keys add`.
#[derive(Debug, clap::Args)]
#[command(after_help = ADD_HELP)]
pub struct Add {
    /// Name of the key: letters, digits, '-' and '_'
    #[arg(value_name = "NAME")]
    name: String,
    /// Read a mnemonic (or 64 hex digits) from stdin instead of making one
    #[arg(long)]
    recover: bool,
    /// Derivation path of the mnemonic's key
    #[arg(long, value_name = "PATH", default_value = "m/44'/118'/0'/0/0")]
    hd_path: String,
    #[command(flatten)]
    shared: Shared,
}

const ADD_HELP: &str = "\
A new mnemonic is printed once: write it down, nothing else brings the key back. The keyring
`test` keeps it as a file that only you can read, without a password: keep no more money there
than in your pocket.

Examples
  busbar keys add anna
  busbar keys add anna --recover < mnemonic.txt";

/// Options of `busbar keys show`.
#[derive(Debug, clap::Args)]
pub struct One {
    /// Name of the key
    #[arg(value_name = "NAME")]
    name: String,
    /// Print the address alone
    #[arg(short, long)]
    address: bool,
    #[command(flatten)]
    shared: Shared,
}

/// Options of `busbar keys delete`.
#[derive(Debug, clap::Args)]
pub struct Delete {
    /// Name of the key
    #[arg(value_name = "NAME")]
    name: String,
    /// Delete without asking
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    keys: KeyOptions,
}

/// A key is not to be deleted unasked, or a prefix is none.
#[derive(Debug, Error)]
enum KeysError {
    /// Without the mnemonic the money is gone.
    #[error("deleting {name:?} is for good: make sure that you have its mnemonic, then add -y")]
    Unasked { name: String },
    /// bech32 does not take it.
    #[error("{value:?} is no prefix of addresses; write it as in wasm1..., without the 1")]
    Prefix { value: String },
}

fn prefix(text: &str) -> Result<String, KeysError> {
    let usable = bech32::Hrp::parse(text).is_ok() && text.bytes().all(|byte| byte.is_ascii_lowercase());
    usable
        .then(|| text.to_owned())
        .ok_or_else(|| KeysError::Prefix { value: text.to_owned() })
}

/// A key as it is shown; its secret only when it is new.
#[derive(Serialize)]
struct Shown {
    name: String,
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mnemonic: Option<String>,
}

/// Runs the command.
pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Add(options) => add(options),
        Command::List(options) => {
            let keyring = keyring(&options.keys)?;
            let shown = |name: String| -> anyhow::Result<Shown> {
                let key = keyring.key(&name).map_err(BadInput::of)?;
                Ok(shown(name, &key, options))
            };
            let names = keyring.names().map_err(BadInput::of)?;
            let keys = names.into_iter().map(shown).collect::<anyhow::Result<Vec<_>>>()?;
            answer(options.output, &keys, |keys| {
                if keys.is_empty() {
                    return "No keys yet: `busbar keys add NAME` makes one.\n".to_owned();
                }
                let rows = keys.iter().map(|key| vec![key.name.clone(), key.address.clone()]);
                table::table(&["name", "address"], &[], rows)
            })
        }
        Command::Show(options) => {
            let key = keyring(&options.shared.keys)?
                .key(&options.name)
                .map_err(BadInput::of)?;
            let shown = shown(options.name.clone(), &key, &options.shared);
            if options.address {
                return crate::exit::print(&format!("{}\n", shown.address));
            }
            answer(options.shared.output, &shown, |shown| {
                table::list([("name", shown.name.clone()), ("address", shown.address.clone())])
            })
        }
        Command::Delete(options) => {
            let keyring = keyring(&options.keys)?;
            keyring.key(&options.name).map_err(BadInput::of)?;
            if !options.yes {
                let name = options.name.clone();
                return Err(BadInput::of(KeysError::Unasked { name }).into());
            }
            Ok(keyring.delete(&options.name).map_err(BadInput::of)?)
        }
    }
}

fn keyring(options: &KeyOptions) -> anyhow::Result<Keyring> {
    let Backend::Test = options.keyring_backend;
    Ok(Keyring::of(options.home.as_deref()).map_err(BadInput::of)?)
}

fn shown(name: String, key: &Key, options: &Shared) -> Shown {
    Shown {
        name,
        address: key.address(&options.prefix).into_string(),
        mnemonic: None,
    }
}

fn add(options: &Add) -> anyhow::Result<()> {
    let keyring = keyring(&options.shared.keys)?;
    let (secret, made) = if options.recover {
        if std::io::stdin().is_terminal() {
            eprintln!("Type the mnemonic, then Enter and Ctrl-D:");
        }
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text)?;
        (text, false)
    } else {
        let mut entropy = [0; 32];
        OsRng.fill_bytes(&mut entropy);
        (Key::mnemonic(entropy)?, true)
    };
    let key = keyring
        .add(&options.name, &secret, &options.hd_path)
        .map_err(BadInput::of)?;
    let mut shown = shown(options.name.clone(), &key, &options.shared);
    shown.mnemonic = made.then_some(secret);
    answer(options.shared.output, &shown, |shown| {
        let mut text = table::list([("name", shown.name.clone()), ("address", shown.address.clone())]);
        if let Some(mnemonic) = &shown.mnemonic {
            text += &format!("\nWrite these words down; nothing else brings the key back:\n\n{mnemonic}\n");
        }
        text
    })
}
