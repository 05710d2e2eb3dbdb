//! First pass: everybody who owes pays; what is due to the others is added up.
use cosmwasm_std::Storage;

use super::{Case, Step};
use crate::metered::Metered;
use crate::state::{locate, Account, AccountId, DeviceSlot, PositionPage};
use crate::ContractError;

impl<'a, 'b> Step<'a, 'b> {
    /// Charges one device; true where it had to be worked on.
    pub(super) fn charge(
        &mut self,
        storage: &mut dyn Storage,
        metered: &Metered<'a, 'b>,
        positions: &mut PositionPage,
        device: u32,
    ) -> Result<bool, ContractError> {
        let (_, slot) = locate(device);
        if metered.counted(slot)?.is_none() && positions.get(slot).is_none() {
            return Ok(false);
        }
        let account = self.account(storage, device)?;
        let case = self.case(storage, metered, positions, device, account)?;
        positions.entry(slot)?.paid = case.total;
        let work = &mut self.record.work;
        work.bank_fees = work.bank_fees.add(case.bank_fee)?;
        work.withheld = work.withheld.add(case.held_back)?;
        if case.total.get() < 0 {
            work.credits = work.credits.add(case.total.negative())?;
            work.surplus = work.surplus.add(case.surplus)?;
            return Ok(true);
        }
        let owed = case.total.positive();
        let taken = Account::update(storage, account, |account| {
            case.release(account)?;
            account.charge(owed)
        })?;
        self.record.work.escrow = self.record.work.escrow.add(taken)?;
        self.record.uncollected = self.record.uncollected.add(owed.sub(taken)?)?;
        if taken == owed {
            // The fee was part of what was just collected.
            self.earn_bounty(taken)?;
        }
        Ok(true)
    }

    /// The account that a device settles on.
    pub(super) fn account(&self, storage: &mut dyn Storage, device: u32) -> Result<AccountId, ContractError> {
        match DeviceSlot::load(storage, device)? {
            Some(slot) => Ok(slot.account),
            None => self
                .context
                .attach(storage, &self.params, device, &self.context.device(device)?),
        }
    }

    /// What the device's settlement comes to.
    pub(super) fn case(
        &self,
        storage: &dyn Storage,
        metered: &Metered<'a, 'b>,
        positions: &PositionPage,
        device: u32,
        account: AccountId,
    ) -> Result<Case, ContractError> {
        let (_, slot) = locate(device);
        let position = positions.get(slot).cloned().unwrap_or_default();
        let energy = metered.counted(slot)?;
        Case::of(
            storage,
            &self.params,
            &self.record,
            self.interval,
            (device, account),
            &position,
            energy,
        )
    }
}
