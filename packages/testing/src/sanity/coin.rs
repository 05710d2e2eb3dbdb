use busbar_api::market::{AccountResponse, QueryMsg, TotalsResponse, MAX_PAGE};
use busbar_api::pages;

use crate::Region;

/// Coin is conserved to the last millionth.
pub(super) fn check(region: &Region) {
    let totals = totals(region);
    let accounts = accounts(region);
    let owned: u128 = accounts.iter().map(|account| account.balance.get()).sum();
    let (escrows, fund) = (totals.escrows.get(), totals.fund.get());
    let inside = totals.deposited.get() - totals.withdrawn.get();
    assert_eq!(
        owned + escrows + fund,
        inside,
        "accounts {owned} + escrows {escrows} + fund {fund} are not deposits less withdrawals {inside}"
    );
    let (held, donated) = (totals.coin_held.get(), region.ledger.donated);
    assert_eq!(
        held,
        inside + donated,
        "{held} held, {inside} paid in and {donated} donated"
    );
    assert_eq!(
        held,
        region.coin(region.market.address()).get(),
        "the market tells another balance than the bank"
    );
    for account in &accounts {
        let AccountResponse {
            address,
            balance,
            locked,
            energy,
            energy_locked,
            ..
        } = account;
        assert!(locked <= balance, "{address} locks {locked} of {balance}");
        assert!(energy_locked <= energy, "{address} locks {energy_locked} of {energy}");
    }
}

pub(super) fn totals(region: &Region) -> TotalsResponse {
    region.market.totals(&region.q()).expect("totals")
}

/// Every account of the market.
pub(super) fn accounts(region: &Region) -> Vec<AccountResponse> {
    let page = |start_after: Option<Option<u32>>| {
        let query = QueryMsg::Accounts {
            start_after: start_after.flatten(),
            limit: Some(MAX_PAGE),
        };
        region.q().query_wasm_smart(region.market.address(), &query)
    };
    pages::all(|account: &AccountResponse| account.number, page).expect("accounts")
}
