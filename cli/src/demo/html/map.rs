//! The feeder as a tree in the hour of the highest rent: price as colour, loading as width, full lines marked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use busbar_api::grid::REGION_BUS;
use busbar_units::{Price, UnitsError};

use super::feeder::rows;
use super::parts::{Figure, Table};
use super::periods::hour_label;
use super::plot::{WIDTH, float, place};
use crate::demo::feeder::{FeederRecord, Worst};
use crate::demo::format::{home, price};
use crate::demo::result::RunResult;

const LEFT: f64 = 40.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 40.0;
const ROW: f64 = 30.0;

/// The figure; nothing where no line was ever full.
pub fn figure(run: &RunResult, record: &FeederRecord) -> Result<String, UnitsError> {
    let Some(worst) = &record.worst else {
        return Ok(String::new());
    };
    let tree = Sketch::of(record, worst);
    let when = hour_label(worst.hour, run.setting.starts_at.into());
    let (low, high) = tree.prices(worst);
    let summary = format!(
        "{when}: energy costs {} coin per kWh where it is cheapest and {} where it is dearest, because {} full.",
        price(low),
        price(high),
        match record.hours.get(worst.hour).map_or(0, |hour| hour.full.len()) {
            1 => "one line is".to_owned(),
            count => format!("{count} lines are"),
        }
    );
    let head = ["home", "bus", "price, coin per kWh", "bought, kWh", "sold, kWh"];
    Ok(Figure {
        id: "feeder-map",
        title: "Prices on the feeder in its tightest hour".to_owned(),
        summary,
        drawing: tree.drawing(run, record, worst, (low, high)),
        width: WIDTH,
        height: TOP + ROW * place(tree.rows) + 10.0,
        table: Table {
            caption: format!("Prices and trades, {when}"),
            head: head.map(str::to_owned).to_vec(),
            rows: rows(run, record),
            foot: None,
        },
    }
    .html())
}

/// The part of the tree that matters: homes, battery, forks between them, ends of full lines.
struct Sketch {
    /// Kept buses, parents first.
    nodes: Vec<Node>,
    rows: usize,
    deepest: usize,
}

struct Node {
    bus: usize,
    parent: Option<usize>,
    row: f64,
    /// Kept buses above it.
    depth: usize,
    /// Whether a full line lies on the way to the parent.
    full: bool,
    /// Highest loading on the way to the parent, in hundredths.
    loading: u64,
}

impl Sketch {
    fn of(record: &FeederRecord, worst: &Worst) -> Self {
        let feeder = &record.feeder;
        let root = usize::from(REGION_BUS);
        let mut kept: BTreeSet<usize> = feeder.homes.iter().map(|bus| usize::from(*bus)).collect();
        kept.extend([root, usize::from(feeder.battery)]);
        for flow in worst.flows.iter().filter(|flow| flow.binding) {
            kept.extend(
                [usize::from(flow.from), usize::from(flow.to)]
                    .into_iter()
                    .filter(|bus| *bus >= root),
            );
        }
        // A bus is a fork when kept ones lie behind more than one of its lines.
        let mut behind: BTreeMap<usize, usize> = BTreeMap::new();
        for &bus in feeder.top_down().iter().rev() {
            let here = kept.contains(&bus) || behind.contains_key(&bus);
            if behind.get(&bus).is_some_and(|branches| *branches > 1) && bus >= root {
                kept.insert(bus);
            }
            if let (true, Some((parent, _))) = (here, feeder.up(bus)) {
                let count = behind.entry(parent).or_default();
                *count = count.saturating_add(1);
            }
        }
        let mut depth: BTreeMap<usize, usize> = BTreeMap::new();
        let mut nodes: Vec<Node> = Vec::new();
        for &bus in feeder.top_down().iter().filter(|bus| kept.contains(bus)) {
            let (parent, full, loading) = way_up(record, worst, &kept, bus);
            let above = parent.and_then(|parent| depth.get(&parent)).copied();
            let own = above.map_or(0, |above| above.saturating_add(1));
            depth.insert(bus, own);
            nodes.push(Node {
                bus,
                parent,
                row: 0.0,
                depth: own,
                full,
                loading,
            });
        }
        let rows = lay_out(&mut nodes);
        let deepest = nodes.iter().map(|node| node.depth).max().unwrap_or(0).max(1);
        Self { nodes, rows, deepest }
    }

    fn prices(&self, worst: &Worst) -> (Price, Price) {
        let prices = || self.nodes.iter().filter_map(|node| worst.prices.get(node.bus));
        let low = prices().map(|at| at.price).min().unwrap_or(Price::ZERO);
        (low, prices().map(|at| at.price).max().unwrap_or(low))
    }

