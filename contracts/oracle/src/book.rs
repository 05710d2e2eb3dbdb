//! The readings that one call works on: each page and interval state is read once and written once.
use std::collections::{BTreeMap, BTreeSet};

use busbar_api::oracle::{raw, Anchor, IntervalState, PruneCursor, ReadingPage, SlotReading};
use busbar_attestation::{page_of, slot_of};
use busbar_units::{Interval, NetWh};
use cosmwasm_std::{StdResult, Storage};

use crate::state::{
    encode_newest, load_anchor, load_cursor, load_interval, load_newest, load_page, load_unmetered,
    load_unmetered_buses,
};
use crate::ContractError;

/// A value as it was read, or as it is to be written.
struct Kept<T> {
    value: T,
    changed: bool,
}

impl<T> Kept<T> {
    fn read(value: T) -> Self {
        Self { value, changed: false }
    }
}

/// Pages and interval states that a call reads and changes.
pub struct Book<'a> {
    storage: &'a dyn Storage,
    cursor: PruneCursor,
    pages: BTreeMap<(Interval, u32), Kept<Option<Box<ReadingPage>>>>,
    states: BTreeMap<Interval, Kept<Option<IntervalState>>>,
    newest: BTreeMap<u32, Kept<Option<Interval>>>,
    heads: BTreeSet<Interval>,
}

impl<'a> Book<'a> {
    pub fn open(storage: &'a dyn Storage) -> StdResult<Self> {
        Ok(Self {
            storage,
            cursor: load_cursor(storage)?,
            pages: BTreeMap::new(),
            states: BTreeMap::new(),
            newest: BTreeMap::new(),
            heads: BTreeSet::new(),
        })
    }

    /// Whether a page is reduced to its hash, or would be if it had readings.
    pub fn is_pruned(&self, interval: Interval, page: u32) -> bool {
        (interval, page) < (self.cursor.interval, self.cursor.page)
    }

    /// The page, if anything was accepted in it and it is not pruned.
    pub fn page(&mut self, interval: Interval, page: u32) -> StdResult<Option<&ReadingPage>> {
        if self.is_pruned(interval, page) {
            return Ok(None);
        }
        Ok(self.kept_page(interval, page)?.value.as_deref())
    }

    /// The page, to change; it begins with its first reading. The caller has checked that it is not pruned.
    pub fn page_mut(&mut self, interval: Interval, page: u32) -> StdResult<&mut ReadingPage> {
        let kept = self.kept_page(interval, page)?;
        kept.changed = true;
        Ok(kept.value.get_or_insert_with(Box::default))
    }

    fn kept_page(&mut self, interval: Interval, page: u32) -> StdResult<&mut Kept<Option<Box<ReadingPage>>>> {
        use std::collections::btree_map::Entry;
        Ok(match self.pages.entry((interval, page)) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let page = load_page(self.storage, interval, page)?;
                entry.insert(Kept::read(page.map(Box::new)))
            }
        })
    }

    /// The state of an interval, if it has one.
    pub fn state(&mut self, interval: Interval) -> StdResult<Option<IntervalState>> {
        if let Some(kept) = self.states.get(&interval) {
            return Ok(kept.value);
        }
        let state = load_interval(self.storage, interval)?;
        self.states.insert(interval, Kept::read(state));
        Ok(state)
    }

    pub fn set_state(&mut self, interval: Interval, state: IntervalState) {
        let kept = Kept {
            value: Some(state),
            changed: true,
        };
        self.states.insert(interval, kept);
    }

    /// The newest interval of a page with an accepted reading.
    pub fn newest(&mut self, page: u32) -> StdResult<Option<Interval>> {
        if let Some(kept) = self.newest.get(&page) {
            return Ok(kept.value);
        }
        let newest = load_newest(self.storage, page)?;
        self.newest.insert(page, Kept::read(newest));
        Ok(newest)
    }

    /// Notes that a page has a reading of an interval.
    pub fn extend_newest(&mut self, page: u32, interval: Interval) -> StdResult<()> {
        if self.newest(page)? < Some(interval) {
            let kept = Kept {
                value: Some(interval),
                changed: true,
            };
            self.newest.insert(page, kept);
        }
        Ok(())
    }

    /// What stands in the pages for a device at the end of an interval.
    pub fn reading(&mut self, device: u32, interval: Interval) -> StdResult<Option<SlotReading>> {
        let page = self.page(interval, page_of(device))?;
        Ok(page.and_then(|page| page.get(slot_of(device))).copied())
    }

    /// Puts a device's registers at the end of an interval into its page, which is not pruned.
    pub fn set_reading(&mut self, device: u32, interval: Interval, reading: SlotReading) -> StdResult<()> {
        self.page_mut(interval, page_of(device))?.set(slot_of(device), reading);
        Ok(())
    }

    /// The last reading of a device before its pages were pruned.
    pub fn anchor(&self, device: u32) -> StdResult<Option<Anchor>> {
        load_anchor(self.storage, device)
    }

    /// What connections outside the market draw in an interval, at the buses that `at` picks.
    pub fn unmetered(&self, interval: Interval, at: impl Fn(u16) -> bool) -> Result<NetWh, ContractError> {
        let mut sum = NetWh::ZERO;
        for bus in load_unmetered_buses(self.storage)?.into_iter().filter(|bus| at(*bus)) {
            sum = sum.add(load_unmetered(self.storage, bus, interval)?)?;
        }
        Ok(sum)
    }

    /// Notes that a head meter has spoken about an interval.
    pub fn note_head(&mut self, interval: Interval) {
        self.heads.insert(interval);
    }

    /// Intervals about which a head meter has spoken.
    pub fn heads(&self) -> &BTreeSet<Interval> {
        &self.heads
    }

    /// Intervals whose state has changed.
    pub fn changed(&self) -> BTreeSet<Interval> {
        let changed = self.states.iter().filter(|(_, kept)| kept.changed);
        changed.map(|(interval, _)| *interval).collect()
    }

    /// What is to be written, by key.
    pub fn close(self) -> StdResult<Vec<(Vec<u8>, Vec<u8>)>> {
        let mut writes = vec![];
        for ((interval, page), kept) in self.pages {
            if let Kept {
                value: Some(readings),
                changed: true,
            } = kept
            {
                writes.push((raw::page_key(interval, page), readings.encode()?));
            }
        }
        for (interval, kept) in self.states {
            if let Kept {
                value: Some(state),
                changed: true,
            } = kept
            {
                writes.push((raw::interval_key(interval), state.encode()));
            }
        }
        for (page, kept) in self.newest {
            if let Kept {
                value: Some(interval),
                changed: true,
            } = kept
            {
                writes.push((raw::newest_key(page), encode_newest(interval)));
            }
        }
        Ok(writes)
    }
}
