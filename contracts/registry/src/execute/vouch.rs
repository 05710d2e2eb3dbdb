//! What enrolment, rotation and replacement have in common: an endorsement that counts.
use busbar_api::registry::Endorsement;
use busbar_api::verify::HostVerifier;
use busbar_attestation as attestation;
use busbar_attestation::{PublicKey, Verifier};
use cosmwasm_std::Deps;

use crate::state::MANUFACTURERS;
use crate::ContractError;

/// The endorsement, if an admitted manufacturer signed it.
pub fn vouched(
    deps: Deps<'_>,
    endorsement: &Endorsement,
    signature: &[u8],
) -> Result<attestation::Endorsement, ContractError> {
    let endorsement = endorsement.check()?;
    let message = endorsement.message()?;
    let id = endorsement.manufacturer;
    let manufacturer = MANUFACTURERS.may_load(deps.storage, id)?;
    let manufacturer = manufacturer.ok_or(ContractError::UnknownManufacturer { id })?;
    if !manufacturer.admitted {
        return Err(ContractError::ManufacturerRemoved { id });
    }
    let key = manufacturer.key.check()?;
    if !signed(deps, &message, signature, &key)? {
        return Err(ContractError::ManufacturerSignature { id });
    }
    Ok(endorsement)
}

/// Whether a key signed a message.
pub fn signed(deps: Deps<'_>, message: &[u8], signature: &[u8], key: &PublicKey) -> Result<bool, ContractError> {
    Ok(HostVerifier(deps.api).verify(message, signature, key)?)
}
