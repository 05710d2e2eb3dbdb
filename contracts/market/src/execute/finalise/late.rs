//! Energy that becomes known only after its interval is final: coin only, against the utility.
use busbar_api::grid::{Params, Tariff};
use busbar_api::oracle::Registers;
use busbar_units::{Interval, NetWh, Wh};

use super::correct::{losses, Correction};
use crate::imbalance::loss_price;
use crate::metered::Metered;
use crate::state::{Former, Gap};
use crate::ContractError;

/// Closes a gap that ended before the interval that becomes final: the registers at its start are known.
///
/// Import is charged at the highest import tariff, export credited at the lowest export tariff of the intervals
/// in the gap, so that reporting late never pays, and losses with the import. Purchases of those intervals counted as drawn already.
pub fn catch_up(
    params: &Params,
    gap: &Gap,
    metered: &Metered<'_, '_>,
    slot: u8,
) -> Result<Option<Correction>, ContractError> {
    let Some(before) = metered.reading_before(slot) else {
        return Ok(None);
    };
    close(params, gap, &before.registers, metered.modulus_before(slot)?).map(Some)
}

/// Carries a device whose energy is not known over one interval that becomes final.
///
/// The gap opens behind the last registers that are accounted for, and closes where the registers at the end of
/// the interval are known although its energy is not.
pub fn carry(
    params: &Params,
    gap: Option<Gap>,
    metered: &Metered<'_, '_>,
    slot: u8,
    tariff: Tariff,
    assumed: Wh,
) -> Result<(Option<Gap>, Correction), ContractError> {
    let open = match (gap, metered.reading_before(slot)) {
        (Some(gap), _) => Gap {
            import_tariff: gap.import_tariff.max(tariff.import),
            export_tariff: gap.export_tariff.min(tariff.export),
            ..gap
        },
        (None, Some(before)) => Gap {
            since: metered.interval(),
            import: before.base().import,
            export: before.base().export,
            assumed: Wh::ZERO,
            import_tariff: tariff.import,
            export_tariff: tariff.export,
        },
        // Nothing was read before: a reading now is the baseline and carries no energy.
        (None, None) => return Ok((None, Correction::default())),
    };
    let open = Gap {
        assumed: open.assumed.add(assumed)?,
        ..open
    };
    match metered.reading(slot) {
        Some(reading) => Ok((None, close(params, &open, &reading.registers, metered.modulus(slot)?)?)),
        None => Ok((Some(open), Correction::default())),
    }
}

/// What of a gap from `since` to before `end` is the former owner's: as many parts of it as intervals of his lie in it.
/// The registers tell nothing closer.
pub fn before(
    former: Option<&Former>,
    since: Interval,
    end: Interval,
    late: &Correction,
) -> Result<Correction, ContractError> {
    let Some(former) = former.filter(|former| since < former.until) else {
        return Ok(Correction::default());
    };
    let length = |until: Interval| until.get().saturating_sub(since.get());
    late.share(length(former.until.min(end)), length(end))
}

fn close(params: &Params, gap: &Gap, until: &Registers, modulus: Wh) -> Result<Correction, ContractError> {
    let since = Registers {
        import: gap.import,
        export: gap.export,
    };
    let energy = since.until(until, modulus);
    let energy = energy.ok_or(ContractError::Corrupt { what: "registers" })?;
    let drawn = NetWh::of(energy.import, gap.assumed)?;
    // What was paid for and not drawn comes back as if it had been fed.
    let price = if drawn.get() < 0 {
        gap.export_tariff
    } else {
        gap.import_tariff
    };
    let fed = energy.export.fed()?;
    let late = Correction {
        owner: price.charge(drawn)?.add(gap.export_tariff.charge(fed)?)?,
        utility: price
            .charge(drawn.negate()?)?
            .add(gap.export_tariff.charge(fed.negate()?)?)?,
    };
    // The losses' share rises with the tariff, so this is the dearest of the intervals as well.
    late.add(losses(loss_price(params, gap.import_tariff)?, drawn, NetWh::ZERO)?)
}
