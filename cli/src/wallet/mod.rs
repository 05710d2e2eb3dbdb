//! What people do in a region: money, orders, prices, devices, readings, certificates, statements.
mod account;
mod amount;
mod clock;
mod deployment;
mod keyring;
mod keys;
mod money;
mod options;
mod order;
mod orders;
mod price;
mod send;
mod session;
mod settle;
mod table;
mod unsigned;

use busbar_chain::Included;
use serde::Serialize;

use crate::exit;
use account::Command as AccountCommand;
use keys::Command as KeysCommand;
use money::{Deposit, Withdraw};
use options::Output;
use order::{Cancel, Place};
use orders::Options as OrdersOptions;
use price::Options as PriceOptions;
use settle::Options as SettleOptions;

/// Commands of people.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make, bring along, list and delete keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Show an account in the market
    #[command(subcommand)]
    Account(AccountCommand),
    /// Put coin or energy tokens into your account in the market
    Deposit(Deposit),
    /// Take coin or energy tokens out of it
    Withdraw(Withdraw),
    /// Place an order: buy, sell, bank or redeem
    Order(Place),
    /// Cancel orders before their gate closes
    Cancel(Cancel),
    /// List orders that wait or are not yet final
    Orders(OrdersOptions),
    /// Show what energy costs
    Price(PriceOptions),
    /// Settle an interval by hand
    Settle(SettleOptions),
}

/// Runs the command.
pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Keys(command) => keys::run(command),
        Command::Account(command) => account::run(command),
        Command::Deposit(options) => money::deposit(options),
        Command::Withdraw(options) => money::withdraw(options),
        Command::Order(options) => order::place(options),
        Command::Cancel(options) => order::cancel(options),
        Command::Orders(options) => orders::run(options),
        Command::Price(options) => price::run(options),
        Command::Settle(options) => settle::run(options),
    }
}

/// Prints an answer: as JSON in the contracts' own fields, or as text.
fn answer<T: Serialize>(output: Output, value: &T, text: impl FnOnce(&T) -> String) -> anyhow::Result<()> {
    match output {
        Output::Json => exit::print(&format!("{}\n", serde_json::to_string_pretty(value)?)),
        Output::Text => exit::print(&text(value)),
    }
}

/// The values of an attribute in the events of a type that a contract emitted.
fn attributes<'a>(included: &'a Included, event: &str, key: &str) -> Vec<&'a str> {
    let event = format!("wasm-{event}");
    let events = included.events.iter().filter(|found| found.ty == event);
    let attributes = events.flat_map(|event| event.attributes.iter());
    attributes
        .filter(|found| found.key == key)
        .map(|found| found.value.as_str())
        .collect()
}
