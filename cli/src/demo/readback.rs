//! The end of a run: accounts walked, coin paid out, everything put together and checked.

use busbar_api::market::{self, AccountResponse, TotalsResponse};
use busbar_api::{energy_token, grid, pages};
use busbar_units::Money;
use cosmwasm_std::Addr;

use super::ask::{ask, call};
use super::check::check;
use super::error::RunError;
use super::hours::Ran;
use super::region::Region;
use super::result::{CoinTotals, HomeResult, Live, Readings, RunResult, Setting};
use super::signatures::Records;

/// Pays every home what it may withdraw, reads all accounts and checks every equation.
pub fn conclude(mut ran: Ran, setting: Setting) -> Result<(RunResult, Records), RunError> {
    let owners = ran
        .region
        .accounts
        .homes
        .clone()
        .into_iter()
        .zip(ran.region.deposits.clone());
    for (home, (owner, deposited)) in ran.ledger.homes.iter_mut().zip(owners) {
        home.deposited = deposited;
        close_account(&mut ran.region, home, &owner)?;
    }
    let coin = coin(&ran.region)?;
    let tokens = energy_token::raw::supply(&ran.region.querier().wrap(), &ran.region.at.energy_token)?;
    let metrics = ran.relayer.metrics();
    let rejected = metrics
        .rejected
        .iter()
        .map(|(reason, count)| (reason.to_string(), *count))
        .collect();
    let readings = Readings {
        submitted: ran.submitted,
        accepted: metrics.confirmed,
        rejected,
    };
    let live = live(&ran)?;
    let ledger = ran.ledger;
    let run = RunResult {
        setting,
        homes: ledger.homes,
        hours: ledger.hours,
        supply: ledger.supply,
        totals: ledger.totals,
        feeder: ledger.feeder,
        readings,
        coin,
        tokens,
        live,
    };
    check(&run)?;
    Ok((run, ran.records))
}

/// What a reader needs to find a run again on a chain that outlives it.
fn live(ran: &Ran) -> Result<Option<Live>, RunError> {
    let region = &ran.region;
    if !region.real {
        return Ok(None);
    }
    let founded = grid::raw::region(&region.querier().wrap(), &region.at.grid)?;
    Ok(Some(Live {
        chain_id: region.chain().chain_id().to_owned(),
        region: founded.domain,
        grid: region.at.grid.to_string(),
        interval_s: region.interval_s,
        first: region.first,
        late: ran.late.clone(),
    }))
}

/// What the account says of the whole run; its free coin is paid out.
fn close_account(region: &mut Region, home: &mut HomeResult, owner: &Addr) -> Result<(), RunError> {
    let question = market::QueryMsg::Account {
        address: owner.to_string(),
    };
    let account: AccountResponse = ask(region.chain(), &region.at.market, &question)?;
    home.tokens = account.energy;
    home.balance = account.balance.paid()?.sub(account.debt.paid()?)?;
    if !account.withdrawable.is_zero() {
        let msg = market::ExecuteMsg::Withdraw {
            amount: account.withdrawable,
        };
        call(&mut *region.venue, "withdraw", owner, &region.at.market, &msg)?;
    }
    Ok(())
}

/// Walks all accounts and adds up what the market owes.
fn coin(region: &Region) -> Result<CoinTotals, RunError> {
    let totals: TotalsResponse = ask(region.chain(), &region.at.market, &market::QueryMsg::Totals {})?;
    let page = |start_after: Option<Option<u32>>| {
        let question = market::QueryMsg::Accounts {
            start_after: start_after.flatten(),
            limit: Some(market::MAX_PAGE),
        };
        ask::<Vec<AccountResponse>>(region.chain(), &region.at.market, &question)
    };
    let accounts = pages::all(|account: &AccountResponse| account.number, page)?;
    let accounts = Money::sum(accounts.iter().map(|account| account.balance))?;
    Ok(CoinTotals {
        deposited: totals.deposited,
        withdrawn: totals.withdrawn,
        held: totals.coin_held,
        accounts,
        fund: totals.fund.add(totals.escrows)?,
    })
}
