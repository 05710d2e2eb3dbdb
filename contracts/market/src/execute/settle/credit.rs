//! Second pass: everybody to whom something is due is paid, less what a shortfall cuts from surplus.
use busbar_units::{Money, UnitsError};
use cosmwasm_std::Storage;

use super::Step;
use crate::metered::Metered;
use crate::state::{locate, Account, PositionPage};
use crate::ContractError;

impl<'a, 'b> Step<'a, 'b> {
    /// Pays one device; true where it had to be worked on.
    pub(super) fn credit(
        &mut self,
        storage: &mut dyn Storage,
        metered: &Metered<'a, 'b>,
        positions: &mut PositionPage,
        device: u32,
    ) -> Result<bool, ContractError> {
        let (_, slot) = locate(device);
        if positions.get(slot).is_none_or(|position| position.paid.get() >= 0) {
            return Ok(false);
        }
        let party = self.party(storage, device)?;
        let case = self.case(storage, metered, positions, &party)?;
        let debit = case.debit()?;
        if debit.get() > 0 {
            let credit = case.surplus.sub(self.cut(case.surplus)?)?;
            let paid = debit.sub(credit.paid()?)?;
            Account::update(storage, party.account, |account| {
                account.credit(credit)?;
                account.pending = account.pending.add(paid.negative())?;
                Ok(())
            })?;
            positions.entry(slot)?.paid = paid;
            let work = &mut self.record.work;
            work.escrow = work.escrow.sub(credit)?;
            work.credits = work.credits.sub(case.surplus)?;
            return Ok(true);
        }
        let credit = case.total.negative().sub(self.cut(case.surplus)?)?;
        Account::update(storage, party.account, |account| {
            case.release(account)?;
            account.credit(credit)?;
            account.pending = account.pending.add(credit)?;
            Ok(())
        })?;
        positions.entry(slot)?.paid = credit.received()?;
        let work = &mut self.record.work;
        work.escrow = work.escrow.sub(credit)?;
        work.credits = work.credits.sub(case.total.negative())?;
        // The fee was taken off the receipt: it is there unless a shortfall used it up.
        let spare = work.escrow.sub(work.credits.add(work.withheld)?).unwrap_or(Money::ZERO);
        self.earn_bounty(spare)?;
        Ok(true)
    }

    /// This surplus' part of the cut, pro rata, rounded up.
    fn cut(&self, surplus: Money) -> Result<Money, ContractError> {
        let work = &self.record.work;
        if work.cut.is_zero() {
            return Ok(Money::ZERO);
        }
        let overflow = UnitsError::Overflow {
            unit: "Money",
            operation: "cut",
        };
        let product = surplus.get().checked_mul(work.cut.get()).ok_or(overflow)?;
        // A cut is never above the surplus it is taken from, so the total is above zero here.
        let part = product.div_ceil(work.surplus.get().max(1));
        Ok(Money::new(part).min(surplus))
    }
}
