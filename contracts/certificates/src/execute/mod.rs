//! One file per action.
mod bundle;
mod genesis;
mod issue;
mod retire;
mod split;
mod transfer;
mod withdraw;

use busbar_api::certificates::{CertificateId, Status, TEXT_LIMIT};
use cosmwasm_std::{Addr, MessageInfo, Storage};

use crate::state::{is_withdrawn, Certificate};
use crate::ContractError;

pub use bundle::bundle;
pub use genesis::genesis;
pub use issue::issue;
pub use retire::retire;
pub use split::split;
pub use transfer::transfer;
pub use withdraw::withdraw;

/// Refuses coins.
pub fn no_funds(info: &MessageInfo) -> Result<(), ContractError> {
    match info.funds.len() {
        0 => Ok(()),
        count => Err(ContractError::UnexpectedFunds { count }),
    }
}

/// A text that is stored.
fn checked(field: &'static str, text: &str) -> Result<(), ContractError> {
    if text.is_empty() || text.len() > TEXT_LIMIT || text.chars().any(char::is_control) {
        return Err(ContractError::Text {
            field,
            length: text.len(),
            max: TEXT_LIMIT,
        });
    }
    Ok(())
}

/// A list of certificates within its bounds.
fn counted(certificates: &[CertificateId], min: usize) -> Result<(), ContractError> {
    let max = busbar_api::certificates::MAX_NAMED;
    if (min..=max).contains(&certificates.len()) {
        return Ok(());
    }
    Err(ContractError::Count {
        field: "certificates",
        count: certificates.len(),
        min,
        max,
    })
}

/// A live certificate of the sender.
fn live(storage: &dyn Storage, id: CertificateId, sender: &Addr) -> Result<Certificate, ContractError> {
    let certificate = Certificate::load(storage, id)?;
    if certificate.owner != *sender {
        return Err(ContractError::NotTheOwner {
            id,
            owner: certificate.owner,
            sender: sender.clone(),
        });
    }
    match certificate.status(is_withdrawn(storage, id.device)) {
        Status::Live => Ok(certificate),
        status => Err(ContractError::NotLive { id, status }),
    }
}
