//! Freezes the region's net and the imbalance price and shares out the bank.
use busbar_api::energy_token;
use busbar_api::grid::Bank;
use busbar_api::oracle::Energy;
use busbar_api::registry::{self, DeviceSummary};
use busbar_units::{Interval, NetWh, Ppm, Wh};
use cosmwasm_std::{Env, Storage, WasmMsg};

use super::Step;
use crate::banking::{give_out, take_in, Request};
use crate::metered::Metered;
use crate::state::{device_at, locate, Account, AccountId, DeviceSlot, Position, PositionPage};
use crate::{imbalance, ContractError};

#[derive(Default)]
struct Requests {
    bank: Vec<Request>,
    redeem: Vec<Request>,
    /// Expected net of devices whose readings are missing.
    missing: NetWh,
}

impl Step<'_, '_> {
    /// Returns the messages that mint and burn the interval's tokens.
    pub(super) fn prepare(
        &mut self,
        storage: &mut dyn Storage,
        env: &Env,
        net: NetWh,
    ) -> Result<Vec<WasmMsg>, ContractError> {
        let requests = self.requests(storage)?;
        let (mut messages, mut bank_missing) = (vec![], NetWh::ZERO);
        if let Some((bank, device)) = self.bank()? {
            self.record.work.efficiency = bank.efficiency;
            (messages, bank_missing) = self.share_out(storage, env, &bank, &device, &requests)?;
        }
        let net = net.add(requests.missing)?.add(bank_missing)?;
        let tariff = self.context.tariff(self.interval)?;
        let frequency = self.context.frequency(self.interval)?;
        let record = &mut self.record;
        imbalance::freeze(&self.params, tariff, frequency, self.interval, net, record)?;
        Ok(messages)
    }

