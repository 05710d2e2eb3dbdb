//! Random markets on given networks, congested on purpose, as files that anybody can solve.
use std::path::Path;

use anyhow::{Context, ensure};
use busbar_clearing::mesh::{Mesh, MeshLine, Voltage, VoltageLimit};
use busbar_clearing::{Line, Network, Order, PriceBounds, Side, clear};
use busbar_network::NetworkFile;
use busbar_units::{NetWh, Ppm, Price, Wh};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

/// Prices of the orders, millionths per kWh, and the utility's tariffs at the root.
const PRICES: std::ops::RangeInclusive<i64> = 70_000..=330_000;
/// Quantities of the orders, Wh.
const QUANTITIES: std::ops::RangeInclusive<u64> = 1..=5_000;

/// Tangent of a power factor of 0.95.
const TAN_PHI: Ppm = Ppm::new(328_684);
/// Limits of voltage, 5 % about the root's.
const VOLTAGES: (Ppm, Ppm) = (Ppm::new(950_000), Ppm::new(1_050_000));
/// How far the squared voltage of the worst bus would lie from the root's if no limit bound, hundredths of 1 p.u.:
/// more than the limits allow.
const UNLIMITED_PERCENT: i128 = 15;

/// Floor and cap of the prices that are paid.
pub const BOUNDS: PriceBounds = PriceBounds {
    floor: Price::new(0),
    cap: Price::new(1_000_000),
};

/// Buses and lines before anybody says how much the lines carry.
pub struct Topology {
    buses: usize,
    root: usize,
    lines: Vec<MeshLine>,
}

impl Topology {
    /// The network of a file; its capacities and voltage limits do not count.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let network = NetworkFile::parse(&text)?;
        let graph = network.graph()?;
        let lines = network
            .lines
            .iter()
            .zip(graph.ends())
            .map(|(line, &(from, to))| MeshLine {
                line: carrying(from, to, Wh::ZERO),
                reactance: line.reactance.unwrap_or(0),
                resistance: line.resistance.unwrap_or(0),
            });
        Ok(Self {
            buses: graph.buses(),
            root: graph.root(),
            lines: lines.collect(),
        })
    }

    /// A random tree.
    pub fn random(buses: usize, seed: u64) -> Self {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let lines = (1..buses).map(|to| MeshLine {
            line: carrying(random.gen_range(0..to), to, Wh::ZERO),
            reactance: random.gen_range(100..5000),
            resistance: random.gen_range(100..5000),
        });
        Self {
            buses,
            root: 0,
            lines: lines.collect(),
        }
    }

    /// As many buys as sells, at random buses and prices, and lines that carry 0.3 to 1.3 of what would flow
    /// if they carried everything; or, with voltage limits, lines that carry everything and voltages that those flows
    /// would take too far.
    pub fn market(&self, orders: u32, seed: u64, voltage: bool) -> anyhow::Result<Market> {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let sides = [Side::Buy, Side::Sell]
            .into_iter()
            .cycle()
            .take(usize::try_from(orders)?);
        let mut orders: Vec<Order> = sides
            .map(|side| Order {
                bus: random.gen_range(0..self.buses),
                side,
                price: Price::new(random.gen_range(PRICES)),
                quantity: Wh::new(random.gen_range(QUANTITIES)),
            })
            .collect();
        let all = Wh::new(
            orders
                .iter()
                .map(|order| order.quantity.get())
                .fold(0, u64::saturating_add),
        );
        for (side, price) in [(Side::Sell, PRICES.end()), (Side::Buy, PRICES.start())] {
            orders.push(Order {
                bus: self.root,
                side,
                price: Price::new(*price),
                quantity: all,
            });
        }
        let unlimited: Vec<Wh> = self.lines.iter().map(|_| all).collect();
        let wide = Market::new(self, &unlimited, orders.clone(), None)?;
        let flows = wide.free_flows()?;
        if voltage {
            let voltage = self.voltage(&unlimited, &flows)?;
            return Market::new(self, &unlimited, orders, Some(&voltage));
        }
        let capacities = flows.into_iter().map(|flow| {
            let percent = random.gen_range(30..130);
            Wh::new(
                flow.get()
                    .unsigned_abs()
                    .saturating_mul(percent)
                    .div_euclid(100)
                    .saturating_add(1),
            )
        });
        let capacities: Vec<Wh> = capacities.collect();
        Market::new(self, &capacities, orders, None)
    }

    /// Limits at every bus, and a base at which these flows go beyond them.
    fn voltage(&self, capacities: &[Wh], flows: &[NetWh]) -> anyhow::Result<Voltage> {
        let limits = (0..self.buses).map(|bus| VoltageLimit {
            bus,
            min: VOLTAGES.0,
            max: VOLTAGES.1,
        });
        let mut voltage = Voltage {
            base: Wh::new(1),
            tan_phi: TAN_PHI,
            root: Ppm::ONE,
            limits: limits.collect(),
        };
        let mesh = self.mesh(capacities, Some(&voltage))?;
        // Squared voltage in 1e-8 p.u. at a base of 1 Wh.
        let farthest = mesh.voltage_rows().map(|row| {
            let parts = row.lines.iter().map(|&(line, away, coefficient)| {
                let flow = i128::from(flows.get(line).map_or(0, |flow| flow.get()));
                coefficient.saturating_mul(if away { flow } else { flow.saturating_neg() })
            });
            parts.fold(0i128, i128::saturating_add).saturating_abs()
        });
        let base = farthest
            .max()
            .unwrap_or(0)
            .div_euclid(UNLIMITED_PERCENT.saturating_mul(1_000_000));
        voltage.base = Wh::new(u64::try_from(base)?.max(1));
        Ok(voltage)
    }

    fn mesh(&self, capacities: &[Wh], voltage: Option<&Voltage>) -> anyhow::Result<Mesh> {
        let lines = self.lines.iter().zip(capacities).map(|(line, capacity)| MeshLine {
            line: carrying(line.line.from, line.line.to, *capacity),
            ..*line
        });
        Ok(Mesh::new(self.buses, self.root, lines.collect(), voltage)?)
    }
}

