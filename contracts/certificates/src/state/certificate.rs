use busbar_api::certificates::{CertificateId, Status};
use busbar_api::codec::{CodecError, Reader, Writer};
use busbar_attestation::DeviceKind;
use busbar_units::{Interval, Wh};
use cosmwasm_std::{Addr, Storage};

use super::{id_key, ids};
use crate::ContractError;

pub const CERTIFICATES: &[u8] = b"c/";
pub const OWNERS: &[u8] = b"o/";
pub const BENEFICIARIES: &[u8] = b"b/";

/// What became of a certificate, apart from its device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Its owner's to move.
    Live,
    /// In the bank's storage.
    Stored,
    /// Claimed.
    Retired(Claim),
}

/// A final claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who claimed it.
    pub beneficiary: String,
    /// What for.
    pub purpose: String,
    /// Unix seconds.
    pub at_s: u64,
}

/// The charge that a storage gave back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The certificate that was retired for it.
    pub certificate: CertificateId,
    /// What produced it.
    pub kind: DeviceKind,
}

/// A range of serial numbers of one device and interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its name, which is also its key.
    pub id: CertificateId,
    /// How many numbers.
    pub wh: Wh,
    /// Whose it is.
    pub owner: Addr,
    /// What produced.
    pub kind: DeviceKind,
    /// When it was issued, unix seconds.
    pub issued_s: u64,
    /// Of energy out of a storage: what it was charged with.
    pub origin: Option<Source>,
    /// What became of it.
    pub stage: Stage,
}

fn owner_prefix(owner: &str) -> Vec<u8> {
    // A name of one owner never runs into that of another: addresses and beneficiaries hold no zero byte.
    [OWNERS, owner.as_bytes(), &[0]].concat()
}

fn beneficiary_prefix(beneficiary: &str) -> Vec<u8> {
    [BENEFICIARIES, beneficiary.as_bytes(), &[0]].concat()
}

fn key(prefix: &[u8], id: CertificateId) -> Vec<u8> {
    [prefix, &id_key(id)].concat()
}

impl Certificate {
    /// Reads a certificate that exists.
    pub fn load(storage: &dyn Storage, id: CertificateId) -> Result<Self, ContractError> {
        let bytes = storage.get(&key(CERTIFICATES, id));
        Self::decode(id, &bytes.ok_or(ContractError::UnknownCertificate { id })?)
    }

    /// Writes a certificate and what it is found by.
    pub fn save(&self, storage: &mut dyn Storage) {
        storage.set(&key(CERTIFICATES, self.id), &self.encode());
        storage.set(&key(&owner_prefix(self.owner.as_str()), self.id), &[1]);
        if let Stage::Retired(claim) = &self.stage {
            storage.set(&key(&beneficiary_prefix(&claim.beneficiary), self.id), &[1]);
        }
    }

    /// Deletes a certificate and what it is found by.
    pub fn remove(&self, storage: &mut dyn Storage) {
        storage.remove(&key(CERTIFICATES, self.id));
        storage.remove(&key(&owner_prefix(self.owner.as_str()), self.id));
    }

    /// Where it stands, given whether its device was proven false.
    pub fn status(&self, withdrawn: bool) -> Status {
        match self.stage {
            _ if withdrawn => Status::Withdrawn,
            Stage::Live => Status::Live,
            Stage::Stored => Status::Stored,
            Stage::Retired(_) => Status::Retired,
        }
    }

    /// Number of the Wh after its last.
    pub fn end(&self) -> Result<Wh, ContractError> {
        Ok(self.id.first.add(self.wh)?)
    }

    /// Keeps the first `wh` and returns the rest, which is not stored yet; both must hold something.
    pub fn cut(&mut self, wh: Wh) -> Result<Self, ContractError> {
        let bounds = ContractError::SplitBounds {
            id: self.id,
            wh,
            whole: self.wh,
        };
        if wh.is_zero() || wh >= self.wh {
            return Err(bounds);
        }
        let rest = Self {
            id: CertificateId {
                first: self.id.first.add(wh)?,
                ..self.id
            },
            wh: self.wh.sub(wh)?,
            ..self.clone()
        };
        self.wh = wh;
        Ok(rest)
    }

