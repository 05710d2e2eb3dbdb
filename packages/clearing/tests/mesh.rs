//! Proposals for meshes: what is accepted, each way to be refused, and the bound that no multiplier can lower.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]
mod support;

use busbar_clearing::mesh::{Mesh, MeshLine, Proof, Proposal, Terms, Voltage, VoltageLimit, DUAL_SCALE, PER_UNIT};
use busbar_clearing::{ClearingError, NetworkError, Order, Violation};
use busbar_units::{NetWh, Ppm, Price, Wh};
use support::random::Random;
use support::{bounds, buy, line, numbers, sell, wh};

fn mesh_line(from: usize, to: usize, capacity: u64, reactance: u32) -> MeshLine {
    MeshLine {
        line: line(from, to, capacity, capacity),
        reactance,
        resistance: 0,
    }
}

/// Three buses, three equal lines; the direct line from the cheap plant at 0 to the load at 2 carries 40 kWh.
fn triangle() -> Mesh {
    let lines = vec![
        mesh_line(0, 1, 100_000, 1000),
        mesh_line(1, 2, 100_000, 1000),
        mesh_line(0, 2, 40_000, 1000),
    ];
    Mesh::new(3, 0, lines, None).unwrap()
}

/// Cheap energy at 0, dear energy at 1, a load at 2 that pays 100.
fn market() -> Vec<Order> {
    vec![sell(0, 10, 80_000), sell(1, 30, 80_000), buy(2, 100, 90_000)]
}

/// The textbook solution: two thirds of what 0 feeds and one third of what 1 feeds take the direct line, so
/// 30 + 60 kWh fill it; the load's price, 50, is above both plants'.
fn solution() -> Proposal {
    Proposal {
        fills: [30_000, 60_000, 90_000].map(Wh::new).to_vec(),
        prices: [10, 30, 50].map(|price| price * DUAL_SCALE).to_vec(),
        chords: vec![NetWh::new(50_000)],
        kirchhoff: vec![DUAL_SCALE / 50],
        voltage: vec![],
    }
}

fn terms(epsilon: i64) -> Terms {
    Terms {
        bounds: bounds(0, 200),
        epsilon: Ppm::new(epsilon),
    }
}

fn judged(proposal: &Proposal) -> Result<Proof, Violation> {
    triangle().verify(&market(), proposal, terms(10))
}

/// The solution with one thing changed.
fn but(change: impl FnOnce(&mut Proposal)) -> Result<Proof, Violation> {
    let mut proposal = solution();
    change(&mut proposal);
    judged(&proposal)
}

#[test]
fn a_loop_is_cleared_at_three_prices() {
    let proof = judged(&solution()).unwrap();
    assert_eq!(numbers(&proof.prices), [10, 30, 50]);
    assert_eq!(proof.flows, [-10_000, 50_000, 40_000].map(NetWh::new));
    assert_eq!(proof.welfare, 100 * 90_000 - 10 * 30_000 - 30 * 60_000);
    // The reactances around the loop, 3000, at 0.02 each: what whole watt-hours may hide.
    assert_eq!((proof.gap, proof.dual), (60, proof.welfare + 60));
    assert_eq!(proof.rent, 50 * 90_000 - 10 * 30_000 - 30 * 60_000);
    assert_eq!((proof.volume, proof.no_trade), (90_000, vec![false; 3]));
}

#[test]
fn the_cycle_is_the_one_of_the_first_found_tree() {
    let mesh = triangle();
    let [cycle] = mesh.cycles() else { panic!("one loop") };
    assert_eq!((cycle.chord, cycle.tolerance), (1, 3000));
    assert_eq!(cycle.lines, [(1, true), (2, false), (0, true)]);
    assert_eq!(mesh.branches(), [0, 2]);
    assert!(!mesh.is_plain_tree());
}

#[test]
fn lists_of_the_wrong_length_are_refused() {
    let short = |field, expected: usize| {
        Err(Violation::Length {
            field,
            count: expected - 1,
            expected,
        })
    };
    assert_eq!(but(|p| p.fills.truncate(2)), short("fills", 3));
    assert_eq!(but(|p| p.prices.truncate(2)), short("prices", 3));
    assert_eq!(but(|p| p.chords.clear()), short("chords", 1));
    assert_eq!(but(|p| p.kirchhoff.clear()), short("kirchhoff", 1));
}