fn carrying(from: usize, to: usize, capacity: Wh) -> Line {
    Line {
        from,
        to,
        capacity,
        capacity_back: capacity,
    }
}

/// A market whose network may be a tree or a mesh.
pub struct Market {
    pub mesh: Mesh,
    /// The same network for the exact solver, where it is a tree.
    pub tree: Option<Network>,
    pub orders: Vec<Order>,
    voltage: Option<Voltage>,
}

impl Market {
    fn new(
        topology: &Topology,
        capacities: &[Wh],
        orders: Vec<Order>,
        voltage: Option<&Voltage>,
    ) -> anyhow::Result<Self> {
        ensure!(!orders.is_empty(), "a market has at least one order");
        let mesh = topology.mesh(capacities, voltage)?;
        let plain = || mesh.lines().iter().map(|line| line.line).collect();
        let tree = match mesh.is_plain_tree() {
            true => Some(Network::new(topology.buses, topology.root, plain())?),
            false => None,
        };
        Ok(Self {
            mesh,
            tree,
            orders,
            voltage: voltage.cloned(),
        })
    }

    fn free_flows(&self) -> anyhow::Result<Vec<NetWh>> {
        Ok(match &self.tree {
            Some(tree) => clear(tree, &self.orders, BOUNDS)?.flows,
            None => busbar_solver::solve(&self.mesh, &self.orders, BOUNDS)?.proof.flows,
        })
    }

    /// The market as `busbar clear` reads it; buses, lines and orders are named by their numbers from 0.
    pub fn file(&self) -> serde_json::Value {
        let orders = self.orders.iter().enumerate().map(|(number, order)| {
            json!({"id": number.to_string(), "side": if order.side == Side::Buy { "buy" } else { "sell" },
                   "bus": order.bus.to_string(), "price": order.price.get(), "quantity": order.quantity.get()})
        });
        let lines = self.mesh.lines().iter().enumerate().map(|(number, line)| {
            let mut fields = json!({"id": number.to_string(), "from": line.line.from.to_string(),
                "to": line.line.to.to_string(), "capacity_wh": line.line.capacity.get()});
            if let (None, Some(fields)) = (&self.tree, fields.as_object_mut()) {
                fields.insert("reactance".into(), line.reactance.into());
                if self.voltage.is_some() {
                    fields.insert("resistance".into(), line.resistance.into());
                }
            }
            fields
        });
        let buses = (0..self.mesh.buses()).map(|bus| bus.to_string());
        let mut network = json!({"root": self.mesh.root().to_string(), "buses": buses.collect::<Vec<_>>(),
                                 "lines": lines.collect::<Vec<_>>()});
        if let (Some(voltage), Some(fields)) = (&self.voltage, network.as_object_mut()) {
            let limits = voltage.limits.iter().map(|limit| {
                let ppm = json!({"min_ppm": limit.min.get(), "max_ppm": limit.max.get()});
                (limit.bus.to_string(), ppm)
            });
            let limits: serde_json::Map<String, serde_json::Value> = limits.collect();
            fields.insert(
                "voltage".into(),
                json!({"base_wh": voltage.base.get(), "tan_phi_ppm": voltage.tan_phi.get(),
                       "root_ppm": voltage.root.get(), "limits": limits}),
            );
        }
        json!({"orders": orders.collect::<Vec<_>>(), "network": network,
               "price_bounds": {"min": BOUNDS.floor.get(), "max": BOUNDS.cap.get()}})
    }

    /// Writes [`Self::file`] into a folder.
    pub fn dump(&self, folder: &Path, name: &str) -> anyhow::Result<()> {
        std::fs::create_dir_all(folder)?;
        let file = folder.join(name);
        std::fs::write(&file, self.file().to_string()).with_context(|| format!("{} cannot be written", file.display()))
    }
}
