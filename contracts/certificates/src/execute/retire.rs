use busbar_api::certificates::CertificateId;
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};

use super::{checked, counted, live};
use crate::state::{reckon, Change, Claim, Stage};
use crate::{events, ContractError};

/// Claims certificates for a beneficiary, all or none; there is no way back.
pub fn retire(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    certificates: &[CertificateId],
    beneficiary: String,
    purpose: String,
) -> Result<Response, ContractError> {
    counted(certificates, 1)?;
    checked("beneficiary", &beneficiary)?;
    checked("purpose", &purpose)?;
    let mut response = Response::new();
    for id in certificates {
        let mut certificate = live(deps.storage, *id, &info.sender)?;
        certificate.stage = Stage::Retired(Claim {
            beneficiary: beneficiary.clone(),
            purpose: purpose.clone(),
            at_s: env.block.time.seconds(),
        });
        certificate.save(deps.storage);
        reckon(deps.storage, id.device, Change::Retired, certificate.wh)?;
        response = response.add_event(events::retired(*id, certificate.wh, &beneficiary, &purpose));
    }
    Ok(response)
}
