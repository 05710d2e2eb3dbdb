use busbar_api::certificates::CertificateId;
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use super::{counted, live};
use crate::{events, ContractError};

/// Gives certificates to another account, all or none.
pub fn transfer(
    deps: DepsMut<'_>,
    info: &MessageInfo,
    certificates: &[CertificateId],
    recipient: &str,
) -> Result<Response, ContractError> {
    counted(certificates, 1)?;
    let recipient = deps.api.addr_validate(recipient)?;
    let mut response = Response::new();
    for id in certificates {
        let mut certificate = live(deps.storage, *id, &info.sender)?;
        if recipient == info.sender {
            return Err(ContractError::OwnRecipient { id: *id, recipient });
        }
        certificate.remove(deps.storage);
        certificate.owner = recipient.clone();
        certificate.save(deps.storage);
        response = response.add_event(events::transferred(*id, &info.sender, &recipient, certificate.wh));
    }
    Ok(response)
}