#[test]
fn a_fill_above_its_order_is_refused() {
    let (fill, quantity) = (Wh::new(90_001), Wh::new(90_000));
    let refused = Err(Violation::Fill {
        order: 2,
        fill,
        quantity,
    });
    assert_eq!(but(|p| p.fills[2] = fill), refused);
}

#[test]
fn nobody_pays_more_or_gets_less_than_the_limit() {
    let below = but(|p| p.prices[1] = 29 * DUAL_SCALE);
    let refused = |order, price, limit| {
        Err(Violation::Limit {
            order,
            price: Price::new(price),
            limit: Price::new(limit),
        })
    };
    assert_eq!(below, refused(1, 29, 30));
    assert_eq!(but(|p| p.prices[2] = 101 * DUAL_SCALE), refused(2, 101, 100));
    // What is paid is the nearest whole price.
    assert!(but(|p| p.prices[1] -= DUAL_SCALE / 2).is_err_and(|violation| matches!(violation, Violation::Gap { .. })));
    assert_eq!(but(|p| p.prices[1] -= DUAL_SCALE / 2 + 1), refused(1, 29, 30));
}

#[test]
fn a_missing_watt_hour_is_refused() {
    let refused = Err(Violation::Balance { bus: 0, excess: 1 });
    assert_eq!(but(|p| p.fills[0] = Wh::new(29_999)), refused);
}

#[test]
fn a_full_line_is_full() {
    // One more from the chord puts one less on the direct line: the other way round breaks its limit.
    let refused = Err(Violation::Flow {
        line: 2,
        flow: NetWh::new(40_001),
        capacity: Wh::new(40_000),
        capacity_back: Wh::new(40_000),
    });
    assert_eq!(but(|p| p.chords[0] = NetWh::new(49_999)), refused);
}

#[test]
fn kirchhoffs_law_holds_to_a_watt_hour_around_the_loop() {
    assert!(but(|p| p.chords[0] = NetWh::new(50_001)).is_ok());
    let refused = Err(Violation::Kirchhoff {
        cycle: 0,
        residual: 6000,
        tolerance: 3000,
    });
    assert_eq!(but(|p| p.chords[0] = NetWh::new(50_002)), refused);
}

#[test]
fn multipliers_that_prove_too_little_are_refused() {
    let gap = |proposal: Result<Proof, Violation>| match proposal {
        Err(Violation::Gap { gap, allowed, .. }) => (gap, allowed),
        other => panic!("{other:?}"),
    };
    // 6,900,000 of welfare allow 69 at ten millionths. The two wide lines count with what can reach them: 90,000 Wh
    // fed in and 4 that may circulate.
    assert_eq!(gap(but(|p| p.kirchhoff[0] = 0)), (2_800_160, 69));
    assert!(triangle().verify(&market(), &solution(), terms(9)).is_ok());
    let refused = Violation::Gap {
        welfare: 6_900_000,
        dual: 6_900_060,
        gap: 60,
        allowed: 55,
    };
    assert_eq!(triangle().verify(&market(), &solution(), terms(8)), Err(refused));
}

#[test]
fn payments_below_receipts_are_refused() {
    // Welfare is as before; the prices would have the fund pay.
    let mesh = Mesh::new(2, 0, vec![mesh_line(0, 1, 10, 1)], None).unwrap();
    let orders = [sell(0, 0, 10), buy(1, 100, 10)];
    let proposal = Proposal {
        fills: vec![Wh::new(10); 2],
        prices: vec![60 * DUAL_SCALE, 40 * DUAL_SCALE],
        ..Proposal::default()
    };
    let all = Terms {
        bounds: bounds(0, 100),
        epsilon: Ppm::new(1_000_000),
    };
    assert_eq!(
        mesh.verify(&orders, &proposal, all),
        Err(Violation::Deficit { rent: -200 })
    );
}

