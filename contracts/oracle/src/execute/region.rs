//! What a call has to know about the region, read once.
use std::collections::BTreeMap;

use busbar_api::grid::{self, Circuit, Contracts, Params, Region, Rules, Times, Version};
use busbar_api::registry::{self, DevicePage, Meter, Slot};
use busbar_attestation::{page_of, slot_of, Domain, DomainId};
use busbar_units::Interval;
use cosmwasm_std::{Addr, Deps, Env, QuerierWrapper, StdResult};

use crate::state::GRID;
use crate::ContractError;

/// The region as it stands in this block.
pub struct Context<'a> {
    querier: QuerierWrapper<'a>,
    grid: Addr,
    pub region: Region,
    pub contracts: Contracts,
    pub domain: DomainId,
    /// Block time in unix seconds.
    pub now_s: u64,
    /// Interval that contains the block time.
    pub current: Interval,
    versions: Vec<Version>,
    devices: BTreeMap<u32, Option<Box<DevicePage>>>,
    heads: Option<Vec<u32>>,
    outer_heads: Option<Vec<u32>>,
}

impl<'a> Context<'a> {
    pub fn load(deps: Deps<'a>, env: &Env) -> Result<Self, ContractError> {
        let grid = GRID.load(deps.storage)?;
        let rules = grid::raw::rules(&deps.querier, &grid)?;
        let contracts = rules.contracts()?.clone();
        let Rules { region, versions, .. } = rules;
        Ok(Self {
            querier: deps.querier,
            contracts,
            domain: Domain::new(&region.domain)?.id(),
            now_s: env.block.time.seconds(),
            current: region.current_interval(env.block.time)?,
            versions,
            devices: BTreeMap::new(),
            heads: None,
            outer_heads: None,
            region,
            grid,
        })
    }

    /// Parameters of an interval; none for one whose version is not kept any more.
    pub fn params(&self, interval: Interval) -> Option<&Params> {
        Version::at(&self.versions, interval).map(|version| &version.params)
    }

    /// The life of an interval; none beyond the end of time.
    pub fn times(&self, params: &Params, interval: Interval) -> Option<Times> {
        Times::of(&self.region, params, interval).ok()
    }

    /// Whether the correction window of an interval has ended: what its pages say stays.
    pub fn is_final(&self, interval: Interval) -> bool {
        let times = self.params(interval).map(|params| self.times(params, interval));
        times.is_none_or(|times| times.is_some_and(|times| self.now_s >= times.final_s))
    }

    /// The interval with which the dispute window of another one is over; none where it is over.
    pub fn dispute_ends(&self, interval: Interval) -> Result<Option<Interval>, ContractError> {
        let Some(params) = self.params(interval).filter(|params| params.dispute_window > 0) else {
            return Ok(None);
        };
        let windows = u64::from(params.confirmation_window).saturating_add(params.dispute_window.into());
        let ends = interval.plus(windows.saturating_add(1))?;
        Ok(Some(ends).filter(|ends| *ends > self.current))
    }

    /// Numbers of the head meters.
    pub fn heads(&mut self) -> StdResult<Vec<u32>> {
        if let Some(heads) = &self.heads {
            return Ok(heads.clone());
        }
        let heads = registry::raw::heads(&self.querier, &self.contracts.registry)?;
        self.heads = Some(heads.clone());
        Ok(heads)
    }

    /// Numbers of the head meters below no other: together they measure the region.
    pub fn outer_heads(&mut self) -> StdResult<Vec<u32>> {
        if let Some(heads) = &self.outer_heads {
            return Ok(heads.clone());
        }
        let mut heads = vec![];
        for number in self.heads()? {
            heads.extend(self.device(number)?.map(|head| (number, head.bus)));
        }
        if heads.iter().any(|(_, bus)| heads.iter().any(|(_, other)| other != bus)) {
            let network = self.network()?;
            let feeders = heads
                .iter()
                .map(|(_, bus)| (*bus, network.feeder(*bus)))
                .collect::<Vec<_>>();
            heads.retain(|(_, bus)| {
                let inner = |(at, below): &(u16, Vec<bool>)| at != bus && below.get(usize::from(*bus)) == Some(&true);
                !feeders.iter().any(inner)
            });
        }
        let heads = heads.into_iter().map(|(number, _)| number).collect::<Vec<_>>();
        self.outer_heads = Some(heads.clone());
        Ok(heads)
    }

    /// A confirmed device.
    pub fn device(&mut self, number: u32) -> StdResult<Option<Slot>> {
        let page = self.page(page_of(number))?;
        Ok(page.and_then(|page| page.get(slot_of(number))).copied())
    }

    /// The confirmed devices of a page with their slots.
    pub fn devices(&mut self, page: u32) -> StdResult<Vec<(u8, Slot)>> {
        let page = self.page(page)?;
        Ok(page.map_or(vec![], |page| {
            page.iter().map(|(slot, device)| (slot, *device)).collect()
        }))
    }

    fn page(&mut self, page: u32) -> StdResult<Option<&DevicePage>> {
        use std::collections::btree_map::Entry;
        let kept = match self.devices.entry(page) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let read = registry::raw::page(&self.querier, &self.contracts.registry, page)?;
                entry.insert(read.map(Box::new))
            }
        };
        Ok(kept.as_deref())
    }

    /// Pages that hold every device ever enrolled.
    pub fn pages(&self) -> StdResult<u32> {
        let count = registry::raw::count(&self.querier, &self.contracts.registry)?;
        Ok(count.checked_sub(1).map_or(0, |last| page_of(last).saturating_add(1)))
    }

    /// The network of the current interval.
    pub fn network(&self) -> StdResult<Circuit> {
        grid::raw::network_at(&self.querier, &self.grid, self.current)
    }

    /// The meter whose key signs a device's reading of an interval; none for one so old that it is
    /// not kept. Only readings of an interval before the latest meter's cost a read.
    pub fn meter(&self, number: u32, device: &Slot, interval: Interval) -> StdResult<Option<Meter>> {
        registry::raw::meter_at(&self.querier, &self.contracts.registry, number, device, interval)
    }

    /// How many settling devices are awaited in an interval.
    pub fn awaited(&self, interval: Interval) -> StdResult<u32> {
        registry::raw::awaited_at(&self.querier, &self.contracts.registry, interval)
    }
}
