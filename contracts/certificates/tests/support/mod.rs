//! A street whose intervals last an hour: a bank's storage, two homes and a solar roof.
#![allow(dead_code, reason = "each suite uses its part")]
use busbar_testing::attestation::DeviceKind;
use busbar_testing::certificates::{CertificateId, CertificateResponse, Status};
use busbar_testing::units::{Interval, Ppm, Wh};
use busbar_testing::{Device, Plate, Region, Setup};

pub struct Street {
    pub region: Region,
    pub storage: Device,
    pub homes: [Device; 2],
    pub roof: Device,
}

/// The region asks for an efficiency, and its storage loses nothing.
pub fn street(efficiency: i64) -> Street {
    street_with(efficiency, 1_000_000)
}

/// The same with a storage that gives back so many millionths of what it draws.
pub fn street_with(efficiency: i64, registered: i64) -> Street {
    let mut setup = Setup::hourly().with_bank(6_400);
    setup.params.correction_window = 8;
    if let Some(bank) = setup.params.bank.as_mut() {
        bank.efficiency = Ppm::new(efficiency);
    }
    let mut region = Region::with(setup);
    let storage = region.lossy_storage("bank", 5_000, 6_400, Ppm::new(registered));
    let homes = ["alice", "bob"].map(|name| region.home(name, 5_000, 5_000));
    let plate = Plate {
        kind: DeviceKind::Solar,
        ..Plate::connection(1_000, 5_000)
    };
    let roof = region.enrol("roof", plate);
    let deposit = region.setup().purse.get() / 2;
    region.deposit(&roof.owner, deposit);
    Street {
        region,
        storage,
        homes,
        roof,
    }
}

impl Street {
    /// One hour: orders, then what storage, Alice, Bob and the roof drew and fed.
    pub fn hour(&mut self, orders: impl FnOnce(&mut Self, Interval), energies: [(u64, u64); 4]) -> Interval {
        let interval = self.region.first_interval();
        orders(self, interval);
        self.region.clear(interval);
        let [alice, bob] = &self.homes;
        let devices = [&self.storage, alice, bob, &self.roof];
        let delivered: Vec<_> = devices
            .into_iter()
            .zip(energies)
            .map(|(device, (drawn, fed))| (device, drawn, fed))
            .collect();
        self.region.deliver(interval, &delivered);
        self.region.settle(interval);
        interval
    }

    /// The roof sells Alice 1,000 Wh, feeds 1,500, and Bob draws 200 that he did not buy; issued.
    pub fn noon(&mut self) -> Interval {
        let interval = self.hour(
            |street, interval| {
                let (roof, alice) = (street.roof.clone(), street.homes[0].clone());
                street.region.sell(&roof, interval, 1_000, 140_000);
                street.region.buy(&alice, interval, 1_000, 140_000);
            },
            [(0, 0), (1_000, 0), (200, 0), (0, 1_500)],
        );
        self.region.finalise(interval);
        self.region.issue();
        interval
    }

    pub fn owned(&self, device: &Device) -> Vec<(u32, u64, u64, Status)> {
        told(&self.region.certificates_owned(&device.owner))
    }
}

/// That hour, and Alice, Bob and the roof.
pub fn noon() -> (Street, Interval, [Device; 3]) {
    let mut street = street(1_000_000);
    let interval = street.noon();
    let [alice, bob] = street.homes.clone();
    let roof = street.roof.clone();
    (street, interval, [alice, bob, roof])
}

/// Device, first Wh, length and status of each.
pub fn told(certificates: &[CertificateResponse]) -> Vec<(u32, u64, u64, Status)> {
    let tell = |certificate: &CertificateResponse| {
        let id = certificate.id;
        (id.device, id.first.get(), certificate.wh.get(), certificate.status)
    };
    certificates.iter().map(tell).collect()
}

pub fn name(device: &Device, interval: Interval, first: u64) -> CertificateId {
    CertificateId {
        device: device.number,
        interval,
        first: Wh::new(first),
    }
}
