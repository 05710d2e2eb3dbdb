use busbar_api::grid::REGION_BUS;
use busbar_api::registry::ExecuteMsg;
use busbar_attestation::{Curve, DeviceKind, DomainId, Endorsement, Enrolment, Reset, SigningKey};
use busbar_units::{Interval, Ppm, Watt, Wh};
use cosmwasm_std::{from_json, Addr};

use crate::setup::MANUFACTURER;
use crate::{Meter, Region};

/// A device as scripts name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its number in the registry.
    pub number: u32,
    /// Account that it trades and pays with.
    pub owner: Addr,
}

/// What a device's type plate says, and where it is connected.
#[derive(Clone, Debug)]
pub struct Plate {
    /// What it measures.
    pub kind: DeviceKind,
    /// Highest power drawn, in W.
    pub import: u64,
    /// Highest power fed, in W.
    pub export: u64,
    /// Energy that a storage can deliver when full, in Wh.
    pub usable: u64,
    /// Share of what a storage draws that it can feed again.
    pub efficiency: Ppm,
    /// The bus that it stands at.
    pub bus: u16,
    /// The connection that it sits behind.
    pub behind: Option<u32>,
    /// Registers start over at this value, in Wh.
    pub modulus: u64,
    /// Signature scheme; the region's where absent.
    pub curve: Option<Curve>,
}

impl Plate {
    /// A connection with these powers, in W.
    pub fn connection(import: u64, export: u64) -> Self {
        Self {
            kind: DeviceKind::Connection,
            import,
            export,
            usable: 0,
            efficiency: Ppm::ZERO,
            bus: REGION_BUS,
            behind: None,
            modulus: 100_000_000,
            curve: None,
        }
    }

    /// A storage with these powers, in W, and this energy, in Wh, that loses nothing.
    pub fn storage(power: u64, usable: u64) -> Self {
        Self {
            kind: DeviceKind::Storage,
            usable,
            efficiency: Ppm::ONE,
            ..Self::connection(power, power)
        }
    }
}

impl Region {
    /// Enrols a home with these powers, in W, and deposits half of its purse.
    pub fn home(&mut self, name: &str, import: u64, export: u64) -> Device {
        self.home_at(REGION_BUS, name, import, export)
    }

    /// Enrols a home with these powers, in W, at a bus, and deposits half of its purse.
    pub fn home_at(&mut self, bus: u16, name: &str, import: u64, export: u64) -> Device {
        let plate = Plate {
            bus,
            ..Plate::connection(import, export)
        };
        let device = self.enrol(name, plate);
        let half = self.setup.purse.get() / 2;
        self.deposit(&device.owner, half);
        device
    }

    /// Enrols a storage with this power, in W, and energy, in Wh, that loses nothing, and deposits half of its
    /// owner's purse.
    pub fn storage(&mut self, name: &str, power: u64, usable: u64) -> Device {
        self.lossy_storage(name, power, usable, Ppm::ONE)
    }

    /// The same with losses: what it draws and can feed again.
    pub fn lossy_storage(&mut self, name: &str, power: u64, usable: u64, efficiency: Ppm) -> Device {
        let plate = Plate {
            efficiency,
            ..Plate::storage(power, usable)
        };
        let device = self.enrol(name, plate);
        let half = self.setup.purse.get() / 2;
        self.deposit(&device.owner, half);
        device
    }

    /// Reserves, enrols and confirms a device with both signatures.
    pub fn enrol(&mut self, owner: &str, plate: Plate) -> Device {
        let device = self.present(owner, &plate);
        let confirm = self.registry.confirm(
            device.number,
            plate.bus,
            Watt::new(plate.import),
            Watt::new(plate.export),
        );
        let operator = self.operator.clone();
        self.must(&operator, confirm.expect("a message"));
        device
    }

    /// Reserves and enrols a device, which then waits for the operator.
    pub fn present(&mut self, owner: &str, plate: &Plate) -> Device {
        let owner = self.account(owner);
        let reserve = self.registry.reserve().expect("a message");
        let data = self.must(&owner, reserve).data.expect("the reserved number");
        let number = from_json::<busbar_api::registry::Reserved>(&data)
            .expect("the reserved number")
            .number;

        let curve = plate.curve.unwrap_or(self.setup.curve);
        let serial = format!("METER-{number}-{}", self.meters.len());
        let key = SigningKey::generate(curve, serial.as_bytes()).expect("a key");
        let endorsement = self.endorsement(&serial, plate, &key);
        let bus = plate.bus;
        let text = owner.to_string();
        let enrolment = Enrolment {
            domain: self.domain(),
            number,
            owner: text,
            bus,
            behind: plate.behind,
        };
        let enrol = self.registry.enrol(
            number,
            &endorsement,
            self.maker.sign(&endorsement.message().expect("an endorsement")),
            key.sign(&enrolment.message().expect("an enrolment")),
            bus,
            plate.behind,
        );
        self.must(&owner, enrol.expect("a message"));
        self.meters.insert(number, Meter::new(number, self.domain(), key));
        Device { number, owner }
    }

    /// Puts a new meter with this type plate in place of a device's after an interval; its registers go on.
    pub fn replace(&mut self, device: &Device, plate: &Plate, after: Interval) {
        let (number, domain) = (device.number, self.domain());
        let serial = format!("METER-{number}-{}", after.get());
        let key = SigningKey::generate(plate.curve.unwrap_or(self.setup.curve), serial.as_bytes()).expect("a key");
        let endorsement = self.endorsement(&serial, plate, &key);
        let old = self.meter(device);
        let (import, export) = (Wh::new(old.import), Wh::new(old.export));
        let reset = Reset {
            domain,
            number,
            interval: after,
            last: [import, export],
            first: [import, export],
            key: key.public_key(),
        };
        let message = reset.message().expect("a reset");
        let old_signature = Some(old.key.sign(&message).into());
        let device_signature = key.sign(&message).into();
        old.key = key;
        let replace = ExecuteMsg::Replace {
            number,
            endorsement: (&endorsement).into(),
            manufacturer_signature: self.maker.sign(&endorsement.message().expect("an endorsement")).into(),
            device_signature,
            old_signature,
            interval: after,
            final_import: import,
            final_export: export,
            initial_import: import,
            initial_export: export,
        };
        let operator = self.operator.clone();
        let replace = self.registry.execute(&replace).expect("a message");
        self.must(&operator, replace);
    }

    /// What the region's manufacturer vouches for.
    pub fn endorsement(&self, serial: &str, plate: &Plate, key: &SigningKey) -> Endorsement {
        Endorsement {
            manufacturer: MANUFACTURER,
            serial: serial.to_owned(),
            kind: plate.kind,
            key: key.public_key(),
            rated_import: Watt::new(plate.import),
            rated_export: Watt::new(plate.export),
            usable: Wh::new(plate.usable),
            efficiency: plate.efficiency,
            register_modulus: Wh::new(plate.modulus),
        }
    }

    /// The manufacturer's key.
    pub fn manufacturer(&self) -> &SigningKey {
        &self.maker
    }

    /// What devices sign for this region.
    pub fn domain(&self) -> DomainId {
        busbar_attestation::Domain::new(&self.setup.domain)
            .expect("a domain")
            .id()
    }

    /// First interval whose reading is accepted.
    pub fn active_from(&self, device: &Device) -> Interval {
        let device = self.registry.device(&self.q(), device.number).expect("a device");
        device.active_from.expect("a confirmed device")
    }
}