#[test]
fn sums_beyond_128_bits_are_refused() {
    let wide = |from, to| mesh_line(from, to, 1 << 60, u32::MAX);
    let mesh = Mesh::new(3, 0, vec![wide(0, 1), wide(1, 2), wide(0, 2)], None).unwrap();
    let orders = [sell(0, 10, 1 << 48), buy(2, 100, 1 << 48)];
    let proposal = Proposal {
        fills: vec![Wh::ZERO; 2],
        prices: vec![0; 3],
        chords: vec![NetWh::ZERO],
        kirchhoff: vec![i64::MAX],
        voltage: vec![],
    };
    assert_eq!(mesh.verify(&orders, &proposal, terms(10)), Err(Violation::Overflow));
}

#[test]
fn orders_beyond_the_bounds_are_refused() {
    let refused = |orders: &[Order]| triangle().verify(orders, &solution(), terms(10));
    let unknown = ClearingError::UnknownBus {
        order: 0,
        bus: 3,
        buses: 3,
    };
    assert_eq!(refused(&[buy(3, 5, 1)]), Err(Violation::Orders(unknown)));
    let quantity = ClearingError::Quantity {
        order: 0,
        quantity: Wh::ZERO,
        max: Wh::new(1 << 48),
    };
    assert_eq!(refused(&[buy(0, 5, 0)]), Err(Violation::Orders(quantity)));
}

#[test]
fn prices_beyond_the_cap_are_paid_at_the_cap() {
    // The load's own price may be anything up to 100 when it takes all it wants: 130 is clamped.
    let mut proposal = solution();
    let orders = [sell(0, 10, 80_000), sell(1, 30, 80_000), buy(2, 50, 90_000)];
    proposal.prices[2] = 50 * DUAL_SCALE;
    let narrow = Terms {
        bounds: bounds(10, 50),
        epsilon: Ppm::new(1000),
    };
    let proof = triangle().verify(&orders, &proposal, narrow).unwrap();
    assert_eq!(numbers(&proof.prices), [10, 30, 50]);
    proposal.prices[2] = 60 * DUAL_SCALE;
    let clamped = triangle().verify(&orders, &proposal, narrow);
    assert!(matches!(clamped, Err(Violation::Gap { .. })), "{clamped:?}");
    let wide = Terms {
        epsilon: Ppm::new(1_000_000),
        ..narrow
    };
    assert_eq!(
        numbers(&triangle().verify(&orders, &proposal, wide).unwrap().prices),
        [10, 30, 50]
    );
}

#[test]
fn equal_orders_share_whatever_the_solver_says() {
    let mut orders = market();
    orders.push(buy(2, 100, 45_000));
    orders[2].quantity = Wh::new(90_000);
    let mut proposal = solution();
    proposal.fills = [30_000, 60_000, 90_000, 0].map(Wh::new).to_vec();
    let loose = Terms {
        bounds: bounds(0, 200),
        epsilon: Ppm::new(900_000),
    };
    let proof = triangle().verify(&orders, &proposal, loose).unwrap();
    assert_eq!(wh(&proof.fills), [30_000, 60_000, 60_000, 30_000]);
}

#[test]
fn a_bus_without_fills_at_the_cap_has_a_formal_price() {
    let mesh = Mesh::new(2, 0, vec![mesh_line(0, 1, 0, 0)], None).unwrap();
    let orders = [sell(0, 0, 10), buy(0, 40, 10), sell(1, 200, 5)];
    let proposal = Proposal {
        fills: [10, 10, 0].map(Wh::new).to_vec(),
        prices: vec![20 * DUAL_SCALE, 200 * DUAL_SCALE],
        ..Proposal::default()
    };
    let proof = mesh.verify(&orders, &proposal, terms(0)).unwrap();
    assert_eq!((proof.no_trade, proof.gap), (vec![false, true], 0));
}

/// A feeder of two lines, each 0.01 + j0.02 p.u., with 1 p.u. = 1 MWh, and a lowest voltage at its end.
fn feeder(min: i64, max: i64) -> Result<Mesh, NetworkError> {
    let lines = [(0, 1), (2, 1)].map(|(from, to)| MeshLine {
        line: line(from, to, 1_000_000, 1_000_000),
        reactance: 2000,
        resistance: 1000,
    });
    let voltage = Voltage {
        base: Wh::new(1_000_000),
        tan_phi: Ppm::new(500_000),
        root: Ppm::new(PER_UNIT),
        limits: vec![VoltageLimit {
            bus: 2,
            min: Ppm::new(min),
            max: Ppm::new(max),
        }],
    };
    Mesh::new(3, 0, lines.to_vec(), Some(&voltage))
}

