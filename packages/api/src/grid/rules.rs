//! What the grid says of every interval, in one record: a raw read costs 1,000 gas and 3 per byte, and a call of
//! any other contract needs most of it.
use busbar_units::{Interval, Millihertz, Money, Ppm, Price, UnitsError, Watt, Wh};
use cosmwasm_std::{Addr, StdError, StdResult};

use super::{Bank, Contracts, FrequencyStep, FrequencyTable, MarketState, MarketStates, Params, Region, Version};
use crate::codec::{CodecError, Reader, Writer};

/// First byte of the packed form. Another form gets another number, and a contract that does not know it stops.
pub const FORMAT: u8 = 1;

/// Region, contracts, parameters and market states.
///
/// Packed: [`FORMAT`], the region (domain, denom, both lengths, operator, utility), a byte that says whether contracts
/// are wired and the four of them, count of versions, per version the step from the first interval of the one before
/// and its parameters in the order of [`Params`], then the [`MarketStates`]. Texts have their length before them.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// What is fixed, and who runs it.
    pub region: Region,
    /// The region's other contracts, once they are wired.
    pub contracts: Option<Contracts>,
    /// Parameters that some interval may still need, in ascending order.
    pub versions: Vec<Version>,
    /// What the market does.
    pub states: MarketStates,
}

impl Rules {
    /// The region's other contracts; `NotFound` before they are wired.
    pub fn contracts(&self) -> StdResult<&Contracts> {
        let missing = || StdError::not_found(format!("contracts of the region {}", self.region.domain));
        self.contracts.as_ref().ok_or_else(missing)
    }

    /// Parameters of an interval; `NotFound` for one so old that its version is archived.
    pub fn params(&self, interval: Interval) -> StdResult<&Params> {
        let version = Version::at(&self.versions, interval);
        let missing = || StdError::not_found(format!("parameters of {interval}"));
        Ok(&version.ok_or_else(missing)?.params)
    }

    /// The first interval for which no parameters have opened the book while `current` is in delivery.
    pub fn first_unopened(&self, current: Interval) -> Result<Interval, UnitsError> {
        let horizon = self.versions.iter().map(|version| version.params.horizon).max();
        current.plus(u64::from(horizon.unwrap_or_default()).saturating_add(1))
    }

    /// What the market does in an interval that has not started.
    pub fn state(&self, interval: Interval) -> MarketState {
        self.states.at(interval)
    }

    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let writer = write_region(Writer::new().u8(FORMAT), &self.region);
        let writer = match &self.contracts {
            None => writer.u8(0),
            Some(contracts) => write_contracts(writer.u8(1), contracts),
        };
        let mut last = 0;
        let writer = self
            .versions
            .iter()
            .fold(count(writer, &self.versions), |writer, version| {
                let before = core::mem::replace(&mut last, version.from.get());
                let step = version.from.get().saturating_sub(before);
                write_params(writer.varint(step.into()), &version.params)
            });
        writer.bytes(&self.states.encode()).finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        if reader.u8("format")? != FORMAT {
            return Err(CodecError::Range { field: "format" });
        }
        let region = read_region(&mut reader)?;
        let contracts = match reader.u8("wired")? {
            0 => None,
            1 => Some(read_contracts(&mut reader)?),
            _ => return Err(CodecError::Range { field: "wired" }),
        };
        let mut versions = Vec::new();
        let mut last = 0u64;
        for _ in 0..reader.varint_u64("versions")? {
            let step = reader.varint_u64("first interval")?;
            let next = last.checked_add(step);
            last = next.ok_or(CodecError::Range {
                field: "first interval",
            })?;
            versions.push(Version {
                from: Interval::new(last),
                params: read_params(&mut reader)?,
            });
        }
        Ok(Self {
            region,
            contracts,
            versions,
            states: MarketStates::read(reader)?,
        })
    }
}

fn count<T>(writer: Writer, list: &[T]) -> Writer {
    writer.varint(u128::try_from(list.len()).unwrap_or(u128::MAX))
}

fn write_region(writer: Writer, region: &Region) -> Writer {
    let Region {
        domain,
        denom,
        interval_s,
        energy_interval_s,
        operator,
        utility,
    } = region;
    writer
        .text(domain)
        .text(denom)
        .varint((*interval_s).into())
        .varint((*energy_interval_s).into())
        .text(operator.as_str())
        .text(utility.as_str())
}