    /// Collects the bank requests of metered devices and drops those of devices without a reading.
    fn requests(&self, storage: &mut dyn Storage) -> Result<Requests, ContractError> {
        let mut found = Requests::default();
        self.each_page(storage, |page, metered, positions| {
            let slots: Vec<(u8, Position)> = positions.iter().map(|(slot, at)| (slot, at.clone())).collect();
            for (slot, asked) in slots {
                let position = positions.entry(slot)?;
                (position.given, position.taken) = (Wh::ZERO, Wh::ZERO);
                let Some(energy) = metered.counted(slot)? else {
                    found.missing = found.missing.add(asked.traded)?;
                    continue;
                };
                let beyond = energy.net()?.sub(asked.traded)?;
                let request = |asked, beyond| -> Result<Request, ContractError> {
                    Ok(Request {
                        device: device_at(page, slot)?,
                        asked,
                        beyond,
                    })
                };
                if !asked.given.is_zero() {
                    found.bank.push(request(asked.given, beyond.negative())?);
                }
                if !asked.taken.is_zero() {
                    found.redeem.push(request(asked.taken, beyond.positive())?);
                }
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The interval's bank as far as its storage carries it, and the storage; none while that is not registered.
    fn bank(&self) -> Result<Option<(Bank, DeviceSummary)>, ContractError> {
        let Some(bank) = &self.params.bank else {
            return Ok(None);
        };
        let (q, registry) = (self.context.querier(), &self.context.contracts.registry);
        let device = registry::raw::device_summary(q, registry, bank.device)?;
        Ok(device.map(|device| (bank.within(device.storage()), device)))
    }

    fn share_out(
        &mut self,
        storage: &mut dyn Storage,
        env: &Env,
        bank: &Bank,
        device: &DeviceSummary,
        requests: &Requests,
    ) -> Result<(Vec<WasmMsg>, NetWh), ContractError> {
        if requests.bank.is_empty() && requests.redeem.is_empty() {
            return Ok((vec![], NetWh::ZERO));
        }
        let (page, slot) = locate(bank.device);
        let metered = Metered::load(self.context, self.interval, page)?.counted(slot)?;
        let energy = metered.unwrap_or(Energy::ZERO);
        let charge = energy.import.min(self.room(storage, env, bank, device)?);
        let taken = take_in(&requests.bank, charge)?;
        let (_, rated) = self.context.usable(device)?;
        let given = give_out(&requests.redeem, rated)?;

        self.enter_shares(storage, &requests.bank, &taken, |position, share| {
            position.given = share
        })?;
        self.enter_shares(storage, &requests.redeem, &given, |position, share| {
            position.taken = share
        })?;
        let (taken_in, given_out) = (Wh::sum(taken.iter().copied())?, Wh::sum(given)?);
        let mut positions = PositionPage::load(storage, self.interval, page)?;
        let storage_side = positions.entry(slot)?;
        (storage_side.given, storage_side.taken) = (given_out, taken_in);
        let expected = storage_side.net()?;
        positions.save(storage, self.interval, page);

        let minted: Result<Vec<Wh>, _> = taken.iter().map(|share| bank.efficiency.of(*share)).collect();
        self.record.banked = taken_in;
        self.record.minted = Wh::sum(minted?)?;
        self.record.redeemed = given_out.min(energy.export);
        self.record.redeemed_in_coin = given_out.sub(self.record.redeemed)?;
        let missing = if metered.is_some() { NetWh::ZERO } else { expected };
        Ok((self.token_messages(given_out)?, missing))
    }

    /// Energy that may still be taken in: what gives no more tokens than the storage can hold beyond the supply;
    /// nothing where it gives none, or while the bond of the storage's owner is not covered.
    fn room(&self, storage: &dyn Storage, env: &Env, bank: &Bank, device: &DeviceSummary) -> Result<Wh, ContractError> {
        let current = self
            .context
            .params(self.context.region().current_interval(env.block.time)?)?;
        let Some(today) = current.bank.filter(|today| today.device == bank.device) else {
            return Ok(Wh::ZERO);
        };
        if !bond_covered(storage, bank, device, self.interval)? {
            return Ok(Wh::ZERO);
        }
        let supply = energy_token::raw::supply(self.context.querier(), &self.context.contracts.energy_token)?;
        let mintable = bank.usable.min(today.usable).sub(supply).unwrap_or(Wh::ZERO);
        if mintable.is_zero() || bank.efficiency <= Ppm::ZERO {
            return Ok(Wh::ZERO);
        }
        Ok(bank.efficiency.largest_within(mintable))
    }

    fn enter_shares(
        &self,
        storage: &mut dyn Storage,
        requests: &[Request],
        shares: &[Wh],
        enter: impl Fn(&mut Position, Wh),
    ) -> Result<(), ContractError> {
        let entries: Vec<(u32, Wh)> = requests
            .iter()
            .map(|request| request.device)
            .zip(shares.iter().copied())
            .collect();
        for page in entries.chunk_by(|a, b| locate(a.0).0 == locate(b.0).0) {
            let Some((number, _)) = page.first().map(|(device, _)| locate(*device)) else {
                continue;
            };
            let mut positions = PositionPage::load(storage, self.interval, number)?;
            for (device, share) in page {
                enter(positions.entry(locate(*device).1)?, *share);
            }
            positions.save(storage, self.interval, number);
        }
        Ok(())
    }

    fn token_messages(&self, burned: Wh) -> Result<Vec<WasmMsg>, ContractError> {
        let token = energy_token::Client::new(self.context.contracts.energy_token.clone());
        let mut messages = vec![];
        // Burning first keeps the supply within the usable energy at every moment.
        if !burned.is_zero() {
            messages.push(token.burn(burned)?);
        }
        if !self.record.minted.is_zero() {
            messages.push(token.mint(self.context.contracts.market.to_string(), self.record.minted)?);
        }
        Ok(messages)
    }
}

/// Whether the storage's owner holds its bond and margin beyond its locks.
fn bond_covered(
    storage: &dyn Storage,
    bank: &Bank,
    device: &DeviceSummary,
    interval: Interval,
) -> Result<bool, ContractError> {
    let account = match DeviceSlot::load(storage, bank.device)? {
        Some(slot) => Some(slot.account_in(interval)),
        None => AccountId::of(storage, &device.owner)?,
    };
    let Some(account) = account else {
        return Ok(bank.bond.is_zero());
    };
    Ok(Account::load(storage, account)?.free_of_locks()? >= bank.bond)
}
