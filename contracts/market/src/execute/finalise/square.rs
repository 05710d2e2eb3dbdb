//! What finality settles between a device's owner and the utility.
use busbar_units::{Money, NetMoney, NetWh, Wh};
use cosmwasm_std::Storage;

use super::super::settle::is_withheld;
use super::correct::{losses, Correction, Frozen};
use super::late::{before, carry, catch_up};
use super::Closing;
use crate::metered::Metered;
use crate::state::{locate, Account, AccountId, DevicePage, DeviceSlot, Position, Totals};
use crate::{events, ContractError};

impl Closing<'_, '_> {
    /// Settles what is known at last against what settlement went by, and what became known too late.
    pub(super) fn correct(
        &mut self,
        storage: &mut dyn Storage,
        metered: &Metered<'_, '_>,
        number: u32,
        position: Option<&Position>,
        device: Option<&DeviceSlot>,
    ) -> Result<(), ContractError> {
        let gap = device.and_then(|device| device.gap.as_ref());
        let (_, slot) = locate(number);
        let traded = position.map_or(Ok(NetWh::ZERO), Position::net)?;
        let (counted, latest) = (metered.counted(slot)?, metered.latest(slot)?);
        let settled = counted.map_or(Ok(traded), |energy| energy.net())?;
        // Of whom nothing is known even now has drawn what it was to draw, and fed nothing.
        let known = match latest.or(counted) {
            Some(energy) => energy.net()?,
            None => traded.positive().drawn()?,
        };
        let difference = known.sub(settled)?;
        let unknown = latest.or(counted).is_none() && (gap.is_some() || !metered.is_retired(slot));
        let unknown = unknown.then_some(traded.positive());
        let (former, mut due) = self.late(storage, metered, number, device, unknown)?;
        if !difference.is_zero() {
            let frozen = Frozen {
                params: &self.params,
                tariff: self.tariff,
                frequency: self.context.frequency(self.interval)?,
                record: &self.record,
            };
            due = due.add(frozen.correct(&self.party(storage, number)?.at, difference)?)?;
        }
        // What a withheld device was to draw was charged for its trade alone.
        let charged = match position {
            Some(position) if counted.is_none() && is_withheld(&self.party(storage, number)?.at, position)? => {
                NetWh::ZERO
            }
            _ => settled,
        };
        due = due.add(losses(self.record.work.loss_price, known, charged)?)?;
        if former != Correction::default() {
            let account = device
                .and_then(|device| device.former.as_ref())
                .map(|former| former.account);
            let account = account.ok_or(ContractError::Corrupt { what: "former owner" })?;
            let owner = account.owner(storage)?;
            self.events
                .push(events::corrected_before(self.interval, number, &owner, &former));
            self.square(storage, account, former.owner, former.utility)?;
        }
        if due == Correction::default() {
            return Ok(());
        }
        self.events
            .push(events::corrected(self.interval, number, difference, &due));
        let account = self.party(storage, number)?.account;
        self.square(storage, account, due.owner, due.utility)
    }

    /// Ends a gap that the readings have closed, and opens or carries one where the energy of this interval is
    /// not known, `unknown` being what counted as drawn. Returns what a closed gap costs the former owner, for his
    /// intervals in it, and the owner.
    fn late(
        &self,
        storage: &mut dyn Storage,
        metered: &Metered<'_, '_>,
        number: u32,
        device: Option<&DeviceSlot>,
        unknown: Option<Wh>,
    ) -> Result<(Correction, Correction), ContractError> {
        let (page, slot) = locate(number);
        let gap = device.and_then(|device| device.gap.clone());
        let former = device.and_then(|device| device.former.as_ref());
        let mut after = gap.clone();
        let (mut his, mut late) = (Correction::default(), Correction::default());
        if let Some(closed) = gap
            .as_ref()
            .map_or(Ok(None), |gap| catch_up(&self.params, gap, metered, slot))?
        {
            let since = gap.as_ref().map_or(self.interval, |gap| gap.since);
            his = before(former, since, self.interval, &closed)?;
            (after, late) = (None, closed.sub(his)?);
        }
        if let Some(assumed) = unknown {
            let since = after.as_ref().map_or(self.interval, |gap| gap.since);
            let (opened, more) = carry(&self.params, after, metered, slot, self.tariff, assumed)?;
            let part = before(former, since, self.interval.plus(1)?, &more)?;
            (after, his, late) = (opened, his.add(part)?, late.add(more.sub(part)?)?);
        }
        if after != gap {
            self.party(storage, number)?;
            let mut devices = DevicePage::load(storage, page)?;
            if let Some(device) = devices.get_mut(slot) {
                device.gap = after;
            }
            devices.save(storage, page);
        }
        Ok((his, late))
    }

    /// Collects from whoever of owner and utility owes, into the escrow, and pays the other out of it; what
    /// cannot be collected reduces what the other gets.
    pub(super) fn square(
        &mut self,
        storage: &mut dyn Storage,
        owner: AccountId,
        owed: NetMoney,
        utility_owed: NetMoney,
    ) -> Result<(), ContractError> {
        let mut missing = Money::ZERO;
        for (account, amount) in [(owner, owed.positive()), (self.utility, utility_owed.positive())] {
            let taken = Account::update(storage, account, |account| account.charge(amount))?;
            self.record.work.escrow = self.record.work.escrow.add(taken)?;
            missing = missing.add(amount.sub(taken)?)?;
        }
        self.record.uncollected = self.record.uncollected.add(missing)?;
        for (account, amount) in [(owner, owed.negative()), (self.utility, utility_owed.negative())] {
            let available = amount.sub(missing).unwrap_or(Money::ZERO).min(self.record.work.escrow);
            let loss = amount.sub(available)?;
            self.record.work.escrow = self.record.work.escrow.sub(available)?;
            Account::update(storage, account, |account| account.credit(available))?;
            if account == self.utility && !loss.is_zero() {
                let mut totals = Totals::load(storage)?;
                totals.utility_loss = totals.utility_loss.add(loss)?;
                totals.save(storage);
            }
        }
        Ok(())
    }
}