    fn encode(&self) -> Vec<u8> {
        let stage = match self.stage {
            Stage::Live => 0,
            Stage::Stored => 1,
            Stage::Retired(_) => 2,
        };
        let mut writer = Writer::new()
            .u8(stage)
            .u8(self.kind.code())
            .varint(self.wh.get().into())
            .varint(self.issued_s.into());
        writer = text(writer, self.owner.as_str());
        writer = match &self.origin {
            None => writer.u8(0),
            Some(origin) => writer
                .u8(origin.kind.code())
                .varint(origin.certificate.device.into())
                .varint(origin.certificate.interval.get().into())
                .varint(origin.certificate.first.get().into()),
        };
        if let Stage::Retired(claim) = &self.stage {
            writer = text(text(writer, &claim.beneficiary), &claim.purpose).varint(claim.at_s.into());
        }
        writer.finish()
    }

    fn decode(id: CertificateId, bytes: &[u8]) -> Result<Self, ContractError> {
        let mut reader = Reader::new(bytes);
        let stage = reader.u8("stage")?;
        let kind = kind(reader.u8("kind")?)?;
        let wh = Wh::new(reader.varint_u64("wh")?);
        let issued_s = reader.varint_u64("issued")?;
        let owner = Addr::unchecked(read_text(&mut reader, "owner")?);
        let origin = match reader.u8("origin")? {
            0 => None,
            code => Some(Source {
                kind: self::kind(code)?,
                certificate: CertificateId {
                    device: reader.varint_u32("origin device")?,
                    interval: Interval::new(reader.varint_u64("origin interval")?),
                    first: Wh::new(reader.varint_u64("origin first")?),
                },
            }),
        };
        let stage = match stage {
            0 => Stage::Live,
            1 => Stage::Stored,
            2 => Stage::Retired(Claim {
                beneficiary: read_text(&mut reader, "beneficiary")?,
                purpose: read_text(&mut reader, "purpose")?,
                at_s: reader.varint_u64("retired")?,
            }),
            _ => return Err(ContractError::Corrupt { what: "stage" }),
        };
        reader.finish()?;
        Ok(Self {
            id,
            wh,
            owner,
            kind,
            issued_s,
            origin,
            stage,
        })
    }
}

/// Names of an owner's certificates.
pub fn ids_of_owner<'a>(
    storage: &'a dyn Storage,
    owner: &Addr,
    after: Option<CertificateId>,
) -> impl Iterator<Item = Result<CertificateId, ContractError>> + 'a {
    let prefix = owner_prefix(owner.as_str());
    ids(storage, prefix.clone(), after.map(|id| key(&prefix, id)))
}

/// Names of a device's certificates, of one interval or of all.
pub fn ids_of_device(
    storage: &dyn Storage,
    device: u32,
    interval: Option<Interval>,
    after: Option<CertificateId>,
) -> impl Iterator<Item = Result<CertificateId, ContractError>> + '_ {
    let mut prefix = [CERTIFICATES, &device.to_be_bytes()].concat();
    if let Some(interval) = interval {
        prefix.extend(interval.get().to_be_bytes());
    }
    ids(storage, prefix, after.map(|id| key(CERTIFICATES, id)))
}

/// Names of the certificates that were retired for a beneficiary.
pub fn ids_retired_for<'a>(
    storage: &'a dyn Storage,
    beneficiary: &str,
    after: Option<CertificateId>,
) -> impl Iterator<Item = Result<CertificateId, ContractError>> + 'a {
    let prefix = beneficiary_prefix(beneficiary);
    ids(storage, prefix.clone(), after.map(|id| key(&prefix, id)))
}

fn kind(code: u8) -> Result<DeviceKind, ContractError> {
    DeviceKind::from_code(code).ok_or(ContractError::Corrupt { what: "kind" })
}

fn text(writer: Writer, text: &str) -> Writer {
    let length = u128::try_from(text.len()).unwrap_or(u128::MAX);
    writer.varint(length).bytes(text.as_bytes())
}

fn read_text(reader: &mut Reader<'_>, field: &'static str) -> Result<String, ContractError> {
    let length = usize::try_from(reader.varint_u32(field)?).map_err(|_| CodecError::Range { field })?;
    let bytes = reader.bytes(field, length)?;
    String::from_utf8(bytes.to_vec()).map_err(|_| ContractError::Corrupt { what: field })
}
