//! What colours, widths and marks mean, in one row.
use std::fmt::Write;

use super::Drawing;
use super::colour::{colour, stops};
use super::layout::Place;
use crate::clear::answer::Method;
use crate::clear::decimal::decimal;

/// Room of the legend, pixels.
pub const HEIGHT: f64 = 74.0;
pub const WIDTH: f64 = 820.0;

/// Length of the bar of colours, pixels.
const BAR: f64 = 200.0;
/// Room of a line that shows a width, and between two entries, pixels.
const SAMPLE: f64 = 34.0;
const GAP: f64 = 20.0;

/// Draws the legend with its upper left corner at (`x`, `y`).
pub fn legend(drawing: &Drawing<'_>, svg: &mut String, x: f64, y: f64) {
    let (head, mark, foot) = (y + 10.0, y + 28.0, y + 52.0);
    prices(drawing, svg, x, [head, mark, foot]);
    let mut left = x + BAR + 2.0 * GAP;

    text(svg, left, head, "muted", "loading: flow / capacity, Wh per interval");
    for percent in [0u32, 50, 100] {
        let width = drawing.width(f64::from(percent) / 100.0);
        let right = left + SAMPLE;
        let _ = writeln!(
            svg,
            r#"<path class="line" stroke-width="{width:.1}" d="M{left:.1} {mark:.1}H{right:.1}"/>"#
        );
        text(svg, left + SAMPLE / 2.0, foot, "middle", &format!("{percent} %"));
        left = right + 8.0;
    }
    left += 6.0;
    let _ = writeln!(
        svg,
        r#"<path class="line full" stroke-width="{:.1}" d="M{left:.1} {mark:.1}h{SAMPLE}"/>"#,
        drawing.width(1.0)
    );
    let middle = Place {
        x: left + SAMPLE / 2.0,
        y: mark,
    };
    drawing.bars(svg, middle, (1.0, 0.0));
    text(svg, left + SAMPLE / 2.0, foot, "middle", "full");
    left += SAMPLE + GAP;

    let mut entry = |label: &str, room: f64, shape: String| {
        let _ = writeln!(
            svg,
            r#"<g transform="translate({:.1} {mark:.1})">{shape}</g>"#,
            left + room / 2.0
        );
        text(svg, left + room / 2.0, foot, "middle", label);
        left += room + 8.0;
    };
    entry(
        "root",
        SAMPLE,
        format!(
            r#"<rect class="bus" x="-6" y="-6" width="12" height="12" fill="{}"/>"#,
            colour(0.5)
        ),
    );
    if drawing.answer.no_trade.contains(&true) {
        entry("no trade", 54.0, r#"<circle class="bus formal" r="6"/>"#.to_owned());
    }
    if let Method::Proven { loops, voltage_binding } = &drawing.answer.method {
        if *loops > 0 {
            entry(
                "closes a loop",
                80.0,
                r#"<path class="line chord" stroke-width="2" d="M-22 0H22"/>"#.to_owned(),
            );
        }
        if !voltage_binding.is_empty() {
            entry(
                "voltage at its limit",
                110.0,
                format!(
                    r#"<circle class="bus" r="5" fill="{}"/><circle class="ring" r="9"/>"#,
                    colour(0.5)
                ),
            );
        }
    }
}

/// The bar of colours with its prices.
fn prices(drawing: &Drawing<'_>, svg: &mut String, x: f64, [head, mark, foot]: [f64; 3]) {
    text(svg, x, head, "muted", "price, coin per kWh");
    let Some((low, high)) = drawing.prices else {
        text(svg, x, foot, "", "nothing is traded");
        return;
    };
    let price = |price: i64| decimal(price.into(), 6);
    let top = mark - 7.0;
    if low == high {
        let fill = colour(drawing.share(low));
        let _ = writeln!(
            svg,
            r#"<rect class="bus" x="{x:.1}" y="{top:.1}" width="30" height="14" fill="{fill}"/>"#
        );
        text(svg, x, foot, "", &format!("{} at every bus", price(low)));
        return;
    }
    svg.push_str("<defs><linearGradient id=\"prices\">");
    for (share, colour) in stops() {
        let _ = write!(svg, r#"<stop offset="{share:.4}" stop-color="{colour}"/>"#);
    }
    svg.push_str("</linearGradient></defs>\n");
    let _ = writeln!(
        svg,
        r#"<rect x="{x:.1}" y="{top:.1}" width="{BAR}" height="14" fill="url(#prices)"/>"#
    );
    text(svg, x, foot, "", &price(low));
    text(svg, x + BAR / 2.0, foot, "middle", &price(i64::midpoint(low, high)));
    text(svg, x + BAR, foot, "end", &price(high));
}

fn text(svg: &mut String, x: f64, y: f64, class: &str, text: &str) {
    let _ = writeln!(svg, r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{text}</text>"#);
}
