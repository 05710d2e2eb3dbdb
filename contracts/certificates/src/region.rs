//! What a call needs to know of the region.
use busbar_api::grid::{self, Contracts};
use busbar_api::registry;
use busbar_attestation::{page_of, slot_of, DeviceKind};
use cosmwasm_std::{Addr, QuerierWrapper, StdResult, Storage};

use crate::state::GRID;
use crate::ContractError;

/// The region as its grid contract describes it.
pub struct Region<'a> {
    /// Reads other contracts.
    pub querier: QuerierWrapper<'a>,
    /// The grid contract.
    pub grid: Addr,
    /// The other contracts.
    pub contracts: Contracts,
}

impl<'a> Region<'a> {
    /// Reads the addresses.
    pub fn load(storage: &dyn Storage, querier: QuerierWrapper<'a>) -> Result<Self, ContractError> {
        Self::at(GRID.load(storage)?, querier)
    }

    /// The region of a grid contract, which must be wired.
    pub fn at(grid: Addr, querier: QuerierWrapper<'a>) -> Result<Self, ContractError> {
        let contracts = grid::raw::contracts(&querier, &grid)?;
        Ok(Self {
            querier,
            grid,
            contracts,
        })
    }

    /// A device of the registry.
    pub fn device(&self, number: u32) -> Result<registry::DeviceSummary, ContractError> {
        let device = registry::raw::device_summary(&self.querier, &self.contracts.registry, number)?;
        device.ok_or(ContractError::UnknownDevice { device: number })
    }
}

/// Kinds of devices, one page of the registry at a time.
pub struct Kinds<'a, 'b> {
    region: &'a Region<'b>,
    page: Option<(u32, registry::DevicePage)>,
}

impl<'a, 'b> Kinds<'a, 'b> {
    /// None read yet.
    pub fn of(region: &'a Region<'b>) -> Self {
        Self { region, page: None }
    }

    /// What a device is, if it generates: sun, wind, or a home's connection.
    pub fn generator(&mut self, device: u32) -> StdResult<Option<DeviceKind>> {
        let number = page_of(device);
        if self.page.as_ref().is_none_or(|(known, _)| *known != number) {
            let (q, registry) = (&self.region.querier, &self.region.contracts.registry);
            let page = registry::raw::page(q, registry, number)?.unwrap_or_default();
            self.page = Some((number, page));
        }
        let slot = self.page.as_ref().and_then(|(_, page)| page.get(slot_of(device)));
        let kind = slot.map(|slot| slot.kind);
        Ok(kind.filter(|kind| matches!(kind, DeviceKind::Connection | DeviceKind::Solar | DeviceKind::Wind)))
    }
}
