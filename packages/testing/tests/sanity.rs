//! The checks notice one unit too many anywhere.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
use std::panic::{catch_unwind, AssertUnwindSafe};

use busbar_testing::attestation::Curve;
use busbar_testing::cosmwasm_std::Addr;
use busbar_testing::{sanity, Region, Setup};

/// A region with a settled interval in which two homes traded and one banked 300 Wh.
fn settled() -> Region {
    let setup = Setup {
        curve: Curve::Ed25519,
        ..Setup::default()
    };
    let mut region = Region::with(setup.with_bank(10_000));
    let battery = region.storage("battery", 8_000, 10_000);
    let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 8_000, 8_000));
    let interval = region.first_interval();
    region.sell(&alice, interval, 1_000, 140_000);
    region.buy(&bob, interval, 1_000, 140_000);
    region.bank(&alice, interval, 300);
    region.clear(interval);
    region.deliver(interval, &[(&battery, 300, 0), (&alice, 0, 1_350), (&bob, 900, 0)]);
    region.settle(interval);
    region
}

/// Changes a stored value and says what the checks then say.
fn complaint(contract: &Addr, key: &str, place: usize, change: impl Fn(&mut Vec<u8>)) -> String {
    let mut region = settled();
    sanity::check(&mut region);
    let stored = region.app.dump_wasm_raw(contract);
    let found = stored
        .into_iter()
        .filter(|(stored, _)| contains(stored, key))
        .nth(place);
    let (key, mut value) = found.unwrap();
    change(&mut value);
    region.app.contract_storage_mut(contract).set(&key, &value);
    let complaint = catch_unwind(AssertUnwindSafe(|| sanity::check(&mut region)));
    let complaint = complaint.unwrap_err();
    complaint.downcast_ref::<String>().unwrap().clone()
}

fn contains(stored: &[u8], key: &str) -> bool {
    stored.windows(key.len()).any(|part| part == key.as_bytes())
}

/// Position of a varint behind some fixed bytes.
fn varint(value: &[u8], fixed: usize, field: usize) -> usize {
    let mut ends = (fixed..value.len()).filter(|position| value[*position] & 0x80 == 0);
    field
        .checked_sub(1)
        .map_or(fixed, |before| ends.nth(before).unwrap() + 1)
}

/// A packed value: key, which of them, fixed bytes in front, which varint, the bit that is one unit.
struct Spot(&'static str, usize, usize, usize, u8);

fn one_more(contract: &Addr, spot: &Spot) -> String {
    let Spot(key, place, fixed, field, bit) = *spot;
    complaint(contract, key, place, |value| {
        let position = varint(value, fixed, field);
        value[position] ^= bit;
    })
}

#[test]
fn one_unit_too_many_in_the_market() {
    let market = settled().market.address().clone();
    // Accounts in the order of their opening: utility, battery, Alice, Bob. Positions by device, four fields
    // each: battery, Alice, Bob.
    let table = [
        (Spot("ac/", 2, 0, 0, 1), "are not deposits less withdrawals"),
        (Spot("ac/", 2, 0, 1, 1), "other locks than their orders"),
        (Spot("ac/", 2, 0, 2, 1), "other locks than their orders"),
        (Spot("ac/", 2, 0, 5, 1), "accounts own 301 Wh"),
        (Spot("ac/", 2, 0, 6, 1), "other locks than their orders"),
        (Spot("po/", 0, 8, 1, 1), "what the storage owes"),
        (Spot("po/", 0, 8, 2, 1), "what the storage took"),
        (Spot("po/", 0, 8, 4, 2), "trades of all devices"),
        (Spot("po/", 0, 8, 5, 1), "banked"),
        (Spot("po/", 0, 8, 10, 1), "redeemed"),
        (Spot("po/", 0, 8, 11, 2), "for trades"),
        (Spot("iv/", 0, 2, 1, 2), "the mean price"),
        (Spot("iv/", 0, 2, 2, 2), "the utility's price"),
        (Spot("iv/", 0, 2, 3, 2), "the region's net"),
        (Spot("iv/", 0, 2, 4, 2), "the imbalance price"),
        (Spot("iv/", 0, 2, 6, 1), "trades of all devices"),
        (Spot("iv/", 0, 2, 8, 1), "banked"),
        (Spot("iv/", 0, 2, 9, 1), "supply 300"),
        (Spot("iv/", 0, 2, 10, 1), "burned"),
        (Spot("iv/", 0, 2, 12, 1), "the rent"),
        (Spot("np/", 0, 0, 1, 2), "the utility's price"),
        (Spot("lf/", 0, 0, 0, 2), "trades and flows at bus"),
    ];
    for (spot, expected) in table {
        let complaint = one_more(&market, &spot);
        let Spot(key, _, _, field, _) = spot;
        assert!(complaint.contains(expected), "{key} field {field}: {complaint}");
    }
}

#[test]
fn a_watt_hour_metered_too_many() {
    let oracle = settled().oracle.address().clone();
    // Interval states: confirmed, then the net sum; the interval after the baseline's.
    let complaint = one_more(&oracle, &Spot("i/", 1, 1, 0, 2));
    assert!(complaint.contains("the oracle's net"), "{complaint}");
}

#[test]
fn a_token_too_many() {
    let token = settled().energy_token.address().clone();
    let held = complaint(&token, "balance", 0, |balance| *balance = b"\"301\"".to_vec());
    assert!(held.contains("301 Wh are held, 300 are in supply"), "{held}");
    let supply = complaint(&token, "token_info", 0, |info| {
        let text = String::from_utf8(info.clone()).unwrap();
        *info = text.replace("\"300\"", "\"301\"").into_bytes();
    });
    assert!(supply.contains("supply 301, 300 minted"), "{supply}");
}
