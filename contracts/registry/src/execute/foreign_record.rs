//! A device signs for one region.
use busbar_api::registry::Suspension;
use busbar_attestation::{Domain, Reading};
use cosmwasm_std::{DepsMut, Env, Response};

use super::suspend::suspend;
use super::vouch::signed;
use crate::state::{load_device, region};
use crate::ContractError;

/// Suspends a device whose present key signed a record for another region: it would sell the same
/// energy twice. Test regions never count, on either side.
pub fn report(
    deps: DepsMut<'_>,
    env: &Env,
    number: u32,
    domain: String,
    record: &[u8],
    signature: &[u8],
) -> Result<Response, ContractError> {
    let foreign = Domain::new(&domain)?;
    let own = Domain::new(&region(deps.as_ref())?.domain)?;
    if foreign == own {
        return Err(ContractError::OwnRegion);
    }
    if let Some(test) = [&own, &foreign].into_iter().find(|domain| domain.is_test()) {
        return Err(ContractError::TestRegion {
            domain: test.name().to_owned(),
        });
    }
    let (signed_for, _) = Reading::from_record(record)?;
    if signed_for != foreign.id() {
        return Err(ContractError::RecordDomain { domain });
    }
    let key = load_device(deps.storage, number)?.key.check()?;
    if !signed(deps.as_ref(), record, signature, &key)? {
        return Err(ContractError::RecordSignature { number });
    }
    suspend(deps, env, number, Suspension::ForeignRecord { domain })
}