/// `2 (0.01 + 0.02 x 0.5)` per line is 0.04 p.u. of squared voltage per p.u. of power.
#[test]
fn a_voltage_limit_is_a_row_of_the_lines_on_the_way() {
    let mesh = feeder(980_000, 1_020_000).unwrap();
    let rows: Vec<_> = mesh.voltage_rows().collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].bus, &rows[0].lines[..]),
        (2, &[(1, false, 4_000_000), (0, true, 4_000_000)][..])
    );
    // 1 - 0.98^2 = 0.0396 and 1.02^2 - 1 = 0.0404, in 1e-8 p.u. times the base.
    assert_eq!((rows[0].drop, rows[0].rise), (3_960_000_000_000, 4_040_000_000_000));
    assert!(!mesh.is_plain_tree());
}

#[test]
fn voltage_binds_in_both_directions() {
    let mesh = feeder(980_000, 1_020_000).unwrap();
    let judge = |orders: &[Order], fill: u64, prices: [i64; 3], voltage: Vec<(usize, i64)>| {
        let proposal = Proposal {
            fills: vec![Wh::new(fill); 2],
            prices: prices.map(|price| price * DUAL_SCALE).to_vec(),
            voltage,
            ..Proposal::default()
        };
        let terms = Terms {
            bounds: bounds(0, 200),
            epsilon: Ppm::new(1),
        };
        mesh.verify(orders, &proposal, terms)
    };
    // Drawn at the end: 8 x 495,000 Wh = 3.96e6 use the drop up; the price rises by 40 per line.
    let exact = [sell(0, 20, 1_000_000), buy(2, 100, 1_000_000)];
    let proof = judge(&exact, 495_000, [20, 60, 100], vec![(2, 10_000)]).unwrap();
    assert_eq!((proof.gap, proof.rent), (0, 80 * 495_000));
    let refused = judge(&exact, 495_001, [20, 60, 100], vec![(2, 10_000)]);
    let fallen = 8_000_000 * 495_001;
    assert_eq!(
        refused,
        Err(Violation::Voltage {
            bus: 2,
            fallen,
            drop: 3_960_000_000_000,
            rise: 4_040_000_000_000,
        })
    );
    // Fed in at the end: the highest voltage binds.
    let fed = [sell(2, 20, 1_000_000), buy(0, 100, 1_000_000)];
    assert_eq!(
        judge(&fed, 505_000, [100, 60, 20], vec![(2, -10_000)]).map(|proof| proof.gap),
        Ok(0)
    );
    assert!(matches!(
        judge(&fed, 505_001, [100, 60, 20], vec![(2, -10_000)]),
        Err(Violation::Voltage { bus: 2, .. })
    ));
    let unlimited = judge(&fed, 505_000, [100, 60, 20], vec![(1, -10_000)]);
    assert_eq!(unlimited, Err(Violation::NoVoltageLimit { bus: 1 }));
    let nowhere = judge(&fed, 505_000, [100, 60, 20], vec![(3, -10_000)]);
    assert_eq!(nowhere, Err(Violation::NoVoltageLimit { bus: 3 }));
}

#[test]
fn networks_that_make_no_sense_are_refused() {
    let refused = |buses, lines: Vec<MeshLine>| Mesh::new(buses, 0, lines, None).map(|_| ()).unwrap_err();
    let itself = refused(2, vec![mesh_line(0, 1, 1, 1), mesh_line(1, 1, 1, 1)]);
    assert_eq!(itself, NetworkError::SelfLoop { line: 1, bus: 1 });
    let two = |x| vec![mesh_line(0, 1, 1, 1), mesh_line(1, 0, 1, x)];
    assert_eq!(refused(2, two(0)), NetworkError::Reactance { line: 1 });
    assert!(Mesh::new(2, 0, two(1), None).is_ok());
    assert_eq!(refused(3, two(1)), NetworkError::Island { bus: 2 });
    let unknown = refused(2, vec![mesh_line(0, 2, 1, 1)]);
    assert_eq!(
        unknown,
        NetworkError::UnknownBus {
            line: 0,
            bus: 2,
            buses: 2
        }
    );
    assert!(matches!(
        refused(0, vec![]),
        NetworkError::UnknownRoot { root: 0, buses: 0 }
    ));
    let voltage = |field, value, min, max| NetworkError::Voltage { field, value, min, max };
    let above = feeder(1_000_001, 1_020_000).map(|_| ());
    assert_eq!(above, Err(voltage("voltage.limits.min", 1_000_001, 0, 1_000_000)));
    let below = feeder(980_000, 999_999).map(|_| ());
    assert_eq!(below, Err(voltage("voltage.limits.max", 999_999, 1_000_000, 2_000_000)));
}

