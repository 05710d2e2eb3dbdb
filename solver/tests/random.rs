//! Random meshes: every clearing found is proven, near the optimum, and no worse than the exact one of a tree.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test stops at the first surprise"
)]

use busbar_clearing::mesh::{Mesh, MeshLine, PER_UNIT, Voltage, VoltageLimit};
use busbar_clearing::{Line, Network, Order, PriceBounds, Side, clear};
use busbar_solver::solve;
use busbar_units::{Ppm, Price, Wh};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const BOUNDS: PriceBounds = PriceBounds {
    floor: Price::new(-100_000),
    cap: Price::new(1_000_000),
};

fn line(random: &mut ChaCha8Rng, from: usize, to: usize) -> MeshLine {
    let [capacity, capacity_back] = [(); 2].map(|()| Wh::new(random.gen_range(0..20_000)));
    MeshLine {
        line: Line {
            from,
            to,
            capacity,
            capacity_back,
        },
        reactance: random.gen_range(100..5000),
        resistance: random.gen_range(100..5000),
    }
}

/// A random tree of `buses` with `loops` more lines.
fn lines(random: &mut ChaCha8Rng, buses: usize, loops: usize) -> Vec<MeshLine> {
    let mut lines: Vec<MeshLine> = (1..buses)
        .map(|to| {
            let from = random.gen_range(0..to);
            line(random, from, to)
        })
        .collect();
    while lines.len() < buses - 1 + loops {
        let (from, to) = (random.gen_range(0..buses), random.gen_range(0..buses));
        if from != to {
            lines.push(line(random, from, to));
        }
    }
    lines
}

fn orders(random: &mut ChaCha8Rng, buses: usize, count: usize) -> Vec<Order> {
    let mut order = || Order {
        bus: random.gen_range(0..buses),
        side: if random.gen_bool(0.5) { Side::Buy } else { Side::Sell },
        // Whole cents: many ties.
        price: Price::new(random.gen_range(-5..=33) * 10_000),
        quantity: Wh::new(random.gen_range(1..=5000)),
    };
    (0..count).map(|_| order()).collect()
}

#[test]
fn loops_are_cleared_within_a_thousandth() {
    let (mut worst, mut sum, mut traded) = (0.0f64, 0.0, 0);
    for seed in 0..200 {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let (buses, loops) = (random.gen_range(3..30), random.gen_range(1..6));
        let mesh = Mesh::new(buses, 0, lines(random, buses, loops), None).unwrap();
        let orders = orders(random, buses, buses * 6);
        let solution = solve(&mesh, &orders, BOUNDS).unwrap();
        let share = solution.proof.gap as f64 / solution.proof.welfare.max(1) as f64;
        traded += usize::from(solution.proof.volume > 0);
        worst = worst.max(share);
        sum += share;
    }
    println!(
        "200 meshes, {traded} with trade: mean gap {:.1e} of W, worst {worst:.1e}",
        sum / 200.0
    );
    assert!(traded > 190 && worst < 1e-2 && sum / 200.0 < 1e-3);
}

#[test]
fn a_tree_is_cleared_as_well_as_by_the_exact_solver() {
    for seed in 0..100 {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let buses = random.gen_range(1..40);
        let lines = lines(random, buses, 0);
        let orders = orders(random, buses, buses * 4);
        let plain = Network::new(buses, 0, lines.iter().map(|line| line.line).collect()).unwrap();
        let exact = clear(&plain, &orders, BOUNDS).unwrap();
        let welfare: i128 = orders
            .iter()
            .zip(&exact.fills)
            .map(|(order, fill)| {
                let value = i128::from(order.price.get()) * i128::from(fill.get());
                if order.side == Side::Buy { value } else { -value }
            })
            .sum();
        let solution = solve(&Mesh::new(buses, 0, lines, None).unwrap(), &orders, BOUNDS).unwrap();
        assert_eq!(solution.proof.welfare, welfare, "seed {seed}");
    }
}

