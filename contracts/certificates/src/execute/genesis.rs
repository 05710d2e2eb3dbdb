use busbar_api::certificates::{InstantiateMsg, Progress};
use busbar_api::market;
use busbar_units::Wh;
use cosmwasm_std::{DepsMut, Response};

use super::checked;
use crate::region::Region;
use crate::state::{save_progress, GRID, ISSUER};
use crate::ContractError;

/// Opens the certificates of a region whose contracts are wired.
pub fn genesis(deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, ContractError> {
    checked("issuer", &msg.issuer)?;
    let grid = deps.api.addr_validate(&msg.grid)?;
    let region = Region::at(grid.clone(), deps.querier)?;
    let interval = market::raw::final_cursor(&deps.querier, &region.contracts.market)?;
    GRID.save(deps.storage, &grid)?;
    ISSUER.save(deps.storage, &msg.issuer)?;
    let start = Progress {
        interval,
        grants: 0,
        wh: Wh::ZERO,
    };
    save_progress(deps.storage, start);
    Ok(Response::new())
}
