//! Energy that becomes known only after its interval was frozen: coin only, against the utility.
use busbar_api::grid::Tariff;
use busbar_units::{NetMoney, NetWh, Wh};

use crate::metered::Metered;
use crate::state::Gap;
use crate::ContractError;

/// What late energy costs.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// Owed by the device's owner; negative = due.
    pub owner: NetMoney,
    /// Owed by the utility; negative = due.
    pub utility: NetMoney,
}

/// Carries a device without counted energy over one interval that becomes final.
///
/// The gap opens behind the last accounted reading and closes at the next accepted one. Import is charged
/// at the highest import tariff, export credited at the lowest export tariff of the intervals between, so
/// that reporting late never pays. Purchases of those intervals counted as drawn already (`assumed`).
pub fn carry(
    gap: Option<Gap>,
    metered: &Metered<'_, '_>,
    slot: u8,
    tariff: Tariff,
    assumed: Wh,
) -> Result<(Option<Gap>, Late), ContractError> {
    let open = match (gap, metered.reading_before(slot)) {
        (Some(gap), _) => Gap {
            import_tariff: gap.import_tariff.max(tariff.import),
            export_tariff: gap.export_tariff.min(tariff.export),
            ..gap
        },
        (None, Some(before)) => Gap {
            import: before.base().import,
            export: before.base().export,
            assumed: Wh::ZERO,
            import_tariff: tariff.import,
            export_tariff: tariff.export,
        },
        // Nothing was read before: a reading now is the baseline and carries no energy.
        (None, None) => return Ok((None, Late::default())),
    };
    let open = Gap {
        assumed: open.assumed.add(assumed)?,
        ..open
    };
    let Some(reading) = metered.reading(slot) else {
        return Ok((Some(open), Late::default()));
    };
    let since = busbar_api::oracle::Registers {
        import: open.import,
        export: open.export,
    };
    let energy = since.until(&reading.registers, metered.modulus(slot)?);
    let energy = energy.ok_or(ContractError::Corrupt { what: "registers" })?;
    let drawn = NetWh::of(energy.import, open.assumed)?;
    // What was paid for and not drawn comes back as if it had been fed.
    let price = if drawn.get() < 0 {
        open.export_tariff
    } else {
        open.import_tariff
    };
    let fed = energy.export.fed()?;
    Ok((
        None,
        Late {
            owner: price.charge(drawn)?.add(open.export_tariff.charge(fed)?)?,
            utility: price
                .charge(drawn.negate()?)?
                .add(open.export_tariff.charge(fed.negate()?)?)?,
        },
    ))
}
