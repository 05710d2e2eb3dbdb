//! Packed storage of the oracle, and the energy between two readings.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
use busbar_api::oracle::{
    counted, energy, raw, Anchor, Energy, Feeder, FeederSum, IntervalState, Outcome, PruneCursor, ReadingPage,
    Registers, SlotReading, SubmitResult,
};
use busbar_units::{Interval, NetWh, Wh};
use proptest::prelude::*;

fn registers() -> impl Strategy<Value = Registers> {
    (0u64..1 << 48, 0u64..1 << 48).prop_map(|(import, export)| Registers {
        import: Wh::new(import),
        export: Wh::new(export),
    })
}

fn energies() -> impl Strategy<Value = Energy> {
    registers().prop_map(|Registers { import, export }| Energy { import, export })
}

fn readings() -> impl Strategy<Value = SlotReading> {
    let flags = any::<[bool; 3]>();
    let (reset, frozen) = (prop::option::of(registers()), prop::option::of(energies()));
    (any::<u8>(), flags, registers(), reset, frozen).prop_map(
        |(revision, [counted, estimated, late], registers, reset, frozen)| SlotReading {
            revision,
            counted,
            estimated,
            late,
            registers,
            reset,
            frozen,
        },
    )
}

fn page(readings: impl IntoIterator<Item = (u8, SlotReading)>) -> ReadingPage {
    let mut page = ReadingPage::default();
    for (slot, reading) in readings {
        page.set(slot, reading);
    }
    page
}

