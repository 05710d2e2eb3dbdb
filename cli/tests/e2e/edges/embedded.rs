//! The same street on the embedded chain, where every call is followed by a check of the whole state.
use std::collections::BTreeMap;

use busbar_api::grid::Params;
use busbar_api::oracle::Outcome;
use busbar_attestation::SignedReading;
use busbar_testing::{Device, Region, Setup};
use busbar_units::{Interval, Money};
use cosmwasm_std::Addr;

use super::script::{HOMES, Part, orders_of};

/// Coin that each home and the storage's owner deposits.
pub const DEPOSIT: u128 = 100_000_000;
/// Coin that the utility deposits.
pub const UTILITY_DEPOSIT: u128 = 10_000_000_000;
/// W of each home, and of the storage.
const POWER: u64 = 5_000;
/// Wh that the storage holds.
const USABLE: u64 = 10_000;

/// A region with a storage and homes, and their devices in order.
pub struct Twin {
    pub region: Region,
    pub devices: Vec<Device>,
}

impl Twin {
    /// All are enrolled in the interval before `first`.
    pub fn found(domain: &str, interval_s: u64, params: Params, first: Interval) -> Self {
        let mut region = Region::with(Setup {
            domain: domain.to_owned(),
            interval_s,
            params,
            start: first.minus(1).unwrap(),
            purse: Money::new(2 * DEPOSIT),
            utility_deposit: Money::new(UTILITY_DEPOSIT),
            ..Setup::default()
        });
        let mut devices = vec![region.storage("store", POWER, USABLE)];
        devices.extend((1..=HOMES).map(|home| region.home(&format!("home{home}"), POWER, POWER)));
        Self { region, devices }
    }

    /// Whoever has an account in the market, by address.
    pub fn names(&mut self) -> BTreeMap<Addr, String> {
        let mut names = BTreeMap::from([
            (self.region.utility.clone(), "utility".to_owned()),
            (self.region.account("anyone"), "crank".to_owned()),
            (self.devices[0].owner.clone(), "store".to_owned()),
        ]);
        let homes = self.devices.iter().enumerate().skip(1);
        names.extend(homes.map(|(home, device)| (device.owner.clone(), format!("home{home}"))));
        names
    }

    /// Orders of the first acts, deliveries, orders of the last act once the others are settled, and on until it is
    /// final.
    pub fn play(&mut self, acts: &[Part], last: &Part, readings: &[SignedReading]) {
        let relayer = self.region.account("relayer");
        self.place(acts);
        let mut uncleared: Vec<_> = acts.iter().chain([last]).map(|part| part.interval).collect();
        for read in readings.chunk_by(|one, other| one.reading.interval() == other.reading.interval()) {
            let interval = read[0].reading.interval();
            let end_s = self.region.times(interval).end_s;
            while uncleared
                .first()
                .is_some_and(|next| self.region.times(*next).closes_s <= end_s)
            {
                self.region.clear(uncleared.remove(0));
            }
            self.region.reach(end_s);
            let outcomes = self.region.submit(&relayer, read);
            assert_eq!(outcomes.count(Outcome::Accepted), read.len());
            if acts.last().is_some_and(|act| act.interval == interval) {
                for act in acts {
                    self.region.settle(act.interval);
                }
                self.place(std::slice::from_ref(last));
            }
        }
        self.region.settle(last.interval);
        self.region.finalise(last.interval);
    }

    fn place(&mut self, parts: &[Part]) {
        for device in &self.devices[1..] {
            self.region.place_orders(device, orders_of(parts, device.number));
        }
    }
}
