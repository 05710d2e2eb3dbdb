//! What the two sides of an agreement pay each other at the clearing.
use busbar_api::market::Terms;
use busbar_units::{Money, NetMoney, Wh};
use cosmwasm_std::{Event, Storage};

use crate::auction::{Auction, Listed, Outcome};
use crate::state::{Account, Agreed, BookOrder};
use crate::{events, ContractError};

/// Pays the differences of an interval's agreements: `(price - lambda_s) * min(fills)` from the buyer to the seller,
/// negative the other way, rounded up once for whoever pays. It comes out of the payer's lock, and waits on the
/// receiver's account until the interval is final.
pub fn pay(storage: &mut dyn Storage, auction: &Auction, outcome: &Outcome) -> Result<Vec<Event>, ContractError> {
    let mut agreed: Vec<(&Listed, Agreed)> = vec![];
    for listed in Listed::by_device(&auction.book) {
        agreed.extend(listed.order.agreed.map(|terms| (listed, terms)));
    }
    let side = |device, slot| {
        let first = agreed.partition_point(|(listed, _)| listed.id.device < device);
        let mut of_device = agreed
            .iter()
            .skip(first)
            .take_while(|(listed, _)| listed.id.device == device);
        of_device.find(|(listed, _)| listed.id.slot == slot)
    };
    let fill = |listed: &Listed| {
        let fill = listed.place.and_then(|place| outcome.fills.get(place));
        fill.copied().unwrap_or(Wh::ZERO)
    };
    let mut paid = vec![];
    for (seller, terms) in &agreed {
        if !matches!(seller.order.terms, Terms::Sell { .. }) {
            continue;
        }
        let other = side(terms.counterparty, terms.slot);
        let (buyer, _) = other.ok_or(ContractError::Corrupt { what: "agreement" })?;
        let Some(price) = outcome.prices.get(usize::from(seller.order.bus)) else {
            continue;
        };
        let wh = fill(seller).min(fill(buyer));
        let gap = terms.price.sub(*price)?;
        let (payer, payee, per_kwh) = if gap.get() < 0 {
            (seller, buyer, gap.negate()?)
        } else {
            (buyer, seller, gap)
        };
        let amount = per_kwh.charge(wh.drawn()?)?.positive();
        if amount.is_zero() {
            continue;
        }
        transfer(storage, payer, payee, amount)?;
        note(storage, payer, amount.paid()?)?;
        note(storage, payee, amount.received()?)?;
        paid.push(events::difference(payer.id, payee.id, wh, amount));
    }
    Ok(paid)
}

fn transfer(storage: &mut dyn Storage, payer: &Listed, payee: &Listed, amount: Money) -> Result<(), ContractError> {
    Account::update(storage, payer.id.account, |account| {
        account.locked = account.locked.sub(amount)?;
        account.balance = account.balance.sub(amount)?;
        Ok(())
    })?;
    Account::update(storage, payee.id.account, |account| {
        account.pending = account.pending.add(amount)?;
        account.credit(amount)
    })
}

/// Notes the difference with the order, whose lock and pending receipt follow from it.
fn note(storage: &mut dyn Storage, listed: &Listed, difference: NetMoney) -> Result<(), ContractError> {
    let agreed = listed.order.agreed.map(|agreed| Agreed { difference, ..agreed });
    BookOrder { agreed, ..listed.order }.save(storage, listed.id);
    Ok(())
}