    fn drawing(&self, run: &RunResult, record: &FeederRecord, worst: &Worst, (low, high): (Price, Price)) -> String {
        let mut svg = String::new();
        let at = |node: &Node| {
            let x = LEFT + (WIDTH - LEFT - RIGHT) * place(node.depth) / place(self.deepest);
            (x, TOP + ROW * (node.row + 0.5))
        };
        let position: BTreeMap<usize, (f64, f64)> = self.nodes.iter().map(|node| (node.bus, at(node))).collect();
        for node in &self.nodes {
            let Some((px, py)) = node.parent.and_then(|parent| position.get(&parent)) else {
                continue;
            };
            let (x, y) = at(node);
            let width = 1.5 + 6.0 * float(node.loading.into()) / 1000.0;
            let class = if node.full { "market" } else { "utility" };
            let _ = writeln!(
                svg,
                "<path class=\"series {class}\" style=\"stroke-width:{width:.1}\" d=\"M{px:.1} {py:.1}V{y:.1}H{x:.1}\"/>"
            );
        }
        for node in &self.nodes {
            let (x, y) = at(node);
            let Some(here) = worst.prices.get(node.bus) else {
                continue;
            };
            let span = float(i128::from(high.get()).saturating_sub(low.get().into())).max(1.0);
            let share = float(i128::from(here.price.get()).saturating_sub(low.get().into())) / span;
            // From blue where energy is cheap to red where it is dear.
            let hue = 220.0 - 220.0 * share;
            let label = labels(run, record, node.bus);
            let price = price(here.price);
            let radius = if label.is_empty() { 3.5 } else { 7.0 };
            let _ = writeln!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" style=\"fill:hsl({hue:.0} 70% 50%)\"><title>bus {}: \
                 {price} coin per kWh</title></circle>",
                super::parts::escape(record.feeder.bus(u16::try_from(node.bus).unwrap_or(u16::MAX)))
            );
            if !label.is_empty() {
                // Beside the last of a branch, above the others, whose lines go on to the right.
                let last = !self.nodes.iter().any(|other| other.parent == Some(node.bus));
                let (text_x, text_y) = if last { (x + 12.0, y + 4.5) } else { (x - 8.0, y - 13.0) };
                let _ = writeln!(
                    svg,
                    "<text x=\"{text_x:.1}\" y=\"{text_y:.1}\">{} {price}</text>",
                    super::parts::escape(&label)
                );
            }
        }
        svg + &super::plot::legend(&[("market", "full line"), ("utility", "line, wider where more loaded")])
    }
}

/// Who stands at a bus.
fn labels(run: &RunResult, record: &FeederRecord, bus: usize) -> String {
    let homes = run.homes.iter().zip(&record.feeder.homes);
    let mut names: Vec<String> = homes
        .filter(|(_, at)| usize::from(**at) == bus)
        .map(|(result, _)| home(&result.name))
        .collect();
    if usize::from(record.feeder.battery) == bus {
        names.push("battery".to_owned());
    }
    names.join(", ")
}

/// The next kept bus towards the root, and what lies on the way: a full line, the highest loading.
fn way_up(record: &FeederRecord, worst: &Worst, kept: &BTreeSet<usize>, bus: usize) -> (Option<usize>, bool, u64) {
    let (mut at, mut full, mut loading) = (bus, false, 0u64);
    while let Some((parent, line)) = record.feeder.up(at) {
        if parent < usize::from(REGION_BUS) {
            break;
        }
        if let Some(flow) = worst.flows.get(line) {
            let most = if flow.flow.get() < 0 {
                flow.capacity_back
            } else {
                flow.capacity
            };
            let size = flow.flow.get().unsigned_abs().saturating_mul(1_000);
            loading = loading.max(size.checked_div(most.get()).unwrap_or(0));
            full |= flow.binding;
        }
        if kept.contains(&parent) {
            return (Some(parent), full, loading);
        }
        at = parent;
    }
    (None, full, loading)
}

/// Gives every bus without children a row of its own, in the order of a walk in depth, and the others the middle of
/// their children's; how many rows there are.
fn lay_out(nodes: &mut [Node]) -> usize {
    let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for node in nodes.iter() {
        if let Some(parent) = node.parent {
            children.entry(parent).or_default().push(node.bus);
        }
    }
    let mut row: BTreeMap<usize, f64> = BTreeMap::new();
    let mut rows = 0usize;
    let mut stack: Vec<usize> = nodes.first().map(|node| node.bus).into_iter().collect();
    while let Some(bus) = stack.pop() {
        match children.get(&bus) {
            Some(below) => stack.extend(below.iter().rev()),
            None => {
                row.insert(bus, place(rows));
                rows = rows.saturating_add(1);
            }
        }
    }
    for node in nodes.iter_mut().rev() {
        if let Some(below) = children.get(&node.bus) {
            let at: Vec<f64> = below.iter().filter_map(|bus| row.get(bus)).copied().collect();
            let (first, last) = at
                .iter()
                .fold((f64::MAX, 0.0f64), |(first, last), at| (first.min(*at), last.max(*at)));
            row.insert(node.bus, (first + last) / 2.0);
        }
        node.row = row.get(&node.bus).copied().unwrap_or(0.0);
    }
    rows
}
