use busbar_api::oracle::{Batch, Outcome, SubmitResult};
use busbar_attestation::{page_of, DomainId, Reading, SignedReading, SigningKey};
use busbar_units::{Interval, Wh};
use cosmwasm_std::{from_json, Addr};

use crate::{Device, Region};

/// A device's meter: its key and its registers.
#[derive(Clone, Debug)]
pub struct Meter {
    /// Number of the device.
    pub number: u32,
    /// The key that never leaves it.
    pub key: SigningKey,
    /// Cumulative energy drawn, in Wh.
    pub import: u64,
    /// Cumulative energy fed, in Wh.
    pub export: u64,
    domain: DomainId,
    /// Last interval for which a reading was handed in by [`Region::deliver`].
    last: Option<Interval>,
}

impl Meter {
    /// A meter whose registers stand at zero.
    pub fn new(number: u32, domain: DomainId, key: SigningKey) -> Self {
        Self {
            number,
            key,
            import: 0,
            export: 0,
            domain,
            last: None,
        }
    }

    /// Measures energy drawn and fed, in Wh.
    pub fn count(&mut self, drawn: u64, fed: u64) {
        self.import += drawn;
        self.export += fed;
    }

    /// Signs the registers as they stand, as those at the end of an interval.
    pub fn sign(&self, interval: Interval) -> SignedReading {
        self.revise(interval, 0, self.import, self.export)
    }

    /// Signs registers, in Wh, as a revision of those at the end of an interval.
    pub fn revise(&self, interval: Interval, revision: u8, import: u64, export: u64) -> SignedReading {
        let (import, export) = (Wh::new(import), Wh::new(export));
        let reading = Reading::new(self.number, interval, revision, import, export).expect("registers of 48 bits");
        SignedReading {
            reading,
            signature: self.key.sign(&reading.record(&self.domain)),
        }
    }
}

/// Interval and page of a reading.
fn place(signed: &SignedReading) -> (Interval, u32) {
    (signed.reading.interval(), page_of(signed.reading.device()))
}

/// Readings in the order in which they are handed in.
fn sorted(readings: &[SignedReading]) -> Vec<SignedReading> {
    let mut sorted = readings.to_vec();
    sorted.sort_by_key(|signed| (place(signed), signed.reading.device()));
    sorted
}

impl Region {
    /// The meter of a device.
    pub fn meter(&mut self, device: &Device) -> &mut Meter {
        self.meters.get_mut(&device.number).expect("a meter")
    }

    /// Puts in the meter of a device that was enrolled by other means than [`Region::present`].
    pub fn install(&mut self, number: u32, key: SigningKey) {
        self.meters.insert(number, Meter::new(number, self.domain(), key));
    }

    /// Packs signed readings into batches by interval and page.
    pub fn batches(readings: &[SignedReading]) -> Vec<Batch> {
        let sorted = sorted(readings);
        let chunks = sorted.chunk_by(|one, other| place(one) == place(other));
        let batch = |chunk: &[SignedReading]| {
            let (interval, page) = chunk.first().map(place).expect("a chunk is never empty");
            Batch::new(interval, page, chunk).expect("readings of one page")
        };
        chunks.map(batch).collect()
    }

    /// Hands readings in and returns what became of each.
    pub fn submit(&mut self, sender: &Addr, readings: &[SignedReading]) -> SubmitResult {
        let submit = self.oracle.submit(Self::batches(readings)).expect("a message");
        let data = self.must(sender, submit).data.expect("the outcomes");
        let result: SubmitResult = from_json(&data).expect("the outcomes");
        for (signed, outcome) in sorted(readings).into_iter().zip(result.batches.iter().flatten()) {
            if *outcome == Outcome::Accepted {
                self.archive.entry(place(&signed)).or_default().push(signed);
            }
        }
        result
    }

    /// Delivers an interval: each device draws and feeds these Wh, its meter signs at the end, and the
    /// reading is accepted. The reading of the interval before comes first where it is still missing.
    pub fn deliver(&mut self, interval: Interval, energies: &[(&Device, u64, u64)]) {
        let before = interval.minus(1).expect("an interval before");
        let mut readings = Vec::new();
        for (device, drawn, fed) in energies {
            let active = self.active_from(device);
            let meter = self.meter(device);
            if meter.last < Some(before) && active <= before {
                readings.push(meter.sign(before));
            }
            meter.count(*drawn, *fed);
            readings.push(meter.sign(interval));
            meter.last = Some(interval);
        }
        let end_s = self.times(interval).end_s;
        self.reach(end_s);
        let relayer = self.account("relayer");
        let result = self.submit(&relayer, &readings);
        let accepted = result.count(Outcome::Accepted);
        assert_eq!(
            accepted,
            readings.len(),
            "of {} readings: {:?}",
            readings.len(),
            result.counts()
        );
    }
}