#[test]
fn figures_of_the_voltage_limits_have_bounds() {
    let with = |change: fn(&mut Voltage)| {
        let mut voltage = Voltage {
            base: Wh::new(1000),
            tan_phi: Ppm::new(0),
            root: Ppm::new(PER_UNIT),
            limits: vec![VoltageLimit {
                bus: 1,
                min: Ppm::new(900_000),
                max: Ppm::new(1_100_000),
            }],
        };
        change(&mut voltage);
        Mesh::new(2, 0, vec![mesh_line(0, 1, 1, 1)], Some(&voltage)).map(|_| ())
    };
    assert_eq!(with(|_| ()), Ok(()));
    let field = |result: Result<(), NetworkError>| match result {
        Err(NetworkError::Voltage { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(with(|v| v.base = Wh::ZERO)), "voltage.base");
    assert_eq!(field(with(|v| v.base = Wh::new((1 << 48) + 1))), "voltage.base");
    assert_eq!(field(with(|v| v.root = Ppm::new(499_999))), "voltage.root");
    assert_eq!(field(with(|v| v.root = Ppm::new(2_000_001))), "voltage.root");
    assert_eq!(field(with(|v| v.tan_phi = Ppm::new(2_000_001))), "voltage.tan_phi");
    assert_eq!(field(with(|v| v.tan_phi = Ppm::new(-2_000_001))), "voltage.tan_phi");
    let twice = with(|v| v.limits.push(v.limits[0]));
    assert_eq!(twice, Err(NetworkError::VoltageTwice { bus: 1 }));
    let unknown = with(|v| v.limits[0].bus = 2);
    assert_eq!(unknown, Err(NetworkError::VoltageBus { bus: 2, buses: 2 }));
}

/// Every feasible clearing of a tiny market, by trying all: its largest welfare, or none if nothing is feasible.
fn best_by_trying(mesh: &Mesh, orders: &[Order]) -> i128 {
    let mut best = i128::MIN;
    let reach = 4i64;
    let chords = mesh.cycles().len();
    let counts: Vec<u64> = orders.iter().map(|order| order.quantity.get() + 1).collect();
    let all: u64 = counts.iter().product();
    for number in 0..all {
        let mut rest = number;
        let mut exports = vec![0i128; mesh.buses()];
        let mut welfare = 0i128;
        for (order, count) in orders.iter().zip(&counts) {
            let fill = i128::from(rest % count);
            rest /= count;
            let sign = if order.side == busbar_clearing::Side::Buy {
                1
            } else {
                -1
            };
            welfare += sign * i128::from(order.price.get()) * fill;
            exports[order.bus] -= sign * fill;
        }
        if exports.iter().sum::<i128>() != 0 || welfare <= best {
            continue;
        }
        let width = 2 * reach + 1;
        for code in 0..width.pow(chords as u32) {
            let flows: Vec<NetWh> = (0..chords)
                .map(|k| NetWh::new(code / width.pow(k as u32) % width - reach))
                .collect();
            let (flows, _) = mesh.flows(&exports, &flows).unwrap();
            let carried =
                mesh.lines().iter().zip(&flows).all(|(l, f)| {
                    f.get() <= l.line.capacity.get() as i64 && -f.get() <= l.line.capacity_back.get() as i64
                });
            let lawful = mesh.cycles().iter().all(|cycle| {
                let sum: i128 = cycle
                    .lines
                    .iter()
                    .map(|&(l, along)| {
                        let drop = i128::from(mesh.lines()[l].reactance) * i128::from(flows[l].get());
                        if along {
                            drop
                        } else {
                            -drop
                        }
                    })
                    .sum();
                sum.abs() <= cycle.tolerance
            });
            let steady = mesh.voltage_rows().all(|row| {
                let sum: i128 = row
                    .lines
                    .iter()
                    .map(|&(l, away, k)| k * i128::from(if away { flows[l].get() } else { -flows[l].get() }))
                    .sum();
                -row.rise <= sum && sum <= row.drop
            });
            if carried && lawful && steady {
                best = welfare;
                break;
            }
        }
    }
    best
}

/// A loop of four buses with a diagonal, now and then with a voltage limit, and up to four orders of up to 3 Wh.
fn tiny(random: &mut Random) -> (Mesh, Vec<Order>) {
    let mut lines: Vec<MeshLine> = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]
        .into_iter()
        .take(4 + random.below(2) as usize)
        .map(|(from, to)| MeshLine {
            line: line(from, to, random.below(4), random.below(4)),
            reactance: 1 + random.below(9) as u32,
            resistance: random.below(9) as u32,
        })
        .collect();
    random.shuffle(&mut lines);
    let voltage = Voltage {
        base: Wh::new(1000),
        tan_phi: Ppm::new(300_000),
        root: Ppm::new(PER_UNIT),
        limits: vec![VoltageLimit {
            bus: random.below(4) as usize,
            min: Ppm::new(PER_UNIT - random.between(0, 1)),
            max: Ppm::new(PER_UNIT + random.between(0, 1)),
        }],
    };
    let voltage = (random.below(3) == 0).then_some(&voltage);
    let orders = (0..2 + random.below(3)).map(|number| {
        let (bus, price) = (random.below(4) as usize, random.between(-5, 20));
        let quantity = 1 + random.below(3);
        if number % 2 == 0 {
            buy(bus, price, quantity)
        } else {
            sell(bus, price, quantity)
        }
    });
    let orders = orders.collect();
    (Mesh::new(4, 0, lines, voltage).unwrap(), orders)
}

#[test]
fn no_multipliers_put_the_bound_below_the_best_feasible_clearing() {
    let mut random = Random(7);
    let (mut tried, mut positive, mut tight) = (0, 0, 0);
    for _ in 0..1000 {
        let (mesh, orders) = tiny(&mut random);
        // Nothing at all is feasible: the best is at least 0.
        let best = best_by_trying(&mesh, &orders);
        assert!(best >= 0);
        positive += usize::from(best > 0);
        let limited: Vec<usize> = mesh.voltage_rows().map(|row| row.bus).collect();
        for _ in 0..20 {
            let fine = |random: &mut Random| random.between(-8, 22) * DUAL_SCALE + random.between(-3, 3);
            let base = fine(&mut random);
            let alike = random.below(2) == 0;
            let proposal = Proposal {
                fills: vec![Wh::ZERO; orders.len()],
                prices: (0..4).map(|_| if alike { base } else { fine(&mut random) }).collect(),
                chords: vec![NetWh::ZERO; mesh.cycles().len()],
                kirchhoff: mesh
                    .cycles()
                    .iter()
                    .map(|_| random.between(-2, 2) * DUAL_SCALE / 2)
                    .collect(),
                voltage: limited
                    .iter()
                    .map(|&bus| (bus, random.between(-30_000, 30_000)))
                    .collect(),
            };
            let dual = match mesh.verify(&orders, &proposal, terms_of_all()) {
                Ok(proof) => proof.dual,
                Err(Violation::Gap { dual, .. }) => dual,
                Err(other) => panic!("an empty clearing is feasible: {other}"),
            };
            assert!(dual >= best, "{dual} < {best}: {mesh:?} {orders:?} {proposal:?}");
            tried += 1;
            tight += usize::from(dual <= best + 2);
        }
    }
    println!("{tried} sets of multipliers, {positive} of 1000 markets with something to gain, {tight} bounds within 2");
    assert!(positive > 300 && tight > 100);
}

fn terms_of_all() -> Terms {
    Terms {
        bounds: bounds(-100, 100),
        epsilon: Ppm::new(0),
    }
}
