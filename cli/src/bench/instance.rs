//! Random markets on given networks, congested on purpose, as files that anybody can solve.
use std::path::Path;

use anyhow::{Context, ensure};
use busbar_clearing::mesh::{Mesh, MeshLine};
use busbar_clearing::{Line, Network, Order, PriceBounds, Side, clear};
use busbar_network::NetworkFile;
use busbar_units::{NetWh, Price, Wh};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

/// Prices of the orders, millionths per kWh, and the utility's tariffs at the root.
const PRICES: std::ops::RangeInclusive<i64> = 70_000..=330_000;
/// Quantities of the orders, Wh.
const QUANTITIES: std::ops::RangeInclusive<u64> = 1..=5_000;

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
    /// if they carried everything.
    pub fn market(&self, orders: u32, seed: u64) -> anyhow::Result<Market> {
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
        let wide = Market::new(self, self.lines.iter().map(|_| all).collect(), orders.clone())?;
        let capacities = wide.free_flows()?.into_iter().map(|flow| {
            let percent = random.gen_range(30..130);
            Wh::new(
                flow.get()
                    .unsigned_abs()
                    .saturating_mul(percent)
                    .div_euclid(100)
                    .saturating_add(1),
            )
        });
        Market::new(self, capacities.collect(), orders)
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
}

impl Market {
    fn new(topology: &Topology, capacities: Vec<Wh>, orders: Vec<Order>) -> anyhow::Result<Self> {
        ensure!(!orders.is_empty(), "a market has at least one order");
        let lines: Vec<MeshLine> = topology
            .lines
            .iter()
            .zip(capacities)
            .map(|(line, capacity)| MeshLine {
                line: carrying(line.line.from, line.line.to, capacity),
                ..*line
            })
            .collect();
        let mesh = Mesh::new(topology.buses, topology.root, lines, None)?;
        let plain = || mesh.lines().iter().map(|line| line.line).collect();
        let tree = match mesh.is_plain_tree() {
            true => Some(Network::new(topology.buses, topology.root, plain())?),
            false => None,
        };
        Ok(Self { mesh, tree, orders })
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
            }
            fields
        });
        let buses = (0..self.mesh.buses()).map(|bus| bus.to_string());
        json!({"orders": orders.collect::<Vec<_>>(),
               "network": {"root": self.mesh.root().to_string(), "buses": buses.collect::<Vec<_>>(),
                           "lines": lines.collect::<Vec<_>>()},
               "price_bounds": {"min": BOUNDS.floor.get(), "max": BOUNDS.cap.get()}})
    }

    /// Writes [`Self::file`] into a folder.
    pub fn dump(&self, folder: &Path, name: &str) -> anyhow::Result<()> {
        std::fs::create_dir_all(folder)?;
        let file = folder.join(name);
        std::fs::write(&file, self.file().to_string()).with_context(|| format!("{} cannot be written", file.display()))
    }
}
