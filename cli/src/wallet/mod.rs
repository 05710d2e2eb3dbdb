//! What people do in a region: money, orders, prices, devices, readings, certificates, statements.
mod account;
mod amount;
mod certificate;
mod clock;
mod deployment;
mod device;
mod keyring;
mod keys;
mod money;
mod options;
mod order;
mod orders;
mod price;
mod reading;
mod send;
mod session;
mod settle;
mod statement;
mod table;
mod transfer;
mod unsigned;

pub use certificate::{
    List as CertificateList, Retire as CertificateRetire, list as list_certificates, retire as retire_certificates,
};

use busbar_chain::Included;
use serde::Serialize;

use crate::exit;
use account::Command as AccountCommand;
use device::Command as DeviceCommand;
use keys::Command as KeysCommand;
use money::{Deposit, Withdraw};
use options::Output;
use order::{Cancel, Place};
use orders::Options as OrdersOptions;
use price::Options as PriceOptions;
use reading::Command as ReadingCommand;
use settle::Options as SettleOptions;
use statement::Options as StatementOptions;

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
    /// List an account's month, interval by interval, as a table or CSV
    Statement(StatementOptions),
    /// Reserve a number for a device, enrol, confirm, show it and pass it to another owner
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Show what the oracle has of a device
    #[command(subcommand)]
    Reading(ReadingCommand),
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
        Command::Statement(options) => statement::run(options),
        Command::Device(command) => device::run(command),
        Command::Reading(command) => reading::run(command),
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

/// The name that a value without content has in JSON, as people read it: `head_meter` is `head meter`.
fn name_of(value: &impl Serialize) -> String {
    let name = serde_json::to_value(value).ok();
    let name = name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use busbar_attestation::DeviceKind;

    #[test]
    fn names_are_those_of_the_contracts() {
        assert_eq!(super::name_of(&DeviceKind::HeadMeter), "head meter");
        assert_eq!(super::name_of(&busbar_api::registry::Status::Active), "active");
    }
}
