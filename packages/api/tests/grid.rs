//! Laws of the grid's types and storage.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
use busbar_api::codec::CodecError;
use busbar_api::grid::{raw, Region, RegionError, Tariff, TariffPage};
use busbar_units::{Interval, Price};
use cosmwasm_std::{from_json, to_json_string, Addr, Timestamp};
use proptest::prelude::*;

fn region(domain: &str, denom: &str, interval_s: u64, energy_interval_s: u64) -> Region {
    let nobody = Addr::unchecked("nobody");
    Region {
        domain: domain.into(),
        denom: denom.into(),
        interval_s,
        energy_interval_s,
        operator: nobody.clone(),
        utility: nobody,
    }
}

#[test]
fn no_storage_key_can_be_taken_for_another() {
    // Maps and the contract's version and owner are stored under these names too.
    let keys = [
        raw::RULES.as_bytes().to_vec(),
        raw::FOUNDED.as_bytes().to_vec(),
        raw::OWNERSHIP.as_bytes().to_vec(),
        raw::TARIFFS.as_bytes().to_vec(),
        raw::NETWORKS.as_bytes().to_vec(),
        raw::NETWORK.as_bytes().to_vec(),
        raw::NAMES.as_bytes().to_vec(),
        raw::LIMITS.as_bytes().to_vec(),
        raw::FREQUENCY.as_bytes().to_vec(),
        raw::WEEKS.as_bytes().to_vec(),
        raw::WEEK.as_bytes().to_vec(),
        raw::GUARDIAN.as_bytes().to_vec(),
        raw::REPORTER.as_bytes().to_vec(),
        b"contract_info".to_vec(),
        [&[0, 7], raw::ARCHIVE.as_bytes()].concat(),
    ];
    for (place, key) in keys.iter().enumerate() {
        for (other_place, other) in keys.iter().enumerate() {
            assert!(
                place == other_place || !other.starts_with(key),
                "{key:?} begins {other:?}"
            );
        }
    }
}

#[test]
fn domains_and_denominations_at_their_edges() {
    let long = "a".repeat(32);
    for good in ["abc", "test-1", "elm-street-9", &long] {
        region(good, "ucoin", 900, 900).validate().unwrap();
    }
    let longer = "a".repeat(33);
    for bad in ["", "ab", "Elm", "elm street", "elm_street", "ümlaut", &longer] {
        let refused = region(bad, "ucoin", 900, 900).validate().unwrap_err();
        assert_eq!(refused, RegionError::Domain { domain: bad.into() });
    }
    let longest = "u".repeat(128);
    for good in ["abc", "ibc/27394FB0", "factory/a/b-c.d_e", &longest] {
        region("elm", good, 900, 900).validate().unwrap();
    }
    let longer = "u".repeat(129);
    for bad in ["", "ab", "1coin", "/coin", "u coin", "uçoin", &longer] {
        let refused = region("elm", bad, 900, 900).validate().unwrap_err();
        assert_eq!(refused, RegionError::Denom { denom: bad.into() });
    }
}

#[test]
fn interval_lengths_at_their_edges() {
    for good in [60, 300, 900, 1_800, 3_600, 86_400] {
        region("elm", "ucoin", good, good).validate().unwrap();
    }
    for bad in [0, 30, 59, 61, 7_000, 86_399, 86_401, 172_800, u64::MAX] {
        let refused = region("elm", "ucoin", bad, bad).validate().unwrap_err();
        assert_eq!(
            refused,
            RegionError::Length {
                field: "interval_s",
                value: bad,
                min: 60,
                max: 86_400
            }
        );
        let refused = region("test-elm", "ucoin", 900, bad).validate().unwrap_err();
        assert_eq!(
            refused,
            RegionError::Length {
                field: "energy_interval_s",
                value: bad,
                min: 60,
                max: 86_400
            }
        );
    }
    for good in [1, 10, 86_400] {
        region("test-elm", "ucoin", good, 3_600).validate().unwrap();
    }
    let refused = region("test-elm", "ucoin", 0, 900).validate().unwrap_err();
    assert_eq!(
        refused,
        RegionError::Length {
            field: "interval_s",
            value: 0,
            min: 1,
            max: 86_400
        }
    );
    let refused = region("contest-1", "ucoin", 900, 1_800).validate().unwrap_err();
    assert_eq!(
        refused,
        RegionError::Clock {
            interval_s: 900,
            energy_interval_s: 1_800
        }
    );
}

#[test]
fn seconds_are_decimal_strings_in_json() {
    let region = region("elm", "ucoin", 900, 900);
    let json = to_json_string(&region).unwrap();
    assert!(json.contains(r#""interval_s":"900""#), "{json}");
    assert_eq!(from_json::<Region>(&json).unwrap(), region);
    assert!(from_json::<Region>(json.replace(r#""900""#, "900")).is_err());
}

proptest! {
    #[test]
    fn an_instant_lies_in_its_interval(now in 0u64..u64::MAX / 1_000_000_000, length in 1u64..86_401) {
        let region = region("test-elm", "ucoin", length, 900);
        let interval = region.current_interval(Timestamp::from_seconds(now)).unwrap();
        prop_assert!(interval.start_s(length).unwrap() <= now && now < interval.end_s(length).unwrap());
    }

    #[test]
    fn a_page_comes_back_as_it_was(slots in prop::collection::btree_map(0usize..32, any::<(i64, i64)>(), 0..33)) {
        let mut page = TariffPage::default();
        for (slot, (import, export)) in &slots {
            page.set(*slot, Tariff { import: Price::new(*import), export: Price::new(*export) });
        }
        let bytes = page.encode();
        prop_assert_eq!(TariffPage::decode(&bytes).unwrap(), page.clone());
        prop_assert_eq!(page.posted().count(), slots.len());
        for (slot, tariff) in page.posted() {
            let slot = usize::try_from(slot).unwrap();
            prop_assert_eq!((tariff.import.get(), tariff.export.get()), slots[&slot]);
            prop_assert_eq!(page.get(slot), Some(tariff));
        }
        let longer = [&bytes[..], &[0]].concat();
        prop_assert_eq!(TariffPage::decode(&longer), Err(CodecError::Trailing { left: 1 }));
        prop_assert!(TariffPage::decode(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn every_interval_has_a_place_of_its_own(interval in 0u64..u64::MAX) {
        let (page, slot) = TariffPage::locate(Interval::new(interval));
        prop_assert_eq!(page * 32 + u64::try_from(slot).unwrap(), interval);
        prop_assert!(slot < 32);
    }
}
