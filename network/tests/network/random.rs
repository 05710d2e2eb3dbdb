//! Random connected networks.
use busbar_network::{Line, NetworkFile, Voltage, VoltageLimit};
use proptest::prelude::*;

/// A network file of up to `buses` buses: a random tree, and up to `chords` lines that close loops.
pub fn network(buses: usize, chords: usize) -> impl Strategy<Value = NetworkFile> {
    let line = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        1..5000u32,
        0..100_000u64,
    );
    (1..=buses)
        .prop_flat_map(move |buses| {
            let lines = prop::collection::vec(line.clone(), buses - 1..=buses - 1 + chords);
            (Just(buses), lines, any::<prop::sample::Index>())
        })
        .prop_map(|(buses, lines, root)| {
            let lines = lines
                .into_iter()
                .enumerate()
                .filter_map(|(number, (one, other, reactance, capacity))| {
                    let (from, to) = match number + 1 < buses {
                        // Every bus but the first hangs from an earlier one.
                        true => (one.index(number + 1), number + 1),
                        false => (one.index(buses), other.index(buses)),
                    };
                    (from != to).then(|| Line {
                        id: format!("l{number}"),
                        from: from.to_string(),
                        to: to.to_string(),
                        capacity_wh: capacity,
                        capacity_back_wh: None,
                        reactance: Some(reactance),
                        resistance: None,
                        derated_wh: None,
                    })
                });
            NetworkFile {
                root: root.index(buses).to_string(),
                buses: (0..buses).map(|bus| bus.to_string()).collect(),
                lines: lines.collect(),
                voltage: None,
            }
        })
}

/// A random tree with limits of voltage at some buses.
pub fn feeder(buses: usize) -> impl Strategy<Value = NetworkFile> {
    let limit = prop::option::of((0..200_000i64, 0..200_000i64));
    let limits = prop::collection::vec(limit, buses);
    (network(buses, 0), limits, 1..10_000_000u64, -500_000..500_000i64).prop_map(
        |(mut file, limits, base_wh, tan_phi_ppm)| {
            for (number, line) in file.lines.iter_mut().enumerate() {
                line.resistance = Some(u32::try_from(number * 37 % 500).unwrap());
            }
            let limits = file.buses.iter().zip(limits).filter_map(|(bus, limit)| {
                let (below, above) = limit?;
                let limit = VoltageLimit {
                    min_ppm: 1_000_000 - below,
                    max_ppm: 1_000_000 + above,
                };
                Some((bus.clone(), limit))
            });
            file.voltage = Some(Voltage {
                base_wh,
                tan_phi_ppm,
                root_ppm: 1_000_000,
                limits: limits.collect(),
            });
            file
        },
    )
}
