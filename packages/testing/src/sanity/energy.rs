use std::collections::BTreeMap;

use busbar_api::energy_token::QueryMsg;
use busbar_api::grid::raw::bank_within;
use busbar_api::market::{AccountResponse, IntervalResponse, Stage};
use busbar_units::Interval;
use cw20::AllAccountsResponse;

use super::coin::{accounts, totals};
use super::interval::parts;
use crate::Region;

/// Tokens are conserved, bounded and held by somebody.
pub(super) fn check(region: &mut Region, records: &BTreeMap<Interval, IntervalResponse>) {
    let supply = region.energy_token.supply(&region.q()).expect("a supply").get();
    let flows = |part: fn(&IntervalResponse) -> u64| -> u64 {
        records.values().chain(region.ledger.closed.values()).map(part).sum()
    };
    let (minted, burned) = (flows(|record| record.minted.get()), flows(|record| record.burned.get()));
    assert_eq!(
        supply,
        minted - burned,
        "supply {supply}, {minted} minted and {burned} burned"
    );

    for (interval, record) in records {
        check_minted(region, *interval, record);
    }
    let mintable: u64 = region.ledger.mintable.values().sum();
    assert!(
        minted <= mintable,
        "{minted} Wh are minted, the storage gives back {mintable} of its charge"
    );

    let bank = region.params(region.current_interval()).bank;
    let usable = bank.map_or(0, |bank| {
        let bank = bank_within(&region.q(), region.registry.address(), &bank);
        bank.expect("a storage").usable.get()
    });
    let before = region.ledger.supply;
    assert!(
        supply <= usable.max(before),
        "supply went from {before} to {supply}, the storage can hold {usable}"
    );
    region.ledger.supply = supply;

    let held: u64 = holders(region).iter().map(|account| balance(region, account)).sum();
    assert_eq!(held, supply, "{held} Wh are held, {supply} are in supply");
    let accounts = accounts(region);
    let market = balance(region, region.market.address().as_str());
    // Tokens of redeem orders are burned when settlement starts and leave their accounts device by device:
    // until then they are locked.
    let settling = |record: &IntervalResponse| matches!(record.stage, Stage::Charging | Stage::Crediting);
    let locked = |account: &AccountResponse| account.energy_locked.get();
    let leaving = if records.values().any(settling) {
        accounts.iter().map(locked).sum()
    } else {
        0
    };
    let owned = accounts.iter().map(|account| account.energy.get()).sum::<u64>() - leaving;
    assert!(owned <= market, "accounts own {owned} Wh, the market holds {market}");
    assert_eq!(
        totals(region).energy_held.get(),
        market,
        "the market tells another balance than the token"
    );
}

/// Nothing is minted that the storage cannot give back: at most its metered charge at the lower of the region's
/// efficiency and the one that it was registered with when settlement started.
fn check_minted(region: &mut Region, interval: Interval, record: &IntervalResponse) {
    if matches!(record.stage, Stage::Cleared | Stage::Skipped) {
        return;
    }
    let mintable = match region.ledger.mintable.get(&interval) {
        Some(known) => *known,
        None => mintable(region, interval),
    };
    assert!(
        record.minted.get() <= mintable,
        "{interval}: minted {} of a charge that gives back {mintable}",
        record.minted
    );
    region.ledger.mintable.insert(interval, mintable);
}

fn mintable(region: &Region, interval: Interval) -> u64 {
    let Some(bank) = region.params(interval).bank else {
        return 0;
    };
    let bank = bank_within(&region.q(), region.registry.address(), &bank).expect("a storage");
    let parts = parts(region, interval);
    let storage = parts.iter().find(|part| part.number == bank.device);
    let charge = storage.and_then(|part| part.counted).map(|energy| energy.import);
    charge.map_or(0, |charge| bank.efficiency.of(charge).expect("a share").get())
}

fn balance(region: &Region, account: &str) -> u64 {
    region
        .energy_token
        .balance(&region.q(), account)
        .expect("a balance")
        .get()
}

fn holders(region: &Region) -> Vec<String> {
    let mut holders: Vec<String> = Vec::new();
    loop {
        let query = QueryMsg::AllAccounts {
            start_after: holders.last().cloned(),
            limit: Some(30),
        };
        let page: AllAccountsResponse = region
            .q()
            .query_wasm_smart(region.energy_token.address(), &query)
            .expect("holders");
        if page.accounts.is_empty() {
            return holders;
        }
        holders.extend(page.accounts);
    }
}
