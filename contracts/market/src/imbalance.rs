//! What a deviation from the traded quantity costs.
use busbar_api::grid::{Params, Tariff};
use busbar_units::{NetMoney, NetWh, Price};

use crate::state::{Position, Record};
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

/// What a party owes for one interval, each part rounded for the protocol; positive = pays.
pub struct Due {
    /// Traded energy at the bus price.
    pub trade: NetMoney,
    /// Deviation at the deviation price.
    pub deviation: NetMoney,
}

/// The price of a deviation at the region's bus: a surplus earns the lower, a shortage costs the higher of
/// the imbalance price and the imbalance price carried over to the bus. A congested line cannot be
/// dodged by deviating instead of trading.
pub fn deviation_price(params: &Params, record: &Record, deviation: NetWh) -> Result<Price, ContractError> {
    // A formal price says nothing about the line between the buses.
    let step = if record.no_trade {
        Price::ZERO
    } else {
        record.price.sub(record.price_utility)?
    };
    let nodal = record.imbalance.add(step)?;
    let price = if deviation.get() < 0 {
        record.imbalance.min(nodal)
    } else {
        record.imbalance.max(nodal)
    };
    Ok(price.clamp(params.imbalance_min, params.imbalance_max))
}

/// What a device with this position owes that drew `metered` net.
pub fn due(params: &Params, record: &Record, position: &Position, metered: NetWh) -> Result<Due, ContractError> {
    let deviation = metered.sub(position.net()?)?;
    Ok(Due {
        trade: record.price.charge(position.traded)?,
        deviation: deviation_price(params, record, deviation)?.charge(deviation)?,
    })
}
