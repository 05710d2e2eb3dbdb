//! `busbar order` and `busbar cancel`.
use busbar_api::market::{ExecuteMsg, MAX_ORDERS_PER_MESSAGE, NewOrder, OrderRef, Terms};
use busbar_chain::Message;
use busbar_units::{Price, Wh};
use clap::ValueEnum;
use thiserror::Error;

use super::amount::{self, Coin};
use super::attributes;
use super::options::{ChainOptions, TxOptions};
use super::send::{self, Plan};
use super::session::{IntervalArg, Session};
use crate::exit::BadInput;

/// Options of `busbar order`.
#[derive(Debug, clap::Args)]
#[command(after_help = PLACE_HELP)]
pub struct Place {
    /// What to do
    #[arg(value_enum)]
    kind: Kind,
    /// How much energy, with its unit: 1.5kWh, 250Wh
    #[arg(value_name = "ENERGY", value_parser = amount::energy)]
    quantity: Wh,
    /// Number of your device
    #[arg(long, value_name = "NUMBER")]
    device: u32,
    /// Price per kWh in the coin (0.14, 140000ucoin): the most to pay, or the least to get
    #[arg(long, value_name = "PRICE", allow_hyphen_values = true)]
    limit: Option<String>,
    /// When: an interval's number, an instant that it holds (2026-11-24T18:00Z), or next: the first that is open
    #[arg(long, value_name = "INTERVAL", default_value = "next")]
    interval: IntervalArg,
    /// Sell at the reference price of the zone, should you be pivotal there and your limit be higher
    #[arg(long)]
    at_reference: bool,
    #[command(flatten)]
    chain: ChainOptions,
    #[command(flatten)]
    tx: TxOptions,
}

const PLACE_HELP: &str = "\
Prints the slot of the order, by which `busbar cancel` names it. The order locks collateral until it
is settled.

Exit codes: 0 sent (or printed), 1 the chain refused or failed, 2 the command line cannot be used

Examples
  busbar order sell 1.5kWh --device 3 --limit 0.14 --from anna
  busbar order buy '250 Wh' --device 3 --limit 0.21 --interval 2026-11-24T18:00Z --from anna -y
  busbar order bank 2kWh --device 3 --from anna --dry-run";

/// Options of `busbar cancel`.
#[derive(Debug, clap::Args)]
#[command(after_help = CANCEL_HELP)]
pub struct Cancel {
    /// Slots of the orders, as `busbar orders` lists them
    #[arg(value_name = "SLOT", required = true)]
    slots: Vec<u8>,
    /// Number of your device
    #[arg(long, value_name = "NUMBER")]
    device: u32,
    /// The orders' interval: its number or an instant that it holds (2026-11-24T18:00Z)
    #[arg(long, value_name = "INTERVAL")]
    interval: IntervalArg,
    #[command(flatten)]
    chain: ChainOptions,
    #[command(flatten)]
    tx: TxOptions,
}

const CANCEL_HELP: &str = "\
Cancels all of them or, where one cannot be cancelled any more, none. What they locked comes free.

Exit codes: 0 sent (or printed), 1 the chain refused or failed, 2 the command line cannot be used

Example
  busbar cancel 0 1 --device 3 --interval 2026-11-24T18:00Z --from anna";

/// What an order does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Draw energy, and pay at most the limit
    Buy,
    /// Feed energy, and get at least the limit
    Sell,
    /// Put what you feed beyond your trades into the bank's storage, for energy tokens
    Bank,
    /// Take what you draw beyond your trades out of the bank's storage, for energy tokens
    Redeem,
}

