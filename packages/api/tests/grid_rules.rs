//! The record that every other contract reads of the grid.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
use busbar_api::codec::CodecError;
use busbar_api::grid::{Bank, Contracts, FrequencyStep, MarketState, MarketStates, Params, Region, Rules, Version};
use busbar_units::{Interval, Millihertz, Money, Ppm, Price, Watt, Wh};
use cosmwasm_std::{from_json, Addr};
use proptest::prelude::*;

const PARAMS: &str = include_str!("grid_params.json");

fn params() -> Params {
    from_json(PARAMS).unwrap()
}

/// A region of four homes' worth of everything that may be set.
fn whole() -> Rules {
    let mut states = MarketStates::default();
    states.tighten_from(Interval::new(5), MarketState::Restricted);
    states.set_single(Interval::new(7), MarketState::Halted);
    let mut later = params();
    later.zones = vec![1, 9, 300];
    later.frequency.steps = vec![FrequencyStep {
        deviation: Millihertz::new(50),
        add_on: Price::new(20_000),
    }];
    later.bank = Some(Bank {
        device: 70_000,
        usable: Wh::new(1 << 40),
        efficiency: Ppm::new(900_000),
        fee: Price::new(-1),
        bond: Money::new(u128::MAX),
    });
    Rules {
        region: Region {
            domain: "test-elm".into(),
            denom: "ucoin".into(),
            interval_s: 20,
            energy_interval_s: 900,
            operator: Addr::unchecked("olga"),
            utility: Addr::unchecked("ursula"),
        },
        contracts: Some(Contracts {
            registry: Addr::unchecked("registry"),
            oracle: Addr::unchecked("oracle"),
            market: Addr::unchecked("market"),
            energy_token: Addr::unchecked("token"),
        }),
        versions: vec![
            Version {
                from: Interval::ZERO,
                params: params(),
            },
            Version {
                from: Interval::new(1 << 40),
                params: later,
            },
        ],
        states,
    }
}

#[test]
fn the_record_comes_back_as_it_went() {
    let rules = whole();
    assert_eq!(Rules::decode(&rules.encode()), Ok(rules.clone()));
    let unwired = Rules {
        contracts: None,
        versions: vec![],
        states: MarketStates::default(),
        ..rules
    };
    assert_eq!(Rules::decode(&unwired.encode()), Ok(unwired));
}

#[test]
fn its_bytes_are_those_that_readers_were_built_for() {
    let unwired = Rules {
        contracts: None,
        versions: vec![],
        states: MarketStates::default(),
        ..whole()
    };
    let head = b"\x01\x08test-elm\x05ucoin\x14\x84\x07\x04olga\x06ursula";
    assert_eq!(unwired.encode(), [&head[..], &[0, 0, 0]].concat());
    // One version of a region as it is deployed: what every call of another contract reads.
    assert_eq!(
        Rules {
            versions: whole().versions[..1].to_vec(),
            ..unwired.clone()
        }
        .encode()
        .len(),
        unwired.encode().len() + VERSION_BYTES
    );
}

/// Bytes of one version of the parameters in `grid_params.json`.
const VERSION_BYTES: usize = 68;

#[test]
fn parameters_and_states_are_those_of_the_interval() {
    let rules = whole();
    let zones = |interval| rules.params(Interval::new(interval)).unwrap().zones.len();
    assert_eq!([zones(0), zones((1 << 40) - 1), zones(1 << 40)], [0, 0, 3]);
    let state = |interval| rules.state(Interval::new(interval));
    use MarketState::{Halted, Open, Restricted};
    assert_eq!([state(4), state(5), state(7)], [Open, Restricted, Halted]);
    let none = Rules {
        contracts: None,
        versions: vec![],
        ..rules.clone()
    };
    assert!(none.params(Interval::ZERO).is_err());
    assert!(none.contracts().is_err());
    assert_eq!(rules.contracts().unwrap().oracle.as_str(), "oracle");
}

