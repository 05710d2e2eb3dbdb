//! Creating the token.
use busbar_api::energy_token::{InstantiateMsg, DECIMALS};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};

use crate::state::GRID;
use crate::ContractError;

pub fn instantiate(
    mut deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    GRID.save(deps.storage, &deps.api.addr_validate(&msg.grid)?)?;
    let base = cw20_base::msg::InstantiateMsg {
        name: msg.name,
        symbol: msg.symbol,
        decimals: DECIMALS,
        initial_balances: vec![],
        // The minter is the market that the grid names, so none is stored here.
        mint: None,
        marketing: msg.marketing,
    };
    let response = cw20_base::contract::instantiate(deps.branch(), env, info, base)?;
    cw2::set_contract_version(deps.storage, env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))?;
    Ok(response)
}
