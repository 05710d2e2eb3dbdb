//! The homes' meters: they count, and sign what they counted.

use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use busbar_attestation::{Curve, DomainId, Reading, SignedReading, SigningKey};
use busbar_units::{Interval, NetWh, Wh};

use super::error::RunError;
use super::input::Home;

/// A meter with its registers and its key.
pub struct Meter {
    device: u32,
    key: SigningKey,
    domain: DomainId,
    import: u64,
    export: u64,
}

/// Registers start over after six digits of kWh.
pub const REGISTER_MODULUS: Wh = Wh::new(1_000_000_000);

impl Meter {
    /// The meter of a device, with registers as its first life left them. `seed` makes its key.
    pub fn new(device: u32, seed: &str, domain: DomainId, registers: [Wh; 2]) -> Result<Self, RunError> {
        let key = SigningKey::generate(Curve::Secp256r1, seed.as_bytes())?;
        let [import, export] = registers.map(Wh::get);
        Ok(Self {
            device,
            key,
            domain,
            import,
            export,
        })
    }

    /// The key that signs.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Counts what was drawn and fed.
    pub fn count(&mut self, drawn: Wh, fed: Wh) {
        let modulus = u128::from(REGISTER_MODULUS.get());
        for (register, energy) in [(&mut self.import, drawn), (&mut self.export, fed)] {
            let next = u128::from(*register)
                .saturating_add(energy.get().into())
                .rem_euclid(modulus);
            *register = u64::try_from(next).unwrap_or(0);
        }
    }

    /// Signs the registers at the end of an interval.
    pub fn sign(&self, interval: Interval) -> Result<SignedReading, RunError> {
        let reading = Reading::new(self.device, interval, 0, Wh::new(self.import), Wh::new(self.export))?;
        Ok(SignedReading {
            reading,
            signature: self.key.sign(&reading.record(&self.domain)),
        })
    }
}

/// What the homes' meters said about consecutive hours, hour by hour, home by home.
pub struct Stretch {
    /// Signed readings.
    pub readings: Vec<SignedReading>,
    /// What each home's meter counted: drawn less fed.
    pub metered: Vec<Vec<NetWh>>,
}

/// Hours that are read at once.
pub const STRETCH: usize = 24;

/// Stretches that wait for the chain at most: memory does not grow with the run.
const AHEAD: usize = 2;

/// Reads the homes' meters on a thread of its own, since what a home uses does not depend on the market,
/// and hands the readings over in order. `first` is the interval of the first hour.
pub fn read_ahead<'scope, 'env>(
    scope: &'scope std::thread::Scope<'scope, 'env>,
    meters: Vec<Meter>,
    homes: &'env [Home],
    hours: usize,
    first: Interval,
) -> Receiver<Result<Stretch, RunError>> {
    let (sender, receiver) = sync_channel(AHEAD);
    scope.spawn(move || read_all(meters, homes, hours, first, &sender));
    receiver
}

fn read_all(
    mut meters: Vec<Meter>,
    homes: &[Home],
    hours: usize,
    first: Interval,
    sender: &SyncSender<Result<Stretch, RunError>>,
) {
    for start in (0..hours).step_by(STRETCH) {
        let stretch = read(
            &mut meters,
            homes,
            start..hours.min(start.saturating_add(STRETCH)),
            first,
        );
        let failed = stretch.is_err();
        // The receiver is gone when the run broke off: nobody wants to know more.
        if sender.send(stretch).is_err() || failed {
            return;
        }
    }
}

fn read(meters: &mut [Meter], homes: &[Home], hours: Range<usize>, first: Interval) -> Result<Stretch, RunError> {
    let mut stretch = Stretch {
        readings: Vec::new(),
        metered: Vec::new(),
    };
    for hour in hours {
        let interval = first.plus(u64::try_from(hour).unwrap_or(u64::MAX))?;
        let mut metered = Vec::with_capacity(homes.len());
        for (meter, home) in meters.iter_mut().zip(homes) {
            let net = home.net(hour);
            meter.count(net.positive(), net.negative());
            stretch.readings.push(meter.sign(interval)?);
            metered.push(net);
        }
        stretch.metered.push(metered);
    }
    Ok(stretch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use busbar_attestation::{Domain, HostCrypto, Verifier};

    #[test]
    fn a_meter_nets_counts_over_its_modulus_and_signs() {
        let domain = Domain::new("test-meters").unwrap().id();
        let meter = Meter::new(3, "seed", domain, [Wh::new(999_999_500), Wh::new(7)]).unwrap();
        let key = meter.key().public_key();
        let home = Home {
            name: String::new(),
            generation: [0, 900].map(Wh::new).to_vec(),
            load: [800, 200].map(Wh::new).to_vec(),
        };
        let stretch = read(&mut [meter], &[home], 0..2, Interval::new(10)).unwrap();
        assert_eq!(stretch.metered, [[NetWh::new(800)], [NetWh::new(-700)]]);
        let registers = stretch.readings.iter().map(|signed| {
            let reading = &signed.reading;
            assert!(
                HostCrypto
                    .verify(&reading.record(&domain), &signed.signature, &key)
                    .unwrap()
            );
            (
                reading.device(),
                reading.interval().get(),
                reading.import().get(),
                reading.export().get(),
            )
        });
        assert_eq!(registers.collect::<Vec<_>>(), [(3, 10, 300, 7), (3, 11, 300, 707)]);
    }
}