#[test]
fn what_is_torn_or_of_another_form_is_refused() {
    let bytes = whole().encode();
    let range = |field| Err(CodecError::Range { field });
    let with = |place: usize, byte| {
        let mut bytes = bytes.clone();
        bytes[place] = byte;
        Rules::decode(&bytes)
    };
    assert_eq!(with(0, 2), range("format"), "of a later release");
    assert_eq!(with(2, 0xff), range("domain"), "no text");
    let wired = b"\x01\x08test-elm\x05ucoin\x14\x84\x07\x04olga\x06ursula".len();
    assert_eq!(with(wired, 2), range("wired"));
    for length in 0..bytes.len() {
        // The states end with the bytes: what is missing of them alone may read as fewer.
        if let Ok(rules) = Rules::decode(&bytes[..length]) {
            assert_eq!((rules.region, rules.versions), (whole().region, whole().versions));
        }
    }
    let mut last = whole();
    last.versions = vec![last.versions[1].clone()];
    last.states = MarketStates::default();
    let mut bytes = last.encode();
    let bank = bytes.len() - 1 - 19 - 1 - 3 - 6 - 3 - 1;
    assert_eq!(bytes[bank], 1);
    bytes[bank] = 2;
    assert_eq!(Rules::decode(&bytes), range("bank"));
    last.versions[0].from = Interval::MAX;
    last.versions.push(last.versions[0].clone());
    assert!(Rules::decode(&last.encode()).is_ok(), "no step between them");
}

proptest! {
    /// Each field is written and read in the same place, whatever stands in the others.
    #[test]
    fn every_parameter_comes_back(
        prices in prop::array::uniform6(any::<i64>()),
        powers in prop::array::uniform2(any::<u64>()),
        counts in prop::array::uniform14(any::<u32>()),
        shares in prop::array::uniform5(any::<i64>()),
        amounts in prop::array::uniform7(any::<u128>()),
        rest in (any::<u64>(), any::<u32>(), prop::collection::vec(any::<u16>(), 0..4)),
        steps in prop::collection::vec((any::<u32>(), any::<i64>()), 0..4),
        bank in prop::option::of((any::<u32>(), any::<u64>(), any::<i64>(), any::<i64>(), any::<u128>())),
    ) {
        let price = prices.map(Price::new);
        let share = shares.map(Ppm::new);
        let money = amounts.map(Money::new);
        let params = Params {
            import_tariff: price[0],
            export_tariff: price[1],
            price_floor: price[2],
            price_cap: price[3],
            imbalance_min: price[4],
            imbalance_max: price[5],
            connection_import: Watt::new(powers[0]),
            connection_export: Watt::new(powers[1]),
            horizon: counts[0],
            gate_closure_s: counts[1],
            solver_window_s: counts[2],
            reveal_s: counts[3],
            no_cancel_s: counts[4],
            confirmation_window: counts[5],
            dispute_window: counts[6],
            correction_window: counts[7],
            clock_tolerance_s: counts[8],
            steps_per_device: counts[9],
            orders_per_interval: counts[10],
            reference_window: counts[11],
            missing_limit: counts[12],
            head_mismatches: counts[13],
            epsilon: share[0],
            residual_supply: share[1],
            head_tolerance: share[2],
            losses: share[3],
            head_derating: share[4],
            order_fee: money[0],
            settlement_fee: money[1],
            clear_bounty: money[2],
            settle_bounty: money[3],
            solver_bounty: money[4],
            sealed_lock: money[5],
            sealed_fee: money[6],
            head_tolerance_wh: Wh::new(rest.0),
            zones: rest.2,
            frequency: busbar_api::grid::FrequencyTable {
                nominal: Millihertz::new(rest.1),
                steps: steps
                    .into_iter()
                    .map(|(deviation, add_on)| FrequencyStep {
                        deviation: Millihertz::new(deviation),
                        add_on: Price::new(add_on),
                    })
                    .collect(),
            },
            bank: bank.map(|(device, usable, efficiency, fee, bond)| Bank {
                device,
                usable: Wh::new(usable),
                efficiency: Ppm::new(efficiency),
                fee: Price::new(fee),
                bond: Money::new(bond),
            }),
        };
        let mut rules = whole();
        rules.versions[0].params = params;
        prop_assert_eq!(Rules::decode(&rules.encode()), Ok(rules));
    }
}
