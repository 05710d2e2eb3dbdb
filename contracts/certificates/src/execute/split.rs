use busbar_api::certificates::CertificateId;
use busbar_units::Wh;
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use super::live;
use crate::{events, ContractError};

/// Cuts a certificate in two contiguous ones.
pub fn split(
    deps: DepsMut<'_>,
    info: &MessageInfo,
    certificate: CertificateId,
    wh: Wh,
) -> Result<Response, ContractError> {
    let mut first = live(deps.storage, certificate, &info.sender)?;
    let second = first.cut(wh)?;
    first.save(deps.storage);
    second.save(deps.storage);
    Ok(Response::new().add_event(events::split(certificate, wh, second.id)))
}
