//! What a cleared interval adds to the reference prices.
use busbar_api::grid::Circuit;
use cosmwasm_std::Storage;

use super::{is_binding, Zone};
use crate::auction::{Auction, Outcome};
use crate::state::History;
use crate::turnover::Turnover;
use crate::ContractError;

/// Adds the trade of each zone to its history, where no line into it was binding and something was filled there.
pub fn learn(
    storage: &mut dyn Storage,
    window: u32,
    circuit: &Circuit,
    auction: &Auction,
    outcome: &Outcome,
) -> Result<(), ContractError> {
    for zone in &auction.zones {
        if is_congested(zone, circuit, outcome)? {
            continue;
        }
        let mut turnover = Turnover::default();
        for place in auction.book.iter().filter_map(|listed| listed.place) {
            let Some((order, fill)) = auction.orders.get(place).zip(outcome.fills.get(place)) else {
                continue;
            };
            if let Some(price) = outcome.prices.get(order.bus).filter(|_| zone.has(order.bus)) {
                turnover = turnover.add(Turnover::of(*price, *fill)?)?;
            }
        }
        if turnover.wh > 0 {
            History::push(storage, zone.top, turnover, window)?;
        }
    }
    Ok(())
}

/// Whether a line into the zone is full and parts the prices at its ends.
fn is_congested(zone: &Zone, circuit: &Circuit, outcome: &Outcome) -> Result<bool, ContractError> {
    let derated = circuit.needs_certificate();
    let price = |bus: u16| outcome.prices.get(usize::from(bus)).copied();
    for (branch, flow) in circuit.branches.iter().zip(&outcome.flows) {
        let Some((from, to)) = price(branch.from).zip(price(branch.to)) else {
            continue;
        };
        if zone.is_boundary(branch) && is_binding(branch, *flow, to.sub(from)?, derated) {
            return Ok(true);
        }
    }
    Ok(false)
}
