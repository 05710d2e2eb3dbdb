//! Who is pivotal, and what becomes of the orders.
use std::collections::BTreeMap;

use busbar_clearing::{Order, Side};
use busbar_units::{Ppm, Price, UnitsError};

use super::Zone;
use crate::state::AccountId;

/// An order of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its owner.
    pub owner: AccountId,
    /// As it was placed.
    pub order: Order,
    /// Whether it may take part at a reference price.
    pub at_reference: bool,
}

/// What becomes of an order above the reference price of a zone in which its owner is pivotal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// The lowest reference price of such zones.
    pub reference: Price,
    /// Whether the order takes part, at that price.
    pub takes_part: bool,
}

/// The orders that do not take part as they were placed: one entry per offer.
///
/// A seller is pivotal where `(sells + import - own sells) * 1e6 < residual_supply * demand`, exactly.
pub fn rule(zones: &[Zone], residual_supply: Ppm, offers: &[Offer]) -> Result<Vec<Option<Ruling>>, UnitsError> {
    let mut rulings: Vec<Option<Ruling>> = vec![None; offers.len()];
    for zone in zones {
        let pivotal = pivotal(zone, residual_supply, offers)?;
        for (offer, ruling) in offers.iter().zip(&mut rulings) {
            let concerned = offer.order.side == Side::Sell
                && offer.order.price > zone.reference
                && zone.has(offer.order.bus)
                && pivotal.contains(&offer.owner);
            if concerned {
                let before = ruling.map_or(zone.reference, |ruling| ruling.reference);
                *ruling = Some(Ruling {
                    reference: before.min(zone.reference),
                    takes_part: offer.at_reference,
                });
            }
        }
    }
    Ok(rulings)
}

/// The pivotal sellers of a zone.
fn pivotal(zone: &Zone, residual_supply: Ppm, offers: &[Offer]) -> Result<Vec<AccountId>, UnitsError> {
    let overflow = UnitsError::Overflow {
        unit: "Wh",
        operation: "residual supply",
    };
    let (mut supply, mut demand) = (zone.import, 0u128);
    let mut own: BTreeMap<AccountId, u128> = BTreeMap::new();
    for offer in offers.iter().filter(|offer| zone.has(offer.order.bus)) {
        let wh = u128::from(offer.order.quantity.get());
        let sum = match offer.order.side {
            Side::Buy if offer.order.price < zone.reference => continue,
            Side::Buy => &mut demand,
            Side::Sell => {
                let sells = own.entry(offer.owner).or_default();
                *sells = sells.checked_add(wh).ok_or(overflow.clone())?;
                &mut supply
            }
        };
        *sum = sum.checked_add(wh).ok_or(overflow.clone())?;
    }
    let threshold = u128::try_from(residual_supply.get()).unwrap_or(0);
    let needed = demand.checked_mul(threshold).ok_or(overflow.clone())?;
    let mut pivotal = vec![];
    for (owner, sells) in own {
        // Its own sells are part of the supply.
        let residual = supply.saturating_sub(sells);
        if residual.checked_mul(1_000_000).ok_or(overflow.clone())? < needed {
            pivotal.push(owner);
        }
    }
    Ok(pivotal)
}
