//! Between the passes: the utility is squared, and what could not be collected is borne.
use busbar_units::Money;
use cosmwasm_std::Storage;

use super::Step;
use crate::state::{Account, AccountId, DeviceSlot, Totals};
use crate::ContractError;

impl Step<'_, '_> {
    /// The utility gets or pays the plain tariff for the region's net, and gets what was charged for losses. Charges that could not be collected
    /// reduce first what the utility gets for energy, then the fund, then credits for surplus, then the bank's
    /// fee and the clearer's bounty, which were to come out of such credits; never what pays for traded energy.
    pub(super) fn square_utility(&mut self, storage: &mut dyn Storage) -> Result<(), ContractError> {
        let tariff = self.context.tariff(self.interval)?;
        let net = self.record.net;
        let price = if net.get() > 0 { tariff.import } else { tariff.export };
        let owed = price.charge(net.negate()?)?;
        let utility = AccountId(self.record.work.utility);
        let lock = core::mem::replace(&mut self.record.work.utility_lock, Money::ZERO);
        let paid = Account::update(storage, utility, |account| {
            account.locked = account.locked.sub(lock)?;
            account.charge(owed.positive())
        })?;
        self.record.uncollected = self.record.uncollected.add(owed.positive().sub(paid)?)?;
        self.record.work.escrow = self.record.work.escrow.add(paid)?;

        let receipt = owed.negative().add(self.record.losses)?;
        let due = self.bear_shortfall(storage, utility, receipt, lock.sub(paid).unwrap_or(Money::ZERO))?;
        self.record.work.escrow = self.record.work.escrow.sub(due)?;
        Account::update(storage, utility, |account| account.credit(due))?;
        self.pay_clearer(storage)?;
        self.pay_bank_fees(storage)
    }

    /// Returns what is left of the utility's receipt. `purchases` is what the utility would have paid for its
    /// purchases and got back for reselling them inside the region: that, too, is a receipt of the utility.
    fn bear_shortfall(
        &mut self,
        storage: &mut dyn Storage,
        utility: AccountId,
        receipt: Money,
        purchases: Money,
    ) -> Result<Money, ContractError> {
        let work = &self.record.work;
        let firm = work
            .credits
            .add(work.withheld)?
            .add(work.bank_fees)?
            .add(work.clear_bounty)?;
        let mut short = firm.add(receipt)?.sub(work.escrow).unwrap_or(Money::ZERO);
        if short.is_zero() {
            return Ok(receipt);
        }
        let mut totals = Totals::load(storage)?;
        let from_receipt = short.min(receipt);
        short = short.sub(from_receipt)?;

        let from_purchases = Account::update(storage, utility, |account| {
            let taken = short.min(purchases).min(account.free_of_locks()?);
            account.balance = account.balance.sub(taken)?;
            Ok(taken)
        })?;
        short = short.sub(from_purchases)?;

        let from_fund = short.min(totals.fund);
        totals.fund = totals.fund.sub(from_fund)?;
        short = short.sub(from_fund)?;

        let cut = short.min(work.surplus);
        short = short.sub(cut)?;
        let work = &mut self.record.work;
        for fee in [&mut work.bank_fees, &mut work.clear_bounty] {
            let cut = short.min(*fee);
            *fee = fee.sub(cut)?;
            short = short.sub(cut)?;
        }
        if !short.is_zero() {
            return Err(ContractError::Insolvent {
                interval: self.interval,
                missing: short,
            });
        }
        totals.utility_loss = totals.utility_loss.add(from_receipt)?.add(from_purchases)?;
        totals.save(storage);
        self.record.work.cut = cut;
        self.record.work.escrow = self.record.work.escrow.add(from_purchases)?.add(from_fund)?;
        Ok(receipt.sub(from_receipt)?)
    }

    fn pay_clearer(&mut self, storage: &mut dyn Storage) -> Result<(), ContractError> {
        let bounty = self.record.work.clear_bounty;
        if bounty.is_zero() {
            return Ok(());
        }
        self.record.work.escrow = self.record.work.escrow.sub(bounty)?;
        Account::update(storage, AccountId(self.record.work.clearer), |account| {
            account.credit(bounty)
        })
    }

    fn pay_bank_fees(&mut self, storage: &mut dyn Storage) -> Result<(), ContractError> {
        let fees = self.record.work.bank_fees;
        let Some(bank) = self.params.bank.as_ref().filter(|_| !fees.is_zero()) else {
            return Ok(());
        };
        let owner = match DeviceSlot::load(storage, bank.device)? {
            Some(slot) => slot.account_in(self.interval),
            None => AccountId::open(storage, &self.context.device(bank.device)?.owner)?,
        };
        self.record.work.escrow = self.record.work.escrow.sub(fees)?;
        Account::update(storage, owner, |account| account.credit(fees))
    }
}
