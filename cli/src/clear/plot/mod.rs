//! `--plot`: the network as a picture. Buses have the colour of their price, lines the width of their loading.
#![allow(
    clippy::indexing_slicing,
    reason = "buses and lines are positions in lists that have one entry for each"
)]
mod colour;
mod curve;
mod layout;
mod legend;
mod marks;
mod pack;
mod svg;

use std::fmt::Write;

use busbar_clearing::Side;

use super::answer::{Answer, Method};
use super::decimal::decimal;
use super::input::Market;
use layout::{Layout, layout};
use svg::STYLE;

/// Room around the drawing, pixels, and above it for the title.
const MARGIN: f64 = 44.0;
const TITLE: f64 = 64.0;
/// Networks of more buses have names in tooltips only, and no arrows.
const LABELLED: usize = 60;

/// A number as a coordinate or share: a picture needs no more than 53 bits.
#[allow(clippy::cast_precision_loss)]
fn real(number: usize) -> f64 {
    number as f64
}

/// The cleared network as an SVG that needs nothing beside it.
pub fn svg(market: &Market, answer: &Answer) -> String {
    Drawing::new(market, answer).svg()
}

/// A clearing and how it is drawn.
struct Drawing<'a> {
    market: &'a Market,
    answer: &'a Answer,
    layout: Layout,
    /// Lowest and highest price of a bus that has more than a formal one.
    prices: Option<(i64, i64)>,
    /// Of a bus, pixels.
    radius: f64,
    /// Drawn by the orders of each bus, Wh.
    drawn: Vec<i128>,
    /// Lines that are not in the spanning tree.
    chord: Vec<bool>,
}

impl<'a> Drawing<'a> {
    fn new(market: &'a Market, answer: &'a Answer) -> Self {
        let layout = layout(&market.mesh);
        let real_prices = answer
            .prices
            .iter()
            .zip(&answer.no_trade)
            .filter(|(_, formal)| !**formal);
        let real_prices = || real_prices.clone().map(|(price, _)| price.get());
        let mut drawn = vec![0i128; market.mesh.buses()];
        for (order, fill) in market.orders.iter().zip(&answer.fills) {
            let fill = i128::from(fill.get());
            let at = &mut drawn[order.bus];
            *at = at.saturating_add(match order.side {
                Side::Buy => fill,
                Side::Sell => fill.saturating_neg(),
            });
        }
        let mut chord = vec![true; market.mesh.lines().len()];
        for &branch in market.mesh.branches() {
            chord[branch] = false;
        }
        Self {
            prices: real_prices().min().zip(real_prices().max()),
            radius: (layout.spacing * 0.3).clamp(2.2, 10.0),
            layout,
            market,
            answer,
            drawn,
            chord,
        }
    }

    fn svg(&self) -> String {
        let width = (self.layout.width + 2.0 * MARGIN).max(legend::WIDTH + 2.0 * MARGIN);
        let foot = TITLE + self.layout.height + 2.0 * MARGIN;
        let height = foot + legend::HEIGHT;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"{}\">\n<style>\n{STYLE}</style>\n\
             <rect class=\"page\" width=\"100%\" height=\"100%\"/>\n",
            self.heading()
        );
        let _ = writeln!(
            svg,
            "<text class=\"title\" x=\"{MARGIN}\" y=\"32\">{}</text>\n<text class=\"muted\" x=\"{MARGIN}\" y=\"52\">{}</text>",
            self.heading(),
            self.sums()
        );
        // In the middle where the legend is wider.
        let left = (width - self.layout.width) / 2.0;
        let _ = writeln!(svg, "<g transform=\"translate({left:.1} {:.1})\">", TITLE + MARGIN);
        for line in 0..self.chord.len() {
            self.line(&mut svg, line);
        }
        let _ = writeln!(svg, r#"<g stroke-width="{:.1}">"#, (self.radius / 5.0).min(1.0));
        for bus in 0..self.drawn.len() {
            self.bus(&mut svg, bus);
        }
        svg.push_str("</g>\n</g>\n");
        legend::legend(self, &mut svg, MARGIN, foot);
        svg.push_str("</svg>\n");
        svg
    }

    fn labelled(&self) -> bool {
        self.drawn.len() <= LABELLED
    }

    fn heading(&self) -> String {
        let loops = match self.answer.method {
            Method::Proven { loops, .. } if loops > 0 => format!(", {}", count(loops, "loop", "loops")),
            _ => String::new(),
        };
        format!(
            "{}, {}{loops}",
            count(self.drawn.len(), "bus", "buses"),
            count(self.chord.len(), "line", "lines")
        )
    }

    fn sums(&self) -> String {
        let full = self.answer.binding.iter().filter(|full| **full).count();
        format!(
            "{} Wh traded, welfare {} coin, congestion rent {} coin, {} full",
            self.answer.volume,
            decimal(self.answer.welfare, 9),
            decimal(self.answer.rent, 9),
            count(full, "line", "lines"),
        )
    }

    /// Where between the lowest and the highest price a price is; the middle where there is but one.
    fn share(&self, price: i64) -> f64 {
        let distance = |from: i64, to: i64| real(usize::try_from(from.abs_diff(to)).unwrap_or(usize::MAX));
        match self.prices {
            Some((low, high)) if low < high => distance(low, price) / distance(low, high),
            _ => 0.5,
        }
    }

    /// Width of a line by its loading, pixels.
    fn width(&self, loading: f64) -> f64 {
        let most = (self.radius * 0.9).max(3.2);
        0.8 + loading.clamp(0.0, 1.0) * (most - 0.8)
    }
}

fn count(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