fn read_region(reader: &mut Reader<'_>) -> Result<Region, CodecError> {
    Ok(Region {
        domain: reader.text("domain")?,
        denom: reader.text("denom")?,
        interval_s: reader.varint_u64("interval_s")?,
        energy_interval_s: reader.varint_u64("energy_interval_s")?,
        operator: Addr::unchecked(reader.text("operator")?),
        utility: Addr::unchecked(reader.text("utility")?),
    })
}

fn write_contracts(writer: Writer, contracts: &Contracts) -> Writer {
    let Contracts {
        registry,
        oracle,
        market,
        energy_token,
    } = contracts;
    let all = [registry, oracle, market, energy_token];
    all.iter().fold(writer, |writer, address| writer.text(address.as_str()))
}

fn read_contracts(reader: &mut Reader<'_>) -> Result<Contracts, CodecError> {
    let mut address = |field| reader.text(field).map(Addr::unchecked);
    Ok(Contracts {
        registry: address("registry")?,
        oracle: address("oracle")?,
        market: address("market")?,
        energy_token: address("energy_token")?,
    })
}

fn write_params(writer: Writer, params: &Params) -> Writer {
    // Every field is named, so that none can be forgotten.
    let Params {
        import_tariff,
        export_tariff,
        price_floor,
        price_cap,
        imbalance_min,
        imbalance_max,
        connection_import,
        connection_export,
        horizon,
        gate_closure_s,
        solver_window_s,
        reveal_s,
        no_cancel_s,
        confirmation_window,
        dispute_window,
        correction_window,
        clock_tolerance_s,
        steps_per_device,
        orders_per_interval,
        epsilon,
        reference_window,
        residual_supply,
        zones,
        order_fee,
        settlement_fee,
        clear_bounty,
        settle_bounty,
        solver_bounty,
        sealed_lock,
        sealed_fee,
        head_tolerance,
        head_tolerance_wh,
        head_mismatches,
        head_derating,
        losses,
        frequency,
        missing_limit,
        bank,
    } = params;
    let prices = [
        import_tariff,
        export_tariff,
        price_floor,
        price_cap,
        imbalance_min,
        imbalance_max,
    ];
    let writer = prices
        .iter()
        .fold(writer, |writer, price| writer.zigzag(price.get().into()));
    let writer = writer
        .varint(connection_import.get().into())
        .varint(connection_export.get().into());
    let counts = [
        horizon,
        gate_closure_s,
        solver_window_s,
        reveal_s,
        no_cancel_s,
        confirmation_window,
        dispute_window,
        correction_window,
        clock_tolerance_s,
        steps_per_device,
        orders_per_interval,
    ];
    let writer = counts
        .iter()
        .fold(writer, |writer, count| writer.varint((**count).into()));
    let writer = writer
        .zigzag(epsilon.get().into())
        .varint((*reference_window).into())
        .zigzag(residual_supply.get().into());
    let writer = zones
        .iter()
        .fold(count(writer, zones), |writer, bus| writer.varint((*bus).into()));
    let amounts = [
        order_fee,
        settlement_fee,
        clear_bounty,
        settle_bounty,
        solver_bounty,
        sealed_lock,
        sealed_fee,
    ];
    let writer = amounts
        .iter()
        .fold(writer, |writer, amount| writer.varint(amount.get()));
    let writer = writer
        .zigzag(head_tolerance.get().into())
        .varint(head_tolerance_wh.get().into())
        .varint((*head_mismatches).into())
        .zigzag(head_derating.get().into())
        .zigzag(losses.get().into());
    let FrequencyTable { nominal, steps } = frequency;
    let writer = count(writer.varint(nominal.get().into()), steps);
    let writer = steps.iter().fold(writer, |writer, step| {
        writer
            .varint(step.deviation.get().into())
            .zigzag(step.add_on.get().into())
    });
    let writer = writer.varint((*missing_limit).into());
    match bank {
        None => writer.u8(0),
        Some(Bank {
            device,
            usable,
            efficiency,
            fee,
            bond,
        }) => writer
            .u8(1)
            .varint((*device).into())
            .varint(usable.get().into())
            .zigzag(efficiency.get().into())
            .zigzag(fee.get().into())
            .varint(bond.get()),
    }
}

