//! Entry points.
use busbar_api::market::{ExecuteMsg, InstantiateMsg, QueryMsg};
#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{to_json_binary, Binary, Deps, DepsMut, Env, MessageInfo, Response};

use crate::error::ContractError;
use crate::{execute, query};

const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Opens a market for the region of a grid contract.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    execute::no_funds(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    execute::genesis(deps, &env, msg)
}

/// Does what a message asks for. Who may send it stands at each variant of [`ExecuteMsg`]; every call but
/// the owner's acts on the sender's own account or on nobody's.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    if !matches!(msg, ExecuteMsg::Deposit {}) {
        execute::no_funds(&info)?;
    }
    match msg {
        ExecuteMsg::Deposit {} => execute::deposit(deps, info),
        ExecuteMsg::Withdraw { amount } => execute::withdraw(deps, info, amount),
        ExecuteMsg::Receive(received) => execute::receive_energy(deps, info, received),
        ExecuteMsg::WithdrawEnergy { wh } => execute::withdraw_energy(deps, info, wh),
        ExecuteMsg::Place { device, orders } => execute::place(deps, env, info, device, orders),
        ExecuteMsg::Cancel { device, orders } => execute::cancel(deps, env, info, device, orders),
        ExecuteMsg::Stand { device, orders } => execute::stand(deps, env, info, device, orders),
        ExecuteMsg::Seal { device, interval, hash } => execute::seal(deps, env, info, device, interval, hash),
        ExecuteMsg::Unseal { device, interval, slot } => execute::unseal(deps, env, info, device, interval, slot),
        ExecuteMsg::Reveal {
            device,
            interval,
            slot,
            order,
        } => execute::reveal(deps, env, info, device, interval, slot, order),
        ExecuteMsg::Close { interval, limit } => execute::close(deps, env, interval, limit),
        ExecuteMsg::Agree { device, agreement } => execute::agree(deps, env, info, device, agreement),
        ExecuteMsg::Retract {
            device,
            counterparty,
            interval,
        } => execute::retract(deps, info, device, counterparty, interval),
        ExecuteMsg::Propose { interval, proposal } => execute::propose(deps, env, info, interval, proposal),
        ExecuteMsg::Clear { interval } => execute::clear(deps, env, info, interval),
        ExecuteMsg::Skip { interval } => execute::skip(deps, env, interval),
        ExecuteMsg::Settle { interval, limit } => execute::settle(deps, env, info, interval, limit),
        ExecuteMsg::Finalise { limit } => execute::finalise(deps, env, limit),
        ExecuteMsg::HandOver { device, former } => execute::hand_over(deps, env, info, device, former),
        ExecuteMsg::Refresh { device } => execute::refresh(deps, env, device),
        ExecuteMsg::UpdateOwnership(action) => {
            let ownership = cw_ownable::update_ownership(deps, &env.block, &info.sender, action)?;
            Ok(Response::new().add_attributes(ownership.into_attributes()))
        }
    }
}

/// Answers a question.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps<'_>, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Account { address } => to_json_binary(&query::account(deps, address)?),
        QueryMsg::Accounts { start_after, limit } => to_json_binary(&query::accounts(deps, start_after, limit)?),
        QueryMsg::Margin { import, export } => to_json_binary(&query::margin(deps, env, import, export)?),
        QueryMsg::Orders {
            interval,
            owner,
            start_after,
            limit,
        } => to_json_binary(&query::orders(deps, interval, owner, start_after, limit)?),
        QueryMsg::Seals {
            interval,
            start_after,
            limit,
        } => to_json_binary(&query::seals(deps, interval, start_after, limit)?),
        QueryMsg::Standing { device } => to_json_binary(&query::standing(deps, device)?),
        QueryMsg::Offers {
            interval,
            start_after,
            limit,
        } => to_json_binary(&query::offers(deps, interval, start_after, limit)?),
        QueryMsg::Interval { interval } => to_json_binary(&query::interval(deps, interval)?),
        QueryMsg::Prices {
            interval,
            start_after,
            limit,
        } => to_json_binary(&query::prices(deps, interval, start_after, limit)?),
        QueryMsg::Auction {
            interval,
            start_after,
            limit,
        } => to_json_binary(&query::auction(deps, env, interval, start_after, limit)?),
        QueryMsg::Capped {
            interval,
            start_after,
            limit,
        } => to_json_binary(&query::capped(deps, interval, start_after, limit)?),
        QueryMsg::References { interval } => to_json_binary(&query::references(deps, interval)?),
        QueryMsg::Flows {
            interval,
            start_after,
            limit,
        } => to_json_binary(&query::flows(deps, interval, start_after, limit)?),
        QueryMsg::Position { interval, device } => to_json_binary(&query::position(deps, interval, device)?),
        QueryMsg::SourceOf {
            interval,
            account,
            start_after,
            limit,
        } => to_json_binary(&query::source_of(deps, interval, account, start_after, limit)?),
        QueryMsg::Provenance {
            interval,
            start_after,
            limit,
        } => to_json_binary(&query::provenance(deps, interval, start_after, limit)?),
        QueryMsg::Totals {} => to_json_binary(&query::totals(deps, env)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    };
    Ok(answer?)
}
