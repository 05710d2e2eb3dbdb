//! The answers of an independent DC optimal power flow (data/networks/reference) are met.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test stops at the first surprise"
)]

use busbar_clearing::mesh::{DUAL_SCALE, Mesh, MeshLine};
use busbar_clearing::{Line, Order, PriceBounds, Side};
use busbar_solver::{Solution, solve};
use busbar_units::{Price, Wh};
use serde_json::Value;

/// One price is 1e-6 $/MWh, one Wh of the market 1e-6 MW.
const MILLION: f64 = 1e6;
/// What loads would pay, $/MWh: all are served.
const LOAD: f64 = 1000.0;
/// Steps into which a quadratic cost is cut.
const STEPS: u32 = 1000;

fn read(file: &str) -> Value {
    let path = format!("{}/../data/networks/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().unwrap()
}

fn number(value: &Value, field: &str) -> f64 {
    value[field].as_f64().unwrap()
}

/// A case as a market, and the costs that no dispatch changes.
struct Market {
    mesh: Mesh,
    orders: Vec<Order>,
    fixed: f64,
    buses: Vec<u64>,
}

fn market(case: &Value, scale: f64) -> Market {
    let buses: Vec<u64> = list(case, "bus")
        .iter()
        .map(|bus| bus["bus"].as_u64().unwrap())
        .collect();
    let at = |value: &Value| buses.iter().position(|&bus| bus == value.as_u64().unwrap()).unwrap();
    let lines = list(case, "branch").iter().map(|branch| {
        let rating = number(branch, "rateA_MVA") * scale;
        let capacity = Wh::new(if rating > 0.0 {
            (rating * MILLION).round() as u64
        } else {
            1 << 50
        });
        let tap = number(branch, "tap");
        assert_eq!(number(branch, "shift_deg"), 0.0);
        MeshLine {
            line: Line {
                from: at(&branch["from"]),
                to: at(&branch["to"]),
                capacity,
                capacity_back: capacity,
            },
            reactance: (number(branch, "x_pu") * if tap > 0.0 { tap } else { 1.0 } * 1e5).round() as u32,
            resistance: 0,
        }
    });
    let order = |bus, side, price: f64, megawatt: f64| Order {
        bus,
        side,
        price: Price::new((price * MILLION).round() as i64),
        quantity: Wh::new((megawatt * MILLION).round() as u64),
    };
    let mut orders: Vec<Order> = list(case, "bus")
        .iter()
        .filter(|bus| number(bus, "Pd_MW") > 0.0)
        .map(|bus| order(at(&bus["bus"]), Side::Buy, LOAD, number(bus, "Pd_MW")))
        .collect();
    let mut fixed = 0.0;
    for (generator, cost) in list(case, "gen").iter().zip(list(case, "gencost")) {
        let coefficients: Vec<f64> = list(cost, "coeffs")
            .iter()
            .map(|value| value.as_f64().unwrap())
            .collect();
        let (bus, most) = (at(&generator["bus"]), number(generator, "Pmax_MW"));
        match coefficients[..] {
            [linear, constant] => {
                fixed += constant;
                orders.push(order(bus, Side::Sell, linear, most));
            }
            [quadratic, linear, constant] => {
                fixed += constant;
                let step = most / f64::from(STEPS);
                orders.extend((0..STEPS).map(|n| {
                    let marginal = linear + 2.0 * quadratic * step * (f64::from(n) + 0.5);
                    order(bus, Side::Sell, marginal, step)
                }));
            }
            _ => panic!("{coefficients:?}"),
        }
    }
    Market {
        mesh: Mesh::new(buses.len(), 0, lines.collect(), None).unwrap(),
        orders,
        fixed,
        buses,
    }
}

/// Cost of a dispatch, $/h, and price of each bus, $/MWh.
fn answer(market: &Market, solution: &Solution) -> (f64, Vec<f64>) {
    let mut cost = market.fixed;
    for (order, fill) in market.orders.iter().zip(&solution.proof.fills) {
        match order.side {
            Side::Sell => cost += order.price.get() as f64 * fill.get() as f64 / MILLION / MILLION,
            Side::Buy => assert_eq!(*fill, order.quantity, "a load is not served"),
        }
    }
    let price = |dual: &i64| *dual as f64 / DUAL_SCALE as f64 / MILLION;
    (cost, solution.proposal.prices.iter().map(price).collect())
}

/// Largest relative difference of objective and prices from a reference.
fn difference(name: &str, scale: f64) -> (f64, f64) {
    let references = ["dcopf_reference", "case5_scaled"].map(|file| read(&format!("reference/{file}.json")));
    let reference = references
        .iter()
        .flat_map(|file| list(file, "results"))
        .find(|result| result["case"] == name && number(result, "rateA_scale") == scale)
        .unwrap();
    let market = market(&read(&format!("matpower/{name}.json")), scale);
    let bounds = PriceBounds {
        floor: Price::new(0),
        cap: Price::new((LOAD * MILLION) as i64),
    };
    let solution = solve(&market.mesh, &market.orders, bounds).unwrap();
    let (cost, prices) = answer(&market, &solution);
    let objective = number(reference, "objective");
    let relative = |ours: f64, theirs: f64| (ours - theirs).abs() / theirs.abs();
    let worst = market
        .buses
        .iter()
        .zip(&prices)
        .map(|(bus, &price)| relative(price, number(&reference["lmp"], &bus.to_string())));
    let found = (relative(cost, objective), worst.fold(0.0, f64::max));
    println!(
        "{name} at {scale} of its ratings: objective differs by {:.1e}, prices by {:.1e}",
        found.0, found.1
    );
    found
}

#[test]
fn linear_costs_agree_to_a_millionth() {
    for scale in [1.0, 0.75, 0.8, 0.9, 1.1, 1.25] {
        let (objective, prices) = difference("case5", scale);
        assert!(objective < 1e-6 && prices < 1e-6, "at {scale} of its ratings");
    }
}

#[test]
fn quadratic_costs_agree_to_a_thousandth() {
    for (name, scale) in [("case9", 1.0), ("case9", 0.5), ("case14", 1.0), ("case30", 1.0)] {
        let (objective, prices) = difference(name, scale);
        assert!(objective < 1e-3 && prices < 1e-3, "{name}");
    }
}
