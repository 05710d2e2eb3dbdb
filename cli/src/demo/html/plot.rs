//! Axes and lines of a chart. Coordinates are approximate by nature; no figure is read off them.

use std::fmt::Write;

/// Width of every chart's view box.
pub const WIDTH: f64 = 860.0;

/// A signed amount as a coordinate's raw material.
pub fn float(value: i128) -> f64 {
    // Wh and coin of any run lie far inside 53 bits after this division by a whole power of two.
    let high = i32::try_from(value.div_euclid(1 << 32)).unwrap_or(i32::MAX);
    let low = u32::try_from(value.rem_euclid(1 << 32)).unwrap_or(u32::MAX);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// A position in a list as a coordinate's raw material.
pub fn place(position: usize) -> f64 {
    float(i128::try_from(position).unwrap_or(i128::MAX))
}

/// A chart with values from `low` to `high` over `count` equal steps.
pub struct Plot {
    /// Height of the view box.
    pub height: f64,
    low: f64,
    high: f64,
    count: usize,
    step: f64,
}

const LEFT: f64 = 64.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 30.0;

impl Plot {
    /// A chart that holds every value, with zero on its axis.
    pub fn new(height: f64, count: usize, values: impl IntoIterator<Item = f64>) -> Self {
        let (mut low, mut high) = (0.0f64, 0.0f64);
        for value in values {
            low = low.min(value);
            high = high.max(value);
        }
        if high <= low {
            high = low + 1.0;
        }
        let step = nice_step((high - low) / 4.0);
        Self {
            height,
            low: (low / step).floor() * step,
            high: (high / step).ceil() * step,
            count: count.max(1),
            step,
        }
    }

    /// Distance of the horizontal lines.
    pub fn step(&self) -> f64 {
        self.step
    }

    /// Left edge of a step.
    pub fn x(&self, position: usize) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * place(position) / place(self.count)
    }

    /// Height of a value.
    pub fn y(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        self.height - BOTTOM - share * (self.height - BOTTOM - TOP)
    }

    /// Horizontal lines with their values, and the unit.
    pub fn value_axis(&self, unit: &str, decimals: usize) -> String {
        let mut svg = format!("<text class=\"soft\" x=\"4\" y=\"16\">{unit}</text>\n");
        let mut value = self.low;
        while value <= self.high + self.step / 2.0 {
            let y = self.y(value);
            let class = if value.abs() < self.step / 2.0 { "axis" } else { "grid" };
            let (right, text_x, text_y) = (WIDTH - RIGHT, LEFT - 8.0, y + 4.0);
            let _ = writeln!(
                svg,
                "<line class=\"{class}\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\"/>"
            );
            let value_text = format!("{value:.decimals$}").replace('-', "\u{2212}");
            let _ = writeln!(
                svg,
                "<text class=\"soft\" x=\"{text_x}\" y=\"{text_y:.1}\" text-anchor=\"end\">{value_text}</text>"
            );
            value += self.step;
        }
        svg
    }

    /// Labels below the steps at these positions.
    pub fn step_labels(&self, labels: impl IntoIterator<Item = (usize, String)>) -> String {
        let mut svg = String::new();
        let (axis, text_y) = (self.height - BOTTOM, self.height - 8.0);
        for (position, label) in labels {
            let x = self.x(position);
            let tick = axis + 5.0;
            let _ = writeln!(
                svg,
                "<line class=\"axis\" x1=\"{x:.1}\" y1=\"{axis}\" x2=\"{x:.1}\" y2=\"{tick}\"/>"
            );
            let _ = writeln!(svg, "<text class=\"soft\" x=\"{x:.1}\" y=\"{text_y}\">{label}</text>");
        }
        svg
    }

    /// A stepped line through the values, broken where there is none.
    pub fn steps(&self, class: &str, values: impl IntoIterator<Item = Option<f64>>) -> String {
        let mut path = String::new();
        let mut drawing = false;
        for (position, value) in values.into_iter().enumerate() {
            match value {
                Some(value) => {
                    let (left, right, y) = (self.x(position), self.x(position.saturating_add(1)), self.y(value));
                    let command = if drawing { 'L' } else { 'M' };
                    let _ = write!(path, "{command}{left:.1} {y:.1}H{right:.1}");
                    drawing = true;
                }
                None => drawing = false,
            }
        }
        format!("<path class=\"series {class}\" d=\"{path}\"/>\n")
    }

    /// The area between a stepped line and zero.
    pub fn area(&self, class: &str, values: impl IntoIterator<Item = f64>) -> String {
        let zero = self.y(0.0);
        let mut path = format!("M{:.1} {zero:.1}", self.x(0));
        for (position, value) in values.into_iter().enumerate() {
            let (left, right, y) = (self.x(position), self.x(position.saturating_add(1)), self.y(value));
            let _ = write!(path, "L{left:.1} {y:.1}H{right:.1}");
        }
        format!("<path class=\"faint {class}\" d=\"{path}V{zero:.1}Z\"/>\n")
    }
}

/// A legend above the chart: line class and name.
pub fn legend(entries: &[(&str, &str)]) -> String {
    let mut svg = String::new();
    let mut x = 2.0 * LEFT;
    for (class, name) in entries {
        let (end, text) = (x + 30.0, x + 36.0);
        let _ = writeln!(
            svg,
            "<path class=\"series {class}\" d=\"M{x} 12H{end}\"/><text x=\"{text}\" y=\"16\">{name}</text>"
        );
        x += 60.0 + 7.2 * place(name.len());
    }
    svg
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `raw`.
fn nice_step(raw: f64) -> f64 {
    let power = 10f64.powf(raw.log10().floor());
    let found = [1.0, 2.0, 5.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= raw * 0.999);
    found.unwrap_or(10.0 * power)
}
