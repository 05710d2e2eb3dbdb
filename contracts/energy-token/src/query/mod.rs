//! The one question that plain CW20 would answer otherwise.
use cosmwasm_std::{Deps, Env};
use cw20::MinterResponse;

use crate::state::{market, usable};
use crate::ContractError;

/// The market, and the most energy that may be in supply at the block time.
pub fn minter(deps: Deps<'_>, env: &Env) -> Result<MinterResponse, ContractError> {
    Ok(MinterResponse {
        minter: market(deps)?.into(),
        cap: Some(usable(deps, env)?),
    })
}
