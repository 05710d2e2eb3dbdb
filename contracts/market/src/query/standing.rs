use busbar_api::market::StandingResponse;
use cosmwasm_std::Deps;

use crate::state::StandingOrders;
use crate::ContractError;

/// The standing orders of a device; none where it never had any.
pub fn standing(deps: Deps<'_>, device: u32) -> Result<Vec<StandingResponse>, ContractError> {
    Ok(StandingOrders::load(deps.storage, device)?.0)
}
