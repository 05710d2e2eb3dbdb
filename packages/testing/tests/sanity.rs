//! The checks notice one unit too many anywhere.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
use std::panic::{catch_unwind, AssertUnwindSafe};

use busbar_testing::cosmwasm_std::Addr;
use busbar_testing::units::Interval;
use busbar_testing::{sanity, Region, Setup};

/// A region with a settled interval in which two homes traded and one banked.
fn settled() -> (Region, Interval) {
    let mut region = Region::with(Setup::default().with_bank(10_000));
    let battery = region.storage("battery", 8_000, 10_000);
    let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 8_000, 8_000));
    let interval = region.first_interval();
    region.sell(&alice, interval, 1_000, 140_000);
    region.buy(&bob, interval, 1_000, 140_000);
    region.bank(&alice, interval, 300);
    region.clear(interval);
    region.deliver(interval, &[(&battery, 300, 0), (&alice, 0, 1_350), (&bob, 900, 0)]);
    region.settle(interval);
    (region, interval)
}

/// Changes one stored byte and says what the checks then say.
fn complaint(contract: fn(&Region) -> Addr, key: &str, byte: impl Fn(&mut Vec<u8>)) -> String {
    let (mut region, _) = settled();
    sanity::check(&mut region);
    let address = contract(&region);
    let stored = region.app.dump_wasm_raw(&address);
    let (key, mut value) = stored.into_iter().rfind(|(stored, _)| starts(stored, key)).unwrap();
    byte(&mut value);
    region.app.contract_storage_mut(&address).set(&key, &value);
    let complaint = catch_unwind(AssertUnwindSafe(|| sanity::check(&mut region)));
    complaint.unwrap_err().downcast_ref::<String>().unwrap().clone()
}

fn starts(stored: &[u8], key: &str) -> bool {
    stored.windows(key.len()).any(|part| part == key.as_bytes())
}

#[test]
fn a_millionth_of_coin_too_many() {
    let complaint = complaint(
        |region| region.market.address().clone(),
        "ac/",
        |account| account[0] ^= 1,
    );
    assert!(complaint.contains("are not deposits less withdrawals"), "{complaint}");
}

#[test]
fn a_millionth_that_waits_for_no_receipt() {
    // The last account is the caller's, without coin: balance, locks and pending receipts are a byte each.
    let wait = |account: &mut Vec<u8>| account[2] ^= 1;
    let complaint = complaint(|region| region.market.address().clone(), "ac/", wait);
    assert!(complaint.contains("other locks than their orders"), "{complaint}");
}

#[test]
fn a_watt_hour_of_tokens_too_many() {
    let double = |balance: &mut Vec<u8>| *balance = b"\"301\"".to_vec();
    let complaint = complaint(|region| region.energy_token.address().clone(), "balance", double);
    assert!(complaint.contains("Wh are held"), "{complaint}");
}

#[test]
fn a_watt_hour_traded_too_many() {
    // Position pages: a bitmap of eight bytes, then the trade of the first device in it.
    let complaint = complaint(|region| region.market.address().clone(), "po/", |page| page[8] ^= 2);
    assert!(complaint.contains("trades of all devices"), "{complaint}");
}

#[test]
fn a_watt_hour_metered_too_many() {
    // Interval states: confirmed, then the net sum.
    let complaint = complaint(|region| region.oracle.address().clone(), "i/", |state| state[1] ^= 2);
    assert!(complaint.contains("the oracle's net"), "{complaint}");
}

#[test]
fn a_millionth_paid_too_many() {
    let last = |page: &mut Vec<u8>| *page.last_mut().unwrap() ^= 2;
    let complaint = complaint(|region| region.market.address().clone(), "po/", last);
    assert!(complaint.contains("for trades"), "{complaint}");
}
