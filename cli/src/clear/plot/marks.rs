//! Buses and lines.
use std::fmt::Write;

use busbar_clearing::mesh::MeshLine;
use busbar_units::Wh;

use super::colour::colour;
use super::curve::Curve;
use super::layout::Place;
use super::svg::{escaped, shortened};
use super::{Drawing, MARGIN};
use crate::clear::decimal::decimal;

/// Characters of a name in its label.
const LABEL: usize = 14;

impl Drawing<'_> {
    pub fn bus(&self, svg: &mut String, bus: usize) {
        let Place { x, y } = self.layout.places[bus];
        let name = self.market.buses.name(bus);
        let (price, formal) = (self.answer.prices[bus].get(), self.answer.no_trade[bus]);
        let fill = if formal {
            r#"class="bus formal""#.to_owned()
        } else {
            format!(r#"class="bus" fill="{}""#, colour(self.share(price)))
        };
        let radius = self.radius;
        let price = decimal(price.into(), 6);
        let title = self.bus_title(bus, &price);
        if bus == self.market.mesh.root() {
            // A square of about the same area.
            let side = radius * 1.8;
            let (x, y) = (x - side / 2.0, y - side / 2.0);
            let _ = writeln!(
                svg,
                r#"<rect {fill} x="{x:.1}" y="{y:.1}" width="{side:.1}" height="{side:.1}"><title>{title}</title></rect>"#
            );
        } else {
            let _ = writeln!(
                svg,
                r#"<circle {fill} cx="{x:.1}" cy="{y:.1}" r="{radius:.1}"><title>{title}</title></circle>"#
            );
        }
        if self.answer.voltage_binds(bus) {
            let radius = radius + 3.5;
            let _ = writeln!(svg, r#"<circle class="ring" cx="{x:.1}" cy="{y:.1}" r="{radius:.1}"/>"#);
        }
        if self.labelled() {
            let name = escaped(&shortened(name, LABEL));
            let (above, below) = (y - radius - 5.0, y + radius + 13.0);
            let _ = writeln!(
                svg,
                r#"<text class="middle halo" x="{x:.1}" y="{above:.1}">{name}</text>"#
            );
            let _ = writeln!(
                svg,
                r#"<text class="middle halo muted" x="{x:.1}" y="{below:.1}">{price}</text>"#
            );
        }
    }

    fn bus_title(&self, bus: usize, price: &str) -> String {
        let drawn = self.drawn[bus];
        let energy = match drawn {
            0 => "no energy in or out".to_owned(),
            1.. => format!("draws {drawn} Wh"),
            _ => format!("feeds {} Wh", drawn.unsigned_abs()),
        };
        let mut title = format!(
            "bus {}\n{price} coin per kWh\n{energy}",
            escaped(self.market.buses.name(bus))
        );
        if self.answer.no_trade[bus] {
            title += "\nno trade: formal price";
        }
        if self.answer.voltage_binds(bus) {
            title += "\nvoltage at its limit";
        }
        title
    }

    pub fn line(&self, svg: &mut String, number: usize) {
        let MeshLine { line, .. } = self.market.mesh.lines()[number];
        let flow = self.answer.flows[number];
        let back = flow.positive().is_zero() && !flow.is_zero();
        let (from, to, carried, capacity) = if back {
            (line.to, line.from, flow.negative(), line.capacity_back)
        } else {
            (line.from, line.to, flow.positive(), line.capacity)
        };
        let loading = loading(carried, capacity);
        let (a, b) = (self.layout.places[from], self.layout.places[to]);
        let (chord, full) = (self.chord[number], self.answer.binding[number]);
        let curve = if chord {
            // Looking for room takes every bus for every chord.
            let others = if self.labelled() { &self.layout.places[..] } else { &[] };
            Curve::chord(a, b, &self.layout, others, MARGIN * 0.8)
        } else {
            Curve::straight(a, b)
        };
        let class = match (chord, full) {
            (false, false) => "line",
            (true, false) => "line chord",
            (false, true) => "line full",
            (true, true) => "line chord full",
        };
        let _ = writeln!(
            svg,
            r#"<path class="{class}" stroke-width="{:.1}" d="{}"><title>{}: {} to {}
{carried} of {capacity}, {:.0} %{}</title></path>"#,
            self.width(loading),
            curve.path(),
            escaped(self.market.lines.name(number)),
            escaped(self.market.buses.name(from)),
            escaped(self.market.buses.name(to)),
            loading * 100.0,
            if full { ", full" } else { "" },
        );
        let length = (b.x - a.x).hypot(b.y - a.y).max(f64::MIN_POSITIVE);
        // In its middle a curve runs as straight as its ends lie.
        let (dx, dy) = ((b.x - a.x) / length, (b.y - a.y) / length);
        let middle = curve.middle();
        let apart = if full && self.labelled() { 8.0 } else { 0.0 };
        let beside = |distance: f64| Place {
            x: middle.x + distance * dx,
            y: middle.y + distance * dy,
        };
        if full {
            self.bars(svg, beside(-apart), (dx, dy));
        }
        if self.labelled() && !flow.is_zero() {
            arrow(svg, beside(apart), (dx, dy));
        }
    }

    /// Two bars across a full line.
    pub fn bars(&self, svg: &mut String, Place { x, y }: Place, (dx, dy): (f64, f64)) {
        let half = self.width(1.0) / 2.0 + self.radius.min(5.0);
        let width = (self.radius * 0.25).clamp(1.0, 2.0);
        for offset in [-1.2 * width, 1.2 * width] {
            let (x, y) = (x + offset * dx, y + offset * dy);
            let _ = writeln!(
                svg,
                r#"<path class="bar" stroke-width="{width:.1}" d="M{:.1} {:.1}L{:.1} {:.1}"/>"#,
                x - half * dy,
                y + half * dx,
                x + half * dy,
                y - half * dx
            );
        }
    }
}

/// The direction of a flow.
fn arrow(svg: &mut String, Place { x, y }: Place, (dx, dy): (f64, f64)) {
    let (tip, wing) = (5.0, 5.0);
    let _ = writeln!(
        svg,
        r#"<path class="arrow" d="M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}"/>"#,
        x - tip * dx - wing * dy,
        y - tip * dy + wing * dx,
        x + tip * dx,
        y + tip * dy,
        x - tip * dx + wing * dy,
        y - tip * dy - wing * dx
    );
}

/// Share of its capacity that a line carries.
#[allow(clippy::cast_precision_loss, reason = "a width in pixels")]
fn loading(flow: Wh, capacity: Wh) -> f64 {
    if flow.is_zero() {
        0.0
    } else {
        flow.get() as f64 / capacity.get() as f64
    }
}
