//! What a call needs to know of the region.
use busbar_api::grid::{self, Circuit, Contracts, MarketState, Params, Region, Rules, Tariff, Times};
use busbar_api::registry::{self, DeviceSummary};
use busbar_units::{Interval, Millihertz, Wh};
use cosmwasm_std::{Addr, Env, QuerierWrapper, Storage};

use crate::collateral;
use crate::state::{final_cursor, Account, AccountId, Best, DeviceSlot, Former, GRID};
use crate::ContractError;

/// The region as the grid contract describes it.
pub struct Context<'a> {
    querier: QuerierWrapper<'a>,
    grid: Addr,
    rules: Rules,
    /// Addresses of the other contracts.
    pub contracts: Contracts,
}

impl<'a> Context<'a> {
    /// Reads the region.
    pub fn load(storage: &dyn Storage, querier: QuerierWrapper<'a>) -> Result<Self, ContractError> {
        let grid = GRID.load(storage)?;
        let rules = grid::raw::rules(&querier, &grid)?;
        Ok(Self {
            querier,
            grid,
            contracts: rules.contracts()?.clone(),
            rules,
        })
    }

    /// Domain, coin, interval lengths and roles.
    pub fn region(&self) -> &Region {
        &self.rules.region
    }

    /// The querier that the region was read with.
    pub fn querier(&self) -> &QuerierWrapper<'a> {
        &self.querier
    }

    /// Parameters of an interval.
    pub fn params(&self, interval: Interval) -> Result<Params, ContractError> {
        Ok(self.rules.params(interval)?.clone())
    }

    /// Every version of the parameters that an interval before `until` may need.
    pub fn params_before(&self, until: Interval) -> impl Iterator<Item = &Params> {
        let versions = self.rules.versions.iter().filter(move |version| version.from < until);
        versions.map(|version| &version.params)
    }

    /// Whether any version of the parameters pledges the device to the bank.
    pub fn pledges(&self, number: u32) -> bool {
        let banks = self
            .rules
            .versions
            .iter()
            .filter_map(|version| version.params.bank.as_ref());
        banks.map(|bank| bank.device).any(|device| device == number)
    }

    /// Parameters of the interval in delivery, which margins go by.
    pub fn params_now(&self, env: &Env) -> Result<Params, ContractError> {
        self.params(self.region().current_interval(env.block.time)?)
    }

    /// Tariff of an interval.
    pub fn tariff(&self, interval: Interval) -> Result<Tariff, ContractError> {
        Ok(grid::raw::tariff_with(
            &self.querier,
            &self.grid,
            interval,
            &self.rules,
        )?)
    }

    /// Buses and lines of an interval with every limit in force there.
    pub fn network(&self, params: &Params, interval: Interval) -> Result<Circuit, ContractError> {
        let region = self.region();
        Ok(grid::raw::network_with(
            &self.querier,
            &self.grid,
            interval,
            region,
            params,
        )?)
    }

    /// Mean frequency of the grid in an interval, where anybody has posted it.
    pub fn frequency(&self, interval: Interval) -> Result<Option<Millihertz>, ContractError> {
        Ok(grid::raw::frequency_at(&self.querier, &self.grid, interval)?)
    }

    /// What the market does in an interval that has not started.
    pub fn state(&self, interval: Interval) -> MarketState {
        self.rules.state(interval)
    }

    /// Refuses what the market does not do in an interval.
    pub fn allows(&self, interval: Interval, does: impl Fn(MarketState) -> bool) -> Result<(), ContractError> {
        let state = self.state(interval);
        if does(state) {
            return Ok(());
        }
        Err(ContractError::State { interval, state })
    }

    /// Instants of an interval's life.
    pub fn times(&self, params: &Params, interval: Interval) -> Result<Times, ContractError> {
        Ok(Times::of(self.region(), params, interval)?)
    }

    /// A device of the registry.
    pub fn device(&self, device: u32) -> Result<DeviceSummary, ContractError> {
        registry::raw::device_summary(&self.querier, &self.contracts.registry, device)?
            .ok_or(ContractError::UnknownDevice { device })
    }

    /// Number of devices ever registered.
    pub fn devices(&self) -> Result<u32, ContractError> {
        Ok(registry::raw::count(&self.querier, &self.contracts.registry)?)
    }

    /// Energy that the device's usable rating carries in an interval: drawn and fed.
    pub fn usable(&self, device: &DeviceSummary) -> Result<(Wh, Wh), ContractError> {
        Ok((
            self.region().energy(device.usable_import)?,
            self.region().energy(device.usable_export)?,
        ))
    }

    /// Intervals from delivery to confirmation, the one in delivery included; those of the dispute window count
    /// where head meters can open it.
    pub fn unconfirmed(&self, params: &Params) -> Result<u64, ContractError> {
        let whole = u64::from(params.confirmation_window).saturating_add(1);
        // Without a dispute window nothing is to be asked: a read is spared.
        if params.dispute_window == 0 || registry::raw::heads(&self.querier, &self.contracts.registry)?.is_empty() {
            return Ok(whole);
        }
        Ok(whole.saturating_add(params.dispute_window.into()))
    }

    /// The utility's account, opened where there is none.
    pub fn utility(&self, storage: &mut dyn Storage) -> Result<AccountId, ContractError> {
        AccountId::open(storage, &self.region().utility)
    }

    /// The account of the utility of an interval that is not cleared: once something is proposed, another utility
    /// does not take over what was proven with the first one's bids and coin.
    pub fn utility_of(&self, storage: &mut dyn Storage, best: Option<&Best>) -> Result<AccountId, ContractError> {
        best.map_or_else(|| self.utility(storage), |best| Ok(best.utility))
    }

    /// Gives a device its account, bus and margin, or brings them up to date with the registry.
    pub fn attach(
        &self,
        storage: &mut dyn Storage,
        params: &Params,
        number: u32,
        device: &DeviceSummary,
    ) -> Result<DeviceSlot, ContractError> {
        let known = DeviceSlot::load(storage, number)?;
        let account = AccountId::open(storage, &device.owner)?;
        let margin = collateral::margin(self, params, number, device)?;
        // What is locked for energy that is not known stays until the registers have caught up.
        let held = known.as_ref().filter(|slot| slot.gap.is_some());
        let margin = held.map_or(margin, |slot| slot.margin.max(margin));
        let slot = DeviceSlot {
            account,
            bus: device.bus,
            margin,
            gap: known.as_ref().and_then(|slot| slot.gap.clone()),
            former: known.as_ref().map_or(Ok(None), |slot| still_former(storage, slot))?,
        };
        if known.as_ref() == Some(&slot) {
            return Ok(slot);
        }
        let before = known.as_ref().map(|slot| (slot.account, slot.margin));
        if let Some((old, part)) = before {
            Account::update(storage, old, |account| {
                account.margin = account.margin.sub(part)?;
                Ok(())
            })?;
        }
        Account::update(storage, account, |account| {
            account.margin = account.margin.add(margin)?;
            Ok(())
        })?;
        slot.save(storage, number)?;
        Ok(slot)
    }
}

/// The owner before the one of today, whose margin comes free once he answers for nothing more.
fn still_former(storage: &mut dyn Storage, slot: &DeviceSlot) -> Result<Option<Former>, ContractError> {
    let Some(former) = &slot.former else {
        return Ok(None);
    };
    if !former.is_over(final_cursor(storage)?, slot.gap.as_ref()) {
        return Ok(Some(former.clone()));
    }
    Account::update(storage, former.account, |account| {
        account.margin = account.margin.sub(former.margin)?;
        Ok(())
    })?;
    Ok(None)
}