fn read_params(reader: &mut Reader<'_>) -> Result<Params, CodecError> {
    let r = reader;
    // Fields are read in the order in which they stand here.
    Ok(Params {
        import_tariff: price(r, "import_tariff")?,
        export_tariff: price(r, "export_tariff")?,
        price_floor: price(r, "price_floor")?,
        price_cap: price(r, "price_cap")?,
        imbalance_min: price(r, "imbalance_min")?,
        imbalance_max: price(r, "imbalance_max")?,
        connection_import: Watt::new(r.varint_u64("connection_import")?),
        connection_export: Watt::new(r.varint_u64("connection_export")?),
        horizon: r.varint_u32("horizon")?,
        gate_closure_s: r.varint_u32("gate_closure_s")?,
        solver_window_s: r.varint_u32("solver_window_s")?,
        reveal_s: r.varint_u32("reveal_s")?,
        no_cancel_s: r.varint_u32("no_cancel_s")?,
        confirmation_window: r.varint_u32("confirmation_window")?,
        dispute_window: r.varint_u32("dispute_window")?,
        correction_window: r.varint_u32("correction_window")?,
        clock_tolerance_s: r.varint_u32("clock_tolerance_s")?,
        steps_per_device: r.varint_u32("steps_per_device")?,
        orders_per_interval: r.varint_u32("orders_per_interval")?,
        epsilon: ppm(r, "epsilon")?,
        reference_window: r.varint_u32("reference_window")?,
        residual_supply: ppm(r, "residual_supply")?,
        zones: list(r, "zones", |r| {
            u16::try_from(r.varint_u32("zone")?).map_err(|_| CodecError::Range { field: "zone" })
        })?,
        order_fee: money(r, "order_fee")?,
        settlement_fee: money(r, "settlement_fee")?,
        clear_bounty: money(r, "clear_bounty")?,
        settle_bounty: money(r, "settle_bounty")?,
        solver_bounty: money(r, "solver_bounty")?,
        sealed_lock: money(r, "sealed_lock")?,
        sealed_fee: money(r, "sealed_fee")?,
        head_tolerance: ppm(r, "head_tolerance")?,
        head_tolerance_wh: Wh::new(r.varint_u64("head_tolerance_wh")?),
        head_mismatches: r.varint_u32("head_mismatches")?,
        head_derating: ppm(r, "head_derating")?,
        losses: ppm(r, "losses")?,
        frequency: FrequencyTable {
            nominal: Millihertz::new(r.varint_u32("nominal frequency")?),
            steps: list(r, "frequency steps", |r| {
                Ok(FrequencyStep {
                    deviation: Millihertz::new(r.varint_u32("deviation")?),
                    add_on: price(r, "add_on")?,
                })
            })?,
        },
        missing_limit: r.varint_u32("missing_limit")?,
        bank: match r.u8("bank")? {
            0 => None,
            1 => Some(Bank {
                device: r.varint_u32("storage")?,
                usable: Wh::new(r.varint_u64("usable")?),
                efficiency: ppm(r, "efficiency")?,
                fee: price(r, "bank fee")?,
                bond: money(r, "bond")?,
            }),
            _ => return Err(CodecError::Range { field: "bank" }),
        },
    })
}

fn price(reader: &mut Reader<'_>, field: &'static str) -> Result<Price, CodecError> {
    reader.zigzag_i64(field).map(Price::new)
}

fn ppm(reader: &mut Reader<'_>, field: &'static str) -> Result<Ppm, CodecError> {
    reader.zigzag_i64(field).map(Ppm::new)
}

fn money(reader: &mut Reader<'_>, field: &'static str) -> Result<Money, CodecError> {
    reader.varint(field).map(Money::new)
}

fn list<T>(
    reader: &mut Reader<'_>,
    field: &'static str,
    mut read: impl FnMut(&mut Reader<'_>) -> Result<T, CodecError>,
) -> Result<Vec<T>, CodecError> {
    // No room is made beforehand: the count may be wrong, the bytes end.
    let mut list = Vec::new();
    for _ in 0..reader.varint_u64(field)? {
        list.push(read(reader)?);
    }
    Ok(list)
}
