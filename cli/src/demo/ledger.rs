//! What the run adds up, hour by hour, out of what the contracts stored.

use busbar_api::market::{IntervalResponse, PositionResponse, Stage};
use busbar_api::oracle::{Energy, Registers};
use busbar_units::{NetWh, UnitsError, Wh};

use super::error::RunError;
use super::feeder::{Feeder, FeederRecord, Nodal};
use super::input::{Homes, HourTariff};
use super::meters::REGISTER_MODULUS;
use super::region::fees;
use super::result::{HomeResult, HourResult, SupplyMatrix, Totals};

/// Everything of one settled interval.
pub struct Settled {
    /// Its position in the run.
    pub hour: usize,
    /// What the utility asked and paid.
    pub tariff: HourTariff,
    /// The market's record.
    pub record: IntervalResponse,
    /// What the market says of the network; none without one.
    pub nodal: Option<Nodal>,
    /// The homes' positions.
    pub positions: Vec<PositionResponse>,
    /// Number of orders of each home.
    pub orders: Vec<usize>,
    /// Registers at the end: the homes', then the battery's.
    pub registers: Vec<Registers>,
}

/// Sums so far.
pub struct Ledger {
    /// Per home.
    pub homes: Vec<HomeResult>,
    /// Per hour.
    pub hours: Vec<HourResult>,
    /// Who supplied whom.
    pub supply: SupplyMatrix,
    /// Over all.
    pub totals: Totals,
    /// On the feeder, if there is one.
    pub feeder: Option<FeederRecord>,
    /// Registers at the end of the last hour: the homes', then the battery's.
    registers: Vec<Registers>,
}

impl Ledger {
    /// Nothing yet; `baseline` are the registers before the first hour: the homes', then the battery's.
    pub fn new(homes: &Homes, feeder: Option<Feeder>, baseline: Vec<Registers>) -> Self {
        let named = |home: &super::input::Home| HomeResult {
            name: home.name.clone(),
            ..HomeResult::default()
        };
        Self {
            homes: homes.homes.iter().map(named).collect(),
            hours: Vec::with_capacity(homes.hours),
            supply: SupplyMatrix::new(homes.homes.len()),
            totals: Totals::default(),
            feeder: feeder.map(FeederRecord::new),
            registers: baseline,
        }
    }

    /// Adds a settled interval.
    pub fn add(&mut self, homes: &Homes, mut settled: Settled) -> Result<(), RunError> {
        let energies = self.energies(&settled.registers)?;
        let Some((battery, energies)) = energies.split_last() else {
            return Err(RunError::Missing {
                what: "the battery's reading",
            });
        };
        if let (Some(feeder), Some(nodal)) = (&mut self.feeder, settled.nodal.take()) {
            let schedules = settled.positions.iter().map(|position| position.traded).collect();
            let metered: Vec<NetWh> = energies.iter().map(Energy::net).collect::<Result<_, _>>()?;
            feeder.add(nodal, schedules, &metered, battery.net()?)?;
        }
        let mut hour = HourResult {
            import_tariff: settled.tariff.import,
            export_tariff: settled.tariff.export,
            ..HourResult::default()
        };
        for (number, energy) in energies.iter().enumerate() {
            self.home(homes, &settled, number, *energy, &mut hour)?;
        }
        let record = &settled.record;
        // The utility stands at its own bus: what homes sell to homes is what both sides share.
        hour.traded = record.sold.min(record.bought);
        hour.price = (!record.no_trade && !hour.traded.is_zero()).then_some(record.price);
        self.total(&hour, record, *battery, &settled)?;
        self.hours.push(hour);
        self.registers.clone_from(&settled.registers);
        Ok(())
    }

    /// What every meter counted since the last hour.
    fn energies(&self, registers: &[Registers]) -> Result<Vec<Energy>, RunError> {
        let steps = self.registers.iter().zip(registers);
        let energies: Option<Vec<_>> = steps
            .map(|(before, after)| before.until(after, REGISTER_MODULUS))
            .collect();
        energies.ok_or(RunError::Missing {
            what: "a register below its modulus",
        })
    }

