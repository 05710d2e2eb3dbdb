//! What is auctioned.
use busbar_api::grid::{Circuit, Params, Tariff, UTILITY_BUS};
use busbar_api::market::Terms;
use busbar_clearing::{check, Line, Network, Order, PriceBounds, Side, MAX_QUANTITY};
use busbar_units::{Interval, Money, NetWh, Price, UnitsError, Wh};
use cosmwasm_std::Storage;

use super::Outcome;
use crate::power::{self, Offer, Ruling, Zone};
use crate::state::{BookOrder, Capped, OrderId};
use crate::ContractError;

/// An order of the book and its place in the auction.
pub struct Listed {
    /// Its identity.
    pub id: OrderId,
    /// The order.
    pub order: BookOrder,
    /// Position among the auction's orders; none for bank requests, for orders at a bus that the network does not
    /// have, and for those of pivotal sellers that may not stand at the reference price.
    pub place: Option<usize>,
}

impl Listed {
    /// The whole book of an interval in the order of its identities, none of it placed.
    pub fn all(storage: &dyn Storage, interval: Interval) -> Result<Vec<Self>, ContractError> {
        BookOrder::of_interval(storage, interval, None)
            .map(|listed| {
                let (id, order) = listed?;
                Ok(Self { id, order, place: None })
            })
            .collect()
    }

    /// A book in the order of its devices; the orders of one device stay in that of their identities.
    pub fn by_device(book: &[Self]) -> Vec<&Self> {
        // Pairs of this type are what the clearing sorts, too. Sorting code is made for each type anew.
        let device = |listed: &Self| usize::try_from(listed.id.device).unwrap_or(usize::MAX);
        let mut places: Vec<(usize, usize)> = book.iter().map(device).zip(0..).collect();
        places.sort_unstable();
        places.into_iter().filter_map(|(_, place)| book.get(place)).collect()
    }
}

/// One interval's auction.
pub struct Auction {
    /// Devices' orders in the order of their identities, which decides the last Wh of a tie; then the utility's.
    pub orders: Vec<Order>,
    /// The region's price floor and cap.
    pub bounds: PriceBounds,
    /// The book that the orders come from.
    pub book: Vec<Listed>,
    /// Zones in which sellers may be pivotal.
    pub zones: Vec<Zone>,
    /// Orders that take part at a reference price or not at all.
    pub capped: Vec<Capped>,
}

impl Auction {
    /// The auction of an interval's book, as capped: of pivotal sellers' orders above the reference price those that
    /// may stand at it, and the others not.
    ///
    /// The utility takes part at its own bus: it sells at the import tariff more than its lines carry, and buys
    /// at the export tariff as much as `free` coin pays for. So it is never the one that runs short, and gets its
    /// tariff whatever the lines earn.
    pub fn of(
        storage: &dyn Storage,
        interval: Interval,
        circuit: &Circuit,
        params: &Params,
        tariff: Tariff,
        free: Money,
    ) -> Result<Self, ContractError> {
        let mut book = Listed::all(storage, interval)?;
        let mut offers = Vec::with_capacity(book.len());
        let mut offered = Vec::with_capacity(book.len());
        for listed in &mut book {
            if let Some(order) = auction_order(&listed.order).filter(|order| order.bus < usize::from(circuit.buses)) {
                offers.push(Offer {
                    owner: listed.id.account,
                    order,
                    at_reference: listed.order.at_reference,
                });
                offered.push(listed);
            }
        }
        let zones = power::zones(storage, interval, circuit, params, tariff)?;
        let rulings = power::rule(&zones, params.residual_supply, &offers)?;
        let mut orders = Vec::with_capacity(offers.len());
        let mut capped = vec![];
        for ((listed, offer), ruling) in offered.into_iter().zip(offers).zip(rulings) {
            let mut order = offer.order;
            if let Some(Ruling { reference, takes_part }) = ruling {
                capped.push(Capped {
                    id: listed.id,
                    limit: order.price,
                    reference,
                    took_part: takes_part,
                });
                if !takes_part {
                    continue;
                }
                order.price = reference;
            }
            listed.place = Some(orders.len());
            orders.push(order);
        }
        orders.extend(utility_orders(circuit, tariff, free)?);
        Ok(Self {
            orders,
            bounds: PriceBounds {
                floor: params.price_floor,
                cap: params.price_cap,
            },
            book,
            zones,
            capped,
        })
    }