#[test]
fn many_orders_are_cleared_a_window_at_a_time() {
    let random = &mut ChaCha8Rng::seed_from_u64(1);
    let mesh = Mesh::new(20, 0, lines(random, 20, 4), None).unwrap();
    let mut orders = orders(random, 20, 4000);
    for (number, order) in orders.iter_mut().enumerate() {
        order.price = Price::new(order.price.get() + i64::try_from(number).unwrap() % 9973);
    }
    let solution = solve(&mesh, &orders, BOUNDS).unwrap();
    let share = solution.proof.gap as f64 / solution.proof.welfare as f64;
    println!("4000 orders: gap {share:.1e} of W");
    assert!(share < 1e-4);
}

#[test]
fn voltage_limits_are_kept_and_priced() {
    let mut bound = 0;
    for seed in 0..100 {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let buses = random.gen_range(3..30);
        let loops = random.gen_range(0..3);
        let lines: Vec<MeshLine> = lines(random, buses, loops)
            .into_iter()
            .map(|mut line| {
                line.line.capacity = Wh::new(1 << 40);
                line.line.capacity_back = Wh::new(1 << 40);
                line
            })
            .collect();
        let voltage = Voltage {
            base: Wh::new(1_000_000),
            tan_phi: Ppm::new(random.gen_range(0..500_000)),
            root: Ppm::new(PER_UNIT),
            limits: (1..buses)
                .map(|bus| VoltageLimit {
                    bus,
                    min: Ppm::new(999_500),
                    max: Ppm::new(1_000_500),
                })
                .collect(),
        };
        let mesh = Mesh::new(buses, 0, lines, Some(&voltage)).unwrap();
        let mut orders = orders(random, buses, buses * 6);
        // The grid behind the root buys and sells whatever the rest wants.
        for (side, price) in [(Side::Sell, 210_000), (Side::Buy, 70_000)] {
            orders.push(Order {
                bus: 0,
                side,
                price: Price::new(price),
                quantity: Wh::new(10_000_000),
            });
        }
        let solution = solve(&mesh, &orders, BOUNDS).unwrap();
        bound += usize::from(!solution.proposal.voltage.is_empty() && solution.proof.rent > 0);
        let share = solution.proof.gap as f64 / solution.proof.welfare.max(1) as f64;
        assert!(share < 2e-3, "seed {seed}: {share}");
    }
    println!("voltage bound in {bound} of 100 markets");
    assert!(bound > 50);
}

#[test]
fn rounded_voltage_multipliers_break_no_limit_price() {
    let mut bound = 0;
    for seed in 0..40 {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        // A long feeder of high impedance: one billionth of the last bus' multiplier moves its price by 4.
        let lines: Vec<MeshLine> = (1..30)
            .map(|to| MeshLine {
                line: Line {
                    from: to - 1,
                    to,
                    capacity: Wh::new(1 << 40),
                    capacity_back: Wh::new(1 << 40),
                },
                reactance: 0,
                resistance: random.gen_range(50_000..100_000),
            })
            .collect();
        let limits = (1..30).map(|bus| VoltageLimit {
            bus,
            min: Ppm::new(950_000),
            max: Ppm::new(1_050_000),
        });
        let voltage = Voltage {
            base: Wh::new(1_000_000),
            tan_phi: Ppm::ZERO,
            root: Ppm::new(PER_UNIT),
            limits: limits.collect(),
        };
        let mesh = Mesh::new(30, 0, lines, Some(&voltage)).unwrap();
        let mut orders = orders(random, 30, 200);
        for order in &mut orders {
            order.price = Price::new(random.gen_range(70_000..=330_000));
        }
        let solution = solve(&mesh, &orders, BOUNDS).unwrap();
        bound += usize::from(!solution.proposal.voltage.is_empty());
        let share = solution.proof.gap as f64 / solution.proof.welfare as f64;
        assert!(share < 1e-3, "seed {seed}: {share}");
    }
    println!("voltage bound in {bound} of 40 markets");
    assert!(bound > 20);
}
