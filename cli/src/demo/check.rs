//! The equations that a run must satisfy, to the watt-hour and to the millionth.

use busbar_units::{Money, NetWh, UnitsError, Wh};
use thiserror::Error;

use super::result::RunResult;

/// Why a run does not add up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckError {
    /// Both sides of an equation differ.
    #[error("{equation}: {left} against {right}{}", home.as_ref().map(|home| format!(" ({home})")).unwrap_or_default())]
    Unequal {
        /// The equation.
        equation: &'static str,
        /// The home that it is about; the whole region when absent.
        home: Option<String>,
        /// Its left side.
        left: i128,
        /// Its right side.
        right: i128,
    },
    /// A cleared schedule exceeds a line's capacity.
    #[error("hour {hour}: {flow} Wh scheduled over line {line} exceed its capacity")]
    Scheduled {
        /// Position of the hour in the run.
        hour: usize,
        /// The line's name.
        line: String,
        /// Scheduled flow, Wh.
        flow: i64,
    },
    /// A sum leaves its integer.
    #[error(transparent)]
    Units(#[from] UnitsError),
}

/// Checks every equation:
///
/// - region: generation + utility import + redeemed = consumption + utility export + banked, where the battery's
///   registers show banked as charge and redeemed as discharge;
/// - homes: sold - bought = minus the net import traded with the utility, so that between homes all that is sold
///   is bought;
/// - each home: generation - consumption = gross generation - gross consumption
///   = sold - bought + banked - redeemed + to the utility - from the utility;
/// - tokens: minted - burned = in circulation = held by the homes, burned = redeemed;
/// - coin: deposited - withdrawn = held = accounts + fund and escrows; each home's bill = deposited - left;
/// - readings: submitted = accepted + rejected;
/// - who supplied whom: every home's meter is accounted for as source and as sink.
pub fn check(run: &RunResult) -> Result<(), CheckError> {
    region(run)?;
    for position in 0..run.homes.len() {
        home(run, position)?;
    }
    tokens(run)?;
    coin(run)?;
    let readings = &run.readings;
    let told = readings
        .rejected
        .values()
        .fold(readings.accepted, |sum, count| sum.saturating_add(*count));
    equal(
        "readings submitted = accepted + rejected",
        None,
        readings.submitted,
        told,
    )
}

fn region(run: &RunResult) -> Result<(), CheckError> {
    let totals = &run.totals;
    let sum = |pick: fn(&super::result::HomeResult) -> Wh| Wh::sum(run.homes.iter().map(pick));
    let left = Wh::sum([totals.generation, totals.utility_import, totals.redeemed])?;
    let right = Wh::sum([totals.consumption, totals.utility_export, totals.banked])?;
    wh(
        "generation + utility import + redeemed = consumption + utility export + banked",
        left,
        right,
    )?;
    wh("banked = charged by the battery's meter", totals.banked, totals.charged)?;
    wh(
        "redeemed = discharged by the battery's meter",
        totals.redeemed,
        totals.discharged,
    )?;
    wh(
        "generation = sum over homes",
        totals.generation,
        sum(|home| home.generation)?,
    )?;
    wh(
        "consumption = sum over homes",
        totals.consumption,
        sum(|home| home.consumption)?,
    )?;
    wh("banked = sum over homes", totals.banked, sum(|home| home.banked)?)?;
    wh("redeemed = sum over homes", totals.redeemed, sum(|home| home.redeemed)?)?;
    let traded = NetWh::of(sum(|home| home.bought)?, sum(|home| home.sold)?)?;
    equal(
        "bought - sold = net import traded with the utility",
        None,
        traded.get(),
        totals.traded_net.get(),
    )?;
    let settled = NetWh::of(sum(|home| home.from_utility)?, sum(|home| home.to_utility)?)?;
    let beyond = NetWh::of(totals.utility_import, totals.utility_export)?.sub(totals.traded_net)?;
    equal(
        "from - to the utility = its net supply beyond trades",
        None,
        settled.get(),
        beyond.get(),
    )
}

fn home(run: &RunResult, position: usize) -> Result<(), CheckError> {
    let Some(home) = run.homes.get(position) else {
        return Ok(());
    };
    let named = |equation, left: NetWh, right: NetWh| equal(equation, Some(&home.name), left.get(), right.get());
    let net = NetWh::of(home.generation, home.consumption)?;
    let gross = NetWh::of(home.gross_generation, home.gross_consumption)?;
    named(
        "generation - consumption = gross generation - gross consumption",
        net,
        gross,
    )?;
    let out = Wh::sum([home.sold, home.banked, home.to_utility])?;
    let into = Wh::sum([home.bought, home.redeemed, home.from_utility])?;
    let equation = "generation - consumption = sold - bought + banked - redeemed + to - from the utility";
    named(equation, net, NetWh::of(out, into)?)?;
    let paid = home.deposited.paid()?.sub(home.balance)?;
    equal(
        "bill = coin deposited - left in the account",
        Some(&home.name),
        home.bill.get(),
        paid.get(),
    )?;
    named(
        "supplied to others = generation",
        run.supply.supplied(position)?.drawn()?,
        home.generation.drawn()?,
    )?;
    named(
        "used from others = consumption",
        run.supply.used(position)?.drawn()?,
        home.consumption.drawn()?,
    )
}

fn tokens(run: &RunResult) -> Result<(), CheckError> {
    let held = Wh::sum(run.homes.iter().map(|home| home.tokens))?;
    wh(
        "tokens minted - burned = in circulation",
        run.totals.minted.sub(run.totals.burned)?,
        run.tokens,
    )?;
    wh("tokens in circulation = held by homes", run.tokens, held)?;
    wh("burned = redeemed", run.totals.burned, run.totals.redeemed)
}

fn coin(run: &RunResult) -> Result<(), CheckError> {
    let coin = &run.coin;
    let money = |equation, left: Money, right: Money| -> Result<(), CheckError> {
        equal(equation, None, left.paid()?.get(), right.paid()?.get())
    };
    money(
        "coin deposited - withdrawn = held",
        coin.deposited.sub(coin.withdrawn)?,
        coin.held,
    )?;
    money(
        "coin held = accounts + fund and escrows",
        coin.held,
        coin.accounts.add(coin.fund)?,
    )
}

fn wh(equation: &'static str, left: Wh, right: Wh) -> Result<(), CheckError> {
    equal(equation, None, left.get(), right.get())
}

fn equal(
    equation: &'static str,
    home: Option<&String>,
    left: impl Into<i128>,
    right: impl Into<i128>,
) -> Result<(), CheckError> {
    let (left, right) = (left.into(), right.into());
    if left == right {
        Ok(())
    } else {
        Err(CheckError::Unequal {
            equation,
            home: home.cloned(),
            left,
            right,
        })
    }
}