    /// The clearing of largest welfare on the circuit's tree, checked.
    ///
    /// The check is independent of how the clearing was found: fills within orders, balances, lines, limit prices,
    /// and a duality gap of 0.
    pub fn clear(&self, circuit: &Circuit) -> Result<Outcome, ContractError> {
        let (network, lines) = tree(circuit)?;
        let cleared = busbar_clearing::clear(&network, &self.orders, self.bounds)?;
        let proof = check(&network, &self.orders, &cleared.fills, &cleared.flows, &cleared.prices)?;
        let mut flows = vec![NetWh::ZERO; circuit.branches.len()];
        for (line, flow) in lines.iter().zip(&cleared.flows) {
            if let Some(place) = flows.get_mut(*line) {
                *place = *flow;
            }
        }
        Ok(Outcome {
            prices: cleared.prices,
            no_trade: cleared.no_trade,
            fills: cleared.fills,
            flows,
            rent: proof.rent,
        })
    }
}

/// The tree that the contract clears by itself, and the numbers of its lines: all lines of a radial network, else
/// those with a derated capacity.
fn tree(circuit: &Circuit) -> Result<(Network, Vec<usize>), ContractError> {
    let derated = circuit.needs_certificate();
    let (mut lines, mut numbers) = (vec![], vec![]);
    for (number, branch) in circuit.branches.iter().enumerate() {
        let most = match (derated, branch.derated) {
            (false, _) => Wh::MAX,
            (true, Some(most)) => most,
            (true, None) => continue,
        };
        numbers.push(number);
        lines.push(Line {
            from: branch.from.into(),
            to: branch.to.into(),
            capacity: branch.capacity.min(most),
            capacity_back: branch.capacity_back.min(most),
        });
    }
    let network = Network::new(circuit.buses.into(), UTILITY_BUS.into(), lines)?;
    Ok((network, numbers))
}

/// A price order of the book as the auction takes it.
fn auction_order(order: &BookOrder) -> Option<Order> {
    let (side, price) = match order.terms {
        Terms::Buy { limit } => (Side::Buy, limit),
        Terms::Sell { limit } => (Side::Sell, limit),
        Terms::Bank {} | Terms::Redeem {} => return None,
    };
    Some(Order {
        bus: order.bus.into(),
        side,
        price,
        quantity: order.quantity,
    })
}

/// The utility's two orders; quantities above what its lines carry keep it at its tariff.
fn utility_orders(circuit: &Circuit, tariff: Tariff, free: Money) -> Result<Vec<Order>, UnitsError> {
    let bus = usize::from(UTILITY_BUS);
    let (mut import, mut export) = (Wh::new(1), Wh::new(1));
    for branch in &circuit.branches {
        let (out, into) = match (branch.from == UTILITY_BUS, branch.to == UTILITY_BUS) {
            (true, _) => (branch.capacity, branch.capacity_back),
            (_, true) => (branch.capacity_back, branch.capacity),
            _ => continue,
        };
        (import, export) = (import.add(out)?, export.add(into)?);
    }
    let sell = Order {
        bus,
        side: Side::Sell,
        price: tariff.import,
        quantity: import.min(MAX_QUANTITY),
    };
    let buy = Order {
        bus,
        side: Side::Buy,
        price: tariff.export,
        quantity: affordable(tariff.export, free).min(export).min(MAX_QUANTITY),
    };
    Ok([sell, buy]
        .into_iter()
        .filter(|order| !order.quantity.is_zero())
        .collect())
}

/// Energy that `free` coin pays for at `price`, rounded down; without bound at a price of nothing or less.
fn affordable(price: Price, free: Money) -> Wh {
    let price = u128::try_from(price.get()).unwrap_or(0);
    let wh = free.get().saturating_mul(1000).checked_div(price);
    wh.map_or(Wh::MAX, |wh| u64::try_from(wh).map_or(Wh::MAX, Wh::new))
}