    fn home(
        &mut self,
        homes: &Homes,
        settled: &Settled,
        number: usize,
        energy: Energy,
        hour: &mut HourResult,
    ) -> Result<(), RunError> {
        let missing = RunError::Missing { what: "a home" };
        let (Some(home), Some(input)) = (self.homes.get_mut(number), homes.homes.get(number)) else {
            return Err(missing);
        };
        let Some(position) = settled.positions.get(number) else {
            return Err(missing);
        };
        let at = |series: &[Wh]| series.get(settled.hour).copied().unwrap_or(Wh::ZERO);
        let (sold, bought) = (position.traded.negative(), position.traded.positive());
        // Fed beyond sales and banking, or drawn beyond purchases and redemption.
        let out = Wh::sum([energy.export, bought, position.redeemed])?;
        let into = Wh::sum([energy.import, sold, position.banked])?;
        let beyond = NetWh::of(into, out)?;
        let net = energy.net()?;
        let plain = if net.get() < 0 {
            settled.tariff.export
        } else {
            settled.tariff.import
        };
        let orders = u64::try_from(settled.orders.get(number).copied().unwrap_or(0)).unwrap_or(u64::MAX);
        let fees = fees(orders, position.banked)?;

        add_wh(&mut home.gross_generation, at(&input.generation))?;
        add_wh(&mut home.gross_consumption, at(&input.load))?;
        add_wh(&mut home.generation, energy.export)?;
        add_wh(&mut home.consumption, energy.import)?;
        add_wh(&mut home.sold, sold)?;
        add_wh(&mut home.bought, bought)?;
        add_wh(&mut home.banked, position.banked)?;
        add_wh(&mut home.redeemed, position.redeemed)?;
        add_wh(&mut home.to_utility, beyond.negative())?;
        add_wh(&mut home.from_utility, beyond.positive())?;
        home.bill = home.bill.add(position.paid)?;
        home.fees = home.fees.add(fees)?;
        home.plain_bill = home.plain_bill.add(plain.charge(net)?)?;

        add_wh(&mut hour.gross_generation, at(&input.generation))?;
        add_wh(&mut hour.gross_consumption, at(&input.load))?;
        add_wh(&mut hour.generation, energy.export)?;
        add_wh(&mut hour.consumption, energy.import)?;
        Ok(())
    }

    fn total(
        &mut self,
        hour: &HourResult,
        record: &IntervalResponse,
        battery: Energy,
        settled: &Settled,
    ) -> Result<(), UnitsError> {
        let totals = &mut self.totals;
        for (sum, energy) in [
            (&mut totals.gross_generation, hour.gross_generation),
            (&mut totals.gross_consumption, hour.gross_consumption),
            (&mut totals.generation, hour.generation),
            (&mut totals.consumption, hour.consumption),
            (&mut totals.traded, hour.traded),
            (&mut totals.banked, record.banked),
            (&mut totals.redeemed, record.redeemed),
            (&mut totals.charged, battery.import),
            (&mut totals.discharged, battery.export),
            (&mut totals.minted, record.minted),
            (&mut totals.burned, record.burned),
            (&mut totals.utility_import, record.net.positive()),
            (&mut totals.utility_export, record.net.negative()),
        ] {
            add_wh(sum, energy)?;
        }
        totals.traded_net = totals.traded_net.add(record.traded_net)?;
        for orders in &settled.orders {
            totals.orders = totals.orders.saturating_add(u64::try_from(*orders).unwrap_or(u64::MAX));
        }
        totals.cleared = totals.cleared.saturating_add(u64::from(!record.skipped));
        totals.skipped = totals.skipped.saturating_add(u64::from(record.skipped));
        totals.settled = totals.settled.saturating_add(u64::from(record.stage == Stage::Settled));
        Ok(())
    }
}

fn add_wh(sum: &mut Wh, energy: Wh) -> Result<(), UnitsError> {
    *sum = sum.add(energy)?;
    Ok(())
}
