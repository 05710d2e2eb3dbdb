//! What a deviation from the traded quantity costs.
use busbar_api::grid::{Params, Tariff};
use busbar_units::{NetMoney, NetWh, Price};

use crate::state::{BusPrices, Position, Record};
use crate::ContractError;

/// The imbalance price at the utility's bus: what the region as a whole had to pay for its last Wh.
///
/// Import tariff where the region drew from the utility, export tariff where it fed it, the utility's
/// clearing price where neither; inside the region's imbalance range.
pub fn price(params: &Params, tariff: Tariff, utility: Price, net: NetWh) -> Price {
    let plain = match net.get() {
        0 => utility,
        drawn if drawn > 0 => tariff.import,
        _ => tariff.export,
    };
    plain.clamp(params.imbalance_min, params.imbalance_max)
}

/// What energy costs at a bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtBus {
    /// Price of traded energy.
    pub price: Price,
    /// How far it lies above the price of the utility's bus; nothing where either is formal only, because a
    /// formal price says nothing about the lines between.
    pub step: Price,
}

impl AtBus {
    /// The prices of a bus.
    pub fn of(prices: &BusPrices, bus: u16) -> Result<Self, ContractError> {
        let (here, utility) = (prices.at(bus), prices.utility());
        let step = if here.no_trade || utility.no_trade {
            Price::ZERO
        } else {
            here.price.sub(utility.price)?
        };
        let price = here.price;
        Ok(Self { price, step })
    }
}

/// What a party owes for one interval, each part rounded for the protocol; positive = pays.
pub struct Due {
    /// Traded energy at the bus price.
    pub trade: NetMoney,
    /// Deviation at the deviation price.
    pub deviation: NetMoney,
}

/// The price of a deviation at a bus: a surplus earns the lower, a shortage costs the higher of the imbalance
/// price and the imbalance price carried over to the bus. A full line cannot be dodged by deviating instead of
/// trading.
pub fn deviation_price(params: &Params, record: &Record, at: &AtBus, deviation: NetWh) -> Result<Price, ContractError> {
    let nodal = record.imbalance.add(at.step)?;
    let price = if deviation.get() < 0 {
        record.imbalance.min(nodal)
    } else {
        record.imbalance.max(nodal)
    };
    Ok(price.clamp(params.imbalance_min, params.imbalance_max))
}

/// What a device with this position at this bus owes that drew `metered` net.
pub fn due(
    params: &Params,
    record: &Record,
    at: &AtBus,
    position: &Position,
    metered: NetWh,
) -> Result<Due, ContractError> {
    let deviation = metered.sub(position.net()?)?;
    Ok(Due {
        trade: at.price.charge(position.traded)?,
        deviation: deviation_price(params, record, at, deviation)?.charge(deviation)?,
    })
}