fn reading(import: u64, export: u64) -> SlotReading {
    SlotReading {
        registers: Registers {
            import: Wh::new(import),
            export: Wh::new(export),
        },
        ..SlotReading::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_reading_page_reads_back(hash in any::<[u8; 32]>(), slots in prop::collection::btree_map(0u8..64, readings(), 0..64)) {
        let mut page = page(slots.clone());
        page.hash = hash;
        let bytes = page.encode().unwrap();
        let read = ReadingPage::decode(&bytes).unwrap().unwrap();
        prop_assert_eq!(&read, &page);
        prop_assert!(read.iter().map(|(slot, reading)| (slot, *reading)).eq(slots.clone()));
        for slot in 0..=255 {
            prop_assert_eq!(read.get(slot), slots.get(&slot));
            prop_assert_eq!(page.get_mut(slot).copied(), slots.get(&slot).copied());
        }
        // Its hash alone is a pruned page; every other cut is an error.
        for length in 0..bytes.len() {
            match ReadingPage::decode(&bytes[..length]) {
                Ok(cut) => prop_assert!(length == 32 && cut.is_none()),
                Err(_) => prop_assert!(length != 32),
            }
        }
        prop_assert!(ReadingPage::decode(&[bytes, vec![0]].concat()).is_err());
    }
}

proptest! {
    #[test]
    fn states_anchors_and_cursors_read_back(
        net in any::<i64>(), drawn in any::<u64>(), [measured, estimated, awaited] in any::<[u32; 3]>(),
        confirmed in any::<bool>(), disputed in any::<Option<u64>>(), unexplained in any::<Option<i64>>(),
        interval in any::<u64>(), registers in registers(), page in any::<u32>(),
    ) {
        let state = IntervalState {
            net: NetWh::new(net),
            drawn: Wh::new(drawn),
            measured,
            estimated,
            awaited,
            confirmed,
            disputed: disputed.map(Interval::new),
            unexplained: unexplained.map(NetWh::new),
        };
        prop_assert_eq!(IntervalState::decode(&state.encode()).unwrap(), state);
        let interval = Interval::new(interval);
        let anchor = Anchor { interval, registers };
        prop_assert_eq!(Anchor::decode(&anchor.encode().unwrap()).unwrap(), anchor);
        let cursor = PruneCursor { interval, page };
        prop_assert_eq!(PruneCursor::decode(&cursor.encode()).unwrap(), cursor);
    }

    #[test]
    fn feeders_and_their_sums_read_back(
        bus in any::<u16>(), [interval, struck, drawn] in any::<[u64; 3]>(), [head, net] in any::<[i64; 2]>(),
        [mismatches, strikes] in any::<[u32; 2]>(), complete in any::<bool>(), count in 0usize..4,
    ) {
        let feeder = Feeder {
            bus,
            interval: Interval::new(interval),
            unexplained: NetWh::new(net),
            mismatches,
            strikes,
            struck: Interval::new(struck),
        };
        let bytes = feeder.encode();
        prop_assert_eq!(Feeder::decode(&bytes).unwrap(), feeder);
        prop_assert!((0..bytes.len()).all(|length| Feeder::decode(&bytes[..length]).is_err()));
        let sum = FeederSum { bus, head: NetWh::new(head), net: NetWh::new(net), drawn: Wh::new(drawn), complete };
        let sums = vec![sum; count];
        let mut bytes = FeederSum::encode_list(&sums);
        prop_assert_eq!(FeederSum::decode_list(&bytes).unwrap(), sums);
        if let Some(complete) = bytes.last_mut() {
            *complete = 2;
            prop_assert!(FeederSum::decode_list(&bytes).is_err());
        }
    }

    #[test]
    fn energy_is_the_step_forward_of_each_register(
        modulus in 1_000_000u64..1 << 48, import in any::<u64>(), export in any::<u64>(),
        drawn in any::<u64>(), fed in any::<u64>(), slot in 0u8..64,
    ) {
        let (import, export, drawn, fed) = (import % modulus, export % modulus, drawn % modulus, fed % modulus);
        let before = page([(slot, reading(import, export))]);
        let now = page([(slot, reading((import + drawn) % modulus, (export + fed) % modulus))]);
        let known = energy(Some(&before), Some(&now), slot, Wh::new(modulus));
        prop_assert_eq!(known, Some(Energy { import: Wh::new(drawn), export: Wh::new(fed) }));
        prop_assert_eq!(known.unwrap().net().unwrap(), NetWh::of(Wh::new(drawn), Wh::new(fed)).unwrap());
        for (before, now) in [(None, Some(&now)), (Some(&before), None), (None, None)] {
            prop_assert_eq!(energy(before, now, slot, Wh::new(modulus)), None);
        }
        prop_assert_eq!(energy(Some(&before), Some(&now), (slot + 1) % 64, Wh::new(modulus)), None);
    }

    /// Even shares run from one reading to the other, each floor(E / n) and the last with the remainder.
    #[test]
    fn even_shares_add_up_to_the_energy_between_the_readings(
        modulus in 1_000_000u64..1 << 48, import in any::<u64>(), export in any::<u64>(),
        drawn in any::<u64>(), fed in any::<u64>(), intervals in 1u64..700,
    ) {
        let wh = |value: u64| Wh::new(value % modulus);
        let from = Registers { import: wh(import), export: wh(export) };
        let (drawn, fed) = (drawn % modulus, fed % modulus);
        let to = Registers { import: wh(from.import.get() + drawn), export: wh(from.export.get() + fed) };
        let modulus = Wh::new(modulus);
        let at = |after| from.on_the_way(&to, modulus, after, intervals).unwrap();
        prop_assert_eq!((at(0), at(intervals)), (from, to));
        for after in 1..=intervals {
            let share = at(after - 1).until(&at(after), modulus).unwrap();
            let (mut expected_drawn, mut expected_fed) = (drawn / intervals, fed / intervals);
            if after == intervals {
                (expected_drawn, expected_fed) = (expected_drawn + drawn % intervals, expected_fed + fed % intervals);
            }
            prop_assert_eq!(share, Energy { import: Wh::new(expected_drawn), export: Wh::new(expected_fed) });
        }
        prop_assert_eq!(from.on_the_way(&to, modulus, intervals + 1, intervals), None);
        prop_assert_eq!(from.on_the_way(&to, modulus, 0, 0), None);
    }

    /// Whatever the registers say later, what is in the net sum stays, and late energy is no interval's.
    #[test]
    fn counted_is_frozen_and_late_is_unknown(before in readings(), now in readings(), slot in 0u8..64) {
        let modulus = Wh::new(1 << 48);
        let (previous, current) = (page([(slot, before)]), page([(slot, now)]));
        let (previous, current) = (Some(&previous), Some(&current));
        let known = energy(previous, current, slot, modulus);
        prop_assert_eq!(known.is_none(), now.late);
        let stays = counted(previous, current, slot, modulus);
        prop_assert_eq!(stays, if now.counted { now.frozen.or(known) } else { None });
        prop_assert_eq!(counted(None, current, slot, modulus), now.frozen.filter(|_| now.counted));
    }

    #[test]
    fn keys_order_by_interval_and_page(a in any::<(u64, u32)>(), b in any::<(u64, u32)>()) {
        let key = |(interval, page)| raw::page_key(Interval::new(interval), page);
        prop_assert_eq!(key(a).cmp(&key(b)), a.cmp(&b));
        // A range over an interval's pages holds all of them and no others.
        let near = (a.0 ^ 1, b.1);
        for other in [(a.0, b.1), near, b] {
            prop_assert_eq!(key(other).starts_with(&raw::pages_prefix(Interval::new(a.0))), other.0 == a.0);
        }
    }
}

#[test]
fn after_a_reset_energy_starts_from_the_new_meters_registers() {
    let modulus = Wh::new(1_000_000);
    let first = Registers {
        import: Wh::new(7),
        export: Wh::new(3),
    };
    let reset = SlotReading {
        reset: Some(first),
        ..reading(900_000, 5)
    };
    assert_eq!((reset.base(), reading(1, 2).base()), (first, reading(1, 2).registers));
    let (earlier, before, now) = (
        page([(0, reading(899_000, 5))]),
        page([(0, reset)]),
        page([(0, reading(107, 4))]),
    );
    let known = |import, export| {
        Some(Energy {
            import: Wh::new(import),
            export: Wh::new(export),
        })
    };
    assert_eq!(energy(Some(&earlier), Some(&before), 0, modulus), known(1_000, 0));
    assert_eq!(energy(Some(&before), Some(&now), 0, modulus), known(100, 1));
}

#[test]
fn registers_not_below_the_modulus_have_no_energy() {
    let modulus = Wh::new(1_000_000);
    let fine = reading(999_999, 999_999);
    for bad in [reading(1_000_000, 0), reading(0, 1_000_000)] {
        assert_eq!(fine.registers.until(&bad.registers, modulus), None);
        assert_eq!(bad.registers.until(&fine.registers, modulus), None);
    }
    assert_eq!(fine.registers.until(&fine.registers, modulus), Some(Energy::ZERO));
}

#[test]
fn what_does_not_fit_is_neither_packed_nor_read() {
    assert!(page([(0, reading(1 << 48, 0))]).encode().is_err());
    assert!(page([(0, reading(0, 1 << 48))]).encode().is_err());
    let mut bytes = page([(0, reading(1, 2))]).encode().unwrap();
    bytes[41] = 32;
    assert!(ReadingPage::decode(&bytes).is_err());
    assert!(IntervalState::decode(&[8, 0, 0, 0, 0, 0]).is_err());
    assert!(IntervalState::decode(&[1, 0, 0, 0, 0, 0, 0]).is_err());
    assert!(IntervalState::decode(&[2, 0, 0, 0, 0, 0]).is_err());
    assert!(PruneCursor::decode(&[0; 13]).is_err());
    assert!(Anchor::decode(&[0; 21]).is_err());
    // A slot above 63 holds nothing.
    assert_eq!(page([(64, reading(1, 2))]), ReadingPage::default());
}

#[test]
fn outcomes_have_their_json_names_and_counts() {
    for outcome in Outcome::ALL {
        let json = cosmwasm_std::to_json_string(&outcome).unwrap();
        assert_eq!(json, format!("\"{}\"", outcome.name()));
        let stays = matches!(outcome, Outcome::Accepted | Outcome::Duplicate);
        assert_eq!(outcome.is_rejected(), !stays);
    }
    let result = SubmitResult {
        batches: vec![vec![Outcome::Accepted, Outcome::Forged], vec![Outcome::Accepted]],
    };
    assert_eq!(result.count(Outcome::Accepted), 2);
    assert_eq!(
        result.counts().into_iter().collect::<Vec<_>>(),
        [(Outcome::Accepted, 2), (Outcome::Forged, 1)]
    );
}
