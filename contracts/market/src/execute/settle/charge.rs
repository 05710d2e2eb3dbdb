//! First pass: everybody who owes pays; what is due to the others is added up.
use cosmwasm_std::Storage;

use super::{Case, Party, Step};
use crate::metered::Metered;
use crate::state::{locate, Account, PositionPage};
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
        let party = self.party(storage, device)?;
        let case = self.case(storage, metered, positions, &party)?;
        positions.entry(slot)?.paid = case.total;
        self.record.losses = self.record.losses.add(case.losses)?;
        let work = &mut self.record.work;
        work.bank_fees = work.bank_fees.add(case.bank_fee)?;
        work.withheld = work.withheld.add(case.held_back)?;
        work.surplus = work.surplus.add(case.surplus)?;
        let debit = case.debit()?;
        if case.total.get() < 0 && debit.get() <= 0 {
            work.credits = work.credits.add(case.total.negative())?;
            return Ok(true);
        }
        // What it owes is collected, and what its surplus earns waits with the credits.
        work.credits = work.credits.add(case.surplus)?;
        if !case.surplus.is_zero() {
            positions.entry(slot)?.paid = case.surplus.received()?;
        }
        let owed = debit.positive();
        let taken = Account::update(storage, party.account, |account| {
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

    /// The account on which a device settles, and the prices at its bus.
    pub(super) fn party(&self, storage: &mut dyn Storage, device: u32) -> Result<Party, ContractError> {
        let known = self.devices.get(locate(device).1);
        let device = (device, self.interval);
        Party::of(storage, self.context, &self.params, &self.prices, device, known)
    }

    /// What the device's settlement comes to.
    pub(super) fn case(
        &self,
        storage: &dyn Storage,
        metered: &Metered<'a, 'b>,
        positions: &PositionPage,
        party: &Party,
    ) -> Result<Case, ContractError> {
        let (_, slot) = locate(party.device);
        let position = positions.get(slot).cloned().unwrap_or_default();
        let energy = metered.counted(slot)?;
        let interval = self.interval;
        Case::of(storage, &self.params, &self.record, interval, party, &position, energy)
    }
}
