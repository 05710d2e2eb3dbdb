//! The region's parameters, made to fit its homes.

use busbar_api::grid::{Bank, Params};
use busbar_units::{Money, NetMoney, Price, UnitsError, Watt, Wh};

use crate::demo::input::{Homes, HourTariff};
use crate::demo::plan::{DEAREST, share};

/// Fee per order and per device and hour, of which whoever clears and settles gets half.
const FEE: Money = Money::new(100);
const BOUNTY: Money = Money::new(50);

/// What the battery's owner earns per kWh taken in: 0.005 coin.
const BANK_FEE: Price = Price::new(5_000);

/// Parameters for every interval.
pub(super) fn params(
    homes: &Homes,
    tariffs: &[HourTariff],
    battery_device: u32,
    on_feeder: bool,
) -> Result<Params, UnitsError> {
    let highest = tariffs
        .iter()
        .map(|tariff| tariff.import)
        .max()
        .unwrap_or(Price::new(1));
    let lowest = tariffs.iter().map(|tariff| tariff.export).min().unwrap_or(Price::ZERO);
    // Every flow at once fits the connection: the lines of a feeder are what binds.
    let (mut import, mut export) = (homes.battery.power, homes.battery.power);
    for position in 0..homes.homes.len() {
        let (drawn, fed) = rating(homes, position);
        (import, export) = (import.add(drawn)?, export.add(fed)?);
    }
    // Behind a full line energy may cost more than the utility asks.
    let dearest = if on_feeder { share(highest, DEAREST)? } else { highest };
    let full: NetMoney = dearest.charge(homes.battery.capacity.drawn()?)?;
    Ok(Params {
        import_tariff: highest,
        export_tariff: lowest,
        price_floor: Price::ZERO,
        price_cap: dearest,
        imbalance_min: Price::ZERO,
        imbalance_max: dearest,
        connection_import: import,
        connection_export: export,
        horizon: 24,
        correction_window: 24,
        steps_per_device: 2,
        order_fee: FEE,
        settlement_fee: FEE,
        clear_bounty: BOUNTY,
        settle_bounty: BOUNTY,
        bank: Some(Bank {
            device: battery_device,
            usable: homes.battery.capacity,
            efficiency: homes.battery.efficiency,
            fee: BANK_FEE,
            bond: full.positive(),
        }),
        ..busbar_testing::household()
    })
}

/// The rated power of a home's connection: whole kW that carry its strongest hour, the day before included.
pub(super) fn rating(homes: &Homes, position: usize) -> (Watt, Watt) {
    let before = homes.day_before.iter().filter_map(|hour| hour.get(position));
    let strongest = |a: &[Wh], b: &[Wh], before: Option<u64>| {
        let net = a.iter().zip(b).map(|(a, b)| a.get().saturating_sub(b.get()));
        let most = net.chain(before).max().unwrap_or(0);
        Watt::new(most.div_ceil(1000).max(1).saturating_mul(1000))
    };
    let Some(home) = homes.homes.get(position) else {
        return (Watt::ZERO, Watt::ZERO);
    };
    let drawn = before.clone().map(|net| net.positive().get()).max();
    let fed = before.map(|net| net.negative().get()).max();
    (
        strongest(&home.load, &home.generation, drawn),
        strongest(&home.generation, &home.load, fed),
    )
}

/// The battery of one home times the number of homes.
pub fn community_battery(homes: &mut Homes) -> Result<(), UnitsError> {
    let count = u64::try_from(homes.homes.len()).unwrap_or(u64::MAX);
    let times = |value: u64, unit| {
        value.checked_mul(count).ok_or(UnitsError::Overflow {
            unit,
            operation: "battery times homes",
        })
    };
    homes.battery.capacity = Wh::new(times(homes.battery.capacity.get(), "Wh")?);
    homes.battery.power = Watt::new(times(homes.battery.power.get(), "Watt")?);
    Ok(())
}

/// Fees of a home for an hour: per order, for settling it, and for what the bank took in.
pub fn fees(orders: u64, banked: Wh) -> Result<Money, UnitsError> {
    let bank: NetMoney = BANK_FEE.charge(banked.drawn()?)?;
    FEE.times(orders.saturating_add(1))?.add(bank.positive())
}