/// A limit does not go with the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
enum LimitError {
    /// A trade needs one.
    #[error("an order to {kind} needs a price: add --limit, as in --limit 0.14")]
    Missing { kind: &'static str },
    /// The bank sets its own.
    #[error("an order to {kind} has no price of its own: leave --limit out")]
    Useless { kind: &'static str },
    /// A buy cannot be pivotal.
    #[error("--at-reference is for orders to sell, not to {kind}: leave it out")]
    Reference { kind: &'static str },
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
            Self::Bank => "bank",
            Self::Redeem => "redeem",
        }
    }

    fn terms(self, limit: Option<Price>, at_reference: bool) -> Result<Terms, LimitError> {
        let kind = self.name();
        if at_reference && self != Self::Sell {
            return Err(LimitError::Reference { kind });
        }
        match (self, limit) {
            (Self::Buy, Some(limit)) => Ok(Terms::Buy { limit }),
            (Self::Sell, Some(limit)) => Ok(Terms::Sell { limit }),
            (Self::Bank, None) => Ok(Terms::Bank {}),
            (Self::Redeem, None) => Ok(Terms::Redeem {}),
            (_, None) => Err(LimitError::Missing { kind }),
            (_, Some(_)) => Err(LimitError::Useless { kind }),
        }
    }
}

/// Terms for people: the name of the side, and the limit.
pub fn terms_shown(terms: Terms, coin: &Coin) -> (&'static str, Option<String>) {
    match terms {
        Terms::Buy { limit } => ("buy", Some(coin.price_shown(limit))),
        Terms::Sell { limit } => ("sell", Some(coin.price_shown(limit))),
        Terms::Bank {} => ("bank", None),
        Terms::Redeem {} => ("redeem", None),
    }
}

/// Runs `busbar order`.
pub fn place(options: &Place) -> anyhow::Result<()> {
    let (mut session, account) = Session::for_tx(&options.chain, &options.tx)?;
    let limit = options.limit.as_deref().map(|limit| session.coin.price(limit));
    let limit = limit.transpose().map_err(BadInput::of)?;
    let terms = options.kind.terms(limit, options.at_reference).map_err(BadInput::of)?;
    let interval = session.interval(options.interval)?;
    let (kind, price) = terms_shown(terms, &session.coin);
    let at = price.map(|price| format!(" at {price}")).unwrap_or_default();
    let what = format!(
        "{kind} {}{at} with device {} in {}",
        amount::energy_shown(options.quantity),
        options.device,
        session.interval_shown(interval)
    );
    let order = NewOrder {
        interval,
        terms,
        quantity: options.quantity,
        at_reference: options.at_reference,
    };
    let place = ExecuteMsg::Place {
        device: options.device,
        orders: vec![order],
    };
    let plan = Plan {
        what: vec![what],
        messages: vec![Message::new(session.contracts.market.clone(), &place)?],
    };
    send::send(
        &mut session,
        &account,
        (&options.tx, options.chain.output),
        &plan,
        |included| {
            let slots = attributes(included, "order_placed", "slot");
            slots.into_iter().map(|slot| ("slot", slot.to_owned())).collect()
        },
    )
}

/// More orders than a message cancels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{count} slots are named, one transaction cancels at most {MAX_ORDERS_PER_MESSAGE}: cancel them in parts")]
struct TooMany {
    count: usize,
}

/// Runs `busbar cancel`.
pub fn cancel(options: &Cancel) -> anyhow::Result<()> {
    let count = options.slots.len();
    if count > MAX_ORDERS_PER_MESSAGE {
        return Err(BadInput::of(TooMany { count }).into());
    }
    let (mut session, account) = Session::for_tx(&options.chain, &options.tx)?;
    let interval = session.interval(options.interval)?;
    let shown = session.interval_shown(interval);
    let what = |slot: &u8| format!("cancel order {slot} of device {} in {shown}", options.device);
    let orders = options.slots.iter().map(|slot| OrderRef { interval, slot: *slot });
    let cancel = ExecuteMsg::Cancel {
        device: options.device,
        orders: orders.collect(),
    };
    let plan = Plan {
        what: options.slots.iter().map(what).collect(),
        messages: vec![Message::new(session.contracts.market.clone(), &cancel)?],
    };
    send::send(
        &mut session,
        &account,
        (&options.tx, options.chain.output),
        &plan,
        |_| vec![],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trades_have_a_limit_and_bank_orders_have_none() {
        let limit = Some(Price::new(140_000));
        assert_eq!(
            Kind::Buy.terms(limit, false),
            Ok(Terms::Buy {
                limit: Price::new(140_000)
            })
        );
        assert_eq!(
            Kind::Sell.terms(limit, true),
            Ok(Terms::Sell {
                limit: Price::new(140_000)
            })
        );
        assert_eq!(Kind::Bank.terms(None, false), Ok(Terms::Bank {}));
        assert_eq!(Kind::Redeem.terms(None, false), Ok(Terms::Redeem {}));
        assert_eq!(Kind::Sell.terms(None, false), Err(LimitError::Missing { kind: "sell" }));
        assert_eq!(
            Kind::Bank.terms(limit, false),
            Err(LimitError::Useless { kind: "bank" })
        );
        assert_eq!(Kind::Buy.terms(limit, true), Err(LimitError::Reference { kind: "buy" }));
    }
}
