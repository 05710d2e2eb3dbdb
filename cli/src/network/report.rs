//! The report of an import for a reader.
use std::fmt::Write;

use busbar_network::import::{Extreme, Import, Report, Worst};
use busbar_network::reference::{Comparison, Quantity};
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

/// Rows of two columns, the second one numbers.
pub fn table(heads: [&str; 2], rows: impl Iterator<Item = [String; 2]>) -> String {
    let mut table = Table::new();
    let rule = LineStyle::none().fill('─').junction('─');
    table
        .load_style(TableStyle::new().header_separator(rule))
        .set_header(heads);
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}

/// The report as lines of `what  value`.
pub fn text(import: &Import) -> String {
    let report = &import.report;
    let mut lines = Lines::default();
    lines.add("case", name(report));
    lines.add("root", &report.root);
    lines.add("buses", report.buses);
    lines.add("lines", report.lines);
    lines.add(
        "network",
        match report.loops {
            0 => "radial".to_owned(),
            loops => format!("meshed, {loops} independent loops"),
        },
    );
    dropped(report, &mut lines);
    capacity(report, &mut lines);
    rounding(report, &mut lines);
    own_flow(report, &mut lines);
    for comparison in &report.comparisons {
        lines.add("compared with the reference", compared(comparison));
    }
    lines.0
}

/// The report's rows.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, what: &str, value: impl ToString) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{what:<28}{}", value.to_string());
    }

    fn count(&mut self, what: &str, count: usize) {
        if count > 0 {
            self.add(what, count);
        }
    }

    fn list(&mut self, what: &str, names: &[String]) {
        if !names.is_empty() {
            self.add(what, format!("{}: {}", names.len(), names.join(", ")));
        }
    }
}

fn name(report: &Report) -> &str {
    if report.case.is_empty() {
        "(without a name)"
    } else {
        &report.case
    }
}

fn dropped(report: &Report, lines: &mut Lines) {
    let dropped = &report.dropped;
    lines.list("dropped, switch open", &dropped.branches_open);
    lines.list("dropped, out of service", &dropped.branches_out_of_service);
    lines.list("dropped buses", &dropped.buses);
    let joined: Vec<String> = dropped
        .buses_joined
        .iter()
        .map(|(bus, other)| format!("{bus} is {other}"))
        .collect();
    lines.list("buses made one", &joined);
    lines.count("dropped loads, generators", dropped.loads_and_generators);
    lines.count("without their charging", dropped.branches_with_charging);
    lines.count("voltage control not kept", dropped.voltage_controls);
    lines.count("three phases as balanced", dropped.balanced_equivalents);
    lines.list("tables not read", &dropped.tables);
    lines.list("unit conversions", &dropped.conversions);
}

fn capacity(report: &Report, lines: &mut Lines) {
    let capacity = &report.capacity;
    let (scale, factor) = (capacity.rating_scale, capacity.power_factor);
    lines.add(
        "capacity of rating",
        format!(
            "{:.6} = scale {scale} x power factor {factor} x (1 - loss margin {}) / peak-to-mean {}",
            capacity.factor, capacity.loss_margin, capacity.peak_to_mean
        ),
    );
    lines.add(
        "capacities",
        format!(
            "{} to {} Wh per {} s",
            capacity.smallest_wh, capacity.largest_wh, capacity.interval_s
        ),
    );
    lines.count("lines given --rating-w", capacity.without_rating);
    if let Some(fallback) = &report.fallback {
        lines.list("lines outside the tree", &fallback.open);
        lines.add(
            "tree alone keeps at least",
            format!(
                "{} of its capacity, at {}",
                percent(fallback.least_scale),
                fallback.line
            ),
        );
    }
    if let Some(voltage) = &report.voltage {
        lines.add(
            "limits of voltage",
            format!(
                "{} of the file, {} of the options, narrowed by {} p.u.",
                voltage.limits_of_file, voltage.limits_of_options, voltage.margin_pu
            ),
        );
        if let Some(factor) = voltage.load_power_factor {
            lines.add("power factor of its loads", format!("{factor:.4}"));
        }
        lines.add(
            "one power factor for all",
            format!("changes voltages by up to {}", pu(&voltage.one_power_factor_pu)),
        );
    }
}

fn rounding(report: &Report, lines: &mut Lines) {
    let rounding = &report.rounding;
    lines.add("rounding of capacity", worst(&rounding.capacity));
    for (what, error) in [
        ("rounding of reactance", &rounding.reactance),
        ("rounding of resistance", &rounding.resistance),
    ] {
        if let Some(error) = error {
            lines.add(what, worst(error));
        }
    }
    lines.add("base of power", format!("{} MVA", report.base_mva));
}

fn worst(error: &Worst) -> String {
    match error.line.as_str() {
        "" => "exact".to_owned(),
        line => format!("{:.1e} of the value at most, at {line}", error.relative),
    }
}

fn own_flow(report: &Report, lines: &mut Lines) {
    let flow = &report.own_flow;
    lines.add(
        "its own load",
        format!("{:.6} MW, {:.6} Mvar", flow.load_mw, flow.load_mvar),
    );
    lines.add(
        "largest loading",
        format!("{} of capacity, at {}", percent(flow.loading.value), flow.loading.at),
    );
    for (what, extreme) in [
        ("lowest voltage", &flow.lowest_pu),
        ("highest voltage", &flow.highest_pu),
        ("off the file's AC flow", &flow.solved_difference_pu),
    ] {
        if let Some(extreme) = extreme {
            lines.add(what, pu(extreme));
        }
    }
}

fn pu(extreme: &Extreme) -> String {
    match extreme.at.as_str() {
        "" => "0 p.u.".to_owned(),
        bus => format!("{:.6} p.u., at bus {bus}", extreme.value),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn compared(comparison: &Comparison) -> String {
    let (what, unit) = match comparison.quantity {
        Quantity::DcFlowMw => ("DC flows", "MW"),
        Quantity::LinDistFlowPu => ("LinDistFlow voltages", "p.u."),
        Quantity::AcVoltagePu => ("AC voltages", "p.u."),
    };
    let scale = comparison
        .rating_scale
        .map_or(String::new(), |scale| format!(" (ratings x {scale})"));
    let Comparison {
        values, largest, at, ..
    } = comparison;
    format!("{values} {what}{scale}: off by {largest:.6} {unit} at most, at {at}")
}
