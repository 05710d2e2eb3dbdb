//! What people ask the market, and who owns it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_market::ContractError;
use busbar_testing::market::{AccountResponse, ExecuteMsg, MarginResponse, QueryMsg, Terms};
use busbar_testing::units::{Money, Price, Watt};
use busbar_testing::{Device, Region};

fn sell(limit: i64) -> Terms {
    Terms::Sell {
        limit: Price::new(limit),
    }
}

#[test]
fn the_margin_of_a_device_is_known_before_anyone_signs() {
    let mut region = Region::new();
    let query = QueryMsg::Margin {
        import: Watt::new(4_000),
        export: Watt::new(2_000),
    };
    let asked: MarginResponse = region.q().query_wasm_smart(region.market.address(), &query).unwrap();
    // A quarter of an hour of 4 kW at 1.00, in five intervals.
    assert_eq!(asked.margin, Money::new(5_000_000));
    let alice = region.home("alice", 4_000, 2_000);
    let refresh = region.to_market(&ExecuteMsg::Refresh { device: alice.number });
    let anyone = region.account("anyone");
    region.must(&anyone, refresh);
    assert_eq!(region.books(&alice.owner).margin, asked.margin);
    let nobody = region.to_market(&ExecuteMsg::Refresh { device: 99 });
    assert_eq!(
        region.refused::<ContractError>(&anyone, nobody),
        ContractError::UnknownDevice { device: 99 }
    );
}

#[test]
fn a_retired_device_asks_for_no_margin() {
    let mut region = Region::new();
    let alice = region.home("alice", 4_000, 2_000);
    let refresh = region.to_market(&ExecuteMsg::Refresh { device: alice.number });
    region.must(&alice.owner, refresh.clone());
    let retire = busbar_testing::registry::ExecuteMsg::Retire { number: alice.number };
    let retire = region.registry.execute(&retire).unwrap();
    region.must(&alice.owner, retire);
    region.must(&alice.owner, refresh);
    let books = region.books(&alice.owner);
    assert_eq!((books.margin, books.withdrawable), (Money::ZERO, books.balance));
}

#[test]
fn accounts_are_listed_by_number() {
    let mut region = Region::new();
    for name in ["alice", "bob", "carol"] {
        region.home(name, 1_000, 1_000);
    }
    let accounts = |start_after, limit| -> Vec<AccountResponse> {
        let query = QueryMsg::Accounts { start_after, limit };
        region.q().query_wasm_smart(region.market.address(), &query).unwrap()
    };
    let all = accounts(None, None);
    assert_eq!(
        all.iter().map(|account| account.number).collect::<Vec<_>>(),
        [Some(0), Some(1), Some(2), Some(3)]
    );
    assert_eq!(all[0].address, region.utility);
    assert_eq!(accounts(Some(1), Some(1)), all[2..3]);
    assert_eq!(region.market.totals(&region.q()).unwrap().accounts, 4);
}

#[test]
fn only_the_owner_hands_the_market_on_and_in_two_steps() {
    let mut region = Region::new();
    let (owner, heir, mallory) = (region.owner.clone(), region.account("heir"), region.account("mallory"));
    let action = |action| ExecuteMsg::UpdateOwnership(action);
    let transfer = cw_ownable::Action::TransferOwnership {
        new_owner: heir.to_string(),
        expiry: None,
    };
    let transfer = region.to_market(&action(transfer));
    let accept = region.to_market(&action(cw_ownable::Action::AcceptOwnership));
    let error: ContractError = region.refused(&mallory, transfer.clone());
    assert_eq!(error, ContractError::Ownership(cw_ownable::OwnershipError::NotOwner));
    region.must(&owner, transfer);
    let error: ContractError = region.refused(&mallory, accept.clone());
    assert_eq!(
        error,
        ContractError::Ownership(cw_ownable::OwnershipError::NotPendingOwner)
    );
    region.must(&heir, accept);
    let query = QueryMsg::Ownership {};
    let ownership: cw_ownable::Ownership<String> =
        region.q().query_wasm_smart(region.market.address(), &query).unwrap();
    assert_eq!(ownership.owner, Some(heir.to_string()));
}

#[test]
fn the_book_is_listed_by_page_and_owner() {
    let mut region = Region::new();
    let alice = region.home("alice", 4_000, 2_000);
    let bob = region.home("bob", 1_000, 1_000);
    let interval = region.first_interval();
    region.buy(&alice, interval, 10, 100_000);
    region.buy(&alice, interval, 20, 90_000);
    region.sell(&bob, interval, 30, 300_000);
    let orders = |owner: Option<&Device>, start_after, limit| -> Vec<busbar_testing::market::OrderResponse> {
        let owner = owner.map(|device| device.owner.to_string());
        let query = busbar_testing::market::QueryMsg::Orders {
            interval,
            owner,
            start_after,
            limit,
        };
        region.q().query_wasm_smart(region.market.address(), &query).unwrap()
    };
    let all = orders(None, None, None);
    assert_eq!(
        all.iter().map(|order| order.quantity.get()).collect::<Vec<_>>(),
        [10, 20, 30]
    );
    assert_eq!(all[2].terms, sell(300_000));
    assert_eq!(all[2].lock, Money::new(21_000));
    assert_eq!(orders(Some(&bob), None, None), all[2..]);
    assert_eq!(orders(None, Some(all[0].key), Some(1)), all[1..2]);
}
