//! Devices: numbered, endorsed by their manufacturer, confirmed by the operator.

use busbar_api::registry::{self, Reserved, raw};
use busbar_attestation::{Curve, DeviceKind, Endorsement, Enrolment, SigningKey, page_of, slot_of};
use busbar_chain::Message;
use busbar_units::{Interval, Ppm, Watt, Wh};
use cosmwasm_std::{Addr, Binary, from_json};

use super::Region;
use crate::demo::ask::{all, call};
use crate::demo::error::RunError;
use crate::demo::meters::REGISTER_MODULUS;
use crate::demo::venue::Call;

const MANUFACTURER: u32 = 58_000;

/// A device: whose it is, and what its type plate says.
pub(super) struct Plate {
    pub(super) owner: Addr,
    pub(super) key: SigningKey,
    pub(super) kind: DeviceKind,
    pub(super) serial: String,
    pub(super) bus: u16,
    pub(super) import: Watt,
    pub(super) export: Watt,
    pub(super) usable: Wh,
    pub(super) efficiency: Ppm,
}

impl Region {
    /// Gives each device its position as its number: one after the other, since numbers are given out in order.
    pub(super) fn reserve(&mut self, plates: &[Plate]) -> Result<(), RunError> {
        for (number, plate) in (0u32..).zip(plates) {
            let msg = registry::ExecuteMsg::Reserve {};
            let reserved = call(&mut *self.venue, "reserve", &plate.owner, &self.at.registry, &msg)?;
            let reserved: Reserved = from_json(reserved.ok_or(RunError::Missing {
                what: "the reserved number",
            })?)?;
            if reserved.number != number {
                return Err(RunError::Missing {
                    what: "the next device number",
                });
            }
        }
        Ok(())
    }

    /// Admits the manufacturer, and enrols each device under its number.
    pub(super) fn enrol(&mut self, plates: &[Plate], seed: u64) -> Result<(), RunError> {
        let maker = SigningKey::generate(Curve::Secp256r1, format!("{seed}/manufacturer").as_bytes())?;
        let admit = registry::ExecuteMsg::AdmitManufacturer {
            id: MANUFACTURER,
            name: "Demo Meters".to_owned(),
            key: maker.public_key().into(),
        };
        let operator = &self.accounts.operator;
        call(&mut *self.venue, "admit", operator, &self.at.registry, &admit)?;
        let mut calls = Vec::with_capacity(plates.len());
        for (number, plate) in (0u32..).zip(plates) {
            let endorsement = Endorsement {
                manufacturer: MANUFACTURER,
                serial: plate.serial.clone(),
                kind: plate.kind,
                key: plate.key.public_key(),
                rated_import: plate.import,
                rated_export: plate.export,
                usable: plate.usable,
                efficiency: plate.efficiency,
                register_modulus: REGISTER_MODULUS,
            };
            let enrolment = Enrolment {
                domain: self.domain,
                number,
                owner: plate.owner.to_string(),
                bus: plate.bus,
                behind: None,
            };
            let enrol = registry::ExecuteMsg::Enrol {
                number,
                manufacturer_signature: Binary::from(maker.sign(&endorsement.message()?)),
                device_signature: Binary::from(plate.key.sign(&enrolment.message()?)),
                endorsement: (&endorsement).into(),
                bus: plate.bus,
                behind: None,
            };
            calls.push(Call {
                name: "enrol",
                sender: plate.owner.clone(),
                messages: vec![Message::new(self.at.registry.clone(), &enrol)?],
            });
            self.keys.push(plate.key.public_key());
        }
        all(&mut *self.venue, &calls).map(drop)
    }

    /// Confirms all devices in one transaction, so that the same interval is the first of all of them.
    pub(super) fn confirm(&mut self, plates: &[Plate]) -> Result<(), RunError> {
        let mut messages = Vec::with_capacity(plates.len());
        for (number, plate) in (0u32..).zip(plates) {
            let confirm = registry::ExecuteMsg::Confirm {
                number,
                bus: plate.bus,
                usable_import: plate.import,
                usable_export: plate.export,
            };
            messages.push(Message::new(self.at.registry.clone(), &confirm)?);
        }
        let confirm = Call {
            name: "confirm",
            sender: self.accounts.operator.clone(),
            messages,
        };
        all(&mut *self.venue, &[confirm])?;
        self.first = self.awaited_from()?;
        // Orders for the first hour need their time before gate closure on a clock that runs by itself.
        let ordered_s = self
            .interval_s
            .div_euclid(3)
            .saturating_add(self.params.gate_closure_s.into());
        let now_s = self.chain().now()?.unix_s;
        while self.first.start_s(self.interval_s)? < now_s.saturating_add(ordered_s) {
            self.first = self.first.plus(1)?;
        }
        Ok(())
    }

    /// First interval whose energy is awaited of the battery, and so of all devices.
    fn awaited_from(&self) -> Result<Interval, RunError> {
        let device = self.battery_device;
        let page = raw::page(&self.querier().wrap(), &self.at.registry, page_of(device))?;
        let slot = page.as_ref().and_then(|page| page.get(slot_of(device)));
        slot.map(|slot| slot.awaited_from).ok_or(RunError::Missing {
            what: "the confirmed battery",
        })
    }
}
