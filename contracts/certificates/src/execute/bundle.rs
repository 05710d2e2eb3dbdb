use busbar_api::certificates::CertificateId;
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use super::{counted, live};
use crate::{events, ContractError};

/// Makes one certificate of contiguous ones.
pub fn bundle(
    deps: DepsMut<'_>,
    info: &MessageInfo,
    certificates: &[CertificateId],
) -> Result<Response, ContractError> {
    counted(certificates, 2)?;
    let mut parts = certificates
        .iter()
        .map(|id| live(deps.storage, *id, &info.sender))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    let Some(mut whole) = parts.next() else {
        return Ok(Response::new());
    };
    for part in parts {
        let (id, end) = (part.id, whole.end()?);
        let follows = (id.device, id.interval) == (whole.id.device, whole.id.interval) && id.first == end;
        if !follows {
            return Err(ContractError::NotContiguous { id, end });
        }
        if part.origin != whole.origin {
            return Err(ContractError::AnotherOrigin { id });
        }
        whole.wh = whole.wh.add(part.wh)?;
        part.remove(deps.storage);
    }
    whole.save(deps.storage);
    Ok(Response::new().add_event(events::bundled(whole.id, whole.wh, certificates.len())))
}
