//! Enters what each device fed and drew, as finality knows it, for the interval's line of provenance.
use busbar_api::market::provenance::{Draw, Feed, Line, Storage as BankStorage};
use busbar_api::oracle::Energy;
use busbar_units::Wh;
use cosmwasm_std::Storage;

use super::Closing;
use crate::metered::Metered;
use crate::state::{device_at, load_line, AccountId, DevicePage, Position};
use crate::ContractError;

/// The line as far as it was entered by earlier calls.
pub fn begun(
    storage: &dyn Storage,
    interval: busbar_units::Interval,
    utility: AccountId,
) -> Result<Line, ContractError> {
    Ok(load_line(storage, interval)?.unwrap_or_else(|| Line::new(utility.0)))
}

impl Closing<'_, '_> {
    /// Enters one device of a page.
    pub(super) fn enter(
        &mut self,
        storage: &mut dyn Storage,
        metered: &Metered<'_, '_>,
        known: &DevicePage,
        (page, slot): (u32, u8),
        position: Option<&Position>,
    ) -> Result<(), ContractError> {
        if !metered.settles(slot) {
            return Ok(());
        }
        let (traded, redeemed) = position.map_or((Default::default(), Wh::ZERO), |at| (at.traded, at.taken));
        // Of whom nothing is known even at last has drawn what it was to draw, and fed nothing.
        let energy = metered.latest(slot)?.or(metered.counted(slot)?).unwrap_or(Energy {
            import: traded.positive(),
            export: Wh::ZERO,
        });
        if energy == Energy::ZERO && traded.positive().is_zero() {
            return Ok(());
        }
        let device = device_at(page, slot)?;
        let account = match known.get(slot) {
            Some(known) => known.account_in(self.interval).0,
            None => self.party(storage, device)?.account.0,
        };
        if self.params.bank.as_ref().is_some_and(|bank| bank.device == device) {
            self.line.storage = Some(BankStorage {
                device,
                account,
                charge: energy.import,
                discharge: energy.export,
                // What a Wh of discharge stands for is what a Wh of charge was minted at.
                efficiency: self.record.work.efficiency,
            });
            return Ok(());
        }
        self.line.feed(Feed {
            device,
            account,
            fed: energy.export,
            sold: traded.negative(),
        })?;
        self.line.draw(Draw {
            account,
            drawn: energy.import,
            bought: traded.positive(),
            redeemed,
        })?;
        Ok(())
    }
}
