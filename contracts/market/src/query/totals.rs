use busbar_api::energy_token;
use busbar_api::market::TotalsResponse;
use busbar_units::Money;
use cosmwasm_std::{Deps, Env};

use crate::context::Context;
use crate::state::{final_cursor, Record, Totals};
use crate::ContractError;

/// The market's totals.
pub fn totals(deps: Deps<'_>, env: Env) -> Result<TotalsResponse, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let held = deps
        .querier
        .query_balance(&env.contract.address, &context.region().denom)?;
    let final_cursor = final_cursor(deps.storage)?;
    let mut escrows = Money::ZERO;
    for record in Record::from(deps.storage, final_cursor) {
        escrows = escrows.add(record?.work.escrow)?;
    }
    let totals = Totals::load(deps.storage)?;
    Ok(TotalsResponse {
        coin_held: Money::new(held.amount.u128()),
        deposited: totals.deposited,
        withdrawn: totals.withdrawn,
        escrows,
        fund: totals.fund,
        energy_held: energy_token::raw::balance(&deps.querier, &context.contracts.energy_token, &env.contract.address)?,
        final_cursor,
        accounts: totals.accounts,
    })
}
